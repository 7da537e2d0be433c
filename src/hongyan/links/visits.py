"""Whether a request is a person opening a link, or a machine looking ahead. Only people are counted.

spec: cards#render.counts
"""

import re
from collections.abc import Mapping

_LOOKING_AHEAD = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_AHEAD = ("prefetch", "prerender", "preview")
_MACHINE = re.compile(
    r"(?<!cu)bot\b|spider|crawl|preview|facebookexternalhit|whatsapp/|python-|go-http",
    re.IGNORECASE,
)


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a view counts: a GET that is neither a prefetch nor a known robot's."""
    if method != "GET":
        return False
    for name in _LOOKING_AHEAD:
        said = headers.get(name, "").lower()
        if any(word in said for word in _AHEAD):
            return False
    return _MACHINE.search(headers.get("user-agent", "")) is None
