"""Our own words for receipts and replies: JSON in the shape of `/v1`, taken with any 2xx."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hongyan.model.clock import iso
from hongyan.model.message import Message
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.reply import Reply
from hongyan.model.world import App
from hongyan.report.timeline import summary

_HEADERS = (("content-type", "application/json;charset=UTF-8"),)


class Receipts:
    """Implements `hongyan.model.push.PushShape`: `{"messages": [...]}`."""

    most = 100
    retries_s: tuple[float, ...] = (60.0, 300.0, 600.0)
    timeout_s = 5.0

    def __init__(self) -> None:
        self.replies: ReplyShape | None = Replies()

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that reports these messages."""
        body = {"messages": [summary(message) for message in messages]}
        return PushCall(target, msgspec.json.encode(body), _HEADERS)

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - what it says is its own
        """Return whether the receiver has them: any 2xx."""
        return 200 <= status < 300  # noqa: PLR2004 - HTTP's success class


class Replies:
    """Implements `hongyan.model.push.ReplyShape`: `{"replies": [...]}`."""

    most = 100

    def call(self, replies: Sequence[Reply], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that tells of these replies."""
        return PushCall(target, msgspec.json.encode({"replies": [_told(reply) for reply in replies]}), _HEADERS)

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - what it says is its own
        """Return whether the receiver has them: any 2xx."""
        return 200 <= status < 300  # noqa: PLR2004 - HTTP's success class


def _told(reply: Reply) -> dict[str, Any]:
    message = reply.message
    return {
        "id": str(reply.id),
        "from": reply.sender,
        "to": reply.to,
        "text": reply.text,
        "received_at": iso(reply.received_at),
        "extend": reply.extend,
        "parts": reply.parts,
        "message": None if message is None else str(message.id),
        "client_id": None if message is None else message.client_id,
        "session": None if message is None else message.session,
    }
