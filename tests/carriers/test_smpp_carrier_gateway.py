"""An SMPP carrier at our own listening gateway: every base of ids, and every fault at once."""

import asyncio
from typing import Any

import pytest

from carriers.hostile_smsc import CarrierEars, built, message, until
from hongyan.carriers.links import Wired
from hongyan.simulators import Shape
from hongyan.simulators.faults import Fault
from hongyan.simulators.smpp import SMPP
from simulators.rehearsal import gateway


async def opened(port: int, **settings: Any) -> tuple[Wired, CarrierEars]:
    given: dict[str, Any] = {"system_id": "hongyan", "drain_s": 1.0, **settings}
    carrier, ears = built(port, **given), CarrierEars()
    await carrier.open(ears)
    await until(carrier.room)
    return carrier, ears


async def handed(carrier: Wired, messages: int) -> None:
    sent = 0
    async with asyncio.timeout(60):
        while sent < messages:
            room = min(carrier.room(), messages - sent)
            batch = range(sent + 1, sent + room + 1)
            carrier.submit([message(n, to=f"861380{n:07d}", content="雁" * (1 + n % 160)) for n in batch])
            sent += room
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("ids", ["same", "hex", "decimal", "upper", "padded"])
@pytest.mark.parametrize("answer_ids", ["hex", "decimal"])
@pytest.mark.parametrize("parts", ["both", "text"])
async def test_receipts_find_their_messages_whatever_their_ids_look_like(ids: str, answer_ids: str, parts: str) -> None:
    shape = Shape(ids=ids, answer_ids=answer_ids, parts=parts)
    async with gateway(SMPP, shape=shape, magic=False, receipt_delay_ms=1) as gate:
        carrier, ears = await opened(gate.port, window=50)
        await handed(carrier, 60)
        await until(lambda: len(ears.answers) == 60)
        expected = {one for answer in ears.answers for one in (answer.part_ids or (answer.provider_id,))}
        await until(lambda: len(ears.receipts) >= len(expected))
        assert {receipt.provider_id for receipt in ears.receipts} == expected
        await until(lambda: gate.counts.acknowledged == len(expected))
        await carrier.close()


async def test_every_message_is_answered_once_whatever_the_gateway_does_wrong() -> None:
    wrong = (
        Fault.QUEUE_FULL,
        Fault.ANSWER_OVERTAKEN,
        Fault.ANSWER_TWICE,
        Fault.ANSWER_MISSING,
        Fault.RECEIPT_ELSEWHERE,
        Fault.RECEIPT_ON_THE_WAY,
        Fault.RECEIPT_OF_NOTHING,
        Fault.RECEIPT_SHORT,
        Fault.PDU_CUT,
        Fault.GARBAGE,
        Fault.ABSURD_LENGTH,
        Fault.RESET,
        Fault.GOODBYE,
    )
    async with gateway(SMPP, faults=tuple((fault, 1) for fault in wrong), magic=False) as gate:
        carrier, ears = await opened(gate.port, window=20, links=3, answer_s=1.0, throttle_pause_ms=50)
        await handed(carrier, 1000)
        await until(lambda: len(ears.answers) >= 1000)
        await carrier.close()
        assert sorted(answer.message_id for answer in ears.answers) == list(range(1, 1001))
        taken = [answer for answer in ears.answers if answer.provider_id]
        assert len(taken) > 100
        assert all(answer.unsure or answer.again_ms is not None for answer in ears.answers if not answer.provider_id)
