"""Fault rules: what they strike, what happens then, and what is said of a rule that makes no sense."""

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hongyan.model.message import Message
from hongyan.report.timeline import rule_unplayed
from hongyan.testing.client import Client, Unreachable
from local_vendor import LocalVendor

TEXT = "【演示】您的验证码是 1234"


@pytest.fixture(autouse=True)
def _no_rules(system: LocalVendor) -> Iterator[None]:
    yield
    system.call("DELETE", "/v1/rules")


def _rule(system: LocalVendor, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = system.post_json("/v1/rules", fields)
    assert "error" not in told, told
    return told


def _why(system: LocalVendor, **fields: Any) -> tuple[str, str]:
    facts = system.post_json("/v1/rules", fields)["error"]["facts"]
    return facts["field"], facts["why"]


def _ended(system: LocalVendor, client: Client, message_id: str) -> dict[str, Any]:
    story: dict[str, Any] = system.eventually(
        lambda: (one := client.show(message_id).json())["message"]["final"] and one
    )
    return story


def test_a_message_ends_as_its_rule_says_and_its_timeline_says_so(system: LocalVendor, client: Client) -> None:
    told = _rule(system, name="flaky-1", effect="end", to="*0042", state="undelivered", code="MK:0001", after_s=0.1)
    assert (told["name"], told["made_by"], told["after_s"]) == ("flaky-1", "dev", 0.1)
    sent = client.send(["13800000042", "13800000043"], TEXT).json()["messages"]
    struck, spared = (_ended(system, client, one["id"]) for one in sent)
    assert (struck["state"], struck["message"]["cause"]["code"]) == ("undelivered", "MK:0001")
    said = next(line for line in struck["lines"] if line["facts"].get("rule") == "flaky-1")
    assert said["text_en"] == "rule flaky-1: a simulated carrier ends it undelivered MK:0001 after 0.1 s"
    assert said["text_zh"] == "规则 flaky-1：仿真通道将在 0.1 秒后以“未送达” MK:0001 结束"
    assert spared["state"] == "delivered"


def test_a_rule_without_a_receipt_leaves_the_message_to_a_trigger(system: LocalVendor, client: Client) -> None:
    _rule(system, effect="end", state="unknown", text="1234")
    message = client.send("13800000044", TEXT).json()["messages"][0]
    system.eventually(lambda: client.show(message["id"]).json()["state"] == "submitted")
    said = system.post_json(f"/v1/messages/{message['id']}/receipt", {"state": "expired"})
    assert said["message"]["state"] == "expired"


def test_a_vendors_code_is_refused_with_in_the_vendors_own_words(system: LocalVendor, client: Client) -> None:
    told = _rule(system, name="limit-1", effect="refuse", code="isv.BUSINESS_LIMIT_CONTROL", template="SMS_480680001")
    assert (told["dialect"], told["reason"]) == ("alibaba", "number-limit")
    said = client.send_alibaba("13800000045").json()
    assert (said["Code"], said["Message"]) == ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10")
    story = client.show(said["RequestId"]).json()
    assert any("refused by rule limit-1" in line["text_en"] for line in story["lines"])
    assert any("规则 limit-1" in line["text_zh"] for line in story["lines"])
    assert client.send_comms("+8613800000045").json()["code"] == "0000"
    _rule(system, name="limit-1", effect="refuse", dialect="nxcloud", code="1102")
    assert client.send_nxcloud("8613800000046", "hi").json()["code"] == 1102  # the same name: the first rule is gone
    assert client.send_alibaba("13800000045").json()["Code"] == "OK"
    _rule(system, name="blocked", effect="refuse", dialect="yundashi", code="1002")
    assert client.send_yundashi("13800000046", "你的验证码是1234").json()["result"] == 1002
    _rule(system, effect="refuse", reason="keyword", to="1380000007*")
    assert client.send("13800000070", TEXT).json()["error"]["reason"] == "keyword"


def test_calls_are_answered_with_a_status_slowly_or_not_at_all(system: LocalVendor, client: Client) -> None:
    _rule(system, name="throttle", effect="answer", status=429, dialect="alibaba", action="sendsms", times=1)
    said = client.send_alibaba("13800000047")
    assert (said.status, said.json()["Code"]) == (400, "Throttling.User")
    story = client.show(said.json()["RequestId"]).json()
    assert story["reasons"] == ["rehearsed"]
    assert any("rule throttle" in line["text_en"] for line in story["lines"])
    assert client.send_alibaba("13800000047").json()["Code"] == "OK"
    system.call("DELETE", "/v1/rules")

    _rule(system, name="gone", effect="answer", status=502, to="13800000048")
    said = client.send_comms("+8613800000048")
    assert (said.status, said.body) == (502, b"rule gone\n")
    assert client.send_comms("+8613800000049").status == 200
    assert client.send("13800000048", TEXT).status == 201  # /v1 is never struck

    _rule(system, name="slow", effect="slow", after_s=0.2, dialect="comms")
    began = time.monotonic()
    said = client.send_comms("+8613800000049")
    assert time.monotonic() - began >= 0.2
    story = client.show(said.json()["externalId"]).json()
    assert "rule: slow: the answer waits 0.2 s" in [line["text_en"] for line in story["lines"]]
    assert "规则：slow：延迟 0.2 秒应答" in [line["text_zh"] for line in story["lines"]]
    system.call("DELETE", "/v1/rules")

    _rule(system, name="cut", effect="cut", dialect="comms")
    for path in ("/comms/sms/sendmsg",):  # the short way
        connection = http.client.HTTPConnection(urlsplit(system.api_url).netloc, timeout=5)
        body = '{"mobile": "+8613800000050", "templateID": "01234567890abcdef", "templateParamSet": "[1]"}'
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            connection.getresponse()
        connection.close()
    refusals = system.get_json("/v1/refusals")["refusals"]
    assert refusals[0]["facts"] | {"effect": "cut", "rule": "cut"} == refusals[0]["facts"]


def test_a_share_of_calls_is_struck(system: LocalVendor, client: Client) -> None:
    _rule(system, effect="refuse", reason="overloaded", share=50, text="share")
    answers = {client.send("13800000051", f"【演示】share {place}").status for place in range(40)}
    assert answers == {201, 503}


def test_what_makes_no_sense_is_refused_with_the_nearest(system: LocalVendor) -> None:
    assert _why(system, effect="refuse", code="isv.BUSINES_LIMIT_CONTROL") == (
        "code",
        "no code 'isv.BUSINES_LIMIT_CONTROL': did you mean 'isv.BUSINESS_LIMIT_CONTROL'?",
    )
    assert _why(system, effect="explode") == ("effect", "one of: end, refuse, answer, slow, cut")
    assert _why(system, effect="end", state="lost")[0] == "state"
    assert _why(system, effect="cut", status=500) == ("status", "belongs to answer, not to cut")
    assert _why(system, effect="answer", status=200)[0] == "status"
    assert _why(system, effect="slow")[0] == "after_s"
    assert _why(system, effect="refuse")[0] == "reason"
    assert _why(system, effect="refuse", reason="numberlimit")[1].endswith("did you mean 'number-limit'?")
    assert _why(system, effect="end", state="expired", to="42?")[0] == "to"
    assert _why(system, effect="end", state="expired", dialect="alibba")[1].endswith("did you mean 'alibaba'?")
    assert _why(system, effect="end", state="expired", share=0)[0] == "share"
    assert _why(system, effect="end", state="expired", project="dmo")[1].endswith("did you mean 'demo'?")
    assert "zh" not in system.post_json("/v1/rules", {"effect": "x"})["error"]["message_en"]


def test_rules_are_listed_and_removed_by_name(system: LocalVendor) -> None:
    _rule(system, effect="end", state="expired", to="*1")
    _rule(system, effect="end", state="expired", to="*2")
    assert [one["name"] for one in system.get_json("/v1/rules")["rules"]] == ["end-1", "end-2"]
    assert system.call("DELETE", "/v1/rules/end-1")[0] == 200
    assert "there is end-2" in system.call("DELETE", "/v1/rules/end-1")[1]
    assert "isv.AMOUNT_NOT_ENOUGH" in system.get_json("/v1/rules/codes/alibaba")["codes"]
    assert system.call("DELETE", "/v1/rules") == (200, '{"deleted":1}')


def test_a_real_carrier_ends_messages_as_it_will_and_the_timeline_says_so() -> None:
    message = Message(
        id=1,
        project="demo",
        submission=1,
        dialect="native",
        to="8613800000042",
        content="",
        accepted_at=1,
        expires_at=2,
        submitted_at=1,
        carrier="smsc",
        details='{"rule":"flaky-1","fate":"expired 0 "}',
    )
    (said,) = rule_unplayed(message)
    assert said["text_en"] == "rule flaky-1: carrier smsc is no simulated one and ends it as it will"
    assert said["text_zh"] == "规则 flaky-1：通道 smsc 不是仿真通道，结果以其回执为准"


def test_calls_are_cut_above_asgi_too(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "vendor", below_asgi=False) as system:
        client = Client(system.api_url)
        _rule(system, effect="cut", dialect="comms", times=1)
        with pytest.raises(Unreachable):
            client.send_comms("+8613800000050")
        assert client.send_comms("+8613800000050").json()["code"] == "0000"
