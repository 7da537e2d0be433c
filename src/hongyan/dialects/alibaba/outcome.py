"""What became of a message, in the vendor's delivery codes: shared by queries and pushes."""

from typing import NamedTuple

from hongyan.model.cause import CauseKind, parse_cause
from hongyan.model.message import FINAL, Message, State

WAITING, FAILED, DELIVERED = 1, 2, 3
"""SendStatus. spec: alibaba#query.SendStatus"""


class Outcome(NamedTuple):
    """How it stands."""

    status: int
    code: str
    """"" while the receipt is awaited"""
    text: str


_OF_KIND: dict[CauseKind, str] = {
    CauseKind.DELIVERED: "DELIVERED",
    CauseKind.NUMBER: "MOBILE_NOT_ON_SERVICE",
    CauseKind.HANDSET: "MOBLLE_TERMINAL_ERROR",
    CauseKind.CONTENT: "CONTENT_ERROR",
    CauseKind.SENDER: "PORT_NOT_REGISTERED",
    CauseKind.LIMIT: "MOBILE_SEND_LIMIT",
    CauseKind.CARRIER: "SP_UNKNOWN_ERROR",
    CauseKind.TIME: "SP_UNKNOWN_ERROR",
    CauseKind.OURS: "NO_ROUTE",
}
"""spec: alibaba#outcome.codes; MOBLLE is the vendor's own spelling"""

_REFUSED_AT_SUBMIT = {CauseKind.NUMBER: "INVALID_NUMBER"}
_TEXTS = {
    "DELIVERED": "用户接收成功",
    "REQUEST_SUCCESS": "请求成功，未收到运营商回执",
    "MOBILE_NOT_ON_SERVICE": "用户停机、关机或不在服务区",
    "MOBLLE_TERMINAL_ERROR": "手机终端问题",
    "CONTENT_ERROR": "推送内容被运营商拒绝",
    "PORT_NOT_REGISTERED": "端口或签名未报备",
    "MOBILE_SEND_LIMIT": "号码发送受限",
    "SP_UNKNOWN_ERROR": "运营商未知错误",
    "NO_ROUTE": "没有可用通道",
    "INVALID_NUMBER": "号码状态异常",
}


def outcome_of(message: Message) -> Outcome:
    """Return the vendor's status, code and text of a message."""
    if message.state is State.DELIVERED:
        return _outcome(DELIVERED, "DELIVERED")
    if message.state not in FINAL:
        return Outcome(WAITING, "", "")
    if message.state is State.UNKNOWN:  # spec: alibaba#outcome.unknown
        return _outcome(WAITING, "REQUEST_SUCCESS")
    kind = parse_cause(message.cause).kind if message.cause else CauseKind.CARRIER
    if kind is CauseKind.DELIVERED:
        kind = CauseKind.CARRIER
    code = _REFUSED_AT_SUBMIT.get(kind) if message.state is State.REJECTED else None
    return _outcome(FAILED, code or _OF_KIND[kind])


def _outcome(status: int, code: str) -> Outcome:
    return Outcome(status, code, _TEXTS[code])
