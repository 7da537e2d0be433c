"""The calls that an empty inbox shows: those of the handbook's how-to pages, one page a vendor, a tab a language.

They are run by the tests of these pages; here they are only cut out and told where the API is.
"""

import re
from collections.abc import Iterator, Sequence

from hongyan.console import Snippet
from hongyan.handbook.shelf import folder_of_pages
from hongyan.handbook.tabs import BEGIN, END

VENDORS = {"alibaba": "Alibaba 阿里云", "comms": "comms", "nxcloud": "NXCloud 牛信云", "yundashi": "Yundashi 云大师"}
"""dialect, and the page below how-to -> what its tab says"""
_HOST = "127.0.0.1:8050"
"""where the pages say that the API is"""
_TAB = re.compile(r"^### (?P<title>[^\n]+)\n+```\w*\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
_STAND_INS: dict[str, tuple[tuple[str, str], ...]] = {
    "alibaba": (
        ("key", "LTAI5tEXAMPLEonly00001"),
        ("secret", "ExampleSecretForVectors+/=0001"),
        ("signature", "阿里云"),
        ("template", "SMS_480680001"),
    ),
    "comms": (("template", "01234567890abcdef"),),
    "nxcloud": (("key", "AKdemo0001"), ("secret", "SKdemo-s3cret"), ("app", "appdemo1")),
    "yundashi": (("key", "1400000001"), ("secret", "kdemo0123456789")),
}
"""what of the demo world stands in the pages"""


def snippets(api_url: str) -> Sequence[Snippet]:
    """Return them, for an API at this address."""
    return [one for vendor in VENDORS for one in _of(vendor, api_url.partition("//")[2])]


def _of(vendor: str, host: str) -> Iterator[Snippet]:
    text = (folder_of_pages() / "how-to" / f"{vendor}.md").read_text("utf-8")
    tabs = text.partition(BEGIN)[2].partition(END)[0]
    for tab in _TAB.finditer(tabs):
        lines = tuple(tab["lines"].rstrip().replace(_HOST, host).splitlines())
        used = tuple(pair for pair in _STAND_INS[vendor] if any(pair[1] in line for line in lines))
        yield Snippet(VENDORS[vendor], lines, vendor, tab["title"], used)
