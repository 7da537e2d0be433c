"""What a snapshot keeps, and the statements that lead a store back to it. Reads by `Store.select`, writes nothing.

Ids are ordered by time, so what came after a snapshot is what has a higher id than its mark. Secrets stay sealed. What
somebody's account is, and how far the clock was pushed, is never led back.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ClauseElement, and_, delete, exists, func, insert, null, or_, select, update

from hongyan.model.world import Account, PushedClock, Rule
from hongyan.store import Store
from hongyan.store import tables as t

STAYS = (Account.kind, PushedClock.kind)
"""kinds that a reset leaves alone"""
COUNTS_MOST = 100_000
"""counts of per-number limits that a snapshot holds: more is no store of a test"""
ENTRIES_LATE = 2_000
"""lines of the ledger before the last one that may be written after it: a process takes their numbers in advance"""
_OF_MESSAGES = ("charge", "refund")
_ITEM = ("kind", "project", "name", "seq", "body", "secrets")
_STOP = ("project", "number", "marketing_only", "at", "reply_id")
_COUNT = ("bucket", "at", "n")


class Kept(Struct, kw_only=True):
    """The body of a snapshot: rows as they are stored."""

    mark: int = 0
    """the highest id then; 0: no message is kept"""
    at: int = 0
    items: list[tuple[str, str, str, int, str, str | None]] = []
    balances: list[tuple[str, int, str, int]] = []
    entry: int = 0
    """the last line of the ledger then"""
    entries: list[int] = []
    """those of the `ENTRIES_LATE` numbers up to it that were written then"""
    stops: list[tuple[str, str, bool, int, int | None]] = []
    counts: list[tuple[int, int, int]] = []


async def kept(store: Store, mark: int, at: int) -> Kept:
    """Return the store as it is now. With more counts than `COUNTS_MOST` it has one more than that."""
    entries, balances = await _agreeing(store, select(t.balances).order_by(t.balances.c.project))
    return Kept(
        mark=mark,
        at=at,
        items=await _items(store),
        balances=balances,
        entry=max(entries, default=0),
        entries=entries,
        stops=await _rows(store, select(*(t.stops.c[one] for one in _STOP)).where(t.stops.c.dropped.is_(False))),
        counts=await _rows(store, select(*(t.counts.c[one] for one in _COUNT)).limit(COUNTS_MOST + 1)),
    )


async def start_of(store: Store) -> Kept:
    """Return what a process was started with: everything declared but rules, and the money that nobody has spent."""
    ledger = t.entries.c
    paid = (
        select(ledger.project, func.sum(ledger.amount)).where(ledger.kind.not_in(_OF_MESSAGES)).group_by(ledger.project)
    )
    entries, sums = await _agreeing(store, paid)
    amounts = {project: int(amount) for project, amount in sums}
    balances = await _rows(store, select(t.balances).order_by(t.balances.c.project))
    return Kept(
        items=[item for item in await _items(store) if item[0] != Rule.kind],
        balances=[(project, amounts.get(project, 0), currency, paid_in) for project, _, currency, paid_in in balances],
        entry=max(entries, default=0),
        entries=entries,
    )


async def led_back(store: Store, to: Kept, now_ms: int) -> tuple[list[ClauseElement], bool]:
    """Return the statements that lead the store back, and whether what is declared changes by them."""
    wanted = [_dated(item, now_ms) for item in to.items if item[0] not in STAYS]
    changes = [item[:3] + item[4:] for item in await _items(store)] != [item[:3] + item[4:] for item in wanted]
    # the version first, as declarations do: whoever declares meanwhile waits
    taken = update(t.world_version).values(version=t.world_version.c.version)
    return [taken, *_newer_gone(to), *_money(to), *_counted(to), *(_declared(wanted) if changes else ())], changes


def without(ids: ClauseElement | None, project: str | None, to: str | None) -> list[ClauseElement]:
    """Return the statements that delete messages, with all that hangs on them; the ledger stays.

    `ids`: which, as a subquery; None: all of them. `project` and `to` say the same of what belongs to no message.
    """
    m = t.messages.c
    told = select(t.replies.c.id).where(*_of(t.replies.c.project, project), *_of(t.replies.c.sender, to))
    every = ids is None
    hanging = [
        delete(table).where(*(() if every else (table.c.message_id.in_(ids),)))  # type: ignore[arg-type] # as above
        for table in (t.events, t.parts, t.links, t.mailbox)
    ]
    pushed = () if every else (or_(t.pushes.c.message_id.in_(ids), t.pushes.c.reply_id.in_(told)),)  # type: ignore[arg-type] # as above
    told_of = () if every else (or_(t.call_items.c.message_id.in_(ids), t.call_items.c.reply_id.in_(told)),)  # type: ignore[arg-type] # as above
    empty = ~exists().where(m.submission == t.submissions.c.id)
    statements = [
        *hanging,
        delete(t.pushes).where(*pushed),
        delete(t.call_items).where(*told_of),
        delete(t.calls).where(~exists().where(t.call_items.c.call == t.calls.c.id)),
        delete(t.reply_mailbox).where(*(() if every else (t.reply_mailbox.c.reply_id.in_(told),))),
        delete(t.replies).where(*_of(t.replies.c.project, project), *_of(t.replies.c.sender, to)),
        *([delete(t.fragments), delete(t.unclaimed)] if every else ()),
        *([] if to is not None else [delete(t.refusals).where(*_of(t.refusals.c.project, project))]),
        delete(t.messages).where(*_of(m.project, project), *_of(m.to, to)),
        delete(t.submissions).where(*_of(t.submissions.c.project, project), empty),
    ]
    return [*statements, *_recount(0)]


def decoded(body: str) -> Kept:
    """Return the body of a row."""
    return msgspec.json.decode(body, type=Kept, strict=False)  # one engine stores facts as 0 and 1


async def _items(store: Store) -> list[Any]:
    items = t.world_items.c
    asked = select(*(items[one] for one in _ITEM)).where(items.kind.not_in(STAYS)).order_by(items.seq, items.kind)
    return await _rows(store, asked)


async def _agreeing(store: Store, asked: ClauseElement) -> tuple[list[int], list[Any]]:
    """Return the newest lines of the ledger and rows that were read while there were no others."""
    while True:
        before = await _newest_entries(store)
        rows = await _rows(store, asked)
        if await _newest_entries(store) == before:
            return before, rows


async def _newest_entries(store: Store) -> list[int]:
    ids = select(t.entries.c.id).order_by(t.entries.c.id.desc()).limit(ENTRIES_LATE)
    found = [row[0] for row in await store.select(ids)]
    return [one for one in found if one > found[0] - ENTRIES_LATE]


async def _rows(store: Store, asked: ClauseElement) -> list[Any]:
    return [tuple(row) for row in await store.select(asked)]


def _of(column: Any, value: str | None) -> tuple[Any, ...]:
    return () if value is None else (column == value,)


def _dated(item: tuple[Any, ...], now_ms: int) -> tuple[Any, ...]:
    """Return a rule as if it was made now: those that strike a number of times begin to count anew."""
    if item[0] != Rule.kind:
        return item
    rule = msgspec.structs.replace(msgspec.json.decode(item[4], type=Rule), made_at=now_ms)
    return (*item[:4], msgspec.json.encode(rule).decode(), item[5])


def _newer_gone(to: Kept) -> list[ClauseElement]:
    """Delete everything that came after the mark."""
    mark = to.mark
    minted = (t.messages, t.submissions, t.refusals, t.replies, t.pushes, t.calls, t.fragments)
    of_messages = (t.parts, t.events, t.mailbox, t.call_items)
    free = and_(t.links.c.message_id.is_(None), t.links.c.created_at > to.at)
    return [
        *(delete(table).where(table.c.message_id > mark) for table in of_messages),
        delete(t.call_items).where(t.call_items.c.call > mark),
        delete(t.reply_mailbox).where(t.reply_mailbox.c.reply_id > mark),
        delete(t.links).where(or_(t.links.c.message_id > mark, free)),
        delete(t.unclaimed).where(t.unclaimed.c.at > to.at),
        delete(t.nonces),
        *(delete(table).where(table.c.id > mark) for table in minted),
        *_recount(to.at),
    ]


def _recount(since_ms: int) -> list[ClauseElement]:
    """Have the hours from a time on counted anew by whoever looks at them."""
    return [delete(table).where(table.c.hour >= since_ms - since_ms % 3_600_000) for table in (t.hourly, t.hours)]


def _money(to: Kept) -> list[ClauseElement]:
    ledger = t.entries.c
    late = and_(ledger.id > to.entry - ENTRIES_LATE, ledger.id.not_in(to.entries))
    newer = or_(ledger.id > to.entry, late) if to.entries else ledger.id > to.entry
    gone = newer if to.mark else or_(newer, ledger.kind.in_(_OF_MESSAGES))
    rows = [dict(zip(("project", "amount", "currency", "paid_in"), row, strict=True)) for row in to.balances]
    return [delete(t.entries).where(gone), delete(t.balances), *([insert(t.balances).values(rows)] if rows else [])]


def _counted(to: Kept) -> list[ClauseElement]:
    rows = [dict(zip(_COUNT, row, strict=True)) for row in to.counts]
    pages = [insert(t.counts).values(rows[begin : begin + 1000]) for begin in range(0, len(rows), 1000)]
    return [delete(t.counts), *pages]


def _declared(items: Sequence[tuple[Any, ...]]) -> list[ClauseElement]:
    rows = [
        {name: null() if value is None else value for name, value in zip(_ITEM, item, strict=True)} for item in items
    ]
    every = t.world_items.c.kind.not_in(STAYS)
    pages = [insert(t.world_items).values(rows[begin : begin + 500]) for begin in range(0, len(rows), 500)]
    return [delete(t.world_items).where(every), *pages]
