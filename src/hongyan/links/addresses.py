"""Addresses that a page may lead to: rebuilt from their pieces, so that nothing else can hide in them.

Every href and src on a public page comes from here; None means that the element is shown without a link.
"""

import re
from urllib.parse import quote, urlsplit

_LONGEST = 2048
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\"'<>`{}|^\u2028\u2029]")
_PIECE = "/%:@!$&()*+,;=~-._?"
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_SPACING = str.maketrans("", "", " -()")


def web(text: str, schemes: tuple[str, ...] = ("https",)) -> str | None:
    """Return a web address fit for a link, or None for anything that is not one of these schemes with a host."""
    text = text.strip()
    if not text or len(text) > _LONGEST or _UNSAFE.search(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return None
    if parts.scheme not in schemes or not _HOST.fullmatch(host) or parts.username is not None:
        return None
    address = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    address += quote(parts.path, safe=_PIECE, errors="replace")
    if parts.query:
        address += "?" + quote(parts.query, safe=_PIECE, errors="replace")
    if parts.fragment:
        address += "#" + quote(parts.fragment, safe=_PIECE, errors="replace")
    return address


def origin(address: str) -> str:
    """Return scheme, host and port of an address that `web` made."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def phone(text: str) -> str | None:
    """Return `tel:` and the number."""
    number = _number(text)
    return None if number is None else f"tel:{number}"


def message(text: str, body: str) -> str | None:
    """Return `sms:` and the number, with the text to send."""
    number = _number(text)
    return None if number is None else f"sms:{number}" + _query(body=body)


def mail(text: str, subject: str, body: str) -> str | None:
    """Return `mailto:` and the mailbox, with what to write."""
    box = text.strip()
    if not _MAILBOX.fullmatch(box):
        return None
    return f"mailto:{quote(box, safe='@')}" + _query(subject=subject, body=body)


def place(latitude: float | None, longitude: float | None, address: str) -> str | None:
    """Return `geo:` and the place."""
    if latitude is None or longitude is None:
        return f"geo:0,0?q={quote(address, safe='', errors='replace')}" if address.strip() else None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees
        return None
    return f"geo:{latitude:.6f},{longitude:.6f}"


def _number(text: str) -> str | None:
    number = text.translate(_SPACING)
    return number if _NUMBER.fullmatch(number) else None


def _query(**fields: str) -> str:
    pairs = [f"{name}={quote(value, safe='', errors='replace')}" for name, value in fields.items() if value.strip()]
    return "?" + "&".join(pairs) if pairs else ""
