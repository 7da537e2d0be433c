"""comms in its own words: the four codes, the failure body, the request id and the status of a message.

Pure values in and out; asks nobody.
"""

import string
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

import msgspec

from hongyan.model.clock import beijing
from hongyan.model.message import FINAL, Message, State
from hongyan.model.reason import Reason
from hongyan.model.submission import Answer

VERSION = "1.0.0"
"""spec: comms#answer.ver"""

# spec: comms#answer.code
OK = "0000"
CALLERS_FAULT = "1005"
SERVICE_DOWN = "1999"
BUG = "9999"

SUCCESS_TEXT = "成功。"  # spec: comms#answer.msg
_TROUBLE_TEXT = "系统异常，请联系管理员。"

_CODES: Mapping[Reason, str] = {
    # spec: comms#code.1999: something behind us is away; the same request may work later
    Reason.UNAVAILABLE: SERVICE_DOWN,
    Reason.OVERLOADED: SERVICE_DOWN,
    # spec: comms#code.9999
    Reason.INTERNAL: BUG,
    Reason.REHEARSED: BUG,
}

_HTTP: Mapping[Reason, int] = {
    # spec: comms#http.status, comms#auth.failed
    Reason.MISSING_SEAL: 401,
    Reason.BAD_SEAL_FIELD: 401,
    Reason.BAD_SEAL_METHOD: 401,
    Reason.UNKNOWN_KEY: 401,
    Reason.DISABLED_KEY: 401,
    Reason.BAD_SEAL: 401,
    Reason.CLOCK_SKEW: 401,
    Reason.BAD_CLOCK: 401,
    Reason.NONCE_USED: 401,
    Reason.ADDRESS_REFUSED: 401,
    Reason.PROJECT_CLOSED: 401,
    Reason.UNKNOWN_PATH: 404,
    Reason.UNKNOWN_ACTION: 404,
    Reason.UNKNOWN_METHOD: 405,
    Reason.TOO_LARGE: 413,
}

DETAILS: Mapping[Reason, str] = {
    Reason.BAD_REQUEST: "请求体无法解析",
    Reason.MISSING_FIELD: "缺少必选参数",
    Reason.BAD_FIELD: "参数类型或取值错误",  # spec: comms#body.types
    Reason.TOO_LARGE: "请求过大",
    Reason.UNKNOWN_PATH: "接口不存在",
    Reason.UNKNOWN_METHOD: "仅支持POST请求",
    Reason.UNKNOWN_ACTION: "接口不存在",
    Reason.BAD_VERSION: "版本不支持",
    Reason.TOO_MANY_ITEMS: "数量超过上限",
    Reason.NO_ITEMS: "列表为空",
    Reason.TOO_MANY_NUMBERS: "号码数量超过上限",
    Reason.MISSING_SEAL: "缺少身份凭证",
    Reason.BAD_SEAL_FIELD: "身份凭证格式错误",
    Reason.BAD_SEAL_METHOD: "鉴权方式不正确",
    Reason.UNKNOWN_KEY: "身份凭证不存在",
    Reason.DISABLED_KEY: "身份凭证已停用",
    Reason.BAD_SEAL: "签名校验失败",
    Reason.CLOCK_SKEW: "请求时间已过期",
    Reason.BAD_CLOCK: "时间格式错误",
    Reason.NONCE_USED: "请求重复",
    Reason.ADDRESS_REFUSED: "来源IP未授权",
    Reason.PROJECT_CLOSED: "账号已停用",
    Reason.UNKNOWN_APP: "应用不存在",
    Reason.NOT_PERMITTED: "没有权限",
    Reason.TOO_FAST: "请求过于频繁",  # spec: comms#rate
    Reason.APP_TOO_FAST: "请求过于频繁",
    Reason.OVERLOADED: "服务繁忙",
    Reason.BAD_NUMBER: "手机号码格式错误",
    Reason.REGION_REFUSED: "不支持该国家或地区",
    Reason.DUPLICATE_NUMBER: "手机号码重复",
    Reason.MIXED_REGIONS: "国内与国际号码不能混发",
    Reason.UNKNOWN_TEMPLATE: "模板不存在",
    Reason.TEMPLATE_NOT_APPROVED: "模板未审核通过",
    Reason.NO_TEMPLATE_MATCH: "内容与模板不匹配",
    Reason.MISSING_VALUE: "模板参数不足",  # spec: comms#send.values.few
    Reason.BAD_VALUE: "模板参数取值错误",
    Reason.VALUE_TOO_LONG: "模板参数过长",
    Reason.VALUE_HAS_URL: "模板参数不能包含链接",
    Reason.UNKNOWN_SIGNATURE: "签名不存在",
    Reason.SIGNATURE_NOT_APPROVED: "签名未审核通过",
    Reason.SIGNATURE_SCENE: "签名不适用于该模板",
    Reason.BAD_SIGNATURE: "签名格式错误",
    Reason.EMPTY_CONTENT: "短信内容为空",
    Reason.CONTENT_TOO_LONG: "短信内容过长",
    Reason.KEYWORD: "短信内容包含敏感词",
    Reason.BAD_SENDER: "发送方号码错误",
    Reason.BAD_EXTEND: "扩展码错误",
    Reason.UNKNOWN_LINK: "短链接不存在",
    Reason.BAD_CARD: "卡片内容错误",
    Reason.CARD_UNSUPPORTED: "号码不支持卡片短信",
    Reason.OPTED_OUT: "号码已退订",
    Reason.QUIET_HOURS: "当前时段不能发送营销短信",
    Reason.NUMBER_LIMIT: "该号码发送过于频繁",
    Reason.REPEATED_CONTENT: "短信内容重复",
    Reason.BAD_CLIENT_ID: "请求标识错误",
    Reason.CLIENT_ID_TAKEN: "请求标识重复",
    Reason.NO_PRICE: "该号码没有资费",
    Reason.NO_BALANCE: "余额不足",
    Reason.UNKNOWN_MESSAGE: "externalId不存在或已过期",
    Reason.BAD_DATE: "日期错误",
    Reason.UNAVAILABLE: "服务异常",
    Reason.INTERNAL: "系统异常",
    Reason.REHEARSED: "系统异常",
}
"""What the caller did wrong, said after 业务异常. Total over `Reason`."""

_LETTERS = [one + two for one in string.ascii_lowercase for two in string.ascii_lowercase]
_PAIRS = len(_LETTERS)
_SHOWN_FACTS = ("field", "name", "most")


def request_id(now_ms: int, random: Random) -> str:
    """Return 14 digits of China time and 8 small letters. spec: comms#answer.requestId."""
    first, last = divmod(random.getrandbits(53) % _PAIRS**4, _PAIRS**2)
    pairs = (*divmod(first, _PAIRS), *divmod(last, _PAIRS))
    return _second_text(now_ms // 1000) + "".join([_LETTERS[pair] for pair in pairs])


@lru_cache(maxsize=2)
def _second_text(second: int) -> str:
    return beijing(second * 1000).strftime("%Y%m%d%H%M%S")


def code_of(reason: Reason) -> str:
    """Return the vendor's code. spec: comms#code.1005 for all that is the caller's to put right."""
    return _CODES.get(reason, CALLERS_FAULT)


def text_of(reason: Reason, facts: Mapping[str, Any]) -> str:
    """Return `msg` for a refusal. Callers match on `code`; the text is for people."""
    if reason in _CODES:
        return _TROUBLE_TEXT
    shown = next((str(facts[name])[:100] for name in _SHOWN_FACTS if name in facts), "")
    return f"业务异常：{DETAILS[reason]}（{shown}）。" if shown else f"业务异常：{DETAILS[reason]}。"


def http_status(reason: Reason) -> int:
    """Return 401 for failed credentials, HTTP's own word for what is HTTP's, 200 for all else."""
    return _HTTP.get(reason, 200)


def success(exchange_id: str, **fields: Any) -> dict[str, Any]:
    """Return a success body. spec: comms#code.0000."""
    return {"ver": VERSION, "code": OK, "msg": SUCCESS_TEXT, **fields, "requestId": exchange_id}


def failure(exchange_id: str, reason: Reason, facts: Mapping[str, Any]) -> Answer:
    """Return a failure answer. spec: comms#answer.failure."""
    body = {"ver": VERSION, "code": code_of(reason), "msg": text_of(reason, facts), "requestId": exchange_id}
    return Answer(http_status(reason), msgspec.json.encode(body))


def status(message: Message) -> str:
    """Return the vendor's word for where a message stands. spec: comms#pull.status."""
    if message.state is State.DELIVERED:
        return "200"
    return "500" if message.state in FINAL else "100"


def pullable(message: Message, now_ms: int, window_s: int) -> bool:
    """Return whether a status can (still) be pulled. spec: comms#pull.window."""
    if message.done_at is None:
        return True
    return now_ms - max(message.done_at, message.accepted_at) <= window_s * 1000
