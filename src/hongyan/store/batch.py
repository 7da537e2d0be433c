"""One batch of operations in memory: what the engine found out before, and what it must write after.

The engines load the facts (`Needs` says which), `play` applies the operations in order to the facts, and the
engine writes what came of it. So both engines share one meaning, and nothing here talks to a database.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct

from hongyan.model.message import Message, State
from hongyan.store.inbound import Inbound, InboundNeeds, InboundOp
from hongyan.store.ops import (
    Accept,
    Again,
    Deposit,
    Event,
    Handed,
    LinkRow,
    Op,
    Part,
    PartReported,
    PushRow,
    RefusalRow,
    Release,
    Rendered,
    Settle,
    SubmissionRow,
    Unclaimed,
    Withhold,
)
from hongyan.store.text import storable

STATES: dict[str, State] = {str(state): state for state in State}
ClientKey = tuple[str, str, str]
PartKey = tuple[str, str]
"""carrier, its id of the part"""


def client_key(message: Message) -> ClientKey:
    """Return what a caller's own id is unique in: project, app, id. spec: nxcloud#items.sysMessageId.twice."""
    return message.project, message.app or "", message.client_id or ""


def part_key(op: PartReported) -> PartKey:
    """Return what a part is known by."""
    return op.carrier, storable(op.provider_id)


class Standing(Struct):
    """The part of a message that changes, and what is needed to decide about it: first columns of a load."""

    id: int
    project: str
    price: int
    charge: int | None
    state: State
    due_at: int | None
    attempts: int
    submitted_at: int | None
    done_at: int | None
    received_at: int | None
    cause: str | None
    refund: int | None
    rendered_at: int | None
    carrier: str | None
    provider_id: str | None


STANDING = Standing.__struct_fields__
PLAIN = STANDING[STANDING.index("state") : STANDING.index("carrier")]
"""columns that a move may change while the carrier's id stays, so that its index is not touched"""
ROUTED = STANDING[STANDING.index("state") :]
plain_row = attrgetter(*PLAIN, "id")
routed_row = attrgetter(*ROUTED, "id")
_of_message = attrgetter(*STANDING)


def standing(row: Sequence[Any]) -> Standing:
    """Return the standing that a row of STANDING columns holds."""
    loaded = Standing(*row)
    loaded.state = STATES[loaded.state]
    return loaded


class Entry(Struct):
    """A line of the ledger: row of `entries`."""

    id: int
    project: str
    at: int
    kind: str
    amount: int
    text: str = ""


class Purse(Struct):
    """A project's balance while a batch is played."""

    amount: int
    currency: str = ""
    change: int = 0


class Needs:
    """Which facts a batch is played on."""

    def __init__(self, ops: Sequence[Op]) -> None:
        self.messages: set[int] = set()
        self.rendered: set[int] = set()
        """messages whose project is known only once they are loaded"""
        self.projects: set[str] = set()
        self.clients: set[tuple[str, str]] = set()
        self.buckets: set[int] = set()
        self.nonces: set[str] = set()
        self.accepted: list[int] = []
        self.deposits = 0
        self.parts: set[PartKey] = set()
        self.inbound: InboundNeeds | None = None
        for op in ops:
            kind = type(op)
            if kind is Accept:
                self._add_accept(op)  # type: ignore[arg-type] # its type was just compared
            elif kind is Handed or kind is Again:
                self.messages.add(op.message_id)  # type: ignore[union-attr] # its type was just compared
            elif isinstance(op, Settle):
                self.messages.add(op.message_id)
                if op.refund:
                    self.projects.add(op.project)
            elif isinstance(op, PartReported):
                self.parts.add(part_key(op))
            else:
                self._add_seldom(op)

    def _add_seldom(self, op: Op) -> None:
        if isinstance(op, Rendered):
            self.messages.add(op.message_id)
            if op.failed:
                self.rendered.add(op.message_id)
        elif isinstance(op, Release | Withhold):
            self.messages.add(op.message_id)
        elif isinstance(op, Deposit):
            self.projects.add(op.project)
            self.deposits += 1
        elif isinstance(op, InboundOp):
            self.inbound = self.inbound or InboundNeeds()
            self.inbound.add(op)

    def _add_accept(self, op: Accept) -> None:
        self.projects.add(op.project)
        if op.nonce is not None:
            self.nonces.add(op.nonce)
        for message in op.messages:
            self.accepted.append(message.id)
            if message.client_id is not None:
                self.clients.add((op.project, message.client_id))
        for buckets in op.buckets:
            for bucket in buckets:
                self.buckets.add(bucket.key)


class Batch:
    """Facts that were loaded, and what playing the operations added to write."""

    def __init__(self, entry_ids: Iterator[int]) -> None:
        # facts; playing keeps them up to date, so that each operation sees those before it
        self.standings: dict[int, Standing] = {}
        self.purses: dict[str, Purse] = {}
        self.clients: dict[ClientKey, Message] = {}
        self.counted: dict[int, list[tuple[int, int]]] = {}
        """bucket -> (at, how many)"""
        self.nonces: dict[str, int] = {}
        """nonce -> spent until"""
        self.existing: frozenset[tuple[int, int]] = frozenset()
        """(id, submission) of accepted messages that the store has already; looked up when a plain commit failed"""
        self.parts: dict[int, list[Part]] = {}
        """message -> its parts, in their order"""
        self.part_of: dict[PartKey, int] = {}
        """part -> its message"""
        self.inbound: Inbound | None = None
        """there when the batch has operations about what came in"""
        # to write
        self.submissions: list[SubmissionRow] = []
        self.messages: dict[int, Message] = {}
        self.plain: dict[int, Standing] = {}
        self.routed: dict[int, Standing] = {}
        self.prolonged: list[tuple[int, int]] = []
        """(expires at, message id)"""
        self.noted: list[tuple[str, int]] = []
        """(details, message id)"""
        self.counts: dict[tuple[int, int], int] = {}
        self.spent: dict[str, int] = {}
        self.entries: dict[tuple[str, str, int], Entry] = {}
        self.events: list[Event] = []
        self.refusals: list[RefusalRow] = []
        self.parked: list[Unclaimed] = []
        self.unparked: list[tuple[str, str]] = []
        self.links: list[LinkRow] = []
        self.clicks: list[tuple[int, str]] = []
        """(at, code)"""
        self.pushes: list[PushRow] = []
        self.pushes_done: list[int] = []
        self.pushes_again: list[tuple[int, int, int]] = []
        """(due_at, tries more, id)"""
        self.mailbox: list[tuple[str, str, int, int]] = []
        """(project, dialect, message id, at)"""
        self.parts_new: list[Part] = []
        self.parts_told: list[Part] = []
        self._entry_ids = entry_ids

    def find(self, message_id: int) -> Standing | None:
        """Return where a message stands, also one accepted in this very batch."""
        found = self.standings.get(message_id)
        if found is None and message_id in self.messages:
            found = self.standings[message_id] = Standing(*_of_message(self.messages[message_id]))
        return found

    def know_parts(self, rows: Sequence[Part]) -> None:
        """Remember all parts of some messages, the oldest message first and each one's parts in their order."""
        for row in rows:
            self.parts.setdefault(row.message_id, []).append(row)
            self.part_of[row.carrier, row.provider_id] = row.message_id

    def changed(self, what: Standing, *, routed: bool) -> None:
        """Remember that a message must be written."""
        if routed or what.id in self.routed:
            self.routed[what.id] = what
            self.plain.pop(what.id, None)
        else:
            self.plain[what.id] = what

    def book(self, project: str, kind: str, amount: int, at: int, text: str = "") -> int:
        """Add to a project's balance by the ledger; return the entry's id.

        One entry a project, kind and batch; an entry with a text of its own stays alone.
        """
        purse = self.purses[project]
        purse.amount += amount
        purse.change += amount
        key = (project, kind, len(self.entries) + 1 if text else 0)
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(next(self._entry_ids), project, at, kind, 0, text)
        entry.amount += amount
        return entry.id
