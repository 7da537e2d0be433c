"""Replies that a Yundashi caller pulls: each once from the queue, or those of one number in a period."""

from typing import Any

from hongyan.store.ops import KeepReply, ReplyRow
from vendor_line import VendorLine

PULL, MOBILE = "/intf/pullstatus", "/intf/pullstatus4mobile"
AT_S = 1_767_323_045


async def keep(line: VendorLine, id_: int, *, dialect: str = "yundashi", project: str = "master", **more: Any) -> None:
    fields: dict[str, Any] = {
        "sender": "8613788888888", "to": "106988", "text": f"reply {id_}", "received_at": (AT_S + id_) * 1000,
    } | more  # fmt: skip
    row = ReplyRow(id=id_, carrier="c", key=str(id_), project=project, dialect=dialect, extend="88", **fields)
    await line.store.write(KeepReply(row=row, mailboxes=["yundashi"] if dialect == "yundashi" else []))


async def pulled(line: VendorLine, path: str = PULL, **fields: Any) -> Any:
    return (await line.yundashi_call(path, {"type": 1, "max": 10} | fields)).body


async def test_a_reply_is_pulled_once(line: VendorLine) -> None:
    """proves: yundashi#pullstatus.replies, yundashi#reply.fields"""
    reply = await line.yundashi_send(tel={"nationcode": "86", "mobile": "13788888888"})
    await keep(line, 1, message_id=int(reply.body["sid"]))
    await keep(line, 2, project="another")
    message = await line.store.message(int(reply.body["sid"]))
    assert message is not None
    assert await pulled(line) == {
        "result": 0,
        "errmsg": "OK",
        "count": 1,
        "data": [
            {
                "extend": "88",
                "mobile": "13788888888",
                "nationcode": "86",
                "sign": message.signature,
                "text": "reply 1",
                "time": AT_S + 1,
            }
        ],
    }
    assert await pulled(line) == {"result": 0, "errmsg": "OK", "count": 0, "data": []}


async def test_the_oldest_come_first_and_max_at_once(line: VendorLine) -> None:
    """proves: yundashi#pullstatus.replies"""
    for id_ in (1, 2, 3):
        await keep(line, id_)
    assert [one["text"] for one in (await pulled(line, max=2))["data"]] == ["reply 1", "reply 2"]
    assert [one["text"] for one in (await pulled(line))["data"]] == ["reply 3"]


async def test_those_of_one_number_stay_in_the_queue(line: VendorLine) -> None:
    """proves: yundashi#pullstatus4mobile.replies"""
    for id_ in (1, 2, 3, 4):
        await keep(line, id_)
    await keep(line, 5, sender="8613799999999")
    await keep(line, 6, dialect="alibaba")
    await keep(line, 7, project="another")
    asked = {
        "nationcode": "86", "mobile": "13788888888", "begin_time": AT_S + 2, "end_time": AT_S + 3,
    }  # fmt: skip
    for _ in range(2):
        assert [one["text"] for one in (await pulled(line, MOBILE, **asked))["data"]] == ["reply 3", "reply 2"]
    assert [one["text"] for one in (await pulled(line, MOBILE, max=1, **asked))["data"]] == ["reply 3"]
    assert (await pulled(line))["count"] == 5
