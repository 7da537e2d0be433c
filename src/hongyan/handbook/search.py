"""Finds words in the pages: every word asked for must stand in a passage; titles and headings count most.

Pure. Chinese needs no cutting into words here: what is asked for is looked for as it stands.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hongyan.handbook.markdown import Passage

LONGEST_QUESTION = 100
_MOST_WORDS = 8
_MOST_FOUND = 30
_BEFORE, _AROUND = 60, 200
_IN_TITLE, _IN_HEADING, _WHOLE_HEADING, _MOST_IN_WORDS = 6, 12, 40, 5


class Place(NamedTuple):
    """A passage of a page."""

    page: str
    title: str
    passage: Passage


class Found(NamedTuple):
    """A place that fits, and a piece of it: (text, whether it was asked for)."""

    place: Place
    excerpt: tuple[tuple[str, bool], ...]


def find(places: Iterable[Place], asked: str) -> list[Found]:
    """Return the places that fit best, best first."""
    words = [word.lower() for word in asked[:LONGEST_QUESTION].split()][:_MOST_WORDS]
    if not words:
        return []
    rated = [(score, place) for place in places if (score := _score(place, words))]
    rated.sort(key=lambda one: -one[0])
    return [Found(place, _excerpt(place.passage.words, words)) for _, place in rated[:_MOST_FOUND]]


def _score(place: Place, words: Sequence[str]) -> int:
    title, heading = place.title.lower(), place.passage.heading.text.lower()
    text = place.passage.words.lower()
    score = 0
    for word in words:
        own = (_IN_HEADING if word in heading else 0) + min(text.count(word), _MOST_IN_WORDS)
        if not own and word not in title:
            return 0
        score += own + (_IN_TITLE if word in title else 0) + (_WHOLE_HEADING if word == heading else 0)
    return score


def _excerpt(text: str, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    low = text.lower()
    hits = [at for word in words if (at := low.find(word)) >= 0]
    begin = max(0, min(hits, default=0) - _BEFORE)
    begin = text.find(" ", begin, begin + _BEFORE // 3) + 1 or begin if begin else 0
    piece = text[begin : begin + _AROUND]
    out: list[tuple[str, bool]] = [("…", False)] if begin else []
    while piece:
        low = piece.lower()
        at, word = min(((low.find(word), word) for word in words if word in low), default=(-1, ""))
        if at < 0:
            out.append((piece, False))
            break
        out += [(piece[:at], False), (piece[at : at + len(word)], True)]
        piece = piece[at + len(word) :]
    return tuple(one for one in out if one[0])
