"""Who carries a message: the contract of a carrier and its events.

A carrier is opened once, takes jobs while it has room, and says what became of them by events. It never
blocks, never touches the store, and never decides whether to try again.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from hongyan.model.cause import Cause
from hongyan.model.message import Message, State
from hongyan.session.transcript import Transcript


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """What the carrier said to one hand-over: exactly one answer a job, but for late ones."""

    message_id: int
    at: int
    provider_id: str | None = None
    """handed: the carrier's id, normalised; of the first part when it was handed over in parts"""
    part_ids: tuple[str, ...] = ()
    """handed in more than one part: the ids of all parts, in their order"""
    cause: Cause | None = None
    """not handed: why"""
    again_ms: int | None = None
    """not handed: try again after this many milliseconds; None: never"""
    unsure: bool = False
    """the answer was lost: it may or may not have been handed over"""
    slow_down: bool = False
    """a throttle: the try is not counted"""
    late: bool = False
    """this job was answered before, as unsure: what the carrier said after all"""


class Receipt(Struct, frozen=True, kw_only=True, gc=False):
    """What the carrier said became of a message it took, or of one part of it."""

    provider_id: str
    state: State
    """delivered, undelivered, rejected, expired or unknown"""
    cause: Cause
    received_at: int
    rendered: bool | None = None
    """cards: whether the handset could show it; None: not said"""
    spellings: tuple[str, ...] = ()
    """other ways in which the carrier may have written the id in its answer; tried only when `provider_id` is not
    known, and only for a message to `number`"""
    number: str = ""
    """the handset's number as the receipt has it, digits; "": not said"""


class Piece(NamedTuple):
    """Which piece of a long message something is."""

    reference: int
    total: int
    number: int
    """from 1"""


class Incoming(Struct, frozen=True, kw_only=True, gc=False):
    """What a handset sent (an MO), or a piece of it. Octets stay octets until all pieces are there."""

    sender: str
    """the handset's number: E.164 digits"""
    to: str
    """the number it was sent to, as the carrier says it: port and extension"""
    octets: bytes
    coding: str
    """how to read the octets: a coding of `text.air`"""
    received_at: int
    carrier_id: str = ""
    """the carrier's own id of it, so that a repetition is known; "": it gave none"""
    piece: Piece | None = None


class LinkLook(Struct, frozen=True, kw_only=True):
    """How one connection to a carrier is doing: what operators look at."""

    name: str
    state: str
    """dialling, logging-in, open, draining or closed"""
    since: int
    """when it came into that state"""
    peer: str = ""
    unanswered: int = 0
    window: int = 0
    sent: int = 0
    answered: int = 0
    received: int = 0
    throttled: int = 0
    answer_p50_ms: float | None = None
    answer_p99_ms: float | None = None
    last_error: str = ""


class Events(Protocol):
    """What a carrier calls. All calls are made on the event loop and return at once."""

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        """Hand-overs were answered."""
        ...

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        """Receipts came. `stored` is called once they are committed: acknowledge then, not before."""
        ...

    def replied(self, carrier: str, replies: Sequence[Incoming], stored: Callable[[], None]) -> None:
        """Take replies. `stored` is called once they are committed: acknowledge then, not before."""
        ...

    def has_room(self, carrier: str) -> None:
        """Say that the carrier can take more again."""
        ...


class Carrier(Protocol):
    """One way to the handsets."""

    name: str
    repeatable: bool
    """handing the same message id over twice is harmless"""
    promise_ms: int | None
    """None: receipts come over a wire, to whoever of us listens. Else they are made in this process, each within so
    many milliseconds of the hand-over, and end with it: `remind` has them made again"""

    transcript: Transcript | None
    """where its PDUs are told while somebody listens; None: it has no wire"""

    async def open(self, events: Events) -> None:
        """Start. Returns at once: links come up by themselves."""
        ...

    def remind(self, messages: Sequence[Message]) -> None:
        """Say what became of these: submitted earlier, and whoever promised their receipts is gone."""
        ...

    def room(self) -> int:
        """Return how many jobs it takes now."""
        ...

    def submit(self, messages: Sequence[Message]) -> None:
        """Take over these messages, at most `room()`. Each gets one answer by `Events.answered`."""
        ...

    def links(self) -> Sequence[LinkLook]:
        """Return how its connections are doing; empty for a carrier without any."""
        ...

    def rebind(self) -> None:
        """Close every link gracefully and log in anew."""
        ...

    async def close(self) -> None:
        """Stop taking, let what is under way be answered for a moment, then end."""
        ...
