"""Yundashi in its own words: a result code and a text for every reason, and the shape each path answers in.

Pure values in and out. The numbers beyond 0 are those of the service this API descends from.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from hongyan.model.limits import Span
from hongyan.model.money import micros
from hongyan.model.reason import Reason
from hongyan.model.submission import Answer, Exchange
from hongyan.model.world import Project

OK_TEXT = "OK"
_JSON = ("content-type", "application/json;charset=UTF-8")

RESULTS: Mapping[Reason, tuple[int, str]] = {
    Reason.BAD_REQUEST: (1004, "the request body cannot be read as one JSON object"),  # spec: yundashi#code.1004
    Reason.MISSING_FIELD: (1004, "a required field is missing"),
    Reason.BAD_FIELD: (1004, "a field has a wrong type or value"),
    Reason.TOO_LARGE: (1004, "the request is too large"),
    Reason.UNKNOWN_PATH: (1011, "there is no such API"),  # spec: yundashi#code.1011
    Reason.UNKNOWN_METHOD: (1004, "requests are made by POST"),
    Reason.UNKNOWN_ACTION: (1011, "there is no such API"),
    Reason.BAD_VERSION: (1011, "there is no such API"),
    Reason.TOO_MANY_ITEMS: (1046, "more than 200 numbers in one request"),  # spec: yundashi#code.1046
    Reason.TOO_MANY_NUMBERS: (1046, "too many numbers in one request"),
    Reason.NO_ITEMS: (1004, "tel holds no number"),
    Reason.MISSING_SEAL: (1003, "sig is missing"),  # spec: yundashi#code.1003
    Reason.BAD_SEAL_FIELD: (1003, "sig is not readable"),
    Reason.BAD_SEAL_METHOD: (1006, "this sdkappid may not use this API"),
    Reason.UNKNOWN_KEY: (1019, "sdkappid does not exist"),  # spec: yundashi#code.1019
    Reason.DISABLED_KEY: (1020, "sdkappid is disabled"),  # spec: yundashi#code.1020
    Reason.BAD_SEAL: (1001, "sig does not match"),  # spec: yundashi#code.1001
    Reason.CLOCK_SKEW: (1021, "time is more than 10 minutes off"),  # spec: yundashi#code.1021
    Reason.BAD_CLOCK: (1004, "time is not a unix timestamp"),
    Reason.NONCE_USED: (1001, "this request was made before"),
    Reason.ADDRESS_REFUSED: (1009, "requests from this IP address are not allowed"),  # spec: yundashi#code.1009
    Reason.PROJECT_CLOSED: (1020, "the account is closed"),
    Reason.UNKNOWN_APP: (1019, "sdkappid does not exist"),
    Reason.NOT_PERMITTED: (1006, "no permission"),
    Reason.TOO_FAST: (1013, "too many requests"),  # spec: yundashi#code.1013
    Reason.APP_TOO_FAST: (1013, "too many requests"),
    Reason.OVERLOADED: (1008, "the request timed out, try again later"),  # spec: yundashi#code.1008
    Reason.BAD_NUMBER: (1016, "the number is malformed"),  # spec: yundashi#code.1016
    Reason.REGION_REFUSED: (1045, "this country or region is not served"),  # spec: yundashi#code.1045
    Reason.DUPLICATE_NUMBER: (1016, "the number is in the request twice"),
    Reason.MIXED_REGIONS: (1034, "mainland and foreign numbers cannot share a request"),  # spec: yundashi#code.1034
    Reason.UNKNOWN_TEMPLATE: (1014, "the template does not exist"),  # spec: yundashi#code.1014
    Reason.TEMPLATE_NOT_APPROVED: (1014, "the template is not approved"),
    Reason.NO_TEMPLATE_MATCH: (1014, "msg matches no approved template"),
    Reason.MISSING_VALUE: (1014, "the template wants more params"),
    Reason.BAD_VALUE: (1038, "a verification code is at most 6 digits"),  # spec: yundashi#code.1038
    Reason.VALUE_TOO_LONG: (1036, "a template value is longer than 12 characters"),  # spec: yundashi#code.1036
    Reason.VALUE_HAS_URL: (1048, "a template value holds a URL"),  # spec: yundashi#code.1048
    Reason.UNKNOWN_SIGNATURE: (1012, "the signature does not exist"),  # spec: yundashi#code.1012
    Reason.SIGNATURE_NOT_APPROVED: (1012, "the signature is not approved"),
    Reason.SIGNATURE_SCENE: (1012, "the signature is for verification codes only"),
    Reason.BAD_SIGNATURE: (1012, "the signature is malformed"),
    Reason.EMPTY_CONTENT: (1004, "msg is empty"),
    Reason.CONTENT_TOO_LONG: (1017, "the text is too long"),  # spec: yundashi#code.1017
    Reason.KEYWORD: (1002, "the text holds a blocked word"),  # spec: yundashi#code.1002
    Reason.BAD_SENDER: (1004, "the sender is malformed"),
    Reason.BAD_EXTEND: (1004, "extend holds digits only"),
    Reason.UNKNOWN_LINK: (1014, "the short link does not exist"),
    Reason.BAD_CARD: (1030, "not supported"),
    Reason.CARD_UNSUPPORTED: (1030, "not supported"),
    Reason.OPTED_OUT: (1015, "the number has unsubscribed"),  # spec: yundashi#code.1015
    Reason.QUIET_HOURS: (1029, "marketing is not sent at this hour"),  # spec: yundashi#code.1029
    Reason.NUMBER_LIMIT: (1013, "too many texts to this number"),
    Reason.REPEATED_CONTENT: (1026, "the same text went to this number too often today"),  # spec: yundashi#code.1026
    Reason.BAD_CLIENT_ID: (1004, "the request id is malformed"),
    Reason.CLIENT_ID_TAKEN: (1004, "the request id was used before"),
    Reason.NO_PRICE: (1045, "this country or region has no price"),
    Reason.NO_BALANCE: (1031, "the package is used up"),
    Reason.UNKNOWN_MESSAGE: (1004, "there is no such message"),
    Reason.BAD_DATE: (1004, "the times are not a period"),
    Reason.UNAVAILABLE: (60008, "the service timed out, try again later"),  # spec: yundashi#code.60008
    Reason.INTERNAL: (1007, "internal error"),  # spec: yundashi#code.1007
    Reason.REHEARSED: (1007, "internal error"),
}
"""Total over `Reason`. spec: yundashi#codes, yundashi#answer.result, yundashi#answer.errmsg, yundashi#rate"""

_LIMITS: Mapping[str, tuple[int, str]] = {
    Span.SECONDS_30: (1023, "more than the texts allowed to one number in 30 seconds"),
    Span.HOUR: (1024, "more than the texts allowed to one number in an hour"),
    Span.ROLLING_HOUR: (1024, "more than the texts allowed to one number in an hour"),
    Span.DAY: (1025, "more than the texts allowed to one number in a day"),
    Span.ROLLING_DAY: (1025, "more than the texts allowed to one number in a day"),
}
"""spec: yundashi#code.1023, yundashi#code.1024, yundashi#code.1025"""

_ARREARS = (1033, "the account is in arrears")


def result_of(reason: Reason, facts: Mapping[str, Any], project: Project | None) -> tuple[int, str]:
    """Return `result` and `errmsg` for a refusal.

    An empty balance is a used-up package, or arrears for a project that has a line of credit:
    spec: yundashi#code.1031, yundashi#code.1033.
    """
    result, text = RESULTS[reason]
    if reason is Reason.NUMBER_LIMIT:
        result, text = _LIMITS.get(str(facts.get("span", "")), (result, text))
    elif reason is Reason.NO_BALANCE and project is not None and micros(project.credit_line) > 0:
        result, text = _ARREARS
    shown = facts.get("field")
    return result, f"{text}: {shown}" if isinstance(shown, str) and shown else text


def answer(exchange: Exchange, result: int, errmsg: str, **fields: Any) -> Answer:
    """Return an answer; HTTP says 200 whatever `result` says. The vendor's body has no place for our request id.

    spec: yundashi#http.status, yundashi#http.request-id
    """
    body = msgspec.json.encode({"result": result, "errmsg": errmsg, **fields})
    return Answer(200, body, (_JSON, ("x-request-id", exchange.request_id)))
