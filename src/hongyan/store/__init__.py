"""The store: the truth about everything accepted. One contract, two engines (SQLite, PostgreSQL).

Everything that changes on the hot path is an operation (`ops.py`), a plain value handed to `write`. One writer
gathers what waits and commits it together (group commit): when `write` returns, its operation is on disk.
Operations written from one task are applied in the order written.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ClauseElement

from hongyan.model.message import Leg, Message, State
from hongyan.model.world import Declared, World
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

__all__ = ["Also", "Found", "MessageQuery", "ReplyQuery", "Store"]

from msgspec import Struct


class Also(NamedTuple):
    """One more condition on messages, for which there is no index: every row that is looked at is asked."""

    column: str
    """a column of messages, or `key_id`"""
    how: str
    """is, among (a tuple of texts), holds (a piece, whatever the case of ASCII letters), ends, least, most"""
    value: Any
    unless: bool = False
    """those that it does not hold for"""


class MessageQuery(Struct, kw_only=True, frozen=True):
    """A filter on messages; None means any. Pages go newest first by id."""

    project: str | None = None
    to: str | None = None
    states: tuple[State, ...] = ()
    dialect: str | None = None
    template: str | None = None
    client_id: str | None = None
    text: str | None = None
    """a piece of the content"""
    since_ms: int | None = None
    until_ms: int | None = None
    """exclusive"""
    legs: tuple[Leg, ...] = ()
    submissions: tuple[int, ...] = ()
    also: tuple[Also, ...] = ()
    before_id: int | None = None
    after_id: int | None = None
    offset: int = 0
    limit: int = 50


class ReplyQuery(Struct, kw_only=True, frozen=True):
    """A filter on replies; None means any. Pages go newest first by id."""

    project: str | None = None
    sender: str | None = None
    carrier: str | None = None
    message_id: int | None = None
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 50


class Found(NamedTuple):
    """Whose id an id is."""

    message: Message
    part: int = 0
    """which part of the message it names; 0: the whole message"""


class Store(Protocol):
    """What every engine can do. Raises `Refused(UNAVAILABLE)` from any call when the database cannot be reached."""

    async def open(self) -> None:
        """Migrate if needed, connect, start the writer. Raises Misconfigured."""
        ...

    async def close(self) -> None:
        """Commit what waits, then close."""
        ...

    async def enlist(self, node: int, on_world_changed: Callable[[], None]) -> int:
        """Hold a node number that no other process on this database holds, until `close`; return it.

        -1 takes the first free one. From then on `on_world_changed` is called soon after another process declared
        something. Raises Misconfigured when the number is taken. Only processes that mint ids need one.
        """
        ...

    async def last_id(self) -> int:
        """Return the highest minted id on disk: ids must go on from there, whatever the clock says."""
        ...

    # --- writing: group commit
    async def write(self, op: Op) -> Any:
        """Commit one operation with whatever else waits; return its result (see each op)."""
        ...

    async def write_all(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations in order (not necessarily in one transaction); return their results."""
        ...

    async def write_each(self, ops: Sequence[Op]) -> list[Any]:
        """Commit operations of callers who do not know each other; an exception stands in place of each that failed."""
        ...

    # --- the sweep
    async def claim(self, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
        """Take due `accepted` messages: they become `sending` with `due_at = now + lease`. Oldest due first.

        On PostgreSQL with FOR UPDATE SKIP LOCKED: no two processes get the same one.
        """
        ...

    async def overdue(self, now_ms: int, limit: int) -> list[Message]:
        """Return `sending` (lease over: nobody knows whether it was handed) and `submitted` (no receipt in
        time) messages whose `due_at` has passed, moving `due_at` a little on so that one process handles them.
        """
        ...

    async def abandon_leases(self, now_ms: int) -> int:
        """Embedded only, at the start: make every `sending` message overdue now. Returns how many.

        Pushes of which no call has failed yet are due now: a lease was all that put them off.
        """
        ...

    async def bring_forward(
        self, now_ms: int, causes: Sequence[str], after: tuple[int, int], limit: int
    ) -> tuple[int, int] | None:
        """Make due now what was put back for one of these causes: one page of the `accepted` messages that wait.

        Pages go by (due_at, id); returns where the next one begins, None when there is none.
        """
        ...

    async def outstanding(
        self, carrier: str, since_ms: int, until_ms: int, after: tuple[int, int], limit: int
    ) -> list[Message]:
        """Return `submitted` messages of a carrier that it took in [since, until), one page ordered by (due_at, id)."""
        ...

    async def by_provider(self, carrier: str, provider_ids: Sequence[str]) -> dict[str, Found]:
        """Return messages by the carrier's id of the message or of one of its parts; of two with one id the newer.

        A whole message's id goes before a part's.
        """
        ...

    async def parts(self, message_id: int) -> list[Part]:
        """Return the parts that a message was handed over in, in their order; [] for one that went whole."""
        ...

    async def last_to(
        self, number: str, carrier: str, since_ms: int, extend: str | None, projects: Sequence[str]
    ) -> Message | None:
        """Return the newest message to a number that a carrier took since then, of these projects.

        `extend`: only one with that extension; None: any.
        """
        ...

    async def claim_pushes(self, now_ms: int, lease_ms: int, limit: int, door: str | None = None) -> list[PushRow]:
        """Take due pushes of a door (None: those that are posted), oldest first; `due_at` moves to now + lease."""
        ...

    async def backlog(self) -> int:
        """Return how many messages are `accepted` and not held (waiting), counting at most 1,000,001."""
        ...

    # --- reading
    async def message(self, message_id: int) -> Message | None: ...
    async def messages_by_id(self, message_ids: Sequence[int]) -> list[Message]: ...
    async def messages(self, query: MessageQuery) -> list[Message]: ...
    async def count(self, query: MessageQuery) -> int: ...
    async def submission(self, submission_id: int) -> SubmissionRow | None: ...
    async def submissions_of_request(self, request_id: str) -> list[SubmissionRow]: ...
    async def refusals_of_request(self, request_id: str) -> list[RefusalRow]: ...
    async def refusals(self, limit: int) -> list[RefusalRow]:
        """Return the newest."""
        ...

    async def events(self, message_id: int) -> list[Event]: ...
    async def link(self, code: str) -> LinkRow | None: ...
    async def unclaimed(self, limit: int) -> list[Unclaimed]: ...
    async def take_mailbox(self, project: str, dialect: str, most: int, now_ms: int) -> list[Message]:
        """Return finished messages not pulled yet, oldest first, and remove them from the mailbox; committed."""
        ...

    # --- replies and stops
    async def replies(self, query: ReplyQuery) -> list[ReplyRow]: ...
    async def replies_by_id(self, reply_ids: Sequence[int]) -> list[ReplyRow]: ...
    async def take_replies(self, project: str, dialect: str, most: int, now_ms: int) -> list[ReplyRow]:
        """Return replies not pulled yet, oldest first, and remove them from the mailbox; committed."""
        ...

    async def old_fragments(self, before_ms: int, limit: int, kind: str | None = None) -> list[Fragment]:
        """Return all pieces of at most `limit` wholes whose first piece came before that, the oldest whole first.

        Some will not be completed; one that is complete was left behind by a process that ended. `kind`: only of
        that kind; None: any.
        """
        ...

    async def stops(self, after: int, limit: int) -> tuple[list[StopRow], list[tuple[str, str]], int]:
        """Return what changed on the stop list after a mark: put, dropped (project, number), and the new mark.

        Marks begin at 0 and grow with every change, whichever process makes it; ask again until nothing comes.
        """
        ...

    async def balance(self, project: str) -> int: ...
    async def ledger_sum(self, project: str) -> int:
        """Return the sum of the ledger's entries: equals `balance`, always."""
        ...

    # --- the world
    async def world(self) -> World:
        """Return everything declared, secrets opened."""
        ...

    async def world_version(self) -> int: ...
    async def routing_at(self, at_ms: int) -> list[World]:
        """Return the carriers, routes and controls that held at a time, then those before; [] for what is forgotten.

        Processes follow a change within a second: what was done in that second may have been done by the ones before.
        """
        ...

    async def declare(self, put: Sequence[Declared], drop: Sequence[tuple[str, str, str]], now_ms: int) -> int:
        """Insert or replace declared things and drop others (by `identity`) in one transaction; return the new version.

        A project's `paid_in` is credited in the same transaction: the difference to what was credited before,
        as one ledger entry.
        """
        ...

    # --- everything beside the road: statements of SQLAlchemy Core on `tables.py`, the same for both engines
    async def select(self, statement: ClauseElement) -> list[Any]:
        """Return a statement's rows, as tuples with the values as they are stored. Reads only, off the event loop."""
        ...

    async def change(self, *statements: ClauseElement) -> list[int]:
        """Run statements in one transaction, committed when it returns; return how many rows each one changed."""
        ...

    async def pulse(self) -> int:
        """Return a number that is another one once anybody has written anything. As cheap as a read can be."""
        ...

    # --- chores
    async def purge(self, before_ms: int, now_ms: int, slice_rows: int) -> int:
        """Delete one slice of final messages (with submissions, parts, events, links, refusals), replies and pieces
        older than that, what has waited at a door for a week, and all spent nonces and counts. Stops stay.
        Returns rows deleted; 0 when nothing is left.
        """
        ...

    async def alive(self) -> bool:
        """Return whether a read works now."""
        ...
