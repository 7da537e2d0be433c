"""The whole gateway at an SMSC of all moods: nothing lost, nothing doubled but what was unsure, nothing left over."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from hongyan import assemble
from hongyan.carriers.links import Wired
from hongyan.model.cause import parse_cause
from hongyan.model.message import FINAL, Category, Message, State
from hongyan.model.world import CarrierConfig, Choice, Declared, Price, Project, RouteConfig
from hongyan.settings import load
from hongyan.store import MessageQuery
from system.killable import UNFINISHED
from system.moody_smsc import ANSWER_S, MoodySmsc

PAID_IN = 1_000_000_000
TEXTS = ("hello", "【鸿雁】您的包裹已到，请凭取件码领取。" * 8, "{extension} [characters] " * 12)
CATEGORIES = (Category.CAPTCHA, Category.NOTIFICATION, Category.MARKETING)


def world(port: int) -> list[Declared]:
    settings = {
        "host": "127.0.0.1", "port": port, "system_id": "esme", "links": 2, "window": 8, "answer_s": ANSWER_S,
        "log_in_s": 0.3, "again_first_s": 0.02, "again_longest_s": 0.05, "throttle_pause_ms": 50, "drain_s": 0.5,
    }  # fmt: skip
    return [
        Project(name="p", paid_in="1000", validity_s=6, refund_failed=True),
        Price(name="", each="0.045"),
        CarrierConfig(name="smsc", protocol="smpp", password="secret", pace=2000, settings=settings),
        RouteConfig(name="all", choices=(Choice(carrier="smsc"),)),
    ]


@asynccontextmanager
async def running(folder: Path, port: int, seed: int) -> AsyncIterator[assemble.System]:
    given = {"data_dir": folder, "api_port": 0, "console_port": 0, "receipt_grace_s": 2, "lease_ms": 5_000}
    settings = load(given | {"log_level": "error", "smpp_port": None})
    chance = random.Random(seed)
    async with assemble.running(settings, demo=True, seed=lambda _: world(port), chance=chance) as system:
        yield system


async def sent(url: str, messages: int) -> None:
    """Send messages of every kind, each to a number of its own, while all goes wrong."""
    async with aiohttp.ClientSession() as session:
        for first in range(0, messages, 10):
            number = first // 10
            body = {
                "to": [f"86138{first + place:08}" for place in range(10)],
                "text": TEXTS[number % len(TEXTS)],
                "category": CATEGORIES[number // len(TEXTS) % len(CATEGORIES)],
                "project": "p",
            }
            async with session.post(f"{url}/v1/messages", json=body) as answer:
                assert answer.status == 201, await answer.text()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_everything_goes_wrong_at_once(tmp_path: Path, seed: int) -> None:
    smsc = MoodySmsc(seed)
    server = await asyncio.start_server(smsc.serve, "127.0.0.1", 0)
    try:
        async with running(tmp_path, server.sockets[0].getsockname()[1], seed) as system:
            await sent(system.api_url, 270)
            async with asyncio.timeout(60):
                while await system.store.count(MessageQuery(states=UNFINISHED)):  # noqa: ASYNC110 - rows wake nobody
                    await asyncio.sleep(0.05)
            await no_receipt_is_dropped(system, smsc)
            await nothing_is_doubled(system, smsc)
            await all_is_paid_for(system)
            await nothing_is_left_over(system, smsc)
    finally:
        server.close()
        for caller in smsc.callers:
            caller.reset()


async def every(system: assemble.System) -> list[Message]:
    return await system.store.messages(MessageQuery(limit=1_000))


async def no_receipt_is_dropped(system: assemble.System, smsc: MoodySmsc) -> None:
    """What ended without a receipt had none: whatever was acknowledged in time has found its message."""
    for message in await every(system):
        if message.state is State.UNKNOWN and "NO-RECEIPT" in (message.cause or ""):
            parts = await system.store.parts(message.id)
            silent = [part.provider_id for part in parts if part.state is None] or [message.provider_id or ""]
            assert message.done_at is not None
            told_at = [smsc.acknowledged.get(one, message.done_at) for one in silent]
            events = await system.store.events(message.id)
            assert max(told_at) > message.done_at - 500, (message, silent, told_at, events)


async def nothing_is_doubled(system: assemble.System, smsc: MoodySmsc) -> None:
    """Every part is taken once; once more for each time that it was unsure, and never so for a code."""
    for message in await every(system):
        unsure = sum(event.kind == "unsure" for event in await system.store.events(message.id))
        most = 1 if message.category is Category.CAPTCHA else 1 + unsure
        taken = {part: times for (number, part), times in smsc.taken.items() if number == message.to}
        assert max(taken.values(), default=0) <= most, (message, taken, unsure)
        if message.state is State.DELIVERED:
            assert taken, message


async def all_is_paid_for(system: assemble.System) -> None:
    """Each message has ended with its reason, was charged once and paid back at most once."""
    found = await every(system)
    assert len(found) == 270
    for message in found:
        assert message.state in FINAL
        assert message.charge is not None
        assert message.cause is not None
        cause = parse_cause(message.cause)
        assert cause.code
        assert cause.text
    balance, ledger = await system.store.balance("p"), await system.store.ledger_sum("p")
    assert balance == ledger == PAID_IN - sum(one.price for one in found if one.refund is None)
    assert sum(one.state is State.DELIVERED for one in found) > 20


async def nothing_is_left_over(system: assemble.System, smsc: MoodySmsc) -> None:
    """Once all has ended and every receipt was acknowledged, memory holds nothing of it."""
    smsc.calm = True
    road = system.road
    (carrier,) = road.fleet.carriers().values()
    assert isinstance(carrier, Wired)
    async with asyncio.timeout(20):
        while smsc.owes() or road.matcher.seeking or road.writer.waiting:  # noqa: ASYNC110 - counters wake nobody
            await asyncio.sleep(0.02)
    await road.matcher.rematch()
    lane = road.sender.lanes.by_name["smsc"]
    assert (len(lane.waiting), len(lane.under_way)) == (0, 0)
    assert (road.sender.decided.held, road.sender.decided.tried) == (0, {})
    links = [link for dialer in carrier._dialers for link in dialer.links]
    assert not any(link.unanswered() or link.unreplied() or link.context for link in links)
    assert not carrier._queue
    assert not carrier._resting
    assert not any(road.matcher._expected.values())
    assert not any(road.matcher._in_parts._messages.values())
