import asyncio
import time
from decimal import Decimal
from typing import Any

import pytest

from native.native_calls import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = {"to": "13800138001", "text": "Your code is 482913, see https://example.com/a"}


async def test_sends_and_tells_the_message_and_its_request(api: Api) -> None:
    said = await api("POST", "/v1/messages", json=ONE)
    assert said.status == 201
    message = said.body["messages"][0]
    assert message["to"] == "8613800138001"
    assert message["project"] == "demo"
    assert (message["parts"], message["price"], message["currency"]) == (1, "0.045", "CNY")
    assert said.headers["x-request-id"] == said.body["request_id"]


async def test_waits_until_a_message_comes_and_reads_the_code_and_the_links(api: Api) -> None:
    waiting = asyncio.create_task(api("GET", "/v1/wait?to=13800138001&timeout=20"))
    await api("POST", "/v1/messages", json=ONE)
    said = await waiting
    assert said.body["code"] == "482913"
    assert said.body["links"] == ["https://example.com/a"]


async def test_a_wait_ends_with_nothing_when_nothing_came(api: Api) -> None:
    await api("POST", "/v1/messages", json=ONE)
    said = await api("GET", "/v1/wait?to=13800138009&timeout=0.05")
    assert (said.status, said.body) == (200, {"message": None, "code": None, "links": []})


async def test_waits_for_the_end_when_asked(api: Api) -> None:
    await api("POST", "/v1/messages", json=ONE)
    said = await api("GET", "/v1/wait?to=%2B8613800138001&timeout=20&until=final")
    assert said.body["message"]["state"] == "delivered"
    assert said.body["message"]["cause"]["said_by"] == "simulator"


async def test_a_wait_leaves_out_what_came_before_since(api: Api) -> None:
    await api("POST", "/v1/messages", json=ONE)
    said = await api("GET", "/v1/wait?to=13800138001&timeout=0.05&since=2099-01-01T00:00:00Z")
    assert said.body["message"] is None


async def test_lists_newest_first_by_every_filter_and_pages(api: Api) -> None:
    for text in ("first", "second", "third"):
        await api("POST", "/v1/messages", json={"to": "13800138001", "text": text})
    await api("POST", "/v1/messages", json={"to": "13800138002", "text": "fourth"})
    page = await api("GET", "/v1/messages?to=13800138001&limit=2")
    assert [row["text"] for row in page.body["messages"]] == ["third", "second"]
    rest = await api("GET", f"/v1/messages?to=13800138001&limit=2&before={page.body['next_before']}")
    assert [row["text"] for row in rest.body["messages"]] == ["first"]
    assert rest.body["next_before"] is None
    for query, count in (
        ("text=four", 1),
        ("dialect=native", 4),
        ("dialect=comms", 0),
        ("template=none", 0),
        ("project=demo", 4),
        ("since=2099-01-01", 0),
        ("since=1", 4),
    ):
        assert len((await api("GET", f"/v1/messages?{query}")).body["messages"]) == count, query


async def test_shows_the_same_story_by_every_id_it_has(api: Api) -> None:
    sent = await api("POST", "/v1/messages", json=ONE | {"client_id": "order-1"})
    message = sent.body["messages"][0]
    ids = [message["id"], message["external_id"], message["submission"], f"{message['submission']}^0"]
    for any_id in (*ids, "order-1", sent.body["request_id"]):
        story = (await api("GET", f"/v1/messages/{any_id}")).body
        assert story["message"]["id"] == message["id"], any_id
    stages = [line["stage"] for line in story["lines"]]
    assert stages[0] == "dialects"
    assert "accept" in stages
    assert "route" in stages
    assert any("charged 0.045 CNY" in line["text_en"] for line in story["lines"])


async def test_tells_each_number_of_several_apart(api: Api) -> None:
    body = {"to": ["13800138001", "not a number", "13800138002"], "text": "hello", "client_id": "batch"}
    said = await api("POST", "/v1/messages", json=body)
    assert said.status == 207
    first, second, third = said.body["messages"]
    assert second["error"]["reason"] == "bad-number"
    assert (first["client_id"], third["client_id"]) == ("batch-0", "batch-2")
    for _ in range(500):  # what was refused is written after the answer left
        story = (await api("GET", f"/v1/messages/{said.body['request_id']}")).body
        if told := any(line["facts"].get("reason") == "bad-number" for line in story["lines"]):
            break
        await asyncio.sleep(0.01)
    assert told
    assert [other["id"] for other in story["others"]] == [third["id"]]


async def test_a_repeated_client_id_sends_nothing_twice(api: Api) -> None:
    first = await api("POST", "/v1/messages", json=ONE | {"client_id": "once"})
    again = await api("POST", "/v1/messages", json=ONE | {"client_id": "once"})
    assert again.body["messages"][0]["id"] == first.body["messages"][0]["id"]
    assert again.body["messages"][0]["repeated"]
    other = await api("POST", "/v1/messages", json=ONE | {"client_id": "once", "text": "something else"})
    assert (other.status, other.body["error"]["reason"]) == (409, "client-id-taken")


async def test_sends_a_template_of_the_project_named(api: Api) -> None:
    body = {"to": "13800138001", "template": "SMS_480680001", "values": {"code": "7788"}, "project": "demo-alibaba"}
    said = await api("POST", "/v1/messages", json=body)
    assert said.status == 201
    assert "7788" in said.body["messages"][0]["text"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "missing-field"),
        ({"to": "13800138001"}, "missing-field"),
        ({"to": "13800138001", "text": "a", "template": "b"}, "missing-field"),
        ({"to": "13800138001", "text": "a", "txet": "b"}, "bad-field"),
        ({"to": 5, "text": "a"}, "bad-field"),
        ({"to": "13800138001", "text": "a\u0000b"}, "bad-field"),
        ({"to": "13800138001", "text": "a", "client_id": "has space"}, "bad-field"),
        ({"to": "13800138001", "text": "a", "project": "nobody"}, "project-closed"),
        ({"to": "13800138001", "template": "nothing"}, "unknown-template"),
        ({"to": "123", "text": "a"}, "bad-number"),
        ({"to": "13800138001", "text": "   "}, "empty-content"),
        ([], "bad-request"),
    ],
)
async def test_refuses_with_the_reason_in_both_languages(api: Api, body: Any, reason: str) -> None:
    said = await api("POST", "/v1/messages", json=body)
    error = said.body["error"]
    assert error["reason"] == reason
    assert error["message_en"]
    assert error["message_zh"]
    assert error["request_id"] == said.headers["x-request-id"]
    story = await api.story(error["request_id"])
    assert story["kind"] == "refusal"
    assert reason in story["reasons"]


async def test_shows_both_digests_and_our_string_to_sign_for_a_bad_signature(api: Api) -> None:
    headers = {
        "accessKey": "AKdemo0001",
        "ts": str(time.time_ns() // 1_000_000),
        "bizType": "3",
        "action": "mtsend",
        "sign": "0" * 32,
    }
    await api("POST", "/v1/sms/multi/mt", json={"appKey": "appdemo1", "items": []}, headers=headers)
    found: list[Any] = []
    while not found:
        rows = (await api("GET", "/v1/refusals")).body["refusals"]
        found = [row for row in rows if row["dialect"] == "nxcloud"]
    story = await api.story(found[0]["request_id"])
    facts = story["lines"][-1]["facts"]
    assert facts["reason"] == "bad-seal"
    assert facts["theirs"] == "0" * 32
    assert len(facts["ours"]) == 32
    assert facts["string_to_sign"].startswith("accessKey=AKdemo0001&action=mtsend")
    assert "SKdemo-s3cret" not in str(story)


async def test_tells_balances_and_unclaimed_receipts(api: Api) -> None:
    before = (await api("GET", "/v1/balance/demo")).body
    await api("POST", "/v1/messages", json=ONE)
    after = (await api("GET", "/v1/balance/demo")).body
    assert Decimal(before["balance"]) - Decimal(after["balance"]) == Decimal("0.045")
    assert after["currency"] == "CNY"
    assert (await api("GET", "/v1/balance/nobody")).body["error"]["reason"] == "project-closed"
    assert (await api("GET", "/v1/unclaimed")).body == {"unclaimed": []}


async def test_deletes_messages_in_dev(api: Api) -> None:
    await api("POST", "/v1/messages", json=ONE)
    assert (await api("DELETE", "/v1/messages")).body == {"deleted": 1}
    assert (await api("GET", "/v1/messages")).body["messages"] == []


async def test_finds_nothing_behind_an_unknown_id(api: Api) -> None:
    for any_id in ("1", "nothing", "%00", "%ED%A0%80", "9" * 30, "f" * 32, "-1"):
        said = await api("GET", f"/v1/messages/{any_id}")
        assert (said.status, said.body["error"]["reason"]) == (404, "unknown-message"), any_id
