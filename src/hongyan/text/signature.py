"""The signature: the name in 【】 that tells a reader in China who is writing.

Finds it in a finished text and puts it in front of one that lacks it. Whether the name is approved is for the
desk to know.
"""

import re

from hongyan.text.characters import CJK

OPEN, CLOSE = "【", "】"
_LONGEST_NAME = 30
_WELL_FORMED = re.compile(f"[0-9A-Za-z{CJK}]{{2,12}}")


def split(text: str) -> tuple[str | None, str]:
    """Return (name, the text without it); the name is None when the text neither begins nor ends with one.

    A name in front wins over one at the end. What stands in the brackets is returned as it is written.
    """
    if text.startswith(OPEN):
        end = text.find(CLOSE, 1, _LONGEST_NAME + 2)
        if end > 1 and text.find(OPEN, 1, end) < 0:
            return text[1:end], text[end + 1 :]
    if text.endswith(CLOSE):
        start = text.rfind(OPEN, max(0, len(text) - _LONGEST_NAME - 2))
        if 0 <= start < len(text) - 2 and text.find(CLOSE, start) == len(text) - 1:
            return text[start + 1 : -1], text[:start]
    return None, text


def place(name: str, text: str) -> str:
    """Return the text with 【name】 in front, unless it already carries that name in front or at its end."""
    return text if split(text)[0] == name else f"{OPEN}{name}{CLOSE}{text}"


def is_well_formed(name: str) -> bool:
    """Return whether a name is 2 to 12 letters, digits or Chinese characters.

    spec: alibaba#signature.name
    """
    return _WELL_FORMED.fullmatch(name) is not None
