"""Which elements each of the twenty card types takes, by position: one table.

The vendor publishes the types and examples of some, not a layout for each. Where no example fixes a layout the
row is our own reading (marked U in docs/specs/cards.md). Must not know how a card looks.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from hongyan.model.card import CardType, Kind

MOST_PAGES = 10
MOST_ELEMENTS = 60


class Layout(NamedTuple):
    """What a page of one card type is made of.

    `page` is read from the first position to the last: T text, I image, V video, B button, with the counts of
    a regular expression; spaces only part the words.
    """

    page: str
    pages: int = 1
    """the most pages it may have"""


_PAIRS = "(I T{1,2} | T{1,2} I)"

LAYOUTS: dict[CardType, Layout] = {
    CardType.SWIPE_1: Layout("(I T{0,3} B{0,2})+", MOST_PAGES),
    CardType.SWIPE_2: Layout("T{0,2} (I T{0,2} B{0,1})+ B{0,2}", MOST_PAGES),
    CardType.NOTICE: Layout("I{0,1} T{1,20} B{0,3}"),
    CardType.VIDEO: Layout("V T{0,3} B{0,2}"),
    CardType.IMAGE_TEXT: Layout("I T{1,3} B{0,2}"),
    CardType.ITINERARY: Layout("I{0,1} T{1,20} B{0,3}"),
    CardType.MULTI_IMAGE_TEXT: Layout(f"T{{0,2}} {_PAIRS}{{1,6}} B{{0,2}}"),
    CardType.RED_PACKET: Layout("I{1,2} T{1,4} B{1,2}"),
    CardType.NEWS: Layout(f"T{{0,2}} {_PAIRS}{{1,8}} B{{0,2}}"),
    CardType.E_COMMERCE: Layout("T{0,2} (I T{0,6} B{0,1})+ B{0,2}"),
    CardType.CAROUSEL_16_9: Layout("(I T{0,3} B{0,2})+", MOST_PAGES),
    CardType.CAROUSEL_1_1: Layout("(I T{0,3} B{0,2})+", MOST_PAGES),
    CardType.CAROUSEL_48_65: Layout("(I T{0,3} B{0,2})+", MOST_PAGES),
    CardType.VIDEO_IMAGE_TEXT: Layout(f"V T{{0,3}} {_PAIRS}{{1,4}} B{{0,2}}"),
    CardType.LONG_TEXT: Layout("I{0,1} T{1,6} B{0,2}"),
    CardType.PERSONAL_RED_PACKET: Layout("I{0,2} T{1,6} B{1,2}"),
    CardType.MULTI_PRODUCT: Layout("T{0,2} (I T{1,4} B{0,1}){1,6} B{0,2}"),
    CardType.IMAGE_TEXT_VIDEO: Layout("T{0,2} (I T{0,2}){1,4} V T{0,2} B{0,2}"),
    CardType.COUPON: Layout("I{0,1} T{1,5} B{1,2}"),
    CardType.MULTI_COUPON: Layout("T{0,2} (I{0,1} T{1,4} B){1,4}", 4),
}
"""spec: cards#layouts"""

_LETTERS = {"T": Kind.TEXT, "I": Kind.IMAGE, "V": Kind.VIDEO, "B": Kind.BUTTON}


@cache
def _pattern(layout: Layout) -> re.Pattern[str]:
    return re.compile(layout.page.replace(" ", ""))


def fits(layout: Layout, kinds: Iterable[Kind]) -> bool:
    """Return whether a page with these elements, in order of position, is one of that layout."""
    return _pattern(layout).fullmatch("".join(kind.value[0] for kind in kinds)) is not None


def spelled(layout: Layout) -> str:
    """Return the layout in words: `IMAGE TEXT{1,3} BUTTON{0,2}`."""
    return "".join(_LETTERS[letter].value if letter in _LETTERS else letter for letter in layout.page)
