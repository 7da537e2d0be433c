"""New credentials in each vendor's own shape, so that its SDK takes them.

Chance comes from the machine's own source for secrets. Nothing here keeps or declares anything.
"""

import secrets
import string
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

_LETTERS = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits


class Shape(NamedTuple):
    """What an id and a secret of one dialect look like."""

    name: Callable[[], str]
    secret: Callable[[], str]


def _drawn(alphabet: str, length: int, before: str = "") -> Callable[[], str]:
    return lambda: before + "".join(secrets.choice(alphabet) for _ in range(length))


SHAPES: Mapping[str, Shape] = {
    "alibaba": Shape(_drawn(_LETTERS, 18, "LTAI5t"), _drawn(_LETTERS, 30)),
    "comms": Shape(lambda: secrets.token_hex(16), lambda: secrets.token_urlsafe(24)),
    "nxcloud": Shape(_drawn(_LETTERS, 12, "AK"), lambda: secrets.token_urlsafe(24)),
    "yundashi": Shape(_drawn(string.digits, 8, "14"), lambda: secrets.token_hex(16)),
    "native": Shape(_drawn(_LOWER, 10, "key-"), lambda: secrets.token_urlsafe(24)),
    "smpp": Shape(_drawn(_LOWER, 8, "esme"), _drawn(_LETTERS, 8)),
}
"""alibaba: an AccessKeyId; yundashi: an sdkappid; smpp: a password has at most eight characters"""
app_key = _drawn(_LOWER, 8, "app")
"""Draw an appKey of NXCloud."""


def fresh(draw: Callable[[], str], taken: Collection[str]) -> str:
    """Return what `draw` draws that is not taken yet."""
    while (drawn := draw()) in taken:
        pass
    return drawn


def template_code(dialect: str, leg: str) -> Callable[[], str]:
    """Return what draws a template's code as a vendor writes them."""
    if dialect == "alibaba":
        before = {"card": "CARD_SMS_", "digital": "DIGITAL_SMS_"}.get(leg, "SMS_")
        return _drawn(string.digits[1:], 9 if leg == "text" else 5, before)
    if dialect == "comms":
        return _drawn("0123456789abcdef", 17)
    return _drawn(string.digits[1:], 7)
