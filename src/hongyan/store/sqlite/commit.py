"""One transaction of the embedded engine: load the facts, play, write the rows on the loop, COMMIT in a thread.

The writer calls it with a batch; the fsync of COMMIT runs beside the event loop, and the next batch begins after it.
"""

from collections.abc import Callable, Sequence
from itertools import count
from operator import attrgetter
from typing import Any

import apsw

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.store.batch import Batch, Entry, Needs, Purse, client_key, plain_row, routed_row, standing
from hongyan.store.play import play
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, PUSH, REFUSAL, SUBMISSION, UNCLAIMED
from hongyan.store.sqlite import inbound
from hongyan.store.sqlite import statements as sql
from hongyan.store.sqlite.connection import begin_waiting, fetch, many, number, reachable
from hongyan.store.thread import OneThread
from hongyan.store.writer import Failed

Work = Callable[[apsw.Connection], Any]
"""a chore that needs the writing connection: done in the thread, after the operations of its batch"""

_entry_row = attrgetter(*Entry.__struct_fields__)
_told_row = attrgetter("state", "cause", "at", "message_id", "number")
_FEW = 4


class Transaction:
    """The writing connection and the thread that commits it."""

    def __init__(self, connection: apsw.Connection, thread: OneThread) -> None:
        self._connection = connection
        self._thread = thread

    async def commit(self, ops: Sequence[Any], *, apart: bool) -> list[Any]:
        """Commit operations and chores together; see `writer.Commit`."""
        connection = self._connection
        with reachable():
            await self._begin()
            try:
                works = [op for op in ops if callable(op)]
                plain = [op for op in ops if not callable(op)] if works else ops
                results = _each_apart(connection, plain) if apart else _together(connection, plain)
                done = await self._thread.call(lambda: _finish(connection, works))
            except BaseException:
                await self._thread.call(lambda: _roll_back(connection))
                raise
        if not works:
            return results
        from_ops, from_works = iter(results), iter(done)
        return [next(from_works if callable(op) else from_ops) for op in ops]

    async def _begin(self) -> None:
        connection = self._connection
        connection.set_busy_timeout(0)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            await self._thread.call(lambda: begin_waiting(connection))


def _finish(connection: apsw.Connection, works: Sequence[Work]) -> list[Any]:
    done = [_apart(connection, lambda work=work: work(connection)) for work in works]  # type: ignore[misc] # bound now
    connection.execute("COMMIT")
    return done


def _roll_back(connection: apsw.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _apart(connection: apsw.Connection, what: Callable[[], Any]) -> Any:
    connection.execute("SAVEPOINT apart")
    try:
        with reachable():
            result = what()
    except UnicodeEncodeError:
        connection.execute("ROLLBACK TO apart")
        result = Failed(Refused(Reason.BAD_REQUEST, why="a text cannot be written as UTF-8"))
    except Exception as error:  # noqa: BLE001 - the batch's edge: whoever asked for this gets the error, others nothing
        connection.execute("ROLLBACK TO apart")
        result = Failed(error)
    connection.execute("RELEASE apart")
    return result


def _each_apart(connection: apsw.Connection, ops: Sequence[Any]) -> list[Any]:
    return [
        _apart(connection, lambda op=op: _together(connection, (op,), careful=True)[0])  # type: ignore[misc] # bound now
        for op in ops
    ]


def _together(connection: apsw.Connection, ops: Sequence[Any], *, careful: bool = False) -> list[Any]:
    if not ops:
        return []
    batch = _load(connection, Needs(ops), careful=careful)
    results = play(batch, ops)
    _write(connection, batch)
    return results


def _load(connection: apsw.Connection, needs: Needs, *, careful: bool) -> Batch:
    booking = needs.projects or needs.rendered
    batch = Batch(count(number(connection, sql.LAST_ENTRY) + 1 if booking else 0))
    if len(needs.messages) > _FEW:
        rows = fetch(connection, sql.STANDINGS, (many(list(needs.messages)),))
    else:
        rows = [row for one in needs.messages for row in fetch(connection, sql.STANDING_BY_ID, (one,))]
    for row in rows:
        batch.standings[row[0]] = standing(row)
    projects = needs.projects | {batch.standings[one].project for one in needs.rendered & batch.standings.keys()}
    for project in projects:
        found = fetch(connection, sql.BALANCE, (project,))
        batch.purses[project] = Purse(*found[0]) if found else Purse(0)
    _load_accepting(connection, needs, batch)
    if needs.parts:
        _load_parts(connection, needs, batch)
    if needs.inbound is not None:
        batch.inbound = inbound.load(connection, needs.inbound)
    if careful and needs.accepted:
        batch.existing = frozenset((row[0], row[1]) for row in fetch(connection, sql.EXISTING, (many(needs.accepted),)))
    return batch


def _load_parts(connection: apsw.Connection, needs: Needs, batch: Batch) -> None:
    """Ask for all at once: a statement of its own for each part costs several times as much."""
    found: set[int | None] = set()
    for carrier in {carrier for carrier, _ in needs.parts}:
        named = [provider_id for one, provider_id in needs.parts if one == carrier]
        found.update(row[0] for row in fetch(connection, sql.PARTS_NAMED, (carrier, many(named))))
    if known := [one for one in found if one is not None]:
        batch.know_parts(PART.values(fetch(connection, sql.PARTS_OF, (many(known),))))


def _load_accepting(connection: apsw.Connection, needs: Needs, batch: Batch) -> None:
    for client in needs.clients:
        for row in fetch(connection, sql.MESSAGE_BY_CLIENT, client):
            message = MESSAGE.value(row)
            batch.clients[client_key(message)] = message
    for bucket in needs.buckets:
        if counted := fetch(connection, sql.COUNTED, (bucket,)):
            batch.counted[bucket] = counted
    for nonce in needs.nonces:
        for (until,) in fetch(connection, sql.NONCE, (nonce,)):
            batch.nonces[nonce] = until


def _write(connection: apsw.Connection, batch: Batch) -> None:
    for statement, row, values in (
        (sql.INSERT_SUBMISSION, SUBMISSION.row, batch.submissions),
        (sql.INSERT_MESSAGE, MESSAGE.row, batch.messages.values()),
        (sql.MOVE_PLAIN, plain_row, batch.plain.values()),
        (sql.MOVE_ROUTED, routed_row, batch.routed.values()),
        (sql.PROLONG, tuple, batch.prolonged),
        (sql.NOTE_DETAILS, tuple, batch.noted),
        (sql.COUNT, _count_row, batch.counts.items()),
        (sql.SPEND_NONCE, tuple, batch.spent.items()),
        (sql.INSERT_ENTRY, _entry_row, batch.entries.values()),
        (sql.CHANGE_BALANCE, _purse_row, [item for item in batch.purses.items() if item[1].change]),
        (sql.INSERT_EVENT, EVENT.row, batch.events),
        (sql.INSERT_REFUSAL, REFUSAL.row, batch.refusals),
        (sql.UNPARK, tuple, batch.unparked),
        (sql.PARK, UNCLAIMED.row, batch.parked),
        (sql.INSERT_LINK, LINK.row, batch.links),
        (sql.CLICK, tuple, batch.clicks),
        (sql.INSERT_PUSH, PUSH.row, batch.pushes),
        (sql.PUSH_AGAIN, tuple, batch.pushes_again),
        (sql.PUSH_DONE, _alone, batch.pushes_done),
        (sql.INSERT_MAILBOX, tuple, batch.mailbox),
        (sql.INSERT_PART, PART.row, batch.parts_new),
        (sql.PART_TOLD, _told_row, batch.parts_told),
    ):
        if values:  # most are empty in most batches
            connection.executemany(statement, map(row, values))  # type: ignore[arg-type] # each row with its values
    if batch.inbound is not None:
        inbound.write(connection, batch.inbound)


def _alone(value: int) -> tuple[int]:
    return (value,)


def _count_row(item: tuple[tuple[int, int], int]) -> tuple[int, int, int]:
    (bucket, at), n = item
    return bucket, at, n


def _purse_row(item: tuple[str, Purse]) -> tuple[str, int, str, int]:
    project, purse = item
    return project, purse.change, purse.currency or "CNY", 0
