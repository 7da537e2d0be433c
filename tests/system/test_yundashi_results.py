"""Every result code of Yundashi, made by a caller of a running system and told by `show`."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from hongyan.model.clock import BEIJING
from hongyan.model.limits import Limit, Span
from hongyan.model.message import Category
from hongyan.model.world import Declared, Key, Project, Review, Signature, Stop, Template
from hongyan.text.seals import yundashi_sig
from local_vendor import LocalVendor

KEY = "an appkey of the tests"
TEL = {"nationcode": "86", "mobile": "13788888888"}
_HOUR = datetime.now(BEIJING).hour
CLOSED = (_HOUR + 2, 24) if _HOUR < 21 else (0, _HOUR - 1)
"""hours of marketing that are far from now"""


def line(appid: str, key: dict[str, Any] | None = None, **project: Any) -> list[Declared]:
    """A project of its own for one sdkappid."""
    paid: dict[str, Any] = {"paid_in": "100"} | project
    return [
        Project(name=appid, **paid),
        Key(project=appid, dialect="yundashi", name=appid, secret=KEY, **(key or {})),
        Signature(project=appid, name="云大师", default=True),
        Signature(project=appid, name="待审", review=Review.PENDING),
        Template(project=appid, dialect="yundashi", name="1", body="你的验证码是{1}"),
        Template(project=appid, dialect="yundashi", name="2", body="验证码{1}", category=Category.CAPTCHA),
        Template(project=appid, dialect="yundashi", name="3", body="待审{1}", review=Review.PENDING),
    ]


WORLD: list[Declared] = [
    *line("plain"),
    *line("words", keywords=("赌博",)),
    *line("fenced", {"allow_addresses": ("10.0.0.0/8",)}),
    *line("off", {"enabled": False}),
    *line("closed", enabled=False),
    *line("slow", {"rate_per_second": 1}),
    *line("stopped"),
    Stop(project="stopped", name="8613788888888", marketing_only=False),
    *line("half-minute", limits=(Limit(permits=1, span=Span.SECONDS_30),)),
    *line("hour", limits=(Limit(permits=1, span=Span.HOUR),)),
    *line("day", limits=(Limit(permits=1, span=Span.DAY),)),
    *line("same", limits=(Limit(permits=1, span=Span.DAY, per=("project", "content"), name="repeated-content"),)),
    *line("hours", quiet_hours=CLOSED),
    *line("poor", paid_in="0.05"),
    *line("debtor", paid_in="0", credit_line="0.05"),
    *line("mainland", countries=("CN",)),
]


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("vendor"), world=WORLD) as running:
        yield running


def asked(vendor: LocalVendor, appid: str, path: str = "/intf/sendsms", **fields: Any) -> tuple[Any, str]:
    """Send the document's sample with other fields; return (answer, our request id). None leaves a field out."""
    tel = fields.get("tel", TEL)
    mobiles = tuple(str(one["mobile"]) for one in (tel if isinstance(tel, list) else [tel]))
    now = int(fields.get("time", time.time()))
    body = {"tel": TEL, "type": 0, "msg": "你的验证码是1234", "extend": "", "ext": "session", "time": now}
    body |= {"sig": yundashi_sig(KEY, "0042", now, mobiles)} | fields
    data = json.dumps({name: value for name, value in body.items() if value is not None}).encode()
    request = urllib.request.Request(f"{vendor.api_url}{path}?sdkappid={appid}&random=0042", data, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
        return json.load(answer), answer.headers["x-request-id"]


def templated(code: int, *params: str) -> dict[str, Any]:
    return {"type": None, "msg": None, "tpl_id": code, "params": list(params)}


def many(*tels: tuple[str, str]) -> dict[str, Any]:
    return {"tel": [{"nationcode": nation, "mobile": mobile} for nation, mobile in tels]}


ONCE: list[tuple[int, str, dict[str, Any], str]] = [
    # result, sdkappid, what differs from the sample, the reason that `show` tells
    (1001, "plain", {"sig": "0" * 64}, "bad-seal"),
    (1002, "words", {"msg": "你的验证码是赌博"}, "keyword"),
    (1003, "plain", {"sig": None}, "missing-seal"),
    (1003, "plain", {"sig": ""}, "missing-seal"),
    (1004, "plain", {"tel": {"nationcode": "86", "mobile": "1"}, "msg": None}, "missing-field"),
    (1004, "plain", {"type": 2}, "bad-field"),
    (1004, "plain", {"extend": "x"}, "bad-extend"),
    (1009, "fenced", {}, "address-refused"),
    (1012, "plain", {"msg": "【没有】你的验证码是1"}, "unknown-signature"),
    (1012, "plain", {"msg": "【待审】你的验证码是1"}, "signature-not-approved"),
    (1012, "plain", {"msg": "【!】你的验证码是1"}, "bad-signature"),
    (1014, "plain", {"msg": "祝你生日快乐"}, "no-template-match"),
    (1014, "plain", {"msg": "待审1234"}, "no-template-match"),
    (1014, "plain", templated(3, "1"), "template-not-approved"),
    (1014, "plain", templated(77, "1"), "unknown-template"),
    (1014, "plain", templated(1), "missing-value"),
    (1015, "stopped", {}, "opted-out"),
    (1016, "plain", {"tel": {"nationcode": "86", "mobile": "1378888"}}, "bad-number"),
    (1017, "plain", {"msg": "你的验证码是" + "9" * 445}, "content-too-long"),
    (1019, "nobody", {}, "unknown-key"),
    (1020, "off", {}, "disabled-key"),
    (1020, "closed", {}, "project-closed"),
    (1021, "plain", {"time": 1457336869}, "clock-skew"),
    (1029, "hours", {"type": 1}, "quiet-hours"),
    (1031, "poor", {"msg": "你的验证码是" + "字" * 70}, "no-balance"),
    (1033, "debtor", {"msg": "你的验证码是" + "字" * 70}, "no-balance"),
    (1034, "plain", many(("86", "13788888888"), ("1", "2025550123")), "mixed-regions"),
    (1036, "plain", templated(1, "x" * 13), "value-too-long"),
    (1038, "plain", templated(2, "1234567"), "bad-value"),
    (1045, "mainland", {"tel": {"nationcode": "1", "mobile": "2025550123"}}, "region-refused"),
    (1046, "plain", many(*[("86", f"137{place:08d}") for place in range(201)]), "too-many-items"),
    (1048, "plain", templated(1, "http://a.cn"), "value-has-url"),
]


@pytest.mark.parametrize(("result", "appid", "fields", "reason"), ONCE)
def test_a_result_has_its_condition_and_its_story(
    vendor: LocalVendor, result: int, appid: str, fields: dict[str, Any], reason: str
) -> None:
    """proves: yundashi#codes, yundashi#code.1001, yundashi#code.1002, yundashi#code.1003, yundashi#code.1004,
    yundashi#code.1009, yundashi#code.1012, yundashi#code.1014, yundashi#code.1015, yundashi#code.1016,
    yundashi#code.1017, yundashi#code.1019, yundashi#code.1020, yundashi#code.1021, yundashi#code.1029,
    yundashi#code.1031, yundashi#code.1033, yundashi#code.1034, yundashi#code.1036, yundashi#code.1038,
    yundashi#code.1045, yundashi#code.1046, yundashi#code.1048, yundashi#http.request-id
    """
    answer, request_id = asked(vendor, appid, **fields)
    assert (answer["result"], answer["ext"]) == (result, "session")
    assert answer["errmsg"] not in {"", "OK"}
    story = vendor.eventually(lambda: _told(vendor.get_json(f"/v1/messages/{request_id}")))
    assert reason in story["reasons"]


def _told(story: Any) -> Any:
    return story if "reasons" in story else None


@pytest.mark.parametrize(
    ("result", "appid", "same"),
    [(1023, "half-minute", False), (1024, "hour", False), (1025, "day", False), (1026, "same", True)],
)
def test_the_second_text_to_a_number_is_too_many(vendor: LocalVendor, result: int, appid: str, same: bool) -> None:
    """proves: yundashi#code.1023, yundashi#code.1024, yundashi#code.1025, yundashi#code.1026"""
    other = {"tel": {"nationcode": "86", "mobile": "13788888889"}}
    second = {} if same else {"msg": "你的验证码是5678"}
    assert [asked(vendor, appid, **fields)[0]["result"] for fields in ({}, second, other)] == [0, result, 0]


def test_a_key_is_held_to_its_pace(vendor: LocalVendor) -> None:
    """proves: yundashi#code.1013, yundashi#rate"""
    assert 1013 in [asked(vendor, "slow")[0]["result"] for _ in range(3)]


def test_no_number_of_several_harms_another(vendor: LocalVendor) -> None:
    """proves: yundashi#multi.detail"""
    answer, _ = asked(vendor, "stopped", "/intf/sendmultisms2", **many(("86", "13788888888"), ("86", "13788888880")))
    assert [one["result"] for one in answer["detail"]] == [1015, 0]


def test_an_unknown_path_and_a_body_that_is_no_json_have_their_results(vendor: LocalVendor) -> None:
    """proves: yundashi#code.1011, yundashi#code.1004"""
    assert json.loads(vendor.call("POST", "/intf/sendvoice2?sdkappid=plain&random=1", b"{}")[1])["result"] == 1011
    with_comments = b'{"tel": {"nationcode": "86", //\xe5\x9b\xbd\xe5\xae\xb6\xe7\xa0\x81\n"mobile": "13788888888"}}'
    answer = json.loads(vendor.call("POST", "/intf/sendsms?sdkappid=plain&random=1", with_comments)[1])
    assert answer["result"] == 1004


def test_marketing_is_sent_in_its_hours_and_a_normal_text_at_any(vendor: LocalVendor) -> None:
    """proves: yundashi#type, yundashi#numbers.loose"""
    assert asked(vendor, "hours")[0]["result"] == 0
    assert asked(vendor, "plain", type="1")[0]["result"] == 0


def test_what_has_result_0_is_charged_and_nothing_else(vendor: LocalVendor) -> None:
    """proves: yundashi#answer.result, yundashi#answer.fee"""

    def balance() -> str:
        return str(vendor.get_json("/v1/balance/mainland")["balance"])

    before = balance()
    assert asked(vendor, "mainland", msg="祝你生日快乐")[0]["fee"] == 0
    assert (before, balance()) == ("100", "100")
    answer, _ = asked(vendor, "mainland", msg="你的验证码是" + "字" * 70)
    assert (answer["result"], answer["fee"], balance()) == (0, 2, "99.91")
