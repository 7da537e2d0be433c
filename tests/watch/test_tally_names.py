import re
from pathlib import Path

import hongyan
from hongyan.model.tally import METRICS

_COUNTED = re.compile(r"tally\.(?:add|set|observe)\(\s*\"(\w+)\"")


def test_everything_counted_is_declared_and_everything_declared_is_counted() -> None:
    sources = Path(hongyan.__file__).parent.rglob("*.py")
    counted = {name for source in sources for name in _COUNTED.findall(source.read_text("utf-8"))}
    assert counted == set(METRICS)
