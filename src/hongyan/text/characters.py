"""Facts about single characters that more than one module needs: what can be stored, what is a Chinese character.

Pure. A Python text may hold a lone surrogate (JSON can smuggle one in as an escape); it has no UTF-8 form, so
no database and no carrier takes it. Every function of this folder survives such a text; `is_storable` finds it.
"""

CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for use inside the brackets of a pattern."""

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
"""Characters that show nothing (zero-width, direction marks, soft hyphen), for use inside the brackets of a pattern."""


def is_storable(text: str) -> bool:
    """Return whether a text can be kept and sent: it has a UTF-8 form and no NUL character."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def utf16_units(text: str) -> int:
    """Return how many UTF-16 units a text takes; a character beyond the basic plane, such as most emoji, takes two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
