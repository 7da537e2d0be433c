import re
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from hongyan.settings import Settings

ROOT = Path(__file__).parents[2]


def generator() -> Any:
    spec = spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "world.md", "carriers.md", "cli.md", "metrics.md", "reasons.md"])
def test_a_reference_page_is_current(name: str) -> None:
    made = generator()
    assert set(made.PAGES) == {"settings.md", "world.md", "carriers.md", "cli.md", "metrics.md", "reasons.md"}
    assert (ROOT / "docs" / name).read_text("utf-8") == made.PAGES[name](), "run `make docs`"


def test_every_dependency_says_why_it_is_here() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for name in row.split(",")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    tests = (ROOT / "requirements" / "test.in").read_text("utf-8").splitlines()
    wanted = {re.split(r"[<>=;\[ ]", line)[0] for line in (*project, *tests) if line and line[0] not in "-#"}
    assert wanted - rows == set()
    assert rows - wanted == {"library"}


def test_every_setting_is_read_somewhere() -> None:

    source = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "hongyan").rglob("*.py"))
    for name in Settings.model_fields:
        assert re.search(rf"(settings|self)\.{name}\b", source), name


def test_links_between_pages_lead_somewhere() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
