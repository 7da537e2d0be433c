"""SmsReport and SmsUp: receipts and replies pushed as arrays of objects, as many as wait for one address."""

from collections.abc import Sequence

import msgspec

from hongyan.dialects.alibaba.ask import as_written, biz_id
from hongyan.dialects.alibaba.outcome import DELIVERED, outcome_of
from hongyan.model.clock import beijing_text
from hongyan.model.message import Message
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.reply import Reply
from hongyan.model.world import App

_HTTP_OK = 200
_JSON = (("content-type", "application/json;charset=UTF-8"),)


class SmsReport:
    """Implements `hongyan.model.push.PushShape`."""

    most = 100
    retries_s: tuple[float, ...] = (60, 300, 600)
    """spec: alibaba#push.retries."""
    timeout_s: float = 5

    def __init__(self) -> None:
        self.replies: ReplyShape | None = SmsUp()

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that reports these messages.

        spec: alibaba#push.SmsReport
        """
        return PushCall(target, msgspec.json.encode([_report(message) for message in messages]), _JSON)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver answered with 200 and a number in `code`.

        spec: alibaba#push.answer
        """
        return _taken(status, body)


class SmsUp:
    """Implements `hongyan.model.push.ReplyShape`.

    spec: alibaba#push.SmsUp
    """

    most = 100

    def call(self, replies: Sequence[Reply], target: str, app: App | None) -> PushCall:  # noqa: ARG002 - no apps here
        """Return the call that tells of these replies."""
        return PushCall(target, msgspec.json.encode([_up(reply) for reply in replies]), _JSON)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver answered as to a receipt."""
        return _taken(status, body)


def _taken(status: int, body: bytes) -> bool:
    if status != _HTTP_OK:
        return False
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    code = answer.get("code") if isinstance(answer, dict) else None
    return isinstance(code, int | float) and not isinstance(code, bool)


def _up(reply: Reply) -> dict[str, str]:
    """spec: alibaba#push.SmsUp.fields."""
    return {
        "phone_number": as_written(reply.sender),
        "content": reply.text,
        "send_time": beijing_text(reply.received_at),
        "sign_name": reply.signature,
        "dest_code": reply.extend,
        "sequence_id": str(reply.id),
    }


def _report(message: Message) -> dict[str, str | bool]:
    """spec: alibaba#push.fields."""
    outcome = outcome_of(message)
    return {
        "phone_number": as_written(message.to),
        "send_time": beijing_text(message.submitted_at or message.accepted_at),
        "report_time": beijing_text(message.received_at or message.done_at),
        "success": outcome.status == DELIVERED,
        "err_code": outcome.code,
        "err_msg": outcome.text,
        "sms_size": str(message.parts),
        "biz_id": biz_id(message.submission),
        "out_id": message.session or "",
    }
