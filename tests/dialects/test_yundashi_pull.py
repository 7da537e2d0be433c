import json
from typing import Any

import pytest

from hongyan.dialects.yundashi.receipts import YundashiPush, receipt
from hongyan.model.message import Message, State
from hongyan.model.world import Price, Project
from vendor_line import VendorLine

PULL, MOBILE, QUOTA = "/intf/pullstatus", "/intf/pullstatus4mobile", "/api/sms/smsquota"


def ended(state: State = State.DELIVERED, cause: str | None = "delivered|DELIVRD|smsc|delivered") -> Message:
    return Message(
        id=7, project="master", submission=1, dialect="yundashi", to="12025550123", content="x", accepted_at=0,
        expires_at=1, state=state, cause=cause, done_at=1_767_323_045_000, received_at=1_767_323_044_000,
    )  # fmt: skip


async def a_sid(line: VendorLine, mobile: str = "13788888888") -> str:
    reply = await line.yundashi_send(tel={"nationcode": "86", "mobile": mobile})
    return str(reply.body["sid"])


async def pulled(line: VendorLine, **fields: Any) -> Any:
    return (await line.yundashi_call(PULL, {"type": 0, "max": 10} | fields)).body


async def test_a_receipt_is_pulled_once(line: VendorLine) -> None:
    """proves: yundashi#pullstatus, yundashi#pullstatus.path, yundashi#receipt.fields, yundashi#sig.none"""
    sid = await a_sid(line)
    assert await pulled(line) == {"result": 0, "errmsg": "OK", "count": 0, "data": []}
    await line.end(int(sid))
    assert await pulled(line) == {
        "result": 0,
        "errmsg": "OK",
        "count": 1,
        "data": [
            {
                "user_receive_time": "2026-01-02 11:04:05",
                "nationcode": "86",
                "mobile": "13788888888",
                "report_status": "SUCCESS",
                "errmsg": "DELIVRD",
                "description": "delivered",
                "sid": sid,
            }
        ],
    }
    assert (await pulled(line))["count"] == 0


async def test_the_oldest_come_first_and_max_at_once(line: VendorLine) -> None:
    """proves: yundashi#pullstatus, yundashi#pullstatus.max"""
    sids = [await a_sid(line, f"1378888880{n}") for n in range(3)]
    for sid in (sids[1], sids[0], sids[2]):
        line.clock.push(1)
        await line.end(int(sid))
    assert [one["sid"] for one in (await pulled(line, max=2))["data"]] == [sids[1], sids[0]]
    assert [one["sid"] for one in (await pulled(line, max="100"))["data"]] == [sids[2]]


@pytest.mark.parametrize("fields", [{"max": 0}, {"max": 101}, {"max": None}, {"max": "x"}, {"type": 2}, {"type": None}])
async def test_what_cannot_be_pulled_is_1004(line: VendorLine, fields: dict[str, Any]) -> None:
    """proves: yundashi#pullstatus.max, yundashi#pullstatus.path"""
    body = await pulled(line, **fields)
    assert (body["result"], body["count"], body["data"]) == (1004, 0, [])


async def test_replies_are_asked_for_in_the_same_way(line: VendorLine) -> None:
    """proves: yundashi#pullstatus.replies"""
    await line.end(int(await a_sid(line)))
    assert await pulled(line, type=1) == {"result": 0, "errmsg": "OK", "count": 0, "data": []}
    assert (await pulled(line))["count"] == 1


async def test_one_numbers_receipts_stay_in_the_queue(line: VendorLine) -> None:
    """proves: yundashi#pullstatus4mobile"""
    sid, other, waiting = await a_sid(line), await a_sid(line, "13788888889"), await a_sid(line)
    await line.end(int(sid), State.UNDELIVERED, "number|UNDELIV:001|smsc|absent")
    await line.end(int(other))
    now = line.clock.now_ms() // 1000

    async def asked(**fields: Any) -> Any:
        body = {"type": 0, "max": 10, "begin_time": now, "end_time": now, "nationcode": "86", "mobile": "13788888888"}
        return (await line.yundashi_call(MOBILE, body | fields)).body

    found = await asked()
    assert [one["sid"] for one in found["data"]] == [sid]
    assert waiting != sid
    assert (found["data"][0]["report_status"], found["data"][0]["errmsg"]) == ("FAIL", "UNDELIV:001")
    assert (await asked(begin_time=now - 60, end_time=now - 1))["count"] == 0
    assert (await asked(type=1))["count"] == 0
    assert (await asked(max="1", nationcode=86))["count"] == 1
    for wrong in (
        {"begin_time": now + 1},
        {"begin_time": -1},
        {"end_time": None},
        {"mobile": None},
        {"nationcode": ""},
    ):
        assert (await asked(**wrong))["result"] == 1004, wrong
    assert (await asked(mobile="1"))["result"] == 1016
    assert (await pulled(line))["count"] == 2


async def test_the_quota_is_what_the_balance_is_good_for(line: VendorLine) -> None:
    """proves: yundashi#quota, yundashi#quota.path"""
    await line.declare(Project(name="master", paid_in="1", credit_line="0.5"))
    reply = await line.yundashi_call(QUOTA, {})
    assert reply.body == {"result": 0, "errmsg": "OK", "quota": 33, "quotaMarketing": 33}
    await a_sid(line)
    assert (await line.yundashi_call(QUOTA, {})).body["quota"] == 32
    await line.declare(Price(project="master", name="86", each="0"))
    assert (await line.yundashi_call(QUOTA, {})).body["quota"] == 2_147_483_647
    refused = await line.yundashi_call(QUOTA, {"sig": "0" * 64})
    assert (refused.status, set(refused.body), refused.body["result"]) == (200, {"result", "errmsg"}, 1001)


def test_a_receipt_says_what_the_carrier_said() -> None:
    """proves: yundashi#receipt.fields"""
    assert receipt(ended()) == {
        "user_receive_time": "2026-01-02 11:04:04",
        "nationcode": "1",
        "mobile": "2025550123",
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "delivered",
        "sid": "7",
    }
    failed = receipt(ended(State.UNDELIVERED, "number|UNDELIV:013|smsc|absent"))
    assert (failed["report_status"], failed["errmsg"], failed["description"]) == ("FAIL", "UNDELIV:013", "absent")
    for state in (State.REJECTED, State.EXPIRED, State.UNKNOWN):
        silent = receipt(ended(state, None))
        assert (silent["report_status"], bool(silent["errmsg"]), bool(silent["description"])) == ("FAIL", True, True)


def test_receipts_are_pushed_as_an_array() -> None:
    """proves: yundashi#push.body"""
    call = YundashiPush().call([ended(), ended(State.UNDELIVERED)], "https://example.com/r", None)
    assert call.url == "https://example.com/r"
    assert json.loads(call.body) == [receipt(ended()), receipt(ended(State.UNDELIVERED))]


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b'{"result":0,"errmsg":"OK"}', True),
        (200, b'{"result":"0"}', True),
        (200, b'{"result":1}', False),
        (200, b'{"result":false}', False),
        (200, b"{}", False),
        (200, b"[0]", False),
        (200, b"OK", False),
        (200, b"\xff", False),
        (200, b"[" * 100_000, False),
        (500, b'{"result":0}', False),
    ],
)
def test_a_receiver_takes_them_with_result_0(status: int, body: bytes, taken: bool) -> None:
    """proves: yundashi#push.answer, yundashi#push.retries"""
    assert YundashiPush().taken(status, body) is taken
    assert YundashiPush().retries_s == (60.0, 300.0, 600.0)
