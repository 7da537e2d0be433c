"""The cluster's store: `Store` on PostgreSQL. Any number of processes open it; each has one group-commit writer.

Reads and the sweep use the pool directly; accepting and settling go through the writer, in one transaction a batch.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ClauseElement

from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.message import Message
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, World
from hongyan.store import Found, MessageQuery, ReplyQuery
from hongyan.store.history import to_earlier
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
from hongyan.store.postgres import chores, due, history, inbound, read
from hongyan.store.postgres.commit import Transaction
from hongyan.store.postgres.pool import connect, reachable
from hongyan.store.postgres.presence import Presence
from hongyan.store.statement import POSTGRES, compiled
from hongyan.store.vault import Vault
from hongyan.store.world import to_world
from hongyan.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")


class PostgresStore:
    """See `hongyan.store.Store`. `dsn` is a PostgreSQL URL."""

    def __init__(self, dsn: str, vault: Vault, clock: Clock, tally: Tally) -> None:
        self._dsn = dsn
        self._vault = vault
        self._clock = clock
        self._tally = tally
        self._pool: Any = None
        self._presence: Presence | None = None

    async def open(self) -> None:
        """Migrate if needed, connect, start the writer. Raises Misconfigured."""
        pool = await connect(self._dsn)
        try:
            async with pool.acquire() as connection:
                await chores.migrate(connection)
        except Misconfigured:
            await pool.close()
            raise
        self._writer = Writer(Transaction(pool).commit, self._tally)
        self._writer.start()
        self._pool = pool

    async def close(self) -> None:
        """Commit what waits, then close."""
        if self._pool is None:
            return
        await self._writer.close()
        pool, self._pool = self._pool, None
        if self._presence is not None:
            await self._presence.end()
        await pool.close()

    async def enlist(self, node: int, on_world_changed: Callable[[], None]) -> int:
        self._presence = Presence(self._dsn, on_world_changed)
        return await self._presence.begin(node)

    async def last_id(self) -> int:
        return await self._do(read.last_id)

    # --- writing

    async def write(self, op: Op) -> Any:
        """Commit one operation with whatever else waits; return its result."""
        if self._pool is None:
            raise _closed()
        return await self._writer.write(op)

    async def write_all(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations in order; return their results."""
        if self._pool is None:
            raise _closed()
        return await self._writer.write_all(ops)

    async def write_each(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations in order; return their results or what failed them."""
        if self._pool is None:
            raise _closed()
        return await self._writer.write_each(ops)

    # --- the sweep

    async def claim(self, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
        return await self._do(due.claim, now_ms, lease_ms, limit)

    async def overdue(self, now_ms: int, limit: int) -> list[Message]:
        return await self._do(due.overdue, now_ms, limit)

    async def abandon_leases(self, now_ms: int) -> int:  # noqa: ARG002 - the contract's
        """Do nothing: other processes live on, and their leases with them; those of the dead run out."""
        return 0

    async def bring_forward(
        self, now_ms: int, causes: Sequence[str], after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        return await self._do(due.bring_forward, now_ms, causes, after, limit)

    async def claim_pushes(self, now_ms: int, lease_ms: int, limit: int, door: str | None = None) -> list[PushRow]:
        return await self._do(due.claim_pushes, now_ms, lease_ms, limit, door)

    async def take_mailbox(self, project: str, dialect: str, most: int, now_ms: int) -> list[Message]:  # noqa: ARG002 - the contract's
        return await self._do(due.take_mailbox, project, dialect, most)

    async def outstanding(
        self, carrier: str, since_ms: int, until_ms: int, after: tuple[int, int], limit: int
    ) -> list[Message]:
        return await self._do(read.outstanding, carrier, since_ms, until_ms, after, limit)

    async def by_provider(self, carrier: str, provider_ids: Sequence[str]) -> dict[str, Found]:
        return await self._do(read.by_provider, carrier, provider_ids)

    async def parts(self, message_id: int) -> list[Part]:
        return await self._do(read.parts, message_id)

    async def last_to(
        self, number: str, carrier: str, since_ms: int, extend: str | None, projects: Sequence[str]
    ) -> Message | None:
        return await self._do(read.last_to, number, carrier, since_ms, extend, projects)

    async def backlog(self) -> int:
        return await self._do(read.backlog)

    # --- reading

    async def message(self, message_id: int) -> Message | None:
        found = await self._do(read.messages_by_id, (message_id,))
        return found[0] if found else None

    async def messages_by_id(self, message_ids: Sequence[int]) -> list[Message]:
        return await self._do(read.messages_by_id, message_ids)

    async def messages(self, query: MessageQuery) -> list[Message]:
        return await self._do(read.messages, query)

    async def count(self, query: MessageQuery) -> int:
        return await self._do(read.count, query)

    async def submission(self, submission_id: int) -> SubmissionRow | None:
        return await self._do(read.submission, submission_id)

    async def submissions_of_request(self, request_id: str) -> list[SubmissionRow]:
        return await self._do(read.submissions_of_request, request_id)

    async def refusals_of_request(self, request_id: str) -> list[RefusalRow]:
        return await self._do(read.refusals_of_request, request_id)

    async def refusals(self, limit: int) -> list[RefusalRow]:
        return await self._do(read.refusals, limit)

    async def events(self, message_id: int) -> list[Event]:
        return await self._do(read.events, message_id)

    async def link(self, code: str) -> LinkRow | None:
        return await self._do(read.link, code)

    async def unclaimed(self, limit: int) -> list[Unclaimed]:
        return await self._do(read.unclaimed, limit)

    async def balance(self, project: str) -> int:
        return await self._do(read.balance, project)

    async def ledger_sum(self, project: str) -> int:
        return await self._do(read.ledger_sum, project)

    # --- replies and stops

    async def replies(self, query: ReplyQuery) -> list[ReplyRow]:
        return await self._do(inbound.replies, query)

    async def replies_by_id(self, reply_ids: Sequence[int]) -> list[ReplyRow]:
        return await self._do(inbound.replies_by_id, reply_ids)

    async def take_replies(self, project: str, dialect: str, most: int, now_ms: int) -> list[ReplyRow]:  # noqa: ARG002 - the contract's
        return await self._do(inbound.take_replies, project, dialect, most)

    async def old_fragments(self, before_ms: int, limit: int, kind: str | None = None) -> list[Fragment]:
        return await self._do(inbound.old_fragments, before_ms, limit, kind)

    async def stops(self, after: int, limit: int) -> tuple[list[StopRow], list[tuple[str, str]], int]:
        return await self._do(inbound.stops, after, limit)

    # --- the world

    async def world(self) -> World:
        version, rows = await self._do(read.world_rows)
        return to_world(version, rows, self._vault)

    async def routing_at(self, at_ms: int) -> list[World]:
        return [to_earlier(row) for row in await self._do(history.then, at_ms)]

    async def world_version(self) -> int:
        return await self._do(read.world_version)

    async def declare(self, put: Sequence[Declared], drop: Sequence[tuple[str, str, str]], now_ms: int) -> int:
        if not put and not drop:
            return await self.world_version()
        return await self._do(chores.declare, self._vault, put, drop, now_ms)

    # --- everything beside the road

    async def select(self, statement: ClauseElement) -> list[Any]:
        return await self._do(chores.rows, *compiled(statement, POSTGRES))

    async def change(self, *statements: ClauseElement) -> list[int]:
        return await self._do(chores.changed, [compiled(one, POSTGRES) for one in statements])

    async def pulse(self) -> int:
        return await self._do(chores.pulse)

    # --- chores

    async def purge(self, before_ms: int, now_ms: int, slice_rows: int) -> int:
        return await self._do(chores.purge, before_ms, now_ms, slice_rows)

    async def alive(self) -> bool:
        try:
            await self.world_version()
        except Refused:
            return False
        return True

    async def _do(self, what: Callable[Concatenate[Any, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._pool is None:
            raise _closed()
        with reachable():
            return await what(self._pool, *args, **kwargs)


def _closed() -> Refused:
    return Refused(Reason.UNAVAILABLE, why="the store is closed")
