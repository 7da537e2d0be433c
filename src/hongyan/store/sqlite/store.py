"""The embedded store: `Store` on one SQLite file. One writing connection, one reading beside the loop, one for lists.

Short reads run on the event loop, lists and counts in a thread, and everything that writes goes through the writer.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import apsw
from sqlalchemy import ClauseElement

from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.message import Message
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, World
from hongyan.store import Found, MessageQuery, ReplyQuery
from hongyan.store.history import to_earlier
from hongyan.store.migrate import VERSION_QUERY, steps
from hongyan.store.ops import (
    Event,
    Fragment,
    LinkRow,
    Op,
    Part,
    PushRow,
    RefusalRow,
    ReplyRow,
    StopRow,
    SubmissionRow,
    Unclaimed,
)
from hongyan.store.sqlite import chores, due, history, inbound, read
from hongyan.store.sqlite.commit import Transaction, Work
from hongyan.store.sqlite.connection import begin_waiting, connect, fetch, number, reachable
from hongyan.store.statement import SQLITE, compiled
from hongyan.store.sweep import LAST_ID
from hongyan.store.text import storable
from hongyan.store.thread import OneThread
from hongyan.store.vault import Vault
from hongyan.store.world import to_world
from hongyan.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

_WRITER_CACHE_KIB, _READER_CACHE_KIB = 32_768, 8_192
_PURGE_AT_ONCE = 250
"""rows a purge deletes in one commit: the writer waits for it"""
_NEAR_AT_MOST = 200
"""rows by id read on the event loop; more go in the thread"""


class SqliteStore:
    """See `hongyan.store.Store`. `path` is the database file; its folder must exist."""

    def __init__(self, path: Path, vault: Vault, clock: Clock, tally: Tally) -> None:
        self._path = path
        self._vault = vault
        self._clock = clock
        self._tally = tally
        self._near: apsw.Connection | None = None
        self._far: apsw.Connection | None = None
        self._writing: apsw.Connection | None = None

    async def open(self) -> None:
        """Migrate if needed, connect, start the writer. Raises Misconfigured."""
        try:
            writing, self._near, self._far = await asyncio.to_thread(self._connected)
        except (apsw.Error, OSError) as error:
            raise Misconfigured(str(self._path), f"cannot be opened: {error}", "another --data folder") from error
        self._commits, self._lists = OneThread("store-commit"), OneThread("store-lists")
        self._writer = Writer(Transaction(writing, self._commits).commit, self._tally)
        self._writer.start()
        self._writing = writing

    def _connected(self) -> tuple[apsw.Connection, apsw.Connection, apsw.Connection]:
        if not self._path.exists():
            self._path.touch(mode=0o600)
        writing = connect(self._path, cache_kib=_WRITER_CACHE_KIB)
        try:
            _migrate(writing)
        except BaseException:
            writing.close()
            raise
        near, far = (connect(self._path, cache_kib=_READER_CACHE_KIB, reads_only=True) for _ in range(2))
        return writing, near, far

    async def close(self) -> None:
        """Commit what waits, then close; the last one to close leaves a single file behind."""
        if self._writing is None:
            return
        await self._writer.close()
        opened = [one for one in (self._near, self._far, self._writing) if one is not None]
        self._near = self._far = self._writing = None

        def end() -> None:
            self._lists.close()
            self._commits.close()
            for connection in opened:
                connection.close()

        await asyncio.to_thread(end)

    async def enlist(self, node: int, on_world_changed: Callable[[], None]) -> int:  # noqa: ARG002 - the contract's
        """Return the number: a process has the file to itself."""
        return max(node, 0)

    async def last_id(self) -> int:
        return self._point(number, LAST_ID)

    # --- writing

    async def write(self, op: Op) -> Any:
        """Commit one operation with whatever else waits; return its result."""
        if self._writing is None:
            raise _closed()
        return await self._writer.write(op)

    async def write_all(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations in order; return their results."""
        if self._writing is None:
            raise _closed()
        return await self._writer.write_all(ops)

    async def write_each(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations in order; return their results or what failed them."""
        if self._writing is None:
            raise _closed()
        return await self._writer.write_each(ops)

    async def _chore(self, work: Work) -> Any:
        if self._writing is None:
            raise _closed()
        return (await self._writer.write_all((work,)))[0]

    # --- the sweep

    async def claim(self, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
        found: list[Message] = await self._chore(lambda c: due.claim(c, now_ms, lease_ms, limit))
        return found

    async def overdue(self, now_ms: int, limit: int) -> list[Message]:
        found: list[Message] = await self._chore(lambda c: due.overdue(c, now_ms, limit))
        return found

    async def abandon_leases(self, now_ms: int) -> int:
        moved: int = await self._chore(lambda c: due.abandon_leases(c, now_ms))
        return moved

    async def bring_forward(
        self, now_ms: int, causes: Sequence[str], after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        mark: tuple[int, int] | None = await self._chore(lambda c: due.bring_forward(c, now_ms, causes, after, limit))
        return mark

    async def claim_pushes(self, now_ms: int, lease_ms: int, limit: int, door: str | None = None) -> list[PushRow]:
        found: list[PushRow] = await self._chore(lambda c: due.claim_pushes(c, now_ms, lease_ms, limit, door))
        return found

    async def take_mailbox(self, project: str, dialect: str, most: int, now_ms: int) -> list[Message]:  # noqa: ARG002 - the contract's
        taken: list[Message] = await self._chore(lambda c: due.take_mailbox(c, project, dialect, most))
        return taken

    async def outstanding(
        self, carrier: str, since_ms: int, until_ms: int, after: tuple[int, int], limit: int
    ) -> list[Message]:
        return await self._list(read.outstanding, carrier, since_ms, until_ms, after, limit)

    async def by_provider(self, carrier: str, provider_ids: Sequence[str]) -> dict[str, Found]:
        if len(provider_ids) > _NEAR_AT_MOST:
            return await self._list(read.by_provider, carrier, provider_ids)
        return self._point(read.by_provider, carrier, provider_ids)

    async def parts(self, message_id: int) -> list[Part]:
        return self._point(read.parts, message_id)

    async def last_to(
        self, number: str, carrier: str, since_ms: int, extend: str | None, projects: Sequence[str]
    ) -> Message | None:
        return self._point(read.last_to, number, carrier, since_ms, extend, projects)

    async def backlog(self) -> int:
        return await self._list(read.backlog)

    # --- reading

    async def message(self, message_id: int) -> Message | None:
        return self._point(read.message, message_id)

    async def messages_by_id(self, message_ids: Sequence[int]) -> list[Message]:
        if len(message_ids) > _NEAR_AT_MOST:
            return await self._list(read.messages_by_id, message_ids)
        return self._point(read.messages_by_id, message_ids)

    async def messages(self, query: MessageQuery) -> list[Message]:
        return await self._list(read.messages, query)

    async def count(self, query: MessageQuery) -> int:
        return await self._list(read.count, query)

    async def submission(self, submission_id: int) -> SubmissionRow | None:
        return self._point(read.submission, submission_id)

    async def submissions_of_request(self, request_id: str) -> list[SubmissionRow]:
        return self._point(read.submissions_of_request, storable(request_id))

    async def refusals_of_request(self, request_id: str) -> list[RefusalRow]:
        return self._point(read.refusals_of_request, storable(request_id))

    async def refusals(self, limit: int) -> list[RefusalRow]:
        return await self._list(read.refusals, limit)

    async def events(self, message_id: int) -> list[Event]:
        return self._point(read.events, message_id)

    async def link(self, code: str) -> LinkRow | None:
        return self._point(read.link, storable(code))

    async def unclaimed(self, limit: int) -> list[Unclaimed]:
        return await self._list(read.unclaimed, limit)

    async def balance(self, project: str) -> int:
        return self._point(read.balance, project)

    async def ledger_sum(self, project: str) -> int:
        return await self._list(read.ledger_sum, project)

    # --- replies and stops

    async def replies(self, query: ReplyQuery) -> list[ReplyRow]:
        return await self._list(inbound.replies, query)

    async def replies_by_id(self, reply_ids: Sequence[int]) -> list[ReplyRow]:
        return await self._list(inbound.replies_by_id, reply_ids)

    async def take_replies(self, project: str, dialect: str, most: int, now_ms: int) -> list[ReplyRow]:  # noqa: ARG002 - the contract's
        taken: list[ReplyRow] = await self._chore(lambda c: inbound.take_replies(c, project, dialect, most))
        return taken

    async def old_fragments(self, before_ms: int, limit: int, kind: str | None = None) -> list[Fragment]:
        return await self._list(inbound.old_fragments, before_ms, limit, kind)

    async def stops(self, after: int, limit: int) -> tuple[list[StopRow], list[tuple[str, str]], int]:
        return await self._list(inbound.stops, after, limit)

    # --- the world

    async def world(self) -> World:
        version, rows = await self._list(read.world_rows)
        return to_world(version, rows, self._vault)

    async def routing_at(self, at_ms: int) -> list[World]:
        return [to_earlier(row) for row in await self._list(history.then, at_ms)]

    async def world_version(self) -> int:
        return self._point(read.world_version)

    async def declare(self, put: Sequence[Declared], drop: Sequence[tuple[str, str, str]], now_ms: int) -> int:
        if not put and not drop:
            return await self.world_version()
        version: int = await self._chore(lambda c: chores.declare(c, self._vault, put, drop, now_ms))
        return version

    # --- everything beside the road

    async def select(self, statement: ClauseElement) -> list[Any]:
        return await self._list(fetch, *compiled(statement, SQLITE))

    async def change(self, *statements: ClauseElement) -> list[int]:
        texts = [compiled(one, SQLITE) for one in statements]
        changed: list[int] = await self._chore(lambda c: [chores.changed(c, *one) for one in texts])
        return changed

    async def pulse(self) -> int:
        return self._point(number, "PRAGMA data_version")

    # --- chores

    async def purge(self, before_ms: int, now_ms: int, slice_rows: int) -> int:
        gone = 0
        for begin in range(0, slice_rows, _PURGE_AT_ONCE):
            rows = min(_PURGE_AT_ONCE, slice_rows - begin)
            done: int = await self._chore(lambda c, rows=rows: chores.purge(c, before_ms, now_ms, rows))  # type: ignore[misc] # bound now
            gone += done
            if not done:
                break
        return gone

    async def alive(self) -> bool:
        try:
            await self.world_version()
        except Refused:
            return False
        return True

    # --- the two ways to read

    def _point(self, what: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._near is None:
            raise _closed()
        with reachable():
            return what(self._near, *args, **kwargs)

    async def _list(self, what: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._far is None:
            raise _closed()
        with reachable():
            return await self._lists.call(partial(what, self._far, *args, **kwargs))


def _closed() -> Refused:
    return Refused(Reason.UNAVAILABLE, why="the store is closed")


def _migrate(connection: apsw.Connection) -> None:
    begin_waiting(connection)
    try:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        version = connection.execute(VERSION_QUERY).fetchone() if known else None
        connection.execute(steps("sqlite", version[0] if version else None)).fetchall()
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
