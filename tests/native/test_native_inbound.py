"""/v1: replies, the stop list, receipts that match nothing, and what came in told in a message's timeline."""

import asyncio
import itertools
from typing import Any

import pytest

from hongyan.model.clock import SystemClock
from hongyan.model.ids import SPARE_NODE, IdMint, hex32
from hongyan.model.message import State
from hongyan.store.ops import KeepReply, Park, PutStop, ReplyRow, StopRow, Unclaimed
from native.native_calls import TOKEN, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINT = IdMint(SystemClock(), SPARE_NODE)
NUMBERS = itertools.count(13_900_000_000)
BOT = {"authorization": "Bearer robot.s3cret"}
OPERATOR = {"authorization": f"Bearer {TOKEN}"}


async def keep(api: Api, sender: str, **more: Any) -> ReplyRow:
    fields: dict[str, Any] = {
        "to": "10690088", "text": "ok", "received_at": 1_767_323_045_000, "project": "demo", "dialect": "native",
    } | more  # fmt: skip
    id_ = MINT.mint()
    row = ReplyRow(id=id_, carrier="simulator", key=str(id_), sender=sender, **fields)
    assert await api.system.store.write(KeepReply(row=row))
    return row


def a_number() -> str:
    return f"86{next(NUMBERS)}"


async def test_replies_are_listed_newest_first(api: Api) -> None:
    sender = a_number()
    rows = [await keep(api, sender, text=f"reply {place}") for place in range(3)]
    said = await api("GET", f"/v1/replies?from={sender[2:]}&limit=2")
    assert [one["text"] for one in said.body["replies"]] == ["reply 2", "reply 1"]
    assert said.body["replies"][0] == {
        "id": str(rows[2].id),
        "from": sender,
        "to": "10690088",
        "text": "reply 2",
        "received_at": "2026-01-02T03:04:05.000Z",
        "project": "demo",
        "dialect": "native",
        "app": None,
        "message": None,
        "extend": "",
        "carrier": "simulator",
        "parts": 1,
        "missing": 0,
        "stops": False,
    }
    rest = await api("GET", f"/v1/replies?from={sender}&limit=2&before={said.body['next_before']}")
    assert [one["text"] for one in rest.body["replies"]] == ["reply 0"]
    assert rest.body["next_before"] is None


async def test_a_key_sees_only_its_projects_replies(api: Api) -> None:
    sender = a_number()
    await keep(api, sender, project="other", text="theirs")
    await keep(api, sender, project="", dialect="", text="nobody's")
    seen = await api("GET", f"/v1/replies?from={sender}&project=demo", headers=BOT)
    assert [one["text"] for one in seen.body["replies"]] == ["theirs"]
    seen = await api("GET", f"/v1/replies?from={sender}", headers=OPERATOR)
    assert [(one["text"], one["project"]) for one in seen.body["replies"]] == [("nobody's", None), ("theirs", "other")]


async def test_a_reply_stands_in_the_timeline_of_what_it_answers(api: Api) -> None:
    sent = await api("POST", "/v1/messages", json={"to": "13800138017", "text": "well?"})
    message_id = sent.body["messages"][0]["id"]
    row = await keep(api, "8613800138017", message_id=int(message_id), text="退订", stops=True, parts=3, missing=1)
    story = (await api("GET", f"/v1/messages/{message_id}")).body
    assert [one["id"] for one in story["replies"]] == [str(row.id)]
    (line,) = (one for one in story["lines"] if one["text_en"].startswith("reply from"))
    assert line["text_en"] == (
        "reply from +8613800138017 to 10690088: 退订 (1 of 3 pieces never came); no more marketing to this number"
    )
    assert "回复：退订" in line["text_zh"]
    for spelling in (message_id, hex32(int(message_id))):
        said = await api("GET", f"/v1/replies?message={spelling}")
        assert [one["id"] for one in said.body["replies"]] == [str(row.id)]


@pytest.mark.parametrize("query", ["message=x", "from=a%00b", "limit=0", "before=-1", "since=never", "nonsense=1"])
async def test_what_cannot_be_asked_is_refused(api: Api, query: str) -> None:
    said = await api("GET", f"/v1/replies?{query}")
    assert (said.status, said.body["error"]["reason"]) == (400, "bad-field")


async def test_a_stopped_number_gets_no_marketing_but_its_captchas(api: Api) -> None:
    number = a_number()
    said = await api("PUT", f"/v1/stops/{number[2:]}", json={})
    assert said.body == {"project": "demo", "number": number, "changed": True}
    await until_refused(api, number, "marketing")
    sent = await api("POST", "/v1/messages", json={"to": number, "text": "code 1234", "category": "captcha"})
    assert sent.status == 201
    listed = (await api("GET", f"/v1/stops?number={number}")).body["stops"]
    assert [(one["project"], one["number"], one["marketing_only"]) for one in listed] == [("demo", number, True)]
    said = await api("DELETE", f"/v1/stops/{number}")
    assert said.body["changed"] is True
    await until_sent(api, number, "marketing")
    assert (await api("DELETE", f"/v1/stops/{number}")).body["changed"] is False


async def test_a_stop_for_everything_lets_nothing_through(api: Api) -> None:
    number = a_number()
    await api("PUT", f"/v1/stops/{number}", json={"marketing_only": False})
    await until_refused(api, number, "captcha")


async def test_a_stop_that_a_reply_made_is_obeyed_within_a_moment(api: Api) -> None:
    number = a_number()
    await api.system.store.write(PutStop(row=StopRow(project="demo", number=number, marketing_only=True, at=1)))
    await until_refused(api, number, "marketing")


async def test_a_key_keeps_the_list_of_its_project_alone(api: Api) -> None:
    number = a_number()
    said = await api("PUT", f"/v1/stops/{number}", json={}, headers=BOT)
    assert said.body["project"] == "other"
    said = await api("PUT", f"/v1/stops/{number}", json={"project": "demo"}, headers=BOT)
    assert (said.status, said.body["error"]["reason"]) == (403, "not-permitted")
    theirs = await api("GET", "/v1/stops?project=demo&limit=1000", headers=BOT)
    assert {one["project"] for one in theirs.body["stops"]} == {"other"}


async def test_the_list_is_read_page_by_page(api: Api) -> None:
    numbers = [a_number() for _ in range(5)]
    for number in numbers:
        await api("PUT", f"/v1/stops/{number}", json={"project": "other"})
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = (await api("GET", f"/v1/stops?project=other&limit=2&after={after}")).body
        seen += [one["number"] for one in page["stops"]]
        after = page["next_after"]
    assert seen[-5:] == numbers
    assert len(seen) == len(set(seen))


async def test_what_is_no_number_is_not_stopped(api: Api) -> None:
    said = await api("PUT", "/v1/stops/nobody", json={})
    assert (said.status, said.body["error"]["reason"]) == (400, "bad-number")


async def test_an_unclaimed_receipt_tells_its_age_and_what_was_tried(api: Api) -> None:
    now_ms = SystemClock().now_ms()
    row = Unclaimed(
        carrier="simulator", provider_id="31", at=now_ms - 90_000, state=State.DELIVERED, received_at=now_ms,
        cause="delivered|DELIVRD|simulator|", spellings="1f 0000001F", number="13800138000",
    )  # fmt: skip
    await api.system.store.write(Park(rows=[row]))
    listed = (await api("GET", "/v1/unclaimed")).body["unclaimed"]
    (one,) = (one for one in listed if one["provider_id"] == "31")
    assert (one["tried"], one["number"], one["state"]) == (["31", "1f", "0000001F"], "13800138000", "delivered")
    assert 90 <= one["age_s"] < 120


async def said_of(api: Api, number: str, category: str) -> Any:
    return await api("POST", "/v1/messages", json={"to": number, "text": "buy", "category": category})


async def until_refused(api: Api, number: str, category: str) -> None:
    async with asyncio.timeout(10):
        while (said := await said_of(api, number, category)).status == 201:  # noqa: ASYNC110 - the program decides when
            await asyncio.sleep(0.01)
    assert said.body["error"]["reason"] == "opted-out"


async def until_sent(api: Api, number: str, category: str) -> None:
    async with asyncio.timeout(10):
        while (await said_of(api, number, category)).status != 201:  # noqa: ASYNC110 - the program decides when
            await asyncio.sleep(0.01)
