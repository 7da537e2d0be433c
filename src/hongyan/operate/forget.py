"""Erasing a number: its rows go or lose what tells of the person, and every other text that names it is blanked.

Messages stay as rows without number and text, so statistics, prices and the ledger add up as before. The stop list
stays unless it is to go, too: without it, the person would be written to again.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Column, Table, and_, delete, update

from hongyan.model.clock import iso
from hongyan.model.message import FINAL, State
from hongyan.operate.person import AT_ONCE, DECLARED, Held, Person, texts
from hongyan.store import Store
from hongyan.store import tables as t
from hongyan.store.ops import DropStop

GONE = "erased"
"""stands where the number was"""
_BLANKED: dict[str, dict[str, Any]] = {
    "messages": {"to": GONE, "content": "", "details": None}
    | dict.fromkeys(("client_id", "extend", "session", "report_to", "provider_id"), None),
    "submissions": {"request": "", "notes": "[]", "key_id": "", "peer": ""},
    "calls": {"request": "", "answer": "", "said": ""},
}
"""rows that stay without what tells of the person"""
_DELETED = ("events", "parts", "links", "pushes", "mailbox", "reply_mailbox", "replies", "refusals", "fragments")
"""rows that go: nothing adds them up"""

_UNFINISHED = frozenset(State) - FINAL


class Erased(NamedTuple):
    """What was done, or would be."""

    blanked: dict[str, int]
    deleted: dict[str, int]
    masked: dict[str, int]
    """rows about something else that named the number"""
    stops: int
    """on the stop list of how many projects"""
    declared: list[str]
    """what operators declared that names the number: theirs to change"""


class Unfinished(NamedTuple):
    """Messages that are under way: what is erased now would be written again by their receipts."""

    messages: int
    until: str
    """when the last of them ends at the latest, but for the grace of its receipt"""


def unfinished(found: Held) -> Unfinished | None:
    """Return what must end before anything can be erased."""
    under_way = [row for row in found.rows["messages"] if row["due_at"] is not None or row["state"] in _UNFINISHED]
    if not under_way:
        return None
    return Unfinished(len(under_way), iso(max(row["expires_at"] for row in under_way)) or "")


def planned(found: Held, *, forget_stop: bool) -> Erased:
    """Return what erasing would do."""
    rows = {name: len(kept) for name, kept in found.rows.items() if kept}
    return Erased(
        {name: rows[name] for name in _BLANKED if name in rows},
        {name: rows[name] for name in (*_DELETED, "unclaimed") if name in rows},
        {name: len(kept) for name, kept in found.naming.items() if name not in DECLARED},
        sum(not row["dropped"] for row in found.rows["stops"]) if forget_stop else 0,
        [_named(name, row) for name in sorted(DECLARED) for row in found.naming.get(name, ())],
    )


async def erase(store: Store, who: Person, found: Held, now_ms: int, *, forget_stop: bool) -> Erased:
    """Erase what was found, in one transaction; return what was done."""
    done = planned(found, forget_stop=forget_stop)
    await store.change(*_statements(who, found))
    if forget_stop:
        for row in found.rows["stops"]:
            if not row["dropped"]:
                await store.write(DropStop(project=row["project"], number=row["number"], at=now_ms))
        await store.change(delete(t.stops).where(t.stops.c.number == who.digits, t.stops.c.dropped))
    return done


def _statements(who: Person, found: Held) -> Iterator[ClauseElement]:
    for name, values in _BLANKED.items():
        table = t.metadata.tables[name]
        for ids in _slices(found.ids(name)):
            yield update(table).where(table.c.id.in_(ids)).values(values)
        yield from _masked(who, table, found.rows.get(name, ()), set(values))
    for name in _DELETED:
        yield from _deleted(t.metadata.tables[name], found)
    for row in found.rows.get("unclaimed", ()):
        yield delete(t.unclaimed).where(_is(t.unclaimed, row))
    for name, rows in found.naming.items():
        if name not in DECLARED:
            yield from _masked(who, t.metadata.tables[name], rows, set())


def _deleted(table: Table, found: Held) -> Iterator[ClauseElement]:
    key = {"links": "code", "parts": "message_id"}.get(table.name, "id")
    for ids in _slices(found.ids(table.name, key)):
        yield delete(table).where(table.c[key].in_(ids))


def _masked(who: Person, table: Table, rows: Sequence[dict[str, Any]], done: set[str]) -> Iterator[ClauseElement]:
    """Take the number out of every text of these rows that is not blanked anyway."""
    for row in rows:
        changed = {
            column.name: who.pattern.sub(GONE, row[column.name])
            for column in texts(table)
            if column.name not in done and who.named_in(row[column.name])
        }
        if table.name == "submissions" and "?" in row["path"]:
            changed["path"] = row["path"].partition("?")[0]
        if changed:
            yield update(table).where(_is(table, row)).values(changed)


def _is(table: Table, row: dict[str, Any]) -> Any:
    keys: list[Column[Any]] = list(table.primary_key.columns)
    return and_(*(column == row[column.name] for column in keys))


def _slices(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]


def _named(table: str, row: dict[str, Any]) -> str:
    return " ".join(str(row[key]) for key in ("kind", "project", "name", "version", "mark") if row.get(key)) or table
