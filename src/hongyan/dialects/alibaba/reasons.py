"""The vendor's words for everything we can refuse: a total table from `Reason` to HTTP status, Code and Message.

What the gateway finds (seal, parameters, pace) is an HTTP error; what the product finds is HTTP 200 with another
Code than OK. The Chinese limit, signature and template texts are compared by clients: not a character may change.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hongyan.model.limits import Span
from hongyan.model.reason import Reason
from hongyan.model.world import Review

Facts = Mapping[str, Any]
CARD_ACTIONS = frozenset(
    {"SendCardSms", "SendBatchCardSms", "GetCardSmsDetails", "QueryMobilesCardSupport", "CheckMobilesCardSupport"}
)
_MOST_SEALED_TEXT = 65_536


class Words(NamedTuple):
    """What the vendor says."""

    status: int
    code: str
    message: str


def words(reason: Reason, facts: Facts, action: str) -> Words:
    """Return the vendor's words; never raises."""
    found = TABLE[reason]
    return found if isinstance(found, Words) else found(facts, action)


def _gateway(code: str, message: str, status: int = 400) -> Words:
    return Words(status, code, message)


def _isv(code: str, message: str) -> Words:
    return Words(200, f"isv.{code}", message)


def _field(facts: Facts) -> str:
    return str(facts.get("field") or "Parameter").encode("utf-8", "replace").decode()


def _missing(facts: Facts, _action: str) -> Words:
    """spec: alibaba#error.Missing and alibaba#card.code.MissingParameter."""
    field = _field(facts)
    if field in _NEEDED_BY_CHOICE:
        return Words(200, "MissingParameter", f"param {field[0].lower()}{field[1:]} must be not empty")
    return _gateway(f"Missing{field}", f"{field} is mandatory for this action.")


_NEEDED_BY_CHOICE = frozenset({"SmsTemplateCode", "DigitalTemplateCode", "mobile"})
"""not needed by every call, so that the product finds them missing, not the gateway"""


def _unreadable(facts: Facts, _action: str) -> Words:
    """spec: alibaba#error.Invalid."""
    field = _field(facts)
    code = field if field.isascii() and field.replace(".", "").isalnum() else "Parameter"
    return _gateway(f"Invalid{code}", f"Specified parameter {field} is not valid.")


def _bad_field(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.INVALID_JSON_PARAM, alibaba#code.INVALID_PARAMETERS, alibaba#card.code.InvalidParameter."""
    field = _field(facts)
    if "wanted" in facts:
        return _isv("INVALID_PARAMETERS", f"参数{field}与手机号码的个数不一致")
    if field in _JSON_FIELDS:
        return _isv("INVALID_JSON_PARAM", f"参数{field}不是合法的JSON")
    if field in _CARD_FIELDS:
        return Words(200, "InvalidParameter", f"param {field[0].lower()}{field[1:]} invalid")
    return _isv("INVALID_PARAMETERS", f"参数{field}格式错误")


_JSON_FIELDS = frozenset(
    {
        "TemplateParam",
        "SmsTemplateParam",
        "DigitalTemplateParam",
        "TemplateParamJson",
        "SmsTemplateParamJson",
        "DigitalTemplateParamJson",
        "CardTemplateParamJson",
        "PhoneNumberJson",
        "SignNameJson",
        "SmsUpExtendCodeJson",
        "Mobiles",
        "dyncParams",
    }
)
_CARD_FIELDS = frozenset({"FallbackType", "customUrl", "EncryptType"})


def _bad_seal(facts: Facts, _action: str) -> Words:
    """spec: alibaba#error.SignatureDoesNotMatch. The old client splits the text at its colon."""
    sealed = str(facts.get("string_to_sign", ""))[:_MOST_SEALED_TEXT]
    return _gateway(
        "SignatureDoesNotMatch",
        f"Specified signature is not matched with our calculation. server string to sign is:{sealed}",
    )


def _number_limit(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.BUSINESS_LIMIT_CONTROL."""
    span = _SPANS.get(str(facts.get("span")), "天级")
    whose = "号码" if facts.get("name") == "number-day" else ""
    return _isv("BUSINESS_LIMIT_CONTROL", f"触发{whose}{span}流控Permits:{facts.get('permits', 0)}")


_SPANS = {
    Span.SECONDS_30.value: "分钟级",
    Span.MINUTE.value: "分钟级",
    Span.HOUR.value: "小时级",
    Span.ROLLING_HOUR.value: "小时级",
}


def _not_permitted(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.ForbiddenAction, alibaba#code.RAM_PERMISSION_DENY."""
    if facts.get("what") == "cards":
        text = "Access to the account is denied. Please contact the administrator."
        return Words(200, "ForbiddenAction", text)
    return Words(200, "isp.RAM_PERMISSION_DENY", "没有访问权限")


def _region(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.DOMESTIC_NUMBER_NOT_SUPPORTED."""
    if "template" in facts:
        return _isv("DOMESTIC_NUMBER_NOT_SUPPORTED", "国际/港澳台短信模板不支持发送境内号码")
    return _isv("MOBILE_NUMBER_ILLEGAL", "该账号不支持向此国家或地区的号码发送")


def _not_approved(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.SIGN_STATE_ILLEGAL."""
    return _isv("SIGN_STATE_ILLEGAL", "签名已停用") if facts.get("review") == Review.CANCELLED else _NO_SIGNATURE


def _opted_out(facts: Facts, _action: str) -> Words:
    """spec: alibaba#code.CUSTOMER_REFUSED, alibaba#code.BLACK_KEY_CONTROL_LIMIT."""
    if facts.get("marketing_only", True):
        return _isv("CUSTOMER_REFUSED", "用户已退订推广短信")
    return _isv("BLACK_KEY_CONTROL_LIMIT", "手机号码在黑名单中")


# spec: alibaba#code.SMS_SIGNATURE_ILLEGAL
_NO_SIGNATURE = _isv("SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
# spec: alibaba#code.SMS_TEMPLATE_ILLEGAL
_NO_TEMPLATE = _isv("SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
# spec: alibaba#code.MOBILE_NUMBER_ILLEGAL
_BAD_NUMBER = _isv("MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
# spec: alibaba#code.MOBILE_COUNT_OVER_LIMIT
_TOO_MANY = _isv("MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
# spec: alibaba#error.Throttling, alibaba#card.rate
_TOO_FAST = _gateway("Throttling.User", "Request was denied due to user flow control.")
# spec: alibaba#error.InvalidAction
_NO_API = _gateway("InvalidAction.NotFound", "Specified api is not found, please check your url and method.", 404)
# spec: alibaba#error.ServiceUnavailable
_DOWN = _gateway("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)
# spec: alibaba#error.InternalError
_BROKEN = _gateway("InternalError", "The request processing has failed due to some unknown error.", 500)
_REPEATED = _isv("INVALID_PARAMETERS", "请求标识已被使用")

TABLE: dict[Reason, Words | Callable[[Facts, str], Words]] = {
    Reason.BAD_REQUEST: _unreadable,
    Reason.MISSING_FIELD: _missing,
    Reason.BAD_FIELD: _bad_field,
    Reason.TOO_LARGE: _gateway("RequestTooLarge", "The request is larger than the server takes.", 413),
    Reason.UNKNOWN_PATH: _NO_API,
    # spec: alibaba#request.method
    Reason.UNKNOWN_METHOD: _gateway("UnsupportedHTTPMethod", "This http method is not supported.", 405),
    Reason.UNKNOWN_ACTION: _NO_API,
    # spec: alibaba#error.InvalidVersion
    Reason.BAD_VERSION: _gateway("InvalidVersion", "Specified parameter Version is not valid."),
    Reason.TOO_MANY_ITEMS: _TOO_MANY,
    Reason.TOO_MANY_NUMBERS: _TOO_MANY,
    Reason.NO_ITEMS: _BAD_NUMBER,
    Reason.MISSING_SEAL: _missing,
    Reason.BAD_SEAL_FIELD: _gateway(
        "IncompleteSignature", "The request signature does not conform to Aliyun standards. See: SignedHeaders"
    ),
    # spec: alibaba#error.InvalidSignatureMethod
    Reason.BAD_SEAL_METHOD: _gateway("InvalidSignatureMethod", "Specified signature method is not valid."),
    # spec: alibaba#error.InvalidAccessKeyId
    Reason.UNKNOWN_KEY: _gateway("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404),
    Reason.DISABLED_KEY: _gateway("InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
    Reason.BAD_SEAL: _bad_seal,
    # spec: alibaba#error.InvalidTimeStamp
    Reason.CLOCK_SKEW: _gateway("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    Reason.BAD_CLOCK: _gateway("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
    # spec: alibaba#error.SignatureNonceUsed
    Reason.NONCE_USED: _gateway("SignatureNonceUsed", "Specified signature nonce was used already."),
    # spec: alibaba#code.DENY_IP_RANGE
    Reason.ADDRESS_REFUSED: _isv("DENY_IP_RANGE", "源IP地址不在允许的范围内"),
    # spec: alibaba#code.OUT_OF_SERVICE
    Reason.PROJECT_CLOSED: _isv("OUT_OF_SERVICE", "业务停机"),
    Reason.UNKNOWN_APP: _isv("ACCOUNT_NOT_EXISTS", "账户不存在"),
    Reason.NOT_PERMITTED: _not_permitted,
    Reason.TOO_FAST: _TOO_FAST,
    Reason.APP_TOO_FAST: _TOO_FAST,
    Reason.OVERLOADED: _DOWN,
    Reason.BAD_NUMBER: _BAD_NUMBER,
    Reason.REGION_REFUSED: _region,
    Reason.DUPLICATE_NUMBER: _isv("MOBILE_NUMBER_ILLEGAL", "手机号码重复"),
    Reason.MIXED_REGIONS: _isv("MOBILE_NUMBER_ILLEGAL", "境内与国际/港澳台号码不能在同一请求中发送"),
    Reason.UNKNOWN_TEMPLATE: _NO_TEMPLATE,
    Reason.TEMPLATE_NOT_APPROVED: _NO_TEMPLATE,
    Reason.NO_TEMPLATE_MATCH: _isv("SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", "短信内容与模板不符"),
    # spec: alibaba#code.TEMPLATE_MISSING_PARAMETERS
    Reason.MISSING_VALUE: _isv("TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应的参数值"),
    # spec: alibaba#code.TEMPLATE_PARAMS_ILLEGAL
    Reason.BAD_VALUE: _isv("TEMPLATE_PARAMS_ILLEGAL", "模板变量值不符合变量属性"),
    # spec: alibaba#code.PARAM_LENGTH_LIMIT
    Reason.VALUE_TOO_LONG: _isv("PARAM_LENGTH_LIMIT", "参数超过长度限制"),
    # spec: alibaba#code.PARAM_NOT_SUPPORT_URL
    Reason.VALUE_HAS_URL: _isv("PARAM_NOT_SUPPORT_URL", "变量不支持传入URL"),
    Reason.UNKNOWN_SIGNATURE: _NO_SIGNATURE,
    Reason.SIGNATURE_NOT_APPROVED: _not_approved,
    # spec: alibaba#code.SMS_SIGNATURE_SCENE_ILLEGAL
    Reason.SIGNATURE_SCENE: _isv("SMS_SIGNATURE_SCENE_ILLEGAL", "签名和模板类型不一致"),
    Reason.BAD_SIGNATURE: _NO_SIGNATURE,
    # spec: alibaba#code.SMS_CONTENT_ILLEGAL
    Reason.EMPTY_CONTENT: _isv("SMS_CONTENT_ILLEGAL", "短信内容为空"),
    Reason.CONTENT_TOO_LONG: _isv("PARAM_LENGTH_LIMIT", "短信内容超过长度限制"),
    Reason.KEYWORD: _isv("SMS_CONTENT_ILLEGAL", "短信内容包含禁止发送内容"),
    Reason.BAD_SENDER: _isv("INVALID_PARAMETERS", "发送方标识格式错误"),
    # spec: alibaba#code.CODE_ERROR
    Reason.BAD_EXTEND: _isv("CODE_ERROR", "扩展码长度或格式不合法"),
    Reason.UNKNOWN_LINK: _isv("INVALID_PARAMETERS", "短链不存在"),
    Reason.BAD_CARD: Words(200, "InvalidParameter", "param template invalid"),
    Reason.CARD_UNSUPPORTED: Words(200, "InvalidParameter", "param mobile not support card sms"),
    Reason.OPTED_OUT: _opted_out,
    Reason.QUIET_HOURS: _isv("BUSINESS_LIMIT_CONTROL", "当前时段不允许发送推广短信"),
    Reason.NUMBER_LIMIT: _number_limit,
    Reason.REPEATED_CONTENT: _isv("BUSINESS_LIMIT_CONTROL", "相同内容发送过于频繁"),
    Reason.BAD_CLIENT_ID: _REPEATED,
    Reason.CLIENT_ID_TAKEN: _REPEATED,
    # spec: alibaba#code.PRODUCT_UN_SUBSCRIPT
    Reason.NO_PRICE: _isv("PRODUCT_UN_SUBSCRIPT", "未开通对应的产品"),
    # spec: alibaba#code.AMOUNT_NOT_ENOUGH
    Reason.NO_BALANCE: _isv("AMOUNT_NOT_ENOUGH", "账户余额不足"),
    Reason.UNKNOWN_MESSAGE: _isv("INVALID_PARAMETERS", "找不到对应的发送记录"),
    Reason.BAD_DATE: _isv("INVALID_PARAMETERS", "参数SendDate格式错误或超出查询范围"),
    Reason.UNAVAILABLE: _DOWN,
    Reason.INTERNAL: _BROKEN,
    Reason.REHEARSED: _BROKEN,
}
"""spec: alibaba#errors.total."""
