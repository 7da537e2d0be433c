"""The whole gateway at an SMSC made of npm's smpp: what it understood is what was sent, and all is delivered."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from carriers.hostile_smsc import until
from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN
from foreign.test_smpp_carrier_npm import server
from hongyan.model.world import CarrierConfig, Choice, Declared, Key, Port, Price, Project, RouteConfig
from local_vendor import LocalVendor

CUT_ESCAPES = "a" * 152 + "€[x]{y}~|^" * 20
"""the 153rd septet of the first part would be half a euro"""
CUT_PAIRS = "第" + "👌" * 100
"""every 67th unit is the middle of a pair"""
REPLY = "【回复】收到，谢谢。" * 10 + "👌"
TEXTS = {
    "8613800138001": PLAIN,
    "8613800138002": EXTENSION,
    "8613800138003": EMOJI,
    "8613800138004": LONG_CHINESE,
    "8613800138005": CUT_ESCAPES,
    "8613800138006": CUT_PAIRS,
    "8613800130058": "throttled at first",
    "8613800137777": "【鸿雁】please answer",
}
LONG = {"8613800138004", "8613800138005", "8613800138006"}


def world(port: int, **settings: Any) -> list[Declared]:
    given = {"host": "127.0.0.1", "port": port, "system_id": "esme", "source": "10690", "throttle_pause_ms": 50}
    return [
        Project(name="far", paid_in="1000", max_length=1000),
        Key(project="far", dialect="native", name="far", secret="s3cret"),
        Price(name="", project="far", each="0.05"),
        Port(project="far", name="10690"),
        CarrierConfig(name="npm", protocol="smpp", password="secret", settings=given | settings),
        RouteConfig(name="far", order=1, projects=("far",), choices=(Choice(carrier="npm"),)),
    ]


def conversation(vendor: LocalVendor) -> tuple[list[Any], list[Any]]:
    """Send every text; return the stories at their ends, and the reply that came."""
    paths = []
    for number, text in TEXTS.items():
        (message,) = vendor.post_json("/v1/messages", {"to": number, "text": text, "project": "far"})["messages"]
        paths.append(f"/v1/messages/{message['id']}")

    def all_told() -> list[Any] | None:
        found = [vendor.get_json(path) for path in paths]
        return found if all(one["message"]["final"] for one in found) else None

    stories: list[Any] = vendor.eventually(all_told, within_s=30)
    replies = vendor.eventually(lambda: vendor.get_json("/v1/replies?from=8613800137777")["replies"])
    assert json.dumps(vendor.get_json("/v1/unclaimed")) == '{"unclaimed": []}'
    return stories, replies


@pytest.mark.parametrize(
    ("long", "bind", "answers", "receipts", "where"),
    [
        ("udh8", "transceiver", "hex", "decimal", "text"),
        ("udh16", "both", "decimal", "hex", "text"),
        ("sar", "both", "hex", "hex", "tlvs"),
        ("payload", "transceiver", "decimal", "decimal", "tlvs"),
    ],
)
async def test_every_text_is_understood_and_delivered(
    tmp_path: Path, long: str, bind: str, answers: str, receipts: str, where: str
) -> None:
    asked = {"answers": answers, "receipts": receipts, "where": where, "reply": REPLY}
    async with server("smsc.js", json.dumps(asked)) as told:
        vendor = LocalVendor(tmp_path / "v", world=world(told.port, long=long, bind=bind))
        await asyncio.to_thread(vendor.__enter__)
        try:
            stories, replies = await asyncio.to_thread(conversation, vendor)
        finally:
            await asyncio.to_thread(vendor.__exit__)
        await until(lambda: len(told.submits()) == len(TEXTS))
    understood = {one["to"]: one for one in told.submits()}
    assert {number: one["text"] for number, one in understood.items()} == TEXTS
    for number, one in understood.items():
        assert one["how"] == (long if number in LONG else "whole")
        assert (one["parts"] > 1) is (number in LONG and long != "payload")
        assert one["coding"] == (0 if TEXTS[number].isascii() or "€" in TEXTS[number] else 8)
        assert (one["from"], one["asks"], one["validity"]) == ("10690", 1, True)
    assert {story["state"] for story in stories} == {"delivered"}
    assert [one["text"] for one in replies] == [REPLY]
    assert set(told.having("acknowledged")) == set(told.having("replied")) == {0}
    wanted = ["bind_transceiver"] if bind == "transceiver" else ["bind_receiver", "bind_transmitter"]
    assert sorted(told.having("bind")) == wanted
    assert not told.having("error")
