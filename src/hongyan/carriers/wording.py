"""What one protocol brings to a carrier with links: how messages are worded, what answers and requests mean.

The contract between `links.Wired`, which keeps connections, and each protocol, which keeps none.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from hongyan.carriers import Incoming, Receipt
from hongyan.carriers.pieces import Said
from hongyan.model.message import Message
from hongyan.session import Key


class Brought(NamedTuple):
    """What requests of a peer brought, with the replies that are owed once it is stored."""

    receipts: list[Receipt]
    receipt_replies: list[bytes]
    incoming: list[Incoming]
    incoming_replies: list[bytes]
    at_once: list[bytes]
    """replies to what needs no storing"""
    dismissed: int = 0
    """requests that get no reply"""


class Wording(Protocol):
    """How a protocol words messages and understands what comes back. It keeps no connection."""

    def parts(self, message: Message) -> Sequence[Any]:
        """Return what to send for a message, one thing a part. Raises Unfit."""
        ...

    def frame(self, key: Key, part: Any) -> bytes:
        """Return the octets of one part's submit. Raises Malformed."""
        ...

    def taken(self, answer: Any, message: Message) -> str | None:
        """Return the carrier's id, normalised, when an answer says that a submit was taken; None when it does not."""
        ...

    def refused(self, answer: Any) -> Said:
        """Return what an answer that is no plain yes means."""
        ...

    def brought(self, requests: list[Any], now: int) -> Brought:
        """Sort what the peer asked."""
        ...
