"""Money: whole micros (millionths of the currency's unit) and a currency; no floats anywhere.

A text message costs fractions of a cent, so the cent is too coarse a unit: docs/decisions/0002-micros.md.
"""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

MICROS = 1_000_000


def micros(text: str) -> int:
    """Return micros from a decimal text such as "0.045".

    Raises ValueError for anything that is not a number of at most six decimals.
    """
    try:
        value = Decimal(text) * MICROS
    except InvalidOperation:
        raise ValueError(f"not an amount of money: {text!r}") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"an amount has at most six decimals: {text!r}")
    return int(value)


@lru_cache(maxsize=1024)
def amount(value: int) -> str:
    """Return the shortest decimal text of an amount: 45000 is "0.045"."""
    text = f"{Decimal(value) / MICROS:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
