"""Who carries a message: the contract of a carrier and its events.

A carrier is opened once, takes jobs while it has room, and says what became of them by events. It never
blocks, never touches the store, and never decides whether to try again.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from hongyan.model.cause import Cause
from hongyan.model.message import Message, State


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """What the carrier said to one hand-over: exactly one answer a job."""

    message_id: int
    at: int
    provider_id: str | None = None
    """handed: the carrier's id, normalised"""
    cause: Cause | None = None
    """not handed: why"""
    again_ms: int | None = None
    """not handed: try again after this many milliseconds; None: never"""
    unsure: bool = False
    """the answer was lost: it may or may not have been handed over"""
    slow_down: bool = False
    """a throttle: the try is not counted"""


class Receipt(Struct, frozen=True, kw_only=True, gc=False):
    """What the carrier said became of a message it took."""

    provider_id: str
    state: State
    """delivered, undelivered, rejected, expired or unknown"""
    cause: Cause
    received_at: int
    rendered: bool | None = None
    """cards: whether the handset could show it; None: not said"""


class Events(Protocol):
    """What a carrier calls. All calls are made on the event loop and return at once."""

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        """Hand-overs were answered."""
        ...

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        """Receipts came. `stored` is called once they are committed: acknowledge then, not before."""
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

    async def open(self, events: Events) -> None:
        """Start."""
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

    async def close(self) -> None:
        """Stop taking, let what is under way be answered for a moment, then end."""
        ...
