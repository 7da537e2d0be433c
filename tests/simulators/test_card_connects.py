"""What `hongyan simulate` prints connects Hongyan's own carriers to it: both of our ends, over a real socket."""

from pathlib import Path
from typing import Any

import pytest

from carriers.hostile_smsc import CarrierEars, message
from hongyan.assemble import carrier_factories
from hongyan.cli.simulate import PROTOCOLS
from hongyan.cli.simulate_card import card, world_snippet
from hongyan.declare.file import parse_world
from hongyan.model.clock import SystemClock
from hongyan.model.message import State
from hongyan.model.world import CarrierConfig
from hongyan.simulators.gateway import Gateway
from simulators.rehearsal import gateway, until

LONG = "【鸿雁】尊敬的用户，您的包裹已经到达驿站。" * 8
NUMBERS = {"smpp": "86138001380", "cmpp": "86138001380", "smgp": "86133001380", "sgip": "86130001380"}


def declared(gate: Gateway) -> CarrierConfig:
    (placed,) = parse_world(world_snippet(gate), "world.toml", Path())
    assert isinstance(placed.thing, CarrierConfig)
    return placed.thing


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_our_carrier_sends_through_our_gateway(protocol: str) -> None:
    async with gateway(PROTOCOLS[protocol]) as gate:
        assert world_snippet(gate) in card([gate], None)
        config = declared(gate)
        carrier, ears = carrier_factories(SystemClock())[protocol](config), CarrierEars()
        await carrier.open(ears)
        try:
            number = NUMBERS[protocol]
            magic = number[:-4]
            sent: list[dict[str, Any]] = [
                {"to": f"{number}00"},
                {"to": f"{number}01", "content": LONG, "parts": 3, "alphabet": "ucs2"},
                {"to": f"{magic}004041"},
                {"to": f"{magic}004011"},
                {"to": f"{magic}004021"},
                {"to": f"{magic}004203"},
            ]
            await until(lambda: carrier.room() >= 1)
            for id_, facts in enumerate(sent, 1):
                await until(lambda: carrier.room() >= 3)
                carrier.submit([message(id_, **facts)])
            await until(lambda: len(ears.answers) == len(sent))
            await until(lambda: bool(ears.replies))
            answers = ears.by_id()
            assert [answers[id_].cause is None for id_ in (1, 2, 3, 6)] == [True] * 4
            assert (answers[4].cause is not None, answers[4].again_ms) == (True, None)
            assert answers[5].slow_down
            assert len(answers[2].part_ids) == len({*answers[2].part_ids}) > 1
            wanted = {answers[1].provider_id, answers[3].provider_id, answers[6].provider_id, *answers[2].part_ids}
            await until(lambda: wanted <= {receipt.provider_id for receipt in ears.receipts})
            states = {receipt.provider_id: receipt.state for receipt in ears.receipts}
            assert states[answers[3].provider_id or ""] is State.UNDELIVERED
            assert states[answers[1].provider_id or ""] is State.DELIVERED
            (reply,) = ears.replies
            assert reply.octets.decode("utf-16-be") == "退订"
        finally:
            await carrier.close()
    assert gate.counts.malformed == 0
