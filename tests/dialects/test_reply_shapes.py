"""Replies in each vendor's words: what is posted, and which answers mean that it was taken."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hongyan.dialects.alibaba.push import SmsReport
from hongyan.dialects.comms.push import CommsPush
from hongyan.dialects.native.push import Receipts as NativeReceipts
from hongyan.dialects.nxcloud.receipts import Receipts
from hongyan.dialects.yundashi.receipts import YundashiPush
from hongyan.model.message import Message, State
from hongyan.model.push import PushShape, ReplyShape
from hongyan.model.reply import Reply
from hongyan.model.world import App

MESSAGE = Message(
    id=7, project="p", submission=1, dialect="alibaba", to="8613800138000", content="x", signature="店铺",
    accepted_at=0, expires_at=1, state=State.DELIVERED, session="order 5", client_id="c-5",
)  # fmt: skip
REPLY = Reply(
    id=42, sender="8613800138000", to="10690088", text="好的 & OK?", received_at=1_767_323_045_678, extend="88",
    parts=2, message=MESSAGE,
)  # fmt: skip
ALONE = Reply(id=43, sender="12025550123", to="10690088", text="hi", received_at=1_767_323_045_000)
URL = "https://caller.example/up"


def words(shape: PushShape) -> ReplyShape:
    assert shape.replies is not None
    return shape.replies


def posted(shape: PushShape, *replies: Reply) -> Any:
    call = words(shape).call(replies, URL, None)
    assert call.url == URL
    assert ("content-type", "application/json;charset=UTF-8") in call.headers
    return json.loads(call.body)


def test_alibaba_posts_an_array() -> None:
    """proves: alibaba#push.SmsUp, alibaba#push.SmsUp.fields"""
    assert words(SmsReport()).most == 100
    assert posted(SmsReport(), REPLY, ALONE) == [
        {
            "phone_number": "13800138000",
            "content": "好的 & OK?",
            "send_time": "2026-01-02 11:04:05",
            "sign_name": "店铺",
            "dest_code": "88",
            "sequence_id": "42",
        },
        {
            "phone_number": "12025550123",
            "content": "hi",
            "send_time": "2026-01-02 11:04:05",
            "sign_name": "",
            "dest_code": "",
            "sequence_id": "43",
        },
    ]


def test_yundashi_posts_one_object() -> None:
    """proves: yundashi#reply.push, yundashi#reply.fields"""
    assert words(YundashiPush()).most == 1
    assert posted(YundashiPush(), REPLY) == {
        "extend": "88",
        "mobile": "13800138000",
        "nationcode": "86",
        "sign": "店铺",
        "text": "好的 & OK?",
        "time": 1_767_323_045,
    }
    assert posted(YundashiPush(), ALONE)["nationcode"] == "1"


def test_nxcloud_posts_a_form() -> None:
    """proves: nxcloud#mo.form, nxcloud#mo.fields, nxcloud#mo.once"""
    assert words(Receipts()).most == 1
    assert Receipts().retries_s == ()
    call = words(Receipts()).call([REPLY], URL, App(project="p", name="a"))
    assert dict(call.headers) == {"content-type": "application/x-www-form-urlencoded"}
    form = {
        "messageId": ["42"],
        "type": ["0"],
        "toPhone": ["10690088"],
        "fromPhone": ["8613800138000"],
        "content": ["好的 & OK?"],
        "size": ["2"],
        "price": ["0"],
        "receiveTime": ["2026-01-02 11:04:05"],
    }
    assert parse_qs(call.body.decode("ascii"), strict_parsing=True) == form
    call = words(Receipts()).call([REPLY], URL + "?k=v", App(project="p", name="a", report_in_query=True))
    assert call.body == b""
    assert parse_qs(urlsplit(call.url).query, strict_parsing=True) == {"k": ["v"]} | form


def test_ours_is_the_shape_of_v1() -> None:
    told = posted(NativeReceipts(), REPLY, ALONE)["replies"]
    assert told[0] == {
        "id": "42",
        "from": "8613800138000",
        "to": "10690088",
        "text": "好的 & OK?",
        "received_at": "2026-01-02T03:04:05.678Z",
        "extend": "88",
        "parts": 2,
        "message": "7",
        "client_id": "c-5",
        "session": "order 5",
    }
    assert (told[1]["message"], told[1]["client_id"], told[1]["session"]) == (None, None, None)


def test_comms_has_no_words_for_replies() -> None:
    assert CommsPush(lambda: "r").replies is None


@pytest.mark.parametrize(
    ("shape", "body", "taken"),
    [
        (SmsReport(), b'{"code":0,"msg":"ok"}', True),
        (SmsReport(), b"ok", False),
        (YundashiPush(), b'{"result":0}', True),
        (YundashiPush(), b'{"result":1}', False),
        (Receipts(), b"success", True),
        (Receipts(), b"error", False),
        (NativeReceipts(), b"", True),
    ],
)
def test_the_answer_is_judged_as_for_receipts(shape: PushShape, body: bytes, taken: bool) -> None:
    """proves: nxcloud#mo.answer, alibaba#push.SmsUp, yundashi#reply.push"""
    assert words(shape).taken(200, body) is taken
    assert not words(shape).taken(500, body)
