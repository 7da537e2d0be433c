"""Floods leave nothing behind in memory: binds, wrong binds, halves of long texts, links that break off."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from dialects.smpp.smpp_line import Esme, SmppLine, eventually, submit
from hongyan.dialects.smpp import binding
from hongyan.dialects.smpp.sessions import Session
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.session import Timers
from hongyan.session.link import Link
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from hongyan.wire import smpp

ROUNDS = 60
MOST_LEFT_OCTETS = 40_000
"""what a round may leave: noise, far less than anything that is kept for each of its connections would be"""


@pytest.fixture
async def patient_line(tmp_path: Path) -> AsyncIterator[SmppLine]:
    """A line whose closed connections are not forgotten by the time alone."""
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    made = SmppLine(store, clock, timers=Timers(goodbye_s=60))
    await made.open()
    yield made
    await made.close()
    await store.close()


async def come_and_go(line: SmppLine, number: int) -> None:
    esme = await Esme.bound(line.port)
    await esme.ask_all([submit(f"{number} {at}".encode(), registered_delivery=0) for at in range(5)])
    await esme.close()


async def bind_wrongly(line: SmppLine, number: int) -> None:
    for name in ("cust", f"nobody{number}"):
        esme = await Esme.connect(line.port)
        assert (await esme.ask(smpp.BindTransceiver(0, name, f"bad{number}"))).status
        await esme.close()


async def leave_halves(line: SmppLine, number: int) -> None:
    esme = await Esme.bound(line.port)
    halves = [
        submit(bytes((5, 0, 3, at, 2, 1)) + b"half", source_addr=f"S{number}", esm_class=0x40) for at in range(20)
    ]
    assert {answer.status for answer in await esme.ask_all(halves)} == {0}
    await esme.close()


async def break_off(line: SmppLine, number: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    frame = smpp.encode(smpp.BindTransceiver(1, "cust", "s3cret!")) + smpp.encode(submit(b"x" * 200)) * 20
    writer.write(frame[: -1 - number])
    assert await reader.readexactly(smpp.HEADER)
    writer.transport.abort()


def is_forgotten() -> bool:
    """Return whether nothing holds a link or a session any more."""
    gc.collect()
    return not any(isinstance(one, Link | Session) for one in gc.get_objects())


@pytest.mark.parametrize("flood", [come_and_go, bind_wrongly, leave_halves, break_off])
async def test_a_flood_leaves_nothing_behind(
    patient_line: SmppLine, flood: Callable[[SmppLine, int], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "_FIRST_WAIT_S", 0.0)
    server = patient_line.server

    async def rounds(first: int) -> int:
        for number in range(first, first + ROUNDS):
            await flood(patient_line, number)
        await eventually(lambda: not (server.accounts or server._work or server._doorways[0].links))
        await patient_line.desk.recorded()
        patient_line.dispatch.taken.clear()  # the test's own
        await eventually(is_forgotten)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        await rounds(0)
        before = await rounds(ROUNDS)
        after = await rounds(2 * ROUNDS)
    finally:
        tracemalloc.stop()
    assert after - before < MOST_LEFT_OCTETS
    assert not patient_line.doors._doors
    assert not server._doorways[0]._by_address
    assert len(server._patience._failures) <= 1
