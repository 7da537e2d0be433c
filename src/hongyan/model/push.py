"""How a vendor is told: the contract between the pusher and a dialect's words for receipts and replies."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hongyan.model.message import Message
from hongyan.model.reply import Reply
from hongyan.model.world import App


class PushCall(NamedTuple):
    """One HTTP POST to make."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


class ReplyShape(Protocol):
    """A vendor's words for replies. Repeated by the rule for receipts, in the same time."""

    most: int
    """replies one call may carry"""

    def call(self, replies: Sequence[Reply], target: str, app: App | None) -> PushCall:
        """Return the call that tells of these replies (1 to `most`, all of one project and app)."""
        ...

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver's answer means that it has them."""
        ...


class PushShape(Protocol):
    """A vendor's words for receipts and its rule for repeating them."""

    most: int
    """messages one call may carry"""
    retries_s: tuple[float, ...]
    """seconds to wait before each repetition; () for pushed once"""
    timeout_s: float

    @property
    def replies(self) -> ReplyShape | None:
        """The vendor's words for replies; None: it tells of none."""
        ...

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:
        """Return the call that reports these messages (1 to `most`, all of one project and app)."""
        ...

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver's answer means that it has them."""
        ...


LISTENER = "listen:"
"""in place of an address: told only to who listens at the moment (`hongyan listen`)"""
