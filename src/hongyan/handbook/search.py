"""Finds words in the pages: passages with every word asked for come first; titles and headings count most.

Behind them, when they are few, those with most of it: a question is asked in words that a page need not use. Then
Chinese is looked for in pairs of characters, English without its endings, and rare words count more. Pure.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hongyan.handbook.markdown import Passage

LONGEST_QUESTION = 100
_MOST_WORDS = 8
_MOST_FOUND = 30
_BEFORE, _AROUND = 60, 200
_ENOUGH, _MOST_PIECES, _SHARE = 5, 16, 0.33
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_ENDING = re.compile(r"(?<=[a-z]{4})(?:ing|ed|es|s|e)$")
_EMPTY_WORDS = re.compile(
    r"an?|and|are|can|do|does|for|from|get|how|i|in|is|it|me|my|not|of|on|or|the|to|what|when|where|why|with|your?"
)
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
    known = list(places)
    words = [
        word
        for word in (part.strip('?!,.;:？！，。；：“”"') for part in asked[:LONGEST_QUESTION].lower().split())
        if word
    ]
    words = ([word for word in words if not _EMPTY_WORDS.fullmatch(word)] or words)[:_MOST_WORDS]
    if not words:
        return []
    rated = [(score, place) for place in known if (score := _score(place, words))]
    rated.sort(key=lambda one: -one[0])
    found = [Found(place, _excerpt(place.passage.words, words)) for _, place in rated[:_MOST_FOUND]]
    if len(found) >= _ENOUGH:
        return found
    there = {id(one.place) for one in found}
    return found + [one for one in _partly(known, words) if id(one.place) not in there]


def _partly(places: Sequence[Place], words: Sequence[str]) -> Iterator[Found]:
    """Yield the places with most of what was asked for, best first."""
    pieces = list(dict.fromkeys(piece for word in words for piece in _pieces(word)))[:_MOST_PIECES]
    hits = {piece: {at: score for at, one in enumerate(places) if (score := _score(one, [piece]))} for piece in pieces}
    weights = {piece: math.log(1 + len(places) / len(found)) for piece, found in hits.items() if found}
    least = _SHARE * sum(weights.values())
    rated = []
    for at, place in enumerate(places):
        met = [piece for piece in weights if at in hits[piece]]
        if met and (weight := sum(weights[piece] for piece in met)) >= least:
            near = sum(weights[piece] * math.log1p(hits[piece][at]) for piece in met)
            rated.append((weight * near, place, met))
    rated.sort(key=lambda one: -one[0])
    for _, place, met in rated[:_ENOUGH]:
        yield Found(place, _excerpt(place.passage.words, met))


def _pieces(word: str) -> Iterator[str]:
    for run in _CHINESE.findall(word):
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
    rest = _CHINESE.sub("", word)
    if rest:
        yield _ENDING.sub("", rest)


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
