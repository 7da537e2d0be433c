"""Texts as both databases take them."""


def storable(text: str) -> str:
    """Return the text with lone surrogates and NUL written out as escapes; any other text as it is."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "\\0") if "\0" in text else text
