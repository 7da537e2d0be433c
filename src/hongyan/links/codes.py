"""Codes of short links: eight characters that nobody guesses and anybody can copy from a phone."""

import random as chance
import re

LENGTH = 8
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODE = re.compile(r"[0-9A-Za-z]{4,16}")


def mint_code(random: chance.Random) -> str:
    """Return a new code: one of 62**8. Hand in a SystemRandom wherever codes must not be foreseen.

    spec: cards#links.code
    """
    return "".join(random.choices(_ALPHABET, k=LENGTH))


def is_code(text: str) -> bool:
    """Return whether a text can be a code at all, so that others need not be looked up."""
    return _CODE.fullmatch(text) is not None
