"""What a key with which customers bind over SMPP must look like."""

from collections.abc import Iterator

from hongyan.declare.fields import Fault, positive
from hongyan.model.world import Key
from hongyan.text.nearest import nearest

ALPHABETS = ("gsm7", "ascii", "latin1", "ucs2")
LONGEST_SYSTEM_ID = 64
"""more than the specification's 15: some are longer, and the server takes them"""
_MOST_IN_AN_OCTET = 0xFF


def check_smpp_key(one: Key) -> Iterator[Fault]:
    """Yield what is wrong with what only SMPP keys have."""
    if one.dialect != "smpp":
        return
    for field in ("window", "max_sessions"):
        yield from positive(field, getattr(one, field))
    if not one.default_country.isdigit():
        yield "default_country", "must be a calling code.", 'default_country = "86"'
    for coding, alphabet in one.codings.items():
        if not (coding.isdecimal() and int(coding) <= _MOST_IN_AN_OCTET):
            yield "codings", f"{coding!r} is no data coding.", 'codings = { "0" = "latin1" }'
        if alphabet not in ALPHABETS:
            yield "codings", f"there is no alphabet {alphabet!r};", nearest(alphabet, ALPHABETS)
    if len(one.name) > LONGEST_SYSTEM_ID or not one.name.isascii():
        yield "name", "is no system id.", f"1 to {LONGEST_SYSTEM_ID} ASCII characters"
