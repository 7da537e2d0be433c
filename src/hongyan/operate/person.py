"""What the store holds about one number: the rows that are its own, and every other text that names it.

For privacy requests: `records` is what its owner may be given, `forget.py` erases the same rows. A table or column
that is new must be told of here, or a test fails. Reads whole tables: slow on big ones, and never on the road.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, Table, Text, or_, select

from hongyan.model.clock import iso
from hongyan.model.errors import Misconfigured
from hongyan.store import Store
from hongyan.store import tables as t
from hongyan.text.number_plans import split_country
from hongyan.text.numbers import parse

AT_ONCE = 500
"""ids in one statement"""
DECLARED = frozenset({"world_items", "route_history", "snapshots"})
"""what operators declared: a number in it is named, and theirs to take out of the file and apply"""
NO_TEXTS = frozenset(
    {"counts", "nonces", "hourly", "hours", "balances", "mailbox", "reply_mailbox", "sessions"}
    | {"call_items", "world_version"}
)
"""numbers in these are hashed, added up, or not there at all"""
KEPT = frozenset({"stops"})
"""goes only when that is asked for: it protects the person"""
_OTHERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\+\d{8,15})(?!\d)")
_TIMES = re.compile(r"at|.+_at|until")
_LEFT_OUT = "left out: it names other people, too"


class Person(NamedTuple):
    """A number, and how to find it in texts."""

    digits: str
    """E.164, without +"""
    national: str
    pattern: re.Pattern[str]

    def named_in(self, value: Any) -> bool:
        """Return whether a text names the number, with or without its country code."""
        return isinstance(value, str) and self.pattern.search(value) is not None


def person(text: str) -> Person:
    """Return the person behind a number as somebody wrote it. Raises Misconfigured."""
    found = parse(text)
    digits = found.digits if found else re.sub(r"[\s()+-]", "", text)
    if not re.fullmatch(r"\d{5,15}", digits):
        raise Misconfigured("--number", f"{text!r} is no number.", "--number +8613800138000")
    code, rest = split_country(digits)
    return Person(digits, rest, re.compile(rf"(?:(?<!\d)|(?<=%20)|(?<=%2B))(?:00)?(?:{code})?{rest}(?!\d)"))


class Held(NamedTuple):
    """Rows that are about one number, by table, as dictionaries; and other rows that name it."""

    rows: dict[str, list[dict[str, Any]]]
    naming: dict[str, list[dict[str, Any]]]

    def ids(self, table: str, column: str = "id") -> list[Any]:
        """Return one column of the rows of a table."""
        return [row[column] for row in self.rows.get(table, ())]


async def held(store: Store, who: Person) -> Held:
    """Return everything about a number, table by table."""
    rows: dict[str, list[dict[str, Any]]] = {}

    async def take(table: Table, column: Column[Any], values: Sequence[Any]) -> None:
        rows[table.name] = rows.get(table.name, []) + [row async for row in _rows(store, table, column, values)]

    await take(t.messages, t.messages.c.to, [who.digits])
    await take(t.replies, t.replies.c.sender, [who.digits])
    await take(t.stops, t.stops.c.number, [who.digits])
    await take(t.unclaimed, t.unclaimed.c.number, [who.digits])
    messages, replies = [row["id"] for row in rows["messages"]], [row["id"] for row in rows["replies"]]
    for table in (t.events, t.parts, t.links, t.mailbox):
        await take(table, table.c.message_id, messages)
    await take(t.reply_mailbox, t.reply_mailbox.c.reply_id, replies)
    await take(t.submissions, t.submissions.c.id, sorted({row["submission"] for row in rows["messages"]}))
    for table in (t.pushes, t.call_items):
        await take(table, table.c.message_id, messages)
        await take(table, table.c.reply_id, replies)
    await take(t.calls, t.calls.c.id, sorted({row["call"] for row in rows["call_items"]}))
    naming = {table.name: await _naming(store, table, who) for table in swept()}
    for table in (t.refusals, t.fragments):
        rows[table.name] = naming.pop(table.name)
    for name, found in naming.items():
        own = {_key(t.metadata.tables[name], row) for row in rows.get(name, ())}
        naming[name] = [row for row in found if _key(t.metadata.tables[name], row) not in own]
    return Held(rows, {name: found for name, found in naming.items() if found})


def swept() -> Iterator[Table]:
    """Yield the tables whose texts may name a number."""
    for table in t.metadata.sorted_tables:
        if table.name not in NO_TEXTS | KEPT:
            yield table


def texts(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that may name a number."""
    return [column for column in table.c if isinstance(column.type, Text)]


async def _rows(store: Store, table: Table, column: Column[Any], values: Sequence[Any]) -> Any:
    for begin in range(0, len(values), AT_ONCE):
        asked = select(table).where(column.in_(values[begin : begin + AT_ONCE])).order_by(*table.primary_key.columns)
        for row in await store.select(asked):
            yield dict(zip(table.c.keys(), row, strict=True))


async def _naming(store: Store, table: Table, who: Person) -> list[dict[str, Any]]:
    """Look where the database finds the digits, then whether they are the number and no piece of a longer one."""
    columns = texts(table)
    if not columns:
        return []
    asked = select(table).where(or_(*(column.contains(who.national, autoescape=True) for column in columns)))
    found = [dict(zip(table.c.keys(), row, strict=True)) for row in await store.select(asked)]
    return [row for row in found if any(who.named_in(row[column.name]) for column in columns)]


def _key(table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def records(who: Person, found: Held, now_ms: int) -> dict[str, Any]:
    """Return what is held, for the person to read: times as ISO, without what requests say of other people."""
    shown = {name: [_shown(who, row) for row in rows] for name, rows in found.rows.items()}
    about = _grouped(shown)
    for row in shown["messages"]:
        for name in ("events", "parts", "links", "pushes"):
            row[name] = about(name, row["id"])
    return {
        "number": f"+{who.digits}",
        "made_at": iso(now_ms),
        **{name: shown[name] for name in ("messages", "replies", "stops", "refusals", "unclaimed", "fragments")},
        "requests": shown["submissions"],
        "calls": shown["calls"],
        "pushes_of_replies": [row for row in shown["pushes"] if row["message_id"] is None],
        "named_in": [
            {"table": name, **{key: row[key] for key in row if key in {"id", "kind", "project", "name", "at"}}}
            for name, rows in found.naming.items()
            for row in rows
        ],
    }


def _grouped(shown: dict[str, list[dict[str, Any]]]) -> Any:
    by_message: dict[tuple[str, Any], list[dict[str, Any]]] = {}
    for name in ("events", "parts", "links", "pushes"):
        for row in shown[name]:
            by_message.setdefault((name, row["message_id"]), []).append(row)
    return lambda name, message_id: by_message.get((name, message_id), [])


def _shown(who: Person, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(who, name, value) for name, value in row.items() if value is not None}


def _value(who: Person, name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and _TIMES.fullmatch(name):
        return iso(value)
    if name in {"id", "submission", "message_id", "reply_id", "call"}:
        return str(value)
    if name in {"request", "answer", "path", "facts", "notes"} and isinstance(value, str):
        return _LEFT_OUT if names_others(who, value) else value
    return msgspec.to_builtins(value)


def names_others(who: Person, text: str) -> bool:
    """Return whether a text has numbers that are not this one."""
    return any(not who.named_in(found) for found in _numbers(text))


def _numbers(text: str) -> Iterable[str]:
    return (found[0] for found in _OTHERS.finditer(text))
