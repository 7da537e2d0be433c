"""The GSM 7-bit default alphabet (3GPP TS 23.038, once GSM 03.38) with its extension table, and what fits in it.

Used by `parts` and by whoever explains why a text costs more than its writer thought. Packs no bits: that is the
business of the carriers' wire formats.
"""

import re
from itertools import islice

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""The character of each septet, in order. 0x1B is the escape into the extension table, not a character."""

ESCAPE = "\x1b"

EXTENSION: dict[str, int] = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
"""Character -> the septet that stands for it after an escape: such a character takes two septets."""

_ALPHABET = frozenset(BASIC + "".join(EXTENSION)) - {ESCAPE}
_FOREIGN = re.compile("[^" + re.escape("".join(sorted(_ALPHABET))) + "]")
_BASIC_ASCII = "".join(char for char in BASIC if char.isascii() and char != ESCAPE).encode()
_EXTENSION_ASCII = "".join(char for char in EXTENSION if char.isascii()).encode()
_MOST_CULPRITS = 10


def septets(text: str) -> int | None:
    """Return how many septets a text takes, or None when a character of it is not in the alphabet."""
    if text.isascii():
        left = text.encode().translate(None, _BASIC_ASCII)
        if left and left.translate(None, _EXTENSION_ASCII):
            return None
        return len(text) + len(left)
    if not _ALPHABET.issuperset(text):
        return None
    return len(text) + sum(map(text.count, EXTENSION))


def is_gsm(text: str) -> bool:
    """Return whether every character is in the alphabet, so that 160 of them fit in one part."""
    return septets(text) is not None


def culprits(text: str, most: int = _MOST_CULPRITS) -> list[tuple[int, str]]:
    """Return the first characters, each with its index, that keep a text out of the alphabet."""
    return [(found.start(), found[0]) for found in islice(_FOREIGN.finditer(text), most)]
