"""One transaction of the cluster's engine: lock, load the facts, play, write the rows, each step for the whole batch.

Several processes do this at once. They never deadlock, because all lock in one order: limits and nonces (64 shared
slots), balances by name, messages by id, then the rest, each sorted. Exactness comes from the same locks.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any
from zlib import crc32

from hongyan.store.batch import Batch, Entry, Needs, Purse, client_key, routed_row, standing
from hongyan.store.ops import Op
from hongyan.store.play import play
from hongyan.store.postgres import inbound
from hongyan.store.postgres import statements as sql
from hongyan.store.postgres.pool import reachable
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, PUSH, REFUSAL, SUBMISSION, UNCLAIMED
from hongyan.store.writer import Failed

_SLOTS = 64
_LOCK_SPACE = 0x48590001
"""first half of our advisory locks' names; the second is the slot"""
_ENTRY_IDS_AT_ONCE = 64
_entry_row = attrgetter(*Entry.__struct_fields__)
_told_row = attrgetter("state", "cause", "at", "message_id", "number")


class Transaction:
    """Commits batches on connections of a pool."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._entry_ids: deque[int] = deque()
        self._known: set[str] = set()
        """projects that have a row of balance"""

    async def commit(self, ops: Sequence[Op], *, apart: bool) -> list[Any]:
        """Commit operations together; see `writer.Commit`."""
        with reachable():
            async with self._pool.acquire() as connection:
                if not apart:
                    needs = await self._needs(connection, ops)
                    async with connection.transaction():
                        return await self._together(connection, ops, needs)
                return [await self._apart(connection, op) for op in ops]

    async def _apart(self, connection: Any, op: Op) -> Any:
        """Commit one operation in a transaction of its own: held locks would mix up the order of locking."""
        self._known.clear()  # a reset may have taken a balance away since
        try:
            with reachable():
                needs = await self._needs(connection, (op,))
                async with connection.transaction():
                    return (await self._together(connection, (op,), needs, careful=True))[0]
        except Exception as error:  # noqa: BLE001 - the batch's edge: whoever wrote this operation gets the error
            return Failed(error)

    async def _needs(self, connection: Any, ops: Sequence[Op]) -> Needs:
        needs = Needs(ops)
        if needs.rendered:
            needs.projects.update(row[0] for row in await connection.fetch(sql.PROJECTS_OF, list(needs.rendered)))
        if unknown := sorted(needs.projects - self._known):
            await connection.execute(sql.MAKE_BALANCES, unknown)  # before the transaction: nothing is held meanwhile
            self._known.update(unknown)
        return needs

    async def _together(self, connection: Any, ops: Sequence[Op], needs: Needs, *, careful: bool = False) -> list[Any]:
        most_entries = 2 * len(needs.projects) + needs.deposits
        if len(self._entry_ids) < most_entries:
            rows = await connection.fetch(sql.ENTRY_IDS, most_entries + _ENTRY_IDS_AT_ONCE)
            self._entry_ids.extend(row[0] for row in rows)
        batch = Batch(_popped(self._entry_ids))
        await _lock(connection, needs, batch)
        await _load(connection, needs, batch)
        if careful and needs.accepted:
            batch.existing = frozenset((row[0], row[1]) for row in await connection.fetch(sql.EXISTING, needs.accepted))
        results = play(batch, ops)
        await _write(connection, batch)
        return results


def _popped(ids: deque[int]) -> Iterator[int]:
    while True:
        yield ids.popleft()


async def _lock(connection: Any, needs: Needs, batch: Batch) -> None:
    slots = {bucket % _SLOTS for bucket in needs.buckets} | {crc32(nonce.encode()) % _SLOTS for nonce in needs.nonces}
    if needs.inbound is not None:
        slots |= inbound.slots(needs.inbound, _SLOTS)
    if slots:
        await connection.fetch(sql.LOCK_SLOTS, _LOCK_SPACE, sorted(slots))
    if needs.projects:
        for project, amount, currency in await connection.fetch(sql.LOCK_BALANCES, list(needs.projects)):
            batch.purses[project] = Purse(amount, currency)
    in_parts = []
    if needs.parts:
        rows = await connection.fetch(sql.PARTS_NAMED, *zip(*needs.parts, strict=True))
        in_parts = [row[0] for row in rows]
    if locked := needs.messages.union(in_parts):
        for row in await connection.fetch(sql.LOCK_MESSAGES, list(locked)):
            batch.standings[row[0]] = standing(row)
    if in_parts:
        batch.know_parts(PART.values(await connection.fetch(sql.PARTS_OF, in_parts)))


async def _load(connection: Any, needs: Needs, batch: Batch) -> None:
    if needs.clients:
        for row in await connection.fetch(sql.CLIENTS, *zip(*needs.clients, strict=True)):
            message = MESSAGE.value(row)
            batch.clients[client_key(message)] = message
    if needs.buckets:
        for bucket, at, n in await connection.fetch(sql.COUNTED, list(needs.buckets)):
            batch.counted.setdefault(bucket, []).append((at, n))
    if needs.nonces:
        batch.nonces.update((row[0], row[1]) for row in await connection.fetch(sql.NONCES, list(needs.nonces)))
    if needs.inbound is not None:
        batch.inbound = await inbound.load(connection, needs.inbound)


async def _write(connection: Any, batch: Batch) -> None:
    for insert, rows in (
        (sql.INSERT_SUBMISSIONS, map(SUBMISSION.row, batch.submissions)),
        (sql.INSERT_MESSAGES, map(MESSAGE.row, batch.messages.values())),
        (sql.COUNT, sorted((bucket, at, n) for (bucket, at), n in batch.counts.items())),
        (sql.SPEND_NONCES, sorted(batch.spent.items())),
        (sql.INSERT_ENTRIES, map(_entry_row, batch.entries.values())),
        (sql.INSERT_EVENTS, map(EVENT.row, batch.events)),
        (sql.INSERT_REFUSALS, map(REFUSAL.row, batch.refusals)),
        (sql.INSERT_LINKS, map(LINK.row, batch.links)),
        (sql.INSERT_MAILBOX, batch.mailbox),
        (sql.INSERT_PUSHES, map(PUSH.row, batch.pushes)),
        (sql.INSERT_PARTS, map(PART.row, batch.parts_new)),
    ):
        if listed := list(rows):
            await insert.run(connection, listed)
    for statement, changes in (
        (sql.MOVE, map(routed_row, (batch.plain | batch.routed).values())),
        (sql.PROLONG, batch.prolonged),
        (sql.NOTE_DETAILS, batch.noted),
        (sql.CHANGE_BALANCES, ((project, one.change) for project, one in batch.purses.items() if one.change)),
        (sql.CLICK, ((code, at) for at, code in batch.clicks)),
        (sql.PUSH_AGAIN, batch.pushes_again),
        (sql.PUSH_DONE, ((one,) for one in batch.pushes_done)),
        (sql.UNPARK, batch.unparked),
        (sql.PARTS_TOLD, map(_told_row, batch.parts_told)),
    ):
        if columns := list(zip(*changes, strict=True)):
            await connection.execute(statement, *columns)
    if batch.parked:
        parked = sorted(map(UNCLAIMED.row, batch.parked), key=itemgetter(0, 1, 4))
        await sql.PARK.run(connection, parked)
    if batch.inbound is not None:
        await inbound.write(connection, batch.inbound)
