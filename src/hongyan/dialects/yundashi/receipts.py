"""How a Yundashi caller learns what became of a text, and what came back: one shape each, pulled or pushed."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hongyan.model.cause import parse_cause
from hongyan.model.clock import beijing_text
from hongyan.model.message import Message, State
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.reply import Reply
from hongyan.model.world import App
from hongyan.text.number_plans import split_country

_HEADERS = (("content-type", "application/json;charset=UTF-8"),)
_CODES = {
    State.DELIVERED: ("DELIVRD", "delivered"),
    State.UNDELIVERED: ("UNDELIV", "not delivered"),
    State.REJECTED: ("REJECTD", "refused"),
    State.EXPIRED: ("EXPIRED", "not delivered in time"),
}
_NO_WORD = ("UNKNOWN", "no receipt came")


def receipt(message: Message) -> dict[str, Any]:
    """Return one receipt. spec: yundashi#receipt.fields."""
    code, text = _CODES.get(message.state, _NO_WORD)
    if message.cause and message.state in _CODES:
        cause = parse_cause(message.cause)
        code, text = cause.code or code, cause.text or text
    nationcode, mobile = split_country(message.to)
    delivered = message.state is State.DELIVERED
    return {
        "user_receive_time": beijing_text(message.received_at if message.received_at is not None else message.done_at),
        "nationcode": nationcode,
        "mobile": mobile,
        "report_status": "SUCCESS" if delivered else "FAIL",
        "errmsg": code,
        "description": text,
        "sid": str(message.id),
    }


def reply(said: Reply) -> dict[str, Any]:
    """Return one reply. spec: yundashi#reply.fields."""
    nationcode, mobile = split_country(said.sender)
    return {
        "extend": said.extend,
        "mobile": mobile,
        "nationcode": nationcode,
        "sign": said.signature,
        "text": said.text,
        "time": said.received_at // 1000,
    }


class YundashiPush:
    """spec: yundashi#push.body, yundashi#push.answer, yundashi#push.retries."""

    most = 100
    retries_s: tuple[float, ...] = (60.0, 300.0, 600.0)
    timeout_s = 5.0

    def __init__(self) -> None:
        self.replies: ReplyShape | None = ReplyPush()

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that reports these messages, in one array."""
        return PushCall(target, msgspec.json.encode([receipt(message) for message in messages]), _HEADERS)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver said `{"result": 0}`."""
        return _taken(status, body)


class ReplyPush:
    """spec: yundashi#reply.push."""

    most = 1

    def call(self, replies: Sequence[Reply], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that tells of one reply: the object itself."""
        return PushCall(target, msgspec.json.encode(reply(replies[0])), _HEADERS)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver said `{"result": 0}`."""
        return _taken(status, body)


def _taken(status: int, body: bytes) -> bool:
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        return False
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("result") in (0, "0") and said.get("result") is not False
