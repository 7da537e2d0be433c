"""What search boxes have in common: keys by all their names, times as people write them, and what to say to a term
that means nothing. Pure.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hongyan.console.grammar import Term, joined, terms, written
from hongyan.model.clock import BEIJING

LONGEST = 400
"""characters that are read"""
_MOST_TERMS = 20
_UNITS_S = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "秒": 1,
    "分": 60,
    "时": 3600,
    "天": 86_400,
    "周": 604_800,
}
_AGO = re.compile(r"(\d{1,6})\s*([smhdw秒分时天周])(?:钟|ec|in|前|小时)?", re.IGNORECASE)
_OF_TODAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DAYS = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
_LATEST_MS = 253_402_300_799_000


class Problem(NamedTuple):
    """A term that means nothing, and what was perhaps meant."""

    word: str
    """of the page that says it, with %(key)s, %(value)s and %(known)s"""
    key: str
    value: str = ""
    known: str = ""
    better: str = ""
    """the whole search with the term as it was perhaps meant; "": nothing is like it"""
    shown: str = ""
    """the better term alone"""


class Typed(NamedTuple):
    """A search box that was read: terms with the keys they mean, and those that mean nothing."""

    said: str
    terms: tuple[Term, ...]
    problems: tuple[Problem, ...]

    def problem(self, word: str, term: Term, known: Iterable[str]) -> Problem:
        """Return what to say of a value that is none of these."""
        names = list(known)
        near = difflib.get_close_matches(term.value.lower(), names, n=1, cutoff=0.5)
        better = written(term.key, near[0], unless=term.unless) if near else ""
        return Problem(
            word,
            term.key,
            term.value[:60],
            ", ".join(names),
            _swapped(self.said, term.raw, better) if near else "",
            better,
        )

    def narrowed(self, key: str, value: str) -> str:
        """Return the search with one more term, in place of any other with this key."""
        kept = [one for one in terms(self.said) if one.key != key]
        return f"{joined(kept)} {written(key, value)}".strip()


def read_typed(typed: str, names: Mapping[str, str]) -> Typed:
    """Return what was typed, with each key by its own name. `names`: every name in lower case -> the key."""
    said = typed.strip()[:LONGEST]
    kept: list[Term] = []
    problems: list[Problem] = []
    own = tuple(dict.fromkeys(names.values()))
    for term in terms(said)[:_MOST_TERMS]:
        if term.key and term.key not in names:
            near = difflib.get_close_matches(term.key, names, n=1, cutoff=0.6)
            better = written(names[near[0]], term.value, unless=term.unless) if near else ""
            whole = _swapped(said, term.raw, better) if near else ""
            problems.append(Problem("no_such_key", term.key, term.value[:60], ", ".join(own), whole, better))
        elif term.key and not term.value:
            problems.append(Problem("no_value", names[term.key]))
        else:
            kept.append(term._replace(key=names.get(term.key, "")))
    return Typed(said, tuple(kept), tuple(problems))


def moment(text: str, now_ms: int, *, ends: bool = False) -> int | None:
    """Return the time that is meant: 10m, 2h, 3d; 2026-11-22, with or without a time; 10:32, today, yesterday.

    Without a zone it is China's. `ends`: of a day its end is meant. None for anything else.
    """
    text = text.strip().upper()
    if ago := _AGO.fullmatch(text):
        return max(0, now_ms - int(ago[1]) * _UNITS_S[ago[2].lower()] * 1000)
    now = datetime.fromtimestamp(now_ms / 1000, BEIJING)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: datetime | None = None
    try:
        if text.lower() in _DAYS:
            found = midnight - timedelta(days=_DAYS[text.lower()]) + timedelta(days=int(ends))
        elif clock := _OF_TODAY.fullmatch(text):
            found = midnight.replace(hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0))
        else:
            found = datetime.fromisoformat(text)
            if ends and len(text) <= len("2026-11-22"):
                found += timedelta(days=1)
            found = found if found.tzinfo else found.replace(tzinfo=BEIJING)
        ms = round(found.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return ms if 0 <= ms <= _LATEST_MS else None


def listed(value: str) -> Sequence[str]:
    """Return the parts of a value: `delivered,expired` or `delivered|expired`."""
    return [part for part in re.split(r"[,|，、]", value) if part]


def _swapped(said: str, raw: str, better: str) -> str:
    return said.replace(raw, better, 1).strip()
