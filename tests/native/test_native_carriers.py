"""Operators look at carriers, stop them and let them go on, by /v1."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.model.world import CarrierConfig, Choice, RouteConfig
from hongyan.store.ops import Event, Note
from native.native_calls import TOKEN, Api, serving

OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
ROBOT = {"Authorization": "Bearer robot.s3cret"}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(tmp_path, dev=True) as running:
        yield running


async def until(api: Api, path: str, found: Any) -> Any:
    async with asyncio.timeout(15):
        while True:
            said = await api("GET", path)
            if said.status == 200 and found(said.body):
                return said.body
            await asyncio.sleep(0.02)


async def ended(api: Api, message_id: str) -> Any:
    return await until(api, f"/v1/messages/{message_id}", lambda story: story["message"]["final"])


async def test_lists_carriers_and_counts_what_they_were_handed(api: Api) -> None:
    sent = await api("POST", "/v1/messages", json={"to": ["13800138001", "13800138002"], "text": "hello"})
    for message in sent.body["messages"]:
        await ended(api, message["id"])
    listed = (await api("GET", "/v1/carriers")).body["carriers"]
    assert [one["name"] for one in listed] == ["simulator"]
    look = (await api("GET", "/v1/carriers/simulator")).body
    assert look["standing"] == "running"
    assert look["open"]
    assert look["results"] == {"handed": 2}
    assert look["receipts"] == {"delivered": 2}
    assert (look["waiting"], look["oldest_waiting_ms"], look["window"]["used"]) == (0, None, 0)
    assert look["answer_p99_ms"] >= 0
    assert look["links"] == []
    assert isinstance(look["node"], int)


async def test_a_suspended_carrier_holds_its_messages_says_why_and_goes_on_when_resumed(api: Api) -> None:
    said = await api("POST", "/v1/carriers/simulator/suspend", json={"by": "li", "why": "maintenance"})
    assert (said.status, said.body["standing"], said.body["set_by"]) == (200, "suspended", "li")
    await until(api, "/v1/carriers/simulator", lambda look: look["standing"] == "suspended")
    sent = await api("POST", "/v1/messages", json={"to": "13800138003", "text": "hello"})
    message_id = sent.body["messages"][0]["id"]
    story = (await api("GET", f"/v1/messages/{message_id}")).body
    lines = [line["text_en"] for line in story["lines"]]
    assert any(line.startswith("carrier simulator: suspended by li since ") for line in lines), lines
    assert any("(maintenance)" in line for line in lines)
    assert story["message"]["state"] == "accepted"
    await api("POST", "/v1/carriers/simulator/resume")
    assert (await ended(api, message_id))["message"]["state"] == "delivered"


async def test_an_isolated_carrier_closes_and_a_drained_one_says_so(api: Api) -> None:
    await api("POST", "/v1/carriers/simulator/drain", json={})
    look = await until(api, "/v1/carriers/simulator", lambda look: look["drained"])
    assert not look["open"]
    await api("POST", "/v1/carriers/simulator/resume", json={})
    await until(api, "/v1/carriers/simulator", lambda look: look["open"])
    await api("POST", "/v1/carriers/simulator/isolate", json={})
    look = await until(api, "/v1/carriers/simulator", lambda look: not look["open"])
    assert (look["standing"], look["drained"]) == ("isolated", False)


async def test_a_pace_holds_until_it_is_taken_back(api: Api) -> None:
    said = await api("POST", "/v1/carriers/simulator/pace", json={"per_second": 7.5})
    assert said.body["pace"] == 7.5
    look = await until(api, "/v1/carriers/simulator", lambda look: look["pace"]["now"] == 7.5)
    assert look["pace"]["limit"] == 7.5
    assert look["pace"]["declared"] is None
    await api("POST", "/v1/carriers/simulator/pace", json={"per_second": None})
    await until(api, "/v1/carriers/simulator", lambda look: look["pace"]["now"] is None)


async def test_rebinds_and_transcripts_are_noted_for_every_process(api: Api) -> None:
    first = (await api("POST", "/v1/carriers/simulator/rebind", json={})).body["rebind_at"]
    second = (await api("POST", "/v1/carriers/simulator/rebind", json={})).body["rebind_at"]
    assert second >= first
    said = await api("POST", "/v1/carriers/simulator/transcript", json={"minutes": 2})
    assert said.body["transcript_until"] is not None
    kept = await until(api, "/v1/carriers/simulator/transcript", lambda kept: kept["until"] is not None)
    assert kept["lines"] == []
    await api("POST", "/v1/carriers/simulator/transcript", json={"minutes": 0})
    await until(api, "/v1/carriers/simulator/transcript", lambda kept: kept["until"] is None)


async def test_a_test_goes_through_that_carrier_alone_and_its_story_says_who_asked(api: Api) -> None:
    said = await api(
        "POST", "/v1/carriers/simulator/test", json={"to": "13800138004", "text": "does it work", "by": "li"}
    )
    assert said.status == 201
    assert said.body["carrier"] == "simulator"
    story = await ended(api, said.body["message"]["id"])
    lines = [line["text_en"] for line in story["lines"]]
    assert "test: of carrier simulator by li" in lines
    assert "carrier simulator: chosen: an operator's test of it" in lines
    assert story["message"]["state"] == "delivered"


async def test_a_stopped_carrier_is_not_tested(api: Api) -> None:
    await api("POST", "/v1/carriers/simulator/suspend", json={})
    await until(api, "/v1/carriers/simulator", lambda look: look["standing"] == "suspended")
    said = await api("POST", "/v1/carriers/simulator/test", json={"to": "13800138004", "text": "x"})
    assert (said.status, said.body["error"]["reason"]) == (403, "not-permitted")
    assert said.body["error"]["facts"]["why"] == "it is suspended"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("GET", "/v1/carriers/nobody", None, 404, "unknown-path"),
        ("POST", "/v1/carriers/nobody/suspend", {}, 404, "unknown-path"),
        ("POST", "/v1/carriers/simulator/stop", {}, 404, "unknown-path"),
        ("POST", "/v1/carriers/simulator/pace", {"per_second": -1}, 400, "bad-field"),
        ("POST", "/v1/carriers/simulator/pace", {"per_secnd": 1}, 400, "bad-field"),
        ("POST", "/v1/carriers/simulator/transcript", {"minutes": 100000}, 400, "bad-field"),
        ("POST", "/v1/carriers/simulator/test", {"to": "13800138004"}, 400, "missing-field"),
        ("POST", "/v1/carriers/simulator/test", {"to": "1", "text": "x"}, 400, "bad-number"),
        ("GET", "/v1/carriers/simulator/transcript?limit=0", None, 400, "bad-field"),
    ],
)
async def test_wrong_questions_get_a_reason(
    api: Api, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    said = await api(method, path, json=body)
    assert (said.status, said.body["error"]["reason"]) == (status, reason), said.body


async def test_only_the_operator_sees_and_stops_carriers(tmp_path: Path) -> None:
    async with serving(tmp_path, dev=False) as api:
        for method, path in (
            ("GET", "/v1/carriers"),
            ("GET", "/v1/carriers/simulator"),
            ("GET", "/v1/carriers/simulator/transcript"),
            ("POST", "/v1/carriers/simulator/suspend"),
            ("POST", "/v1/carriers/simulator/test"),
        ):
            body = {"to": "13800138004", "text": "x"} if path.endswith("test") else {} if method == "POST" else None
            assert (await api(method, path, json=body)).status == 401
            said = await api(method, path, headers=ROBOT, json=body)
            assert (said.status, said.body["error"]["reason"]) == (403, "not-permitted")
        assert (await api("GET", "/v1/carriers", headers=OPERATOR)).status == 200


async def test_what_was_set_by_hand_outlives_a_restart(tmp_path: Path) -> None:
    async with serving(tmp_path, dev=True) as api:
        await api("POST", "/v1/carriers/simulator/isolate", json={"why": "contract ended"})
    async with serving(tmp_path, dev=True) as api:
        look = (await api("GET", "/v1/carriers/simulator")).body
        assert (look["standing"], look["why"], look["open"]) == ("isolated", "contract ended", False)


async def test_metrics_tell_of_carriers(api: Api) -> None:
    sent = await api("POST", "/v1/messages", json={"to": "13800138001", "text": "hello"})
    await ended(api, sent.body["messages"][0]["id"])
    text = (await api("GET", "/metrics")).body.decode()
    assert 'hongyan_send_handed_total{carrier="simulator"} 1.0' in text
    assert 'hongyan_carrier_receipts_total{carrier="simulator",state="delivered"} 1.0' in text
    assert 'hongyan_send_running{carrier="simulator"} 1.0' in text
    assert 'hongyan_send_waiting{carrier="simulator"} 0.0' in text
    assert 'hongyan_send_answer_seconds_bucket{carrier="simulator",le="+Inf"} 1.0' in text
    assert 'hongyan_send_answer_seconds_count{carrier="simulator"} 1.0' in text
    await api("POST", "/v1/carriers/simulator/suspend", json={})
    await until(api, "/v1/carriers/simulator", lambda look: look["standing"] == "suspended")
    assert 'hongyan_send_running{carrier="simulator"} 0.0' in (await api("GET", "/metrics")).body.decode()


def lines_of(story: Any) -> list[str]:
    return [line["text_en"] for line in story["lines"] if line["stage"] == "route"]


async def test_a_story_tells_the_reasons_that_held_when_the_message_was_handed_over(api: Api) -> None:
    spare = CarrierConfig(name="spare", settings={"receipt_delay_ms": 20})
    store, current = api.system.store, api.system.current
    now = round(time.time() * 1000)
    alone = RouteConfig(name="first", order=1, choices=(Choice(carrier="spare"),))
    both = RouteConfig(name="first", order=1, choices=(Choice(carrier="spare"), Choice(carrier="simulator")))
    await store.declare([spare, alone], (), now)
    await current.refresh()
    sent = await api("POST", "/v1/messages", json={"to": "13800138001", "text": "hello"})
    message_id = sent.body["messages"][0]["id"]
    told = lines_of(await ended(api, message_id))
    assert told == ["route first: matches", "carrier spare: chosen, weight 1 of 1"]
    await asyncio.sleep(0.002)  # the clock that changes are told by has moved on
    await api("POST", "/v1/carriers/spare/isolate", json={"why": "contract ended"})
    await store.declare([both], (), round(time.time() * 1000))
    await current.refresh()
    assert lines_of((await api("GET", f"/v1/messages/{message_id}")).body) == told
    sent = await api("POST", "/v1/messages", json={"to": "13800138002", "text": "hello"})
    later = lines_of(await ended(api, sent.body["messages"][0]["id"]))
    assert later[1].startswith("carrier spare: isolated by dev since ")
    assert later[2] == "carrier simulator: chosen, weight 1 of 1"


async def test_a_detour_is_a_line_of_the_story_in_both_languages(api: Api) -> None:
    sent = await api("POST", "/v1/messages", json={"to": "13800138001", "text": "hello"})
    message_id = int(sent.body["messages"][0]["id"])
    for why in ("closed", "stopped", "down", "no-link", "full"):
        event = Event(message_id=message_id, at=1, kind="routed", text=f"a|{why}|b")
        await api.system.store.write(Note(events=[event]))
    story = (await api("GET", f"/v1/messages/{message_id}")).body
    told = {line["text_en"]: line["text_zh"] for line in story["lines"] if line["facts"].get("kind") == "routed"}
    assert len(told) == 5
    assert told["carrier a: has no link; carrier b: chosen in its place"] == "通道 a：没有可用连接；改由通道 b 发送"


async def test_who_stopped_a_carrier_and_why_stays_told_whatever_else_is_set(api: Api) -> None:
    await api("POST", "/v1/carriers/simulator/suspend", json={"by": "li", "why": "maintenance"})
    first = await until(api, "/v1/carriers/simulator", lambda look: look["standing"] == "suspended")
    for path, asked in (("suspend", {}), ("pace", {"per_second": 5, "why": "too fast"}), ("rebind", {"by": "wang"})):
        said = (await api("POST", f"/v1/carriers/simulator/{path}", json=asked)).body
        assert (said["set_by"], said["set_at"], said["why"]) == ("li", first["set_at"], "maintenance")
    said = (await api("POST", "/v1/carriers/simulator/suspend", json={"by": "wang", "why": "still"})).body
    assert (said["set_by"], said["why"]) == ("wang", "still")


async def test_the_list_tells_how_many_messages_wait_for_carriers_that_are_stopped(api: Api) -> None:
    await api("POST", "/v1/carriers/simulator/suspend", json={})
    await until(api, "/v1/carriers/simulator", lambda look: look["standing"] == "suspended")
    await api("POST", "/v1/messages", json={"to": ["13800138003", "13800138004"], "text": "hello"})
    listed = await until(api, "/v1/carriers", lambda body: body["backlog"] == 2)
    assert listed["carriers"][0]["waiting"] == 0
