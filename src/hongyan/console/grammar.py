"""What is typed into a search box, as terms: `to:138… state:delivered -vendor:smpp text:"two words" 你好`. Pure.

Any text at all is some list of terms; what the terms mean is the page's business.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_TERM = re.compile(
    r"""
    (?P<unless>-)?
    (?: (?P<key>[^\W\d_][^\s:：="“”]{0,30}) [:：] (?!//) (?:\s+ (?![^\s:：]*[:：]))? )?
    (?: "(?P<quoted>[^"]*)"? | “(?P<curly>[^”]*)”? | (?P<plain>\S+) )?
    """,
    re.VERBOSE,
)
_NEEDS_QUOTES = re.compile(r'[\s"“”:：]|^-|^$')


class Term(NamedTuple):
    """One condition as it was typed."""

    key: str
    """"" for a word that stands alone"""
    value: str
    unless: bool = False
    is_quoted: bool = False
    raw: str = ""


def terms(typed: str) -> list[Term]:
    """Return the terms of what was typed, in order."""
    found, place = [], 0
    while place < len(typed):
        if typed[place].isspace():
            place += 1
            continue
        match = _TERM.match(typed, place)
        if match is None or match.end() == place:
            place += 1
            continue
        place = match.end()
        quoted = match["quoted"] if match["quoted"] is not None else match["curly"]
        value = quoted if quoted is not None else match["plain"] or ""
        if match["key"] or value or quoted is not None:
            key, is_quoted = (match["key"] or "").lower(), quoted is not None
            found.append(Term(key, value, bool(match["unless"]), is_quoted, match[0]))
    return found


def written(key: str, value: str, *, unless: bool = False) -> str:
    """Return a term as it is typed."""
    plain = value.replace('"', " ")
    shown = f'"{plain}"' if _NEEDS_QUOTES.search(value) else value
    return f"{'-' if unless else ''}{f'{key}:' if key else ''}{shown}"


def joined(found: Iterable[Term]) -> str:
    """Return terms as they are typed."""
    return " ".join(one.raw for one in found)
