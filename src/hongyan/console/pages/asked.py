"""What the inbox's address asks for: a search in words, and a page of it. Whatever it holds, an answer comes of it."""

from typing import NamedTuple

from msgspec.structs import replace

from hongyan.console.asking import LONGEST, Problem, Typed, read_typed
from hongyan.console.frame import Visit
from hongyan.console.grammar import written
from hongyan.console.pages.asked_terms import NAMES, Reading
from hongyan.model.ids import from_decimal
from hongyan.store import MessageQuery
from hongyan.text.characters import is_storable

PAGE_ROWS = 50
_FIELDS = {"to": "to", "text": "text", "state": "state", "dialect": "vendor", "project": "project"}
"""fields of an address that stand for terms: other pages lead here with them"""


class Asked(NamedTuple):
    """An inbox's address, read."""

    typed: Typed
    query: MessageQuery
    """for the store, asking for one row more than a page has"""
    problems: tuple[Problem, ...]
    request: str
    """only what came of this request"""
    is_void: bool
    """nothing can be found: an id that is none"""
    before_id: int | None
    is_live: bool
    """whether the page follows what happens"""
    refreshes: bool
    """whether it loads itself anew where there is no script"""
    perhaps_text: str
    """a short number that was looked for as the end of a number, and may be a code in a text"""

    @property
    def said(self) -> str:
        """Return the search as it is typed."""
        return self.typed.said


def read(visit: Visit) -> Asked:
    """Return what an address asks for; a term that cannot mean anything is left out and explained."""
    reading = Reading(read_typed(said(visit, _FIELDS), NAMES), visit.office.clock.now_ms())
    for term in reading.typed.terms:
        reading.take(term)
    reading.finished()
    before_id, live = from_decimal(visit.asked("before")), visit.asked("live")
    query = MessageQuery(**reading.fields, also=tuple(reading.also), limit=PAGE_ROWS + 1)
    return Asked(
        typed=reading.typed,
        query=replace(query, before_id=_lower(before_id, query.before_id)),
        problems=tuple(reading.problems),
        request=reading.request,
        is_void=reading.is_void,
        before_id=before_id,
        is_live=live != "0",
        refreshes=live == "1" or (live != "0" and before_id is None and not reading.typed.said),
        perhaps_text=reading.perhaps_text,
    )


def said(visit: Visit, fields: dict[str, str]) -> str:
    """Return the search of an address: its field `q`, and other fields that stand for a term."""
    typed = visit.query.get("q", "")[:LONGEST]
    terms = [written(key, value) for name, key in fields.items() if (value := visit.asked(name))]
    return " ".join((typed if is_storable(typed) else "", *terms)).strip()


def _lower(first: int | None, second: int | None) -> int | None:
    given = [one for one in (first, second) if one is not None]
    return min(given) if given else None
