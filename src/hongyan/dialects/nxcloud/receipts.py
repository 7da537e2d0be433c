"""NXCloud's words for receipts and replies: a form, or for old accounts the query; one message a call, once.

Turns a settled message, or a reply, into the call to make; sends nothing itself.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

from hongyan.model.cause import Cause, CauseKind, parse_cause
from hongyan.model.clock import beijing_text
from hongyan.model.message import Message, State
from hongyan.model.money import amount
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.reply import Reply
from hongyan.model.world import App

RESULTS: Mapping[str, int] = {
    "DELIVRD": 2,
    "UNDELIV": 5,
    "REJECTD": 6,
    "EXPIRED": 7,
    "DELETED": 8,
    "DND": 9,
    "ESME_RINVDSTADR": 10,
    "ESME_RINVSRCADR": 11,
    "UNKNOWN": 12,
}
"""result -> status.

spec: nxcloud#push.status
"""

_OF_STATE = {
    State.DELIVERED: "DELIVRD",
    State.UNDELIVERED: "UNDELIV",
    State.REJECTED: "REJECTD",
    State.EXPIRED: "EXPIRED",
}
_OF_REJECTION = {CauseKind.NUMBER: "ESME_RINVDSTADR", CauseKind.SENDER: "ESME_RINVSRCADR"}
_FORM_HEADERS = (("content-type", "application/x-www-form-urlencoded"),)


class Receipts:
    """Implements `PushShape`.

    spec: nxcloud#push.once, nxcloud#push.answer
    """

    most = 1
    retries_s: tuple[float, ...] = ()
    timeout_s = 10.0

    def __init__(self) -> None:
        self.replies: ReplyShape | None = Uplink()

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:
        """Return the call that reports a message.

        spec: nxcloud#push.form, nxcloud#push.query
        """
        return _call(_form(messages[0], "1" if app is None else app.cny_rate), target, app)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver said `success`; `error` or anything else means that it did not take it."""
        return _taken(status, body)


class Uplink:
    """Implements `ReplyShape`.

    spec: nxcloud#mo.once
    """

    most = 1

    def call(self, replies: Sequence[Reply], target: str, app: App | None) -> PushCall:
        """Return the call that tells of a reply.

        spec: nxcloud#mo.form
        """
        return _call(_uplink(replies[0]), target, app)

    def taken(self, status: int, body: bytes) -> bool:
        """Return whether the receiver said `success`.

        spec: nxcloud#mo.answer
        """
        return _taken(status, body)


def _call(form: str, target: str, app: App | None) -> PushCall:
    if app is not None and app.report_in_query:
        plain, hash_, fragment = target.partition("#")
        return PushCall(f"{plain}{'&' if '?' in plain else '?'}{form}{hash_}{fragment}", b"", ())
    return PushCall(target, form.encode(), _FORM_HEADERS)


def _taken(status: int, body: bytes) -> bool:
    return 200 <= status < 300 and body.strip().lower() == b"success"  # noqa: PLR2004 - HTTP's "it went well"


def _uplink(reply: Reply) -> str:
    """Return the fields of a reply as a form.

    spec: nxcloud#mo.fields
    """
    return urlencode(
        {
            "messageId": str(reply.id),
            "type": "0",
            "toPhone": reply.to,
            "fromPhone": reply.sender,
            "content": reply.text,
            "size": str(reply.parts),
            "price": "0",
            "receiveTime": beijing_text(reply.received_at),
        }
    )


def _form(message: Message, cny_rate: str) -> str:
    """Return the fields of a receipt as a form.

    Written out and not by `urlencode`, which costs a quarter of a whole push: most values need no quoting.

    spec: nxcloud#push.fields, nxcloud#items.ext
    """
    status, result = status_of(message)
    ext = "" if message.session is None else f"&ext={_quoted(message.session)}"
    return (
        f"phone={message.to}&messageid={message.client_id or message.id}{ext}&status={status}&result={_quoted(result)}"
        f"&sendtime={_time((message.submitted_at or message.accepted_at) // 1000)}"
        f"&drtime={_time((message.received_at or message.done_at or message.accepted_at) // 1000)}"
        f"&size={message.parts}&currency={_quoted(message.currency)}"
        f"&price={amount(message.price // max(1, message.parts))}&rate={_quoted(cny_rate)}"
    )


def _quoted(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote_plus(text)


@lru_cache(maxsize=1024)
def _time(seconds: int) -> str:
    """Return a second of China's time, quoted; receipts come many to the second."""
    return quote_plus(beijing_text(seconds * 1000))


def status_of(message: Message) -> tuple[int, str]:
    """Return (status, result): the vendor's number, and the operator's own word where it said one.

    A word that the vendor's table knows decides the number, unless that would turn a failure into a delivery.
    """
    if message.state is State.DELIVERED:
        return RESULTS["DELIVRD"], "DELIVRD"
    cause = parse_cause(message.cause) if message.cause else None
    said = cause.code if cause else ""
    if RESULTS.get(said, 2) != RESULTS["DELIVRD"]:
        return RESULTS[said], said
    word = _word(message.state, cause)
    return RESULTS[word], said if said and said != "DELIVRD" else word


def _word(state: State, cause: Cause | None) -> str:
    if state is State.REJECTED and cause is not None:
        return _OF_REJECTION.get(cause.kind, "REJECTD")
    return _OF_STATE.get(state, "UNKNOWN")
