import hashlib
import json
from typing import Any

import pytest

from hongyan.dialects.comms.gateway import Envelope, sealed_answer
from hongyan.model.ids import from_hex32
from hongyan.model.world import Key, Project
from vendor_line import Reply, VendorLine

GATEWAYS = "/gateways"
SAMPLE = {"mobile": "+8613700000000", "templateID": "01234567890abcdef", "templateParamSet": "[1234]"}


def envelope(**fields: Any) -> dict[str, Any]:
    """Return a sealed send at 2026-01-02 11:04:05 China time; a given `sign` stays."""
    made = {
        "appCode": "acdemo",
        "act": "comms/sms/sendmsg",
        "bizNo": "b0001",
        "timestamp": "20260102110405000",
        "type": "3",
        "bizContent": json.dumps(SAMPLE),
    } | fields
    sealed = "&".join((made["bizNo"], made["appCode"], made["bizContent"], made["timestamp"], "gwkey-demo"))
    return {"sign": hashlib.md5(sealed.encode()).hexdigest()} | made


def opened(reply: Reply) -> Any:
    """Return what the sealed answer holds, after checking its seal."""
    body = reply.body
    sealed = [body["act"], body["timestamp"], body["code"]]
    sealed += [body["bizContent"]] if "bizContent" in body else []
    assert body["sign"] == hashlib.md5("&".join([*sealed, "gwkey-demo"]).encode()).hexdigest()
    assert (body["ver"], body["signType"], body["timestamp"]) == ("1.0.0", "3", "20260102110405000")
    return json.loads(body["bizContent"]) if "bizContent" in body else None


def test_the_seal_is_the_vendors() -> None:
    """proves: comms#gateway.sign"""
    asked = Envelope(
        appCode="acdemo",
        bizNo="b0001",
        timestamp="20231115061320000",
        bizContent='{"externalId":"e0000000000000000000000000000001"}',
        sign="b23375b15adcb04fe6f1b92e57d0d042",
    )
    proof = asked.prove("gwkey-demo")
    assert proof.valid
    assert proof.ours == asked.sign
    assert "gwkey-demo" not in proof.string_to_sign
    assert not asked.prove("gwkey-other").valid


def test_the_answers_seal_is_the_vendors() -> None:
    """proves: comms#gateway.answer"""
    at = 1_700_000_000_123  # 2023-11-15 06:13:20.123 in China
    words = {"code": "1999", "msg": "系统异常，请联系管理员。", "requestId": "20231115061320abcdefgh"}
    answer = sealed_answer(Envelope(act="comms/sms/sendmsg"), "gwkey-demo", at, words)
    body = json.loads(answer.body)
    assert body["timestamp"] == "20231115061320123"
    assert body["sign"] == "8efa48bb328d872d7a969a494bfb6c6f"
    assert "bizContent" not in body


async def test_a_signed_send_is_answered_sealed(line: VendorLine) -> None:
    """proves: comms#auth.gateway.signed, comms#gateway.envelope, comms#gateway.answer"""
    reply = await line.json(GATEWAYS, envelope())
    inner = opened(reply)
    assert (reply.status, reply.body["code"], reply.body["act"]) == (200, "0000", "comms/sms/sendmsg")
    assert inner["code"] == "0000"
    assert reply.body["gwRequestID"] == inner["requestId"]
    message = await line.store.message(from_hex32(inner["externalId"]) or 0)
    assert message is not None
    assert message.to == "8613700000000"


async def test_a_known_callers_refusal_is_sealed_too(line: VendorLine) -> None:
    """proves: comms#gateway.answer"""
    reply = await line.json(GATEWAYS, envelope(bizContent='{"mobile":"1"}'))
    assert opened(reply) is None
    assert (reply.status, reply.body["code"]) == (200, "1005")
    reply = await line.json(GATEWAYS, envelope(act="comms/sms/nothing", bizNo="b0002"))
    assert opened(reply) is None
    assert (reply.status, reply.body["code"]) == (404, "1005")
    reply = await line.json(GATEWAYS, envelope(bizContent="[", bizNo="b0003"))
    assert (reply.status, reply.body["code"]) == (200, "1005")


@pytest.mark.parametrize(
    "fields",
    [
        {"sign": "0" * 32},
        {"sign": ""},
        {"appCode": "nobody"},
        {"appCode": ""},
        {"type": "1"},
        {"type": "2"},
        {"timestamp": "20260102105404999"},
        {"timestamp": "20260102111405001"},
        {"timestamp": "20261302110405000"},
        {"timestamp": "2026"},
    ],
)
async def test_a_failed_check_is_401_and_1005(line: VendorLine, fields: dict[str, str]) -> None:
    """proves: comms#auth.failed, comms#gateway.type, comms#gateway.timestamp, comms#gateway.sign"""
    reply = await line.json(GATEWAYS, envelope(**fields))
    assert (reply.status, reply.body["code"]) == (401, "1005")
    assert set(reply.body) == {"ver", "code", "msg", "requestId"}
    assert line.dispatch.taken == []


@pytest.mark.parametrize("missing", ["act", "bizNo", "timestamp"])
async def test_a_field_missing_from_the_envelope_is_1005(line: VendorLine, missing: str) -> None:
    """proves: comms#gateway.envelope"""
    assert (await line.json(GATEWAYS, envelope(**{missing: ""}))).body["code"] == "1005"


@pytest.mark.parametrize("at", ["20260102105405000", "20260102111405000"])
async def test_ten_minutes_off_is_just_in_time(line: VendorLine, at: str) -> None:
    """proves: comms#gateway.timestamp"""
    assert (await line.json(GATEWAYS, envelope(timestamp=at))).body["code"] == "0000"


async def test_a_biz_no_is_good_once(line: VendorLine) -> None:
    """proves: comms#gateway.bizNo"""
    assert (await line.json(GATEWAYS, envelope())).body["code"] == "0000"
    again = await line.json(GATEWAYS, envelope())
    assert (again.status, again.body["code"]) == (401, "1005")
    assert len(line.dispatch.taken) == 1


async def test_an_appcode_and_its_secret_open_the_gateway(line: VendorLine) -> None:
    """proves: comms#auth.gateway.simple"""
    query = "APPCODE=acdemo&ACTION=comms/sms/sendmsg"
    good = await line.form(GATEWAYS, SAMPLE, query=query, headers={"authorization": "APPCODE gwkey-demo"})
    assert (good.status, good.body["code"]) == (200, "0000")
    bad = await line.form(GATEWAYS, SAMPLE, query=query, headers={"authorization": "APPCODE acdemo"})
    assert (bad.status, bad.body["code"]) == (401, "1005")
    none = await line.form(GATEWAYS, SAMPLE, query=query)
    assert (none.status, none.body["code"]) == (401, "1005")
    lost = await line.form(GATEWAYS, SAMPLE, query="APPCODE=acdemo&ACTION=comms/sms/nothing")
    assert (lost.status, lost.body["code"]) == (404, "1005")


async def test_without_credentials_the_open_project_pays(line: VendorLine) -> None:
    """proves: comms#auth.none"""
    await line.comms_send()
    assert line.dispatch.taken[0].project == "sand"
    await line.declare(Key(project="sand", dialect="comms", auth="signed"))
    closed = await line.comms_send()
    assert (closed.status, closed.body["code"]) == (401, "1005")


async def test_an_appcode_names_its_key(line: VendorLine) -> None:
    """proves: comms#auth.appcode, comms#auth.failed"""
    await line.declare(
        Project(name="market", paid_in="1"),
        Key(project="market", dialect="comms", name="c0de", auth="appcode"),
        Key(project="market", dialect="comms", name="unsaid", secret="s"),
        Key(project="market", dialect="comms", name="off", auth="appcode", enabled=False),
    )
    pull = "/comms/sms/pullSmsSendStatusSet"

    async def status(authorization: str) -> int:
        return (await line.json(pull, {"externalIds": "a"}, headers={"authorization": authorization})).status

    assert await status("APPCODE c0de") == 200
    assert await status("appcode c0de") == 200
    for wrong in ("APPCODE nobody", "APPCODE acdemo", "APPCODE unsaid", "APPCODE off", "Bearer c0de"):
        assert await status(wrong) == 401, wrong


async def test_a_key_of_an_open_project_may_be_named(line: VendorLine) -> None:
    """proves: comms#auth.none"""
    await line.declare(Key(project="sand", dialect="comms", name="acdemo", secret="gwkey-demo", auth="none"))
    assert (await line.json(GATEWAYS, envelope())).body["code"] == "0000"
    wrong = await line.json(GATEWAYS, envelope(sign="0" * 32, bizNo="b0002"))
    assert wrong.status == 401
