"""Each result code has a condition that makes it."""

from typing import Any

import pytest

from hongyan.dialects.yundashi.words import RESULTS, result_of
from hongyan.model.limits import Limit, Span
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.world import Declared, Key, Price, Project, Review, Signature, Stop, Template
from vendor_line import APPID, APPKEY, VendorLine


def project(**fields: Any) -> Project:
    return Project(name="master", **({"paid_in": "100"} | fields))


def key(**fields: Any) -> Key:
    return Key(project="master", dialect="yundashi", name=APPID, secret=APPKEY, **fields)


def limited(*limits: Limit) -> Project:
    return project(limits=limits)


CODES: list[tuple[int, tuple[Declared, ...], dict[str, Any]]] = [
    (1001, (), {"sig": "0" * 64}),
    (1002, (project(keywords=("验证",)),), {}),
    (1003, (), {"sig": ""}),
    (1003, (), {"sig": None}),
    (1009, (key(allow_addresses=("10.0.0.0/8",)),), {}),
    (1012, (), {"msg": "【没有】你的验证码是1"}),
    (1012, (), {"msg": "【!】你的验证码是1"}),
    (1012, (Signature(project="master", name="云大师", review=Review.PENDING),), {"msg": "【云大师】你的验证码是1"}),
    (1014, (), {"msg": "祝你生日快乐"}),
    (1014, (), {"msg": None, "type": None, "tpl_id": 77}),
    (1014, (), {"msg": None, "type": None, "tpl_id": 1, "params": []}),
    (1015, (Stop(name="8613788888888", marketing_only=False),), {}),
    (1015, (Stop(name="8613788888888"),), {"type": 1}),
    (1016, (), {"tel": {"nationcode": "86", "mobile": "1"}}),
    (1017, (), {"msg": "你的验证码是" + "9" * 450}),
    (1019, (), {"appid": "1400000009"}),
    (1020, (key(enabled=False),), {}),
    (1020, (project(enabled=False),), {}),
    (1023, (limited(Limit(permits=0, span=Span.SECONDS_30)),), {}),
    (1024, (limited(Limit(permits=0, span=Span.HOUR)),), {}),
    (1025, (limited(Limit(permits=0, span=Span.DAY)),), {}),
    (1026, (limited(Limit(permits=0, span=Span.DAY, per=("content",), name="repeated-content")),), {}),
    (1029, (project(quiet_hours=(12, 13)),), {"type": 1}),
    (1031, (project(paid_in="0.01"),), {}),
    (1033, (project(paid_in="0", credit_line="0.01"),), {}),
    (1034, (), {"tel": [{"nationcode": "86", "mobile": "13788888888"}, {"nationcode": "1", "mobile": "2025550123"}]}),
    (1036, (), {"msg": None, "type": None, "tpl_id": 1, "params": ["九个字加四个字就太长了吧"[:12] + "x"]}),
    (1045, (project(countries=("US",)),), {}),
    (1045, (), {"tel": {"nationcode": "81", "mobile": "9012345678"}}),
    (1048, (), {"msg": None, "type": None, "tpl_id": 1, "params": ["http://a.cn"]}),
]


@pytest.mark.parametrize(("code", "things", "fields"), CODES)
async def test_a_code_has_its_condition(
    line: VendorLine, code: int, things: tuple[Declared, ...], fields: dict[str, Any]
) -> None:
    """proves: yundashi#codes, yundashi#code.1001, yundashi#code.1002, yundashi#code.1003, yundashi#code.1009,
    yundashi#code.1012, yundashi#code.1014, yundashi#code.1015, yundashi#code.1016, yundashi#code.1017,
    yundashi#code.1019, yundashi#code.1020, yundashi#code.1023, yundashi#code.1024, yundashi#code.1025,
    yundashi#code.1026, yundashi#code.1029, yundashi#code.1031, yundashi#code.1033, yundashi#code.1034,
    yundashi#code.1036, yundashi#code.1045, yundashi#code.1048, yundashi#type, yundashi#send.msg,
    yundashi#send.msg.signature, yundashi#ext, yundashi#answer.sid, yundashi#answer.fee, yundashi#answer.result
    """
    await line.declare(*things)
    reply = await line.yundashi_send(**fields)
    assert (reply.status, reply.body["result"], reply.body["ext"]) == (200, code, "session")
    assert reply.body["errmsg"] not in {"", "OK"}
    assert (reply.body.get("sid", ""), reply.body.get("fee", 0)) == ("", 0)
    assert line.dispatch.taken == []


async def test_a_long_code_is_1038(line: VendorLine) -> None:
    """proves: yundashi#code.1038"""
    code = Template(project="master", dialect="yundashi", name="2", body="验证码{1}", category=Category.CAPTCHA)
    await line.declare(code)
    form = {"msg": None, "type": None, "tpl_id": 2}
    assert (await line.yundashi_send(**form, params=["1234567"])).body["result"] == 1038
    assert (await line.yundashi_send(**form, params=["123456"])).body["result"] == 0


async def test_an_unknown_path_is_1011(line: VendorLine) -> None:
    """proves: yundashi#code.1011"""
    reply = await line.call("/intf/nothing", b"{}", query="sdkappid=1400000001&random=1")
    assert (reply.status, reply.body) == (200, {"result": 1011, "errmsg": "there is no such API"})


async def test_a_key_has_its_pace(line: VendorLine) -> None:
    """proves: yundashi#rate, yundashi#code.1013"""
    await line.declare(key(rate_per_second=2))
    assert [(await line.yundashi_send()).body["result"] for _ in range(3)] == [0, 0, 1013]


async def test_being_full_is_1008(line: VendorLine) -> None:
    """proves: yundashi#code.1008"""
    line.backlog_cap = 0
    await line.declare()
    assert (await line.yundashi_send()).body["result"] == 1008


async def test_a_bug_is_1007(line: VendorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """proves: yundashi#code.1007"""
    monkeypatch.setattr(line.desk, "accept", None)
    reply = await line.yundashi_send()
    assert (reply.status, reply.body["result"], reply.body["ext"]) == (200, 1007, "session")


async def test_the_preset_counts_what_a_number_gets(line: VendorLine) -> None:
    """proves: yundashi#codes, yundashi#code.1023"""
    await line.declare(project(limits=("tencent",)))
    assert [(await line.yundashi_send()).body["result"] for _ in range(2)] == [0, 1023]
    line.clock.push(31)
    assert (await line.yundashi_send()).body["result"] == 0


def test_an_unreachable_store_is_60008() -> None:
    """proves: yundashi#code.60008"""
    assert result_of(Reason.UNAVAILABLE, {}, None)[0] == 60008


def test_every_reason_has_its_words() -> None:
    """proves: yundashi#codes, yundashi#answer.errmsg"""
    assert set(RESULTS) == set(Reason)
    for reason in Reason:
        result, errmsg = result_of(reason, {"field": "tel", "span": "minute"}, None)
        assert result != 0
        assert errmsg


def test_prices_are_needed_where_there_are_any() -> None:
    """proves: yundashi#code.1045"""
    assert result_of(Reason.NO_PRICE, {}, None)[0] == 1045
    assert Price(name="", each="1").each == "1"
