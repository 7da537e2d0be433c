import json
import random

from hongyan.dialects.comms.push import CommsPush
from hongyan.dialects.comms.words import DETAILS, code_of, failure, request_id
from hongyan.model.ids import hex32
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason

CODES = {"1005", "1999", "9999"}


def message(state: State = State.DELIVERED) -> Message:
    return Message(
        id=7, project="sand", submission=1, dialect="comms", to="8613700000000", content="x",
        accepted_at=0, expires_at=1, state=state,
    )  # fmt: skip


def test_every_reason_has_its_words() -> None:
    """proves: comms#answer.code, comms#answer.msg, comms#answer.failure"""
    assert set(DETAILS) == set(Reason)
    for reason in Reason:
        answer = failure("20260102110405abcdefgh", reason, {"field": "mobile"})
        body = json.loads(answer.body)
        assert body["code"] in CODES
        assert body["msg"]
        assert body["ver"] == "1.0.0"
        assert answer.status in {200, 401, 404, 405, 413}


def test_only_what_the_caller_cannot_mend_is_not_1005() -> None:
    """proves: comms#code.1005, comms#code.1999, comms#code.9999"""
    others = {reason: code_of(reason) for reason in Reason if code_of(reason) != "1005"}
    assert others == {
        Reason.UNAVAILABLE: "1999",
        Reason.OVERLOADED: "1999",
        Reason.INTERNAL: "9999",
        Reason.REHEARSED: "9999",
    }


def test_a_request_id_is_china_time_and_letters() -> None:
    """proves: comms#answer.requestId"""
    made = request_id(1_587_984_756_000, random.Random(1))
    assert made[:14] == "20200427185236"
    assert made[14:].isalpha()
    assert made[14:].islower()
    assert len(made) == 22


def test_a_receipt_is_one_json_object() -> None:
    """proves: comms#push.body"""
    push = CommsPush(lambda: "20260102110405abcdefgh")
    call = push.call([message()], "https://example.com/r", None)
    assert (push.most, call.url) == (1, "https://example.com/r")
    assert call.headers == (("content-type", "application/json;charset=UTF-8"),)
    assert json.loads(call.body) == {
        "externalId": hex32(7),
        "status": "200",
        "mobile": "+8613700000000",
        "requestId": "20260102110405abcdefgh",
    }
    failed = push.call([message(State.UNDELIVERED)], "https://example.com/r", None)
    assert json.loads(failed.body)["status"] == "500"


def test_any_2xx_takes_a_receipt() -> None:
    """proves: comms#push.answer, comms#push.retries"""
    push = CommsPush(str)
    assert push.taken(200, b"")
    assert push.taken(204, b"whatever")
    assert not push.taken(302, b"")
    assert not push.taken(500, b"")
    assert push.retries_s == (60.0, 300.0, 600.0)
