"""Clients by other hands, bound to our SMPP server as customers: npm's smpp, smpplib, Kannel. The whole system runs."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from smpplib import exceptions

from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN, texts
from foreign.kannel_boxes import kannel
from foreign.test_simulator_npm_smpp import halves, played
from foreign.test_simulator_smpplib import Esme, made
from hongyan.model.clock import SystemClock
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig, Choice, Key, Project, RouteConfig
from hongyan.simulators.gateway import Gateway
from hongyan.simulators.smpp import SMPP
from hongyan.store import MessageQuery
from hongyan.store.ops import KeepReply, PushRow, ReplyRow
from local_vendor import LocalVendor
from simulators.rehearsal import gateway, until

WORLD = (
    Project(name="carried", paid_in="1000", max_length=1000, allow_inside=True),
    Key(project="carried", dialect="smpp", name="hongyan", secret="secret"),
)
UCS2 = 8
BINARY_REFUSED = 0x45
REPLY_ID = 77


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path / "vendor", world=WORLD, smpp_port=0) as vendor:
        yield vendor


def port_of(vendor: LocalVendor) -> int:
    return vendor.system.smpp_addresses["smpp"][1]


def carried(vendor: LocalVendor) -> list[Message]:
    """Return what was accepted, oldest first."""
    found: list[Message] = vendor.run(vendor.system.store.messages(MessageQuery(project="carried")))
    return found[::-1]


async def npm(vendor: LocalVendor, messages: list[dict[str, Any]], receipts: int, password: str = "secret") -> Any:
    return await played(cast("Gateway", SimpleNamespace(port=port_of(vendor))), messages, receipts, password)


async def test_npms_messages_are_carried_and_its_receipts_come(serving: LocalVendor) -> None:
    to: dict[str, Any] = {"to": "8613800138000"}
    asked = [to | {"text": PLAIN}, to | {"text": EXTENSION}, to | {"text": EMOJI, "data_coding": UCS2}]
    asked += [*halves(LONG_CHINESE), to | {"hex": "00ff10ab", "data_coding": 4}]
    told = await npm(serving, asked, len(asked) - 1)
    taken = [one for one in told if "taken" in one]
    delivered = [one for one in told if "delivered" in one]
    assert [one["taken"] for one in taken] == [0] * (len(asked) - 1) + [BINARY_REFUSED]
    assert {one["id"] for one in taken[:-1]} == {one["id"] for one in delivered}
    assert all(one["state"] == 2 and "stat:DELIVRD" in one["delivered"] for one in delivered)
    assert [one.content for one in carried(serving)] == [PLAIN, EXTENSION, EMOJI, LONG_CHINESE]


async def test_npm_reads_failures_and_a_wrong_password(serving: LocalVendor) -> None:
    told = await npm(serving, [{"to": "8613800004041", "text": "x"}, {"to": "12", "text": "x"}], 1)
    assert sorted(one["taken"] for one in told if "taken" in one) == [0, 0x0B]
    assert "stat:UNDELIV" in next(one["delivered"] for one in told if "delivered" in one)
    assert (await npm(serving, [], 1, "wrong"))[0] == {"bound": 0x0E}


async def test_npms_messages_go_out_over_smpp_and_receipts_and_replies_come_back(tmp_path: Path) -> None:
    async with gateway(SMPP) as gate:
        settings = {"host": "127.0.0.1", "port": gate.port, "system_id": "hongyan"}
        carrier = CarrierConfig(name="smsc", protocol="smpp", password="secret", settings=settings)
        route = RouteConfig(name="carried", order=1, projects=("carried",), choices=(Choice(carrier="smsc"),))
        vendor = LocalVendor(tmp_path / "vendor", world=[*WORLD, carrier, route], smpp_port=0)
        await asyncio.to_thread(vendor.__enter__)
        try:
            messages = [{"to": "8613800004203", "text": PLAIN}, *halves(LONG_CHINESE)]
            told = await npm(vendor, messages, len(messages) + 1)
            taken = {one["id"] for one in told if "taken" in one}
            delivered = [one for one in told if "delivered" in one]
            assert {one["id"] for one in delivered if "id" in one} == taken
            assert [one["delivered"] for one in delivered if "id" not in one] == ["退订"]
            assert sorted(texts(gate), key=str) == sorted([PLAIN, LONG_CHINESE])
            assert {one.carrier for one in await asyncio.to_thread(carried, vendor)} == {"smsc"}
        finally:
            await asyncio.to_thread(vendor.__exit__)


async def test_smpplibs_parts_are_carried_and_our_receipts_read(serving: LocalVendor) -> None:
    esme = Esme(port_of(serving))
    await asyncio.to_thread(esme.play, [*made(PLAIN), *made(EXTENSION), *made(LONG_CHINESE)])
    assert sorted(esme.receipts) == sorted(esme.ids)
    found = await asyncio.to_thread(carried, serving)
    assert [(one.content, one.sender) for one in found] == [(text, "ACME") for text in (PLAIN, EXTENSION, LONG_CHINESE)]
    with pytest.raises(exceptions.PDUError) as refused:
        await asyncio.to_thread(Esme(port_of(serving)).play, [], "wrong")
    assert refused.value.args[1] == 0x0E


async def test_kannel_sends_through_us_and_its_callers_hear_of_it(serving: LocalVendor, tmp_path: Path) -> None:
    async with kannel(tmp_path, port_of(serving)) as boxes:
        for at, (text, coding) in enumerate(((PLAIN, 0), (EXTENSION, 0), (EMOJI, 2), (LONG_CHINESE, 2))):
            said = await boxes.send(f"8613800138{at:03}", text=text, coding=coding)
            assert "Accepted" in said, said
        assert "Accepted" in await boxes.send("8613800004041", text="x")
        await until(lambda: len(boxes.receipts) == 5)
        assert [one["to"] for one in boxes.receipts if one["type"] == "2"] == ["8613800004041"]
        found = await asyncio.to_thread(carried, serving)
        assert {one.content for one in found} == {PLAIN, EXTENSION, EMOJI, LONG_CHINESE, "x"}
        await asyncio.to_thread(serving.run, _replied(serving, "好的，谢谢"))
        await until(lambda: bool(boxes.replies))
        said = boxes.replies[0]["text"].encode("latin-1").decode("utf-16-be")
        assert (boxes.replies[0]["to"], said) == ("10690001", "好的，谢谢")


async def test_kannels_wrong_password_is_refused(serving: LocalVendor, tmp_path: Path) -> None:
    def refusals() -> int:
        return len(serving.get_json("/v1/refusals")["refusals"])

    async with kannel(tmp_path, port_of(serving), password="wrong"):
        await until(lambda: refusals() > 0)


async def _replied(vendor: LocalVendor, text: str) -> None:
    """Keep a reply as its carrier's matcher would; the door finds it by itself."""
    row = ReplyRow(
        id=REPLY_ID,
        carrier="simulator",
        key="one",
        sender="8613800138000",
        to="10690001",
        text=text,
        received_at=SystemClock().now_ms(),
        project="carried",
        dialect="smpp",
        app="hongyan",
    )
    push = PushRow(
        id=REPLY_ID + 1,
        message_id=None,
        project="carried",
        dialect="smpp",
        app="hongyan",
        target="",
        due_at=0,
        reply_id=REPLY_ID,
        door="hongyan",
    )
    await vendor.system.store.write(KeepReply(row=row, pushes=[push]))
