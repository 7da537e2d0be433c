"""From a finished text back to the approved template it was made from, and the values in its places.

For APIs whose callers send whole texts that must equal a template. Runs in time linear in the text for each
template tried, whatever the text says, and tries only templates that begin as the text does.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from hongyan.text.placeholders import STYLES, Wording, wording

_LONGEST_TEXT = 2000
_LONGEST_KEY = 16


class _Known(NamedTuple):
    rank: int
    code: str
    wording: Wording


class Match(NamedTuple):
    """A template, and what stands in its places: by number ("" for an unused one), or by order of their names."""

    code: str
    values: tuple[str, ...]


class Matcher:
    """Many templates of one style, ready to be searched. Never changed once made."""

    def __init__(self, templates: Iterable[tuple[str, str]], style: str = "yundashi") -> None:
        self._first = STYLES[style].first
        ordered = sorted(((code, wording(body, style)) for code, body in templates), key=lambda one: _rank(one[1]))
        self._whole: dict[str, str] = {}
        self._by_beginning: dict[str, list[_Known]] = {}
        for rank, (code, words) in enumerate(ordered):
            if words.names:
                key = words.literals[0][:_LONGEST_KEY]
                self._by_beginning.setdefault(key, []).append(_Known(rank, code, words))
            else:
                self._whole.setdefault(words.literals[0], code)
        self._key_lengths = sorted({len(key) for key in self._by_beginning})

    def match(self, text: str) -> Match | None:
        """Return the template that a text equals, or None. Of several, the one with the most letters of its own.

        Every place holds at least one character. A place that stands twice may be filled differently each time;
        its first filling is returned. A text of more than 2,000 characters matches nothing.
        """
        if len(text) > _LONGEST_TEXT:
            return None
        code = self._whole.get(text)
        if code is not None:
            return Match(code, ())
        for known in sorted(chain.from_iterable(self._beginning_as(text))):
            found = _places(text, known.wording.literals)
            if found is not None:
                return Match(known.code, self._by_number(known.wording.names, found))
        return None

    def _beginning_as(self, text: str) -> Iterable[list[_Known]]:
        for length in self._key_lengths:
            known = self._by_beginning.get(text[:length])
            if known is not None and length <= len(text):
                yield known

    def _by_number(self, names: tuple[str, ...], found: list[str]) -> tuple[str, ...]:
        by_name = dict(reversed(list(zip(names, found, strict=True))))  # the first of equal names wins
        if self._first is None:
            return tuple(by_name[name] for name in dict.fromkeys(names))
        by_number = {int(name) - self._first: value for name, value in by_name.items()}
        return tuple(by_number.get(number, "") for number in range(max(by_number) + 1))


def _rank(words: Wording) -> tuple[int, int]:
    return -sum(map(len, words.literals)), len(words.names)


def _places(text: str, literals: tuple[str, ...]) -> list[str] | None:
    """Return what stands between the literals, or None when they do not make up the text.

    Taking each literal where it first occurs after at least one character is enough: any later choice leaves less
    room for the literals that follow, so there is nothing to go back to.
    """
    first, *middle, last = literals
    end = len(text) - len(last)
    at = len(first)
    if not (text.startswith(first) and text.endswith(last)):
        return None
    found = []
    for literal in middle:
        here = text.find(literal, at + 1, end)
        if here < 0:
            return None
        found.append(text[at:here])
        at = here + len(literal)
    if at >= end:
        return None
    found.append(text[at:end])
    return found
