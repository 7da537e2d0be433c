"""What to write in place of a character that the GSM alphabet does not have, where that is obvious. Pure.

One such character makes a whole text UCS-2, which costs more than twice as many parts.
"""

import unicodedata

from hongyan.text import gsm

_INSTEAD = {
    "'": "‘’‚‛ʼ′´`＇",
    '"': "“”„‟″«»＂",
    "-": "‐‑‒–—―−­",
    "...": "…",
    " ": "\t\u00a0\u2002\u2003\u2009\u200a\u202f\u3000",
    "": "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufe0f\ufeff",
    "*": "•·●▪",
    "x": "×",
    "/": "÷⁄",
    "<=": "≤",
    ">=": "≥",
    "->": "→",
    "(c)": "©",
    "(R)": "®",
    "TM": "™",
    "c": "çć",
    "ss": "ẞ",
    "l": "ł",
    "L": "Ł",
    "d": "đð",
    "D": "Ð",
    "i": "ı",
    "oe": "œ",
    "OE": "Œ",
}
_TABLE = {char: instead for instead, chars in _INSTEAD.items() for char in chars}


def instead_of(char: str) -> str | None:
    """Return what to write in place of a character ("": nothing at all), None when nothing says the same."""
    found = _TABLE.get(char)
    if found is not None:
        return found
    for form in ("NFKC", "NFKD"):
        plain = "".join(one for one in unicodedata.normalize(form, char) if not unicodedata.combining(one))
        if plain and plain != char and gsm.is_gsm(plain):
            return plain
    return None


def plainer(text: str) -> str:
    """Return a text with every such character replaced, the others left as they are."""
    return "".join(one if gsm.is_gsm(one) else _or_itself(one) for one in text)


def _or_itself(char: str) -> str:
    instead = instead_of(char)
    return char if instead is None else instead


def name_of(char: str) -> str:
    """Return a character's Unicode name, or its code point."""
    return unicodedata.name(char, f"U+{ord(char):04X}")
