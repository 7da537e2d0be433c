"""How many parts (SMS on air) a text takes, by the rule of whoever bills it.

The standard's rule is what the air does; vendors bill by simpler ones. `count` is on the road of every message,
`split` only shows people where the cuts fall.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from hongyan.text.characters import utf16_units
from hongyan.text.gsm import ESCAPE, EXTENSION, septets

GSM7, UCS2 = "gsm7", "ucs2"
_LAST_OF_BASIC_PLANE = "\uffff"
_EXTENSION = frozenset(EXTENSION)
_UPPER_BYTES_OF_HIGH_SURROGATES = "\xd8\xd9\xda\xdb"


class Count(NamedTuple):
    """What a text takes. `units` are what the rule counts: septets, UTF-16 units or characters."""

    alphabet: str
    units: int
    parts: int


class Rule(Struct, frozen=True, kw_only=True):
    """How units become parts: up to `one` in a single part, otherwise `each` in every part."""

    name: str
    gsm7: tuple[int, int] = (160, 153)
    """(one, each) for texts in the GSM alphabet"""
    ucs2: tuple[int, int] = (70, 67)
    """(one, each) for all others, in UTF-16 units"""
    extension_width: int = 2
    """units of a GSM extension character"""
    pairs_whole: bool = False
    """a cut never falls inside an escape pair or a surrogate pair, so a part may stay one unit short"""
    surcharge: Mapping[str, int] = {}
    """country code -> units that are added to every text sent there"""


STANDARD = Rule(name="standard", pairs_whole=True)
"""3GPP TS 23.040: a six-octet header in every part of a concatenated text."""

NXCLOUD = Rule(name="nxcloud", gsm7=(160, 154), surcharge={"60": 7})
"""spec: nxcloud#billing.parts. 154 is the vendor's number; texts to Malaysia carry seven characters more."""

CHINA = Rule(name="china", gsm7=(70, 67), extension_width=1)
"""Mainland billing: characters, signature included, whatever the alphabet.

spec: alibaba#limits.length, yundashi#answer.fee
"""

_DIALECT_RULES: dict[str, tuple[Rule, Rule]] = {
    # dialect: (to mainland China, elsewhere)
    "alibaba": (CHINA, STANDARD),
    "comms": (CHINA, STANDARD),
    "yundashi": (CHINA, CHINA),
    "nxcloud": (NXCLOUD, NXCLOUD),
}


def rule_for(dialect: str, country: str) -> Rule:
    """Return the rule by which a dialect bills a text to a country (ISO 3166 alpha-2)."""
    mainland, elsewhere = _DIALECT_RULES.get(dialect, (STANDARD, STANDARD))
    return mainland if country == "CN" else elsewhere


def count(text: str, rule: Rule = STANDARD, *, country_code: str = "") -> Count:
    """Return alphabet, units and parts of a text. An empty text is one part."""
    units = septets(text)
    if units is None:
        alphabet, units, (one, each) = UCS2, utf16_units(text), rule.ucs2
    else:
        alphabet, (one, each) = GSM7, rule.gsm7
        if rule.extension_width == 1:
            units = len(text)
    if rule.surcharge:
        units += rule.surcharge.get(country_code, 0)
    if units <= one:
        return Count(alphabet, units, 1)
    if rule.pairs_whole and units != len(text):
        return Count(alphabet, units, _parts_with_pairs(text, each, alphabet))
    return Count(alphabet, units, -(-units // each))


def split(text: str, rule: Rule = STANDARD) -> list[str]:
    """Return the texts of the parts; joined they are the text again.

    Pairs are kept whole whatever the rule bills, so an emoji at a cut can make one piece more than `count` says.
    """
    alphabet, units, _ = count(text, rule)
    one, each = rule.gsm7 if alphabet == GSM7 else rule.ucs2
    if units <= one:
        return [text]
    return _cut(text, each, alphabet if rule.extension_width > 1 or alphabet == UCS2 else "")


def _parts_with_pairs(text: str, each: int, alphabet: str) -> int:
    """Return how many pieces `_cut` makes, looking only at the places where a cut may fall into a pair."""
    if alphabet == GSM7:
        for char in EXTENSION:
            text = text.replace(char, ESCAPE + char)
        first_halves = ESCAPE
    else:
        text = text.encode("utf-16-le", "surrogatepass")[1::2].decode("latin-1")  # the upper byte of each unit
        first_halves = _UPPER_BYTES_OF_HIGH_SURROGATES
    parts, start = 0, 0
    while start < len(text):
        start += each
        if start < len(text) and text[start - 1] in first_halves:
            start -= 1
        parts += 1
    return parts


def _cut(text: str, each: int, alphabet: str) -> list[str]:
    """Return pieces of at most `each` units, no character of two units cut in half."""
    wide = _EXTENSION if alphabet == GSM7 else frozenset(char for char in text if char > _LAST_OF_BASIC_PLANE)
    pieces, start, used = [], 0, 0
    for index, char in enumerate(text):
        width = 2 if char in wide else 1
        if used + width > each:
            pieces.append(text[start:index])
            start, used = index, 0
        used += width
    pieces.append(text[start:])
    return pieces
