"""How a text is counted, told to people: alphabet, units, where it is cut, which characters cost more and why. Pure.

Asked by `hongyan check`, a message's page and the form that sends. `parts.count` is what the road uses.
"""

from typing import Any

from hongyan.text import gsm, parts
from hongyan.text.characters import utf16_units
from hongyan.text.parts import GSM7, Rule
from hongyan.text.plainer import instead_of, name_of, plainer

_MOST_SHOWN = 10


def counted(text: str, rule: Rule, *, country_code: str = "") -> dict[str, Any]:
    """Return the count as plain values. Positions begin at 1.

    `without`: what the text would take if the characters that have a GSM one of the same look were written so; None
    when that changes nothing.
    """
    count = parts.count(text, rule, country_code=country_code)
    one, each = rule.gsm7 if count.alphabet == GSM7 else rule.ucs2
    pieces = parts.split(text, rule)
    return {
        "alphabet": count.alphabet,
        "units": count.units,
        "parts": count.parts,
        "rule": rule.name,
        "characters": len(text),
        "room": one if count.parts == 1 else each,
        "forced_ucs2": [_culprit(place, char) for place, char in _distinct(text)],
        "pieces": pieces,
        "piece_units": [_units(piece, count.alphabet, rule) for piece in pieces],
        "without": _without(text, rule, country_code, count.parts),
    }


def _distinct(text: str) -> list[tuple[int, str]]:
    """Return the first place of each character that forces UCS-2, at most so many."""
    seen: dict[str, int] = {}
    for place, char in enumerate(text, 1):
        if char not in seen and not gsm.is_gsm(char):
            seen[char] = place
            if len(seen) == _MOST_SHOWN:
                break
    return [(place, char) for char, place in seen.items()]


def _culprit(place: int, char: str) -> dict[str, Any]:
    return {
        "position": place,
        "character": char,
        "name": name_of(char),
        "code_point": f"U+{ord(char):04X}",
        "instead": instead_of(char),
    }


def _units(piece: str, alphabet: str, rule: Rule) -> int:
    if alphabet != GSM7:
        return utf16_units(piece)
    return len(piece) if rule.extension_width == 1 else gsm.septets(piece) or 0


def _without(text: str, rule: Rule, country_code: str, now: int) -> dict[str, Any] | None:
    plain = plainer(text)
    if plain == text or not gsm.is_gsm(plain):
        return None
    found = parts.count(plain, rule, country_code=country_code)
    return {
        "text": plain,
        "alphabet": found.alphabet,
        "units": found.units,
        "parts": found.parts,
        "saves": now - found.parts,
    }
