"""The table of reasons is total, and receipts are pushed in the vendor's shape."""

import json
from typing import Any

import pytest

from alibaba_office import Office
from hongyan.dialects.alibaba.push import SmsReport
from hongyan.dialects.alibaba.reasons import TABLE, words
from hongyan.model.limits import PRESETS, Span
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange
from hongyan.model.world import Key

SHAPE = SmsReport()


def message(**more: Any) -> Message:
    given: dict[str, Any] = {
        "id": 1,
        "project": "shop",
        "submission": 900_619_746_936_498_440,
        "dialect": "alibaba",
        "to": "8613900000001",
        "content": "x",
        "accepted_at": 1_767_323_045_000,
        "expires_at": 0,
    }
    return Message(**given | more)


@pytest.mark.parametrize("reason", Reason)
async def test_every_reason_has_an_answer(office: Office, reason: Reason) -> None:
    """proves: alibaba#errors.total."""
    for facts in ({}, {"field": "\ud800"}, {"field": ""}, {"field": 5, "span": 7, "permits": None, "name": None}):
        for action in ("SendSms", "SendCardSms", ""):
            status, body, headers = office.dialect.refusal(_exchange(action), reason, facts)
            said = json.loads(body)
            assert said["RequestId"] == dict(headers)["x-acs-request-id"] == "R"
            assert said["Code"]
            assert said["Message"]
            assert status in {200, 400, 404, 405, 413, 500, 503}
            assert status == 200 if said["Code"].startswith("is") else said["Code"][0].isupper()


def _exchange(action: str) -> Exchange:
    return Exchange(
        request_id="R",
        dialect="alibaba",
        method="POST",
        path="/",
        query=b"",
        headers={"host": "h\xff"},
        body=b"",
        peer="",
        received_at=0,
        action=action,
    )


def test_the_table_knows_no_other_reasons() -> None:
    assert set(TABLE) == set(Reason)


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        (Reason.INTERNAL, 500, "InternalError"),
        (Reason.UNAVAILABLE, 503, "ServiceUnavailable"),
        (Reason.OVERLOADED, 503, "ServiceUnavailable"),
        (Reason.TOO_LARGE, 413, "RequestTooLarge"),
    ],
)
def test_faults_of_ours(reason: Reason, status: int, code: str) -> None:
    """proves: alibaba#error.InternalError, alibaba#error.ServiceUnavailable."""
    assert words(reason, {}, "SendSms")[:2] == (status, code)


def test_every_span_of_the_vendors_limits_has_its_word() -> None:
    """proves: alibaba#limits, alibaba#code.BUSINESS_LIMIT_CONTROL."""
    said = {
        words(Reason.NUMBER_LIMIT, {"span": str(one.span), "permits": one.permits, "name": one.name}, "").message
        for one in PRESETS["alibaba"]
    }
    assert {
        "触发分钟级流控Permits:1",
        "触发小时级流控Permits:5",
        "触发天级流控Permits:10",
        "触发号码天级流控Permits:40",
        "触发天级流控Permits:50",
    } <= said
    assert all(words(Reason.NUMBER_LIMIT, {"span": span, "permits": 1}, "").message for span in Span)


def test_receipts_are_pushed_as_an_array() -> None:
    """proves: alibaba#push.SmsReport, alibaba#push.fields."""
    delivered = message(
        state=State.DELIVERED,
        session="mine",
        parts=2,
        submitted_at=1_767_323_046_000,
        received_at=1_767_323_050_000,
    )
    failed = message(state=State.UNDELIVERED, to="6591234567", cause="number|X|c|absent", done_at=1_767_323_050_000)
    url, body, headers = SHAPE.call([delivered, failed], "http://caller.test/", None)
    assert (url, headers) == ("http://caller.test/", (("content-type", "application/json;charset=UTF-8"),))
    assert json.loads(body) == [
        {
            "phone_number": "13900000001",
            "send_time": "2026-01-02 11:04:06",
            "report_time": "2026-01-02 11:04:10",
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "用户接收成功",
            "sms_size": "2",
            "biz_id": "900619746936498440^0",
            "out_id": "mine",
        },
        {
            "phone_number": "6591234567",
            "send_time": "2026-01-02 11:04:05",
            "report_time": "2026-01-02 11:04:10",
            "success": False,
            "err_code": "MOBILE_NOT_ON_SERVICE",
            "err_msg": "用户停机、关机或不在服务区",
            "sms_size": "1",
            "biz_id": "900619746936498440^0",
            "out_id": "",
        },
    ]


def test_a_failure_is_never_told_as_delivered() -> None:
    odd = message(state=State.UNDELIVERED, cause="delivered|DELIVRD|c|said so")
    report = json.loads(SHAPE.call([odd], "http://x/", None).body)[0]
    assert (report["success"], report["err_code"]) == (False, "SP_UNKNOWN_ERROR")


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b'{"code":0,"msg":"ok"}', True),
        (200, b'{"code":1}', True),
        (200, b'{"code":"0"}', False),
        (200, b'{"code":true}', False),
        (200, b"ok", False),
        (200, b"[0]", False),
        (200, b"[" * 100_000, False),
        (204, b'{"code":0}', False),
        (500, b'{"code":0}', False),
    ],
)
def test_a_push_is_taken_when_the_answer_has_a_number(status: int, body: bytes, taken: bool) -> None:
    """proves: alibaba#push.answer."""
    assert SHAPE.taken(status, body) is taken


def test_a_push_is_repeated_after_one_five_and_ten_minutes() -> None:
    """proves: alibaba#push.retries."""
    assert SHAPE.retries_s == (60, 300, 600)


def test_a_key_may_call_a_thousand_times_a_second() -> None:
    """proves: alibaba#card.rate."""
    assert Key(project="shop", dialect="alibaba").rate_per_second == 1000


def test_request_ids_are_uuids_and_differ(office: Office) -> None:
    minted = {office.dialect.mint() for _ in range(100)}
    assert len(minted) == 100
    assert all(len(one) == 36 and one == one.upper() for one in minted)
