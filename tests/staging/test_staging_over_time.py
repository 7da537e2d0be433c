"""Held messages over time: restarts and kills keep them, the end of their validity pays them back; on both engines."""

import asyncio
from pathlib import Path
from typing import Any

from dialects.smpp.smpp_line import Esme, submit
from hongyan.model.clock import FakeClock, SystemClock
from hongyan.model.world import CarrierConfig, Choice, Declared, Key, Mode, Price, Project, RouteConfig
from hongyan.testing.client import Client
from hongyan.wire import smpp
from local_vendor import LocalVendor
from system.killable import Gateway

WORLD: tuple[Declared, ...] = (
    Project(name="shop", paid_in="10", mode=Mode.CAPTURE),
    Price(project="shop", name="", each="0.05"),
    Key(project="shop", dialect="native", name="shop", secret="s3cret-of-shop"),
    Key(project="shop", dialect="smpp", name="cust", secret="s3cret!"),
)
SIMULATED: tuple[Declared, ...] = (
    CarrierConfig(name="simulator"),
    RouteConfig(name="all", choices=(Choice(carrier="simulator"),)),
)
TOKEN = "shop.s3cret-of-shop"


def send(url: str, text: str) -> str:
    reply = Client(url, token=TOKEN).send("13800138001", text)
    assert reply.status == 201, reply.body
    return str(reply.json()["messages"][0]["id"])


def held(url: str) -> list[str]:
    return [one["id"] for one in Client(url, token=TOKEN).ask("GET", "/v1/held").json()["held"]]


async def sums(vendor: LocalVendor) -> tuple[int, int]:
    store = vendor.system.store
    return await store.balance("shop"), await store.ledger_sum("shop")


def test_held_messages_outlive_a_restart_and_expire_paid_back_never_having_left(
    tmp_path: Path, on_either: dict[str, Any]
) -> None:
    clock = FakeClock()
    with LocalVendor(tmp_path / "one", clock=clock, world=WORLD, **on_either) as vendor:
        ids = [send(vendor.api_url, f"text {n}") for n in range(3)]
    with LocalVendor(tmp_path / "one", clock=clock, world=WORLD, **on_either) as vendor:
        url = vendor.api_url
        assert sorted(held(url)) == sorted(ids)
        assert Client(url).ask("POST", f"/v1/held/{ids[0]}/release").json() == {"released": [ids[0]]}
        vendor.eventually(lambda: Client(url).show(ids[0]).json()["message"]["attempts"] == 1)
        assert Client(url).ask("POST", f"/v1/held/{ids[1]}/reject").json() == {"rejected": [ids[1]]}
        clock.push(86_400)
        vendor.eventually(lambda: Client(url).show(ids[2]).json()["state"] == "expired")
        found = Client(url).show(ids[2]).json()
        assert (found["message"]["attempts"], found["message"]["refunded"]) == (0, True)
        assert found["message"]["cause"]["text"] == "the validity ran out while it was held"
        assert any("扣留期间有效期已过" in line["text_zh"] for line in found["lines"])
        assert held(url) == []
        balance, ledger = vendor.run(sums(vendor))
        assert balance == ledger == 10_000_000 - 50_000


def test_a_customer_over_smpp_is_told_of_a_rejection(tmp_path: Path) -> None:
    async def submitted(port: int) -> str:
        esme = await Esme.bound(port, smpp.BindTransmitter)
        answer = await esme.ask(submit(b"held", registered_delivery=1))
        await esme.close()
        assert answer.status == 0
        return str(answer.message_id)

    async def told(port: int) -> Any:
        esme = await Esme.bound(port, smpp.BindReceiver)
        (receipt,) = await esme.receipts(1)
        await esme.close()
        return receipt

    with LocalVendor(tmp_path / "one", world=WORLD, smpp_port=0) as vendor:
        port = vendor.system.smpp_addresses["smpp"][1]
        external = asyncio.run(submitted(port))
        (id_,) = held(vendor.api_url)
        Client(vendor.api_url).ask("POST", f"/v1/held/{id_}/reject")
        receipt = asyncio.run(told(port))
        assert receipt.id == external
        assert receipt.stat == "REJECTD"


def test_fronts_hold_and_release_alike(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "one", world=WORLD, fronts=1) as vendor:
        url = vendor.api_url
        id_ = send(url, "held")
        assert held(url) == [id_]
        assert Client(url).ask("POST", f"/v1/held/{id_}/release").json() == {"released": [id_]}
        vendor.eventually(lambda: Client(url).show(id_).json()["state"] == "delivered")
        given = Client(url).ask("POST", "/v1/projects", {"name": "more", "keys": ["native"], "paid_in": "1"}).json()
        own = Client(url, token=given["credentials"]["native"]["token"])
        vendor.eventually(lambda: own.send("13800138001", "held").status == 201)
        assert len(Client(url).ask("GET", "/v1/held?project=more").json()["held"]) == 1


async def test_a_kill_loses_no_held_message_and_lets_none_out(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    async with gateway.store() as store:
        await store.declare((*WORLD, *SIMULATED), (), SystemClock().now_ms())
    async with gateway.serving() as (process, url):
        id_ = await asyncio.to_thread(send, url, "held")
        process.kill()
    async with gateway.serving() as (_, url):
        assert await asyncio.to_thread(held, url) == [id_]
        story = (await asyncio.to_thread(Client(url, token=TOKEN).show, id_)).json()
        assert (story["state"], story["message"]["attempts"]) == ("accepted", 0)
