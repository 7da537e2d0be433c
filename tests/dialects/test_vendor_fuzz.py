"""Whatever fields come, both vendors' words come back: never a bug's, never another HTTP status than they have."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vendor_line import VendorLine

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "0",
        "1",
        "86",
        "+8613700000000",
        "13788888888",
        "【云大师】你的验证码是1",
        "[a,b",
        "\u202e\U0001f98a",
        "[" * 300,
    ]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.sampled_from(["nationcode", "mobile"]), PLAIN)
COMMS_FIELDS = ("mobile", "templateID", "templateParamSet", "callbackUrl", "channel", "externalId", "externalIds")
COMMS_PATHS = ("sendmsg", "sendmsgall", "pullSmsSendStatus", "pullSmsSendStatusSet")
YUNDASHI_FIELDS = ("tel", "type", "msg", "time", "ext", "extend", "tpl_id", "params", "sign", "max", "begin_time")
YUNDASHI_PATHS = ("/intf/sendsms", "/intf/sendmultisms2", "/intf/pullstatus", "/intf/pullstatus4mobile")


def _fields(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), ANYTHING, max_size=4)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what the edge would log as a bug."""
    bugs: list[str] = []
    monkeypatch.setattr("hongyan.dialects.edge._LOG.exception", lambda _what, **facts: bugs.append(str(facts)))
    return bugs


@SETTINGS
@given(path=st.sampled_from(COMMS_PATHS), fields=_fields(COMMS_FIELDS))
async def test_comms_answers_anything_in_its_words(
    line: VendorLine, quiet: list[str], path: str, fields: dict[str, Any]
) -> None:
    """proves: comms#answer.code, comms#body.types"""
    sample = {"mobile": "+8613700000000", "templateID": "01234567890abcdef", "templateParamSet": "[1]"}
    reply = await line.json("/comms/sms/" + path, sample | fields)
    assert quiet == []
    assert (reply.status, reply.body["ver"]) == (200, "1.0.0")
    assert reply.body["code"] in {"0000", "1005"}


@SETTINGS
@given(path=st.sampled_from(YUNDASHI_PATHS), fields=_fields(YUNDASHI_FIELDS))
async def test_yundashi_answers_anything_in_its_words(
    line: VendorLine, quiet: list[str], path: str, fields: dict[str, Any]
) -> None:
    """proves: yundashi#answer.result, yundashi#answer.errmsg, yundashi#http.status"""
    reply = await line.yundashi_send(path=path, **fields)
    assert quiet == []
    assert reply.status == 200
    assert isinstance(reply.body["result"], int)
    assert reply.body["errmsg"]
