"""Carriers with links, as operators and routes use them: a whole system and SMPP gateways in one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hongyan.model.world import CarrierConfig, Choice, RouteConfig
from hongyan.simulators.gateway import Gateway
from hongyan.simulators.smpp import SMPP
from native.native_calls import Api, serving
from simulators.rehearsal import gateway, until


def carrier(name: str, port: int, **more: Any) -> CarrierConfig:
    settings = {"host": "127.0.0.1", "port": port, "system_id": SMPP.account, "again_first_s": 0.05, "window": 20}
    return CarrierConfig(
        name=name, protocol="smpp", password=SMPP.password, settings=settings | more.pop("settings", {}), **more
    )


@asynccontextmanager
async def two(
    folder: Path, prefer: str = "order", costs: tuple[str, str] = ("0", "0"), receipt_delay_ms: int = 20
) -> AsyncIterator[tuple[Api, Gateway, Gateway]]:
    """A system whose messages go to gateway a, then b."""
    delay = {"receipt_delay_ms": receipt_delay_ms}
    async with gateway(SMPP, **delay) as a, gateway(SMPP, **delay) as b, serving(folder, dev=True) as api:
        route = RouteConfig(name="r", order=1, prefer=prefer, choices=(Choice(carrier="a"), Choice(carrier="b")))
        things = [carrier("a", a.port, cost=costs[0]), carrier("b", b.port, cost=costs[1])]
        await api.system.store.declare([*things, route], (), round(time.time() * 1000))
        await api.system.current.refresh()
        await links_of(api, "a", 1)
        await links_of(api, "b", 1)
        yield api, a, b


async def look(api: Api, name: str) -> Any:
    return (await api("GET", f"/v1/carriers/{name}")).body


async def seen(api: Api, path: str, found: Callable[[Any], Any]) -> Any:
    """Return an answer of /v1 once it is as wanted."""
    async with asyncio.timeout(40):
        while True:
            said = (await api("GET", path)).body
            if found(said):
                return said
            await asyncio.sleep(0.02)


async def carrier_seen(api: Api, name: str, found: Callable[[Any], Any]) -> Any:
    return await seen(api, f"/v1/carriers/{name}", found)


async def links_of(api: Api, name: str, wanted: int) -> None:
    await carrier_seen(api, name, lambda one: one["links_open"] == wanted)


async def send(api: Api, first: int, n: int) -> list[str]:
    numbers = [f"138{first + place:08}" for place in range(n)]
    said = await api("POST", "/v1/messages", json={"to": numbers, "text": "hello"})
    return [row["id"] for row in said.body["messages"]]


async def ended(api: Api, ids: list[str]) -> list[Any]:
    return [await seen(api, f"/v1/messages/{one}", lambda story: story["message"]["final"]) for one in ids]


def carriers_of(stories: list[Any]) -> set[str]:
    return {story["message"]["carrier"] for story in stories}


async def test_least_cost_chooses_between_real_carriers_and_their_links_are_shown(tmp_path: Path) -> None:
    async with two(tmp_path, "cost", ("0.05", "0.03")) as (api, _a, b):
        stories = await ended(api, await send(api, 11, 5))
        assert carriers_of(stories) == {"b"}
        assert "carrier b: chosen, cheapest: 0.03 against 0.05" in [line["text_en"] for line in stories[0]["lines"]]
        told = await look(api, "b")
        (link,) = told["links"]
        assert (link["state"], link["window"], link["answered"] >= 5) == ("open", 20, True)
        assert link["peer"].endswith(str(b.port))
        assert told["results"]["handed"] == 5
        assert told["receipts"] == {"delivered": 5}
        metrics = (await api("GET", "/metrics")).body.decode()
        assert 'hongyan_carrier_links{carrier="b",state="open"} 1.0' in metrics


async def test_a_dead_carriers_messages_go_to_the_next_at_once_and_come_back_with_its_links(tmp_path: Path) -> None:
    async with two(tmp_path) as (api, a, _b):
        assert carriers_of(await ended(api, await send(api, 100, 3))) == {"a"}
        port = a.port
        await a.close()
        await links_of(api, "a", 0)
        begin = time.monotonic()
        stories = await ended(api, await send(api, 200, 30))
        assert carriers_of(stories) == {"b"}
        assert time.monotonic() - begin < 20
        assert any("carrier b: chosen in its place" in line["text_en"] for line in stories[0]["lines"])
        async with gateway(SMPP, port=port):
            await links_of(api, "a", 1)
            used: set[str] = set()
            for turn in range(100):
                used |= carriers_of(await ended(api, await send(api, 300 + turn, 1)))
                if "a" in used:
                    break
            assert "a" in used


async def test_links_that_break_under_load_lose_nothing(tmp_path: Path) -> None:
    async with two(tmp_path) as (api, a, b):
        ids: list[str] = []
        for turn in range(6):
            ids += await send(api, 1000 + turn * 100, 40)
            if turn in {1, 3}:
                a.reset()
            if turn == 4:
                b.reset()
        stories = await ended(api, ids)
        assert {story["message"]["state"] for story in stories} <= {"delivered", "undelivered", "rejected", "expired"}
        assert len(stories) == 240


async def test_a_drained_carrier_says_goodbye_and_a_resumed_one_logs_in(tmp_path: Path) -> None:
    async with two(tmp_path) as (api, a, _b):
        ids = await send(api, 3000, 20)
        await api("POST", "/v1/carriers/a/drain", json={})
        await carrier_seen(api, "a", lambda one: one["drained"])
        await until(lambda: not a.links)
        assert carriers_of(await ended(api, await send(api, 3100, 3))) == {"b"}
        await api("POST", "/v1/carriers/a/resume", json={})
        await links_of(api, "a", 1)
        assert {story["message"]["final"] for story in await ended(api, ids)} == {True}


async def test_a_suspended_carrier_still_takes_receipts(tmp_path: Path) -> None:
    async with two(tmp_path, receipt_delay_ms=400) as (api, _a, _b):
        ids = await send(api, 4000, 5)
        await carrier_seen(api, "a", lambda one: one["results"]["handed"] == 5)
        await api("POST", "/v1/carriers/a/suspend", json={})
        stories = await ended(api, ids)
        assert carriers_of(stories) == {"a"}
        assert (await look(api, "a"))["links_open"] == 1


async def test_a_rebind_makes_new_links_and_a_transcript_shows_it_masked(tmp_path: Path) -> None:
    async with two(tmp_path) as (api, _a, _b):
        await api("POST", "/v1/carriers/a/transcript", json={"minutes": 1})
        await carrier_seen(api, "a", lambda one: one["transcript_until"])
        before = (await look(api, "a"))["links"][0]["since"]
        await api("POST", "/v1/carriers/a/rebind", json={})
        await carrier_seen(
            api, "a", lambda one: any(link["state"] == "open" and link["since"] > before for link in one["links"])
        )
        sent = await api("POST", "/v1/carriers/a/test", json={"to": "13800138077", "text": "a secret text"})
        (story,) = await ended(api, [sent.body["message"]["id"]])
        assert story["message"]["carrier"] == "a"
        lines = (await api("GET", "/v1/carriers/a/transcript")).body["lines"]
        text = "\n".join(line["text"] for line in lines)
        assert "ubmit" in text
        assert "a secret text" not in text
        assert SMPP.password not in text
        assert "8613800138077" not in text
