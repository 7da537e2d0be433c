"""How a comms caller is told: one JSON object per receipt, posted to the `callbackUrl` the message came with."""

from collections.abc import Callable, Sequence

import msgspec

from hongyan.dialects.comms.words import status
from hongyan.model.ids import hex32
from hongyan.model.message import Message
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.world import App

_HEADERS = (("content-type", "application/json;charset=UTF-8"),)


class CommsPush:
    """spec: comms#push.body, comms#push.answer, comms#push.retries."""

    most = 1
    retries_s: tuple[float, ...] = (60.0, 300.0, 600.0)
    timeout_s = 5.0
    replies: ReplyShape | None = None

    def __init__(self, mint: Callable[[], str]) -> None:
        self._mint = mint

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that reports one message."""
        (message,) = messages
        body = {
            "externalId": hex32(message.id),
            "status": status(message),
            "mobile": "+" + message.to,
            "requestId": self._mint(),
        }
        return PushCall(target, msgspec.json.encode(body), _HEADERS)

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - its answer has no documented content
        """Return whether the receiver has it: any 2xx."""
        return 200 <= status < 300  # noqa: PLR2004 - HTTP's success class
