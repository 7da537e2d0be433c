"""What a whole reply says about being written to at all: a word to be left alone, or a word to hear from us again."""

import unicodedata
from enum import Enum


class Wish(Enum):
    """What a handset asks for."""

    STOP = "stop"
    START = "start"


STOP_WORDS = frozenset(
    {"t", "td", "r", "n", "0000", "退订", "取消", "拒收", "stop", "unsubscribe", "cancel", "end", "quit"}
)
START_WORDS = frozenset({"start", "unstop", "恢复", "订阅"})
_LONGEST = 40
"""a text longer than this, blanks and all, is no such word"""


def wish(text: str) -> Wish | None:
    """Return what a reply asks for when it is nothing but such a word, in any case and width, between any blanks."""
    if len(text) > _LONGEST:
        return None
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in STOP_WORDS:
        return Wish.STOP
    return Wish.START if word in START_WORDS else None
