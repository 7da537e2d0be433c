"""Peers that mean harm or are broken: nothing is lost, nothing grows, the others are served."""

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from dialects.smpp.smpp_line import Esme, SmppLine, eventually, submit
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.session import Timers
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from hongyan.wire import smpp

SUBMIT = smpp.encode(submit())


@pytest.fixture
async def hasty_line(tmp_path: Path) -> AsyncIterator[SmppLine]:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    timers = Timers(log_in_s=0.3, answer_s=0.5, idle_s=0.3, alive_s=0.2, alive_tries=2, drain_s=0.5, goodbye_s=0.2)
    made = SmppLine(store, clock, timers=timers)
    await made.open()
    yield made
    await made.close()
    await store.close()


async def raw(port: int, octets: bytes) -> bytes:
    """Write octets and return everything that comes until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    try:
        async with asyncio.timeout(15):
            return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


async def flood(writer: asyncio.StreamWriter, octets: bytes) -> None:
    """Write until the other side has had enough, or takes nothing more."""
    async with asyncio.timeout(5):
        while True:
            writer.write(octets)
            await writer.drain()


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        b"\xff" * 64,
        b"\0\0\0\x01" + b"\0" * 60,
        (0x7FFFFFFF).to_bytes(4, "big") + b"\0" * 60,
        bytes(64),
    ],
)
async def test_garbage_ends_its_connection_and_nothing_else(smpp_line: SmppLine, octets: bytes) -> None:
    good = await Esme.bound(smpp_line.port)
    await raw(smpp_line.port, octets)
    bound = await Esme.bound(smpp_line.port)
    bound.write(octets)
    await bound.until(lambda: bound.closed)
    assert (await good.ask(submit())).status == 0
    await good.close()
    await bound.close()


async def test_who_never_binds_is_dropped(hasty_line: SmppLine) -> None:
    assert await raw(hasty_line.port, b"") == b""
    assert await raw(hasty_line.port, SUBMIT[:20]) == b""
    answered = await raw(hasty_line.port, SUBMIT * 3)
    assert answered.count(b"\x80\0\0\4\0\0\0\4") == 3


async def test_a_flood_before_the_bind_is_bounded(hasty_line: SmppLine) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hasty_line.port)
    with pytest.raises((ConnectionError, TimeoutError)):
        await flood(writer, SUBMIT * 1000)
    writer.transport.abort()
    del reader
    good = await Esme.bound(hasty_line.port)
    assert (await good.ask(submit())).status == 0
    await good.close()


async def test_every_split_of_a_pdu_is_the_same_pdu(smpp_line: SmppLine) -> None:
    esme = await Esme.bound(smpp_line.port)
    frame = SUBMIT[:12] + (77).to_bytes(4, "big") + SUBMIT[16:]
    for at in range(1, len(frame)):
        esme.write(frame[:at])
        await asyncio.sleep(0)
        esme.write(frame[at:])
    await esme.until(lambda: len(esme.strays) == len(frame) - 1)
    assert {one.status for one in esme.strays} == {0}
    await esme.close()


async def test_a_peer_that_reads_no_answers_is_dropped(hasty_line: SmppLine) -> None:
    esme = await Esme.connect(hasty_line.port)
    await esme.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", hasty_line.port)
    writer.write(smpp.encode(smpp.BindTransceiver(1, "cust", "s3cret!")))
    cast("asyncio.Transport", writer.transport).pause_reading()
    with pytest.raises((ConnectionError, TimeoutError)):
        await flood(writer, SUBMIT * 200)
    writer.transport.abort()
    del reader
    await eventually(lambda: not hasty_line.server.accounts)


async def test_a_peer_that_falls_silent_is_asked_and_dropped(hasty_line: SmppLine) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", hasty_line.port)
    writer.write(smpp.encode(smpp.BindTransceiver(1, "cust", "s3cret!")))
    await eventually(lambda: "cust" in hasty_line.server.accounts)
    await eventually(lambda: not hasty_line.server.accounts)
    writer.close()


async def test_a_receipt_without_an_answer_is_put_off(hasty_line: SmppLine) -> None:
    """proves: smpp#receipt.again"""
    esme = await Esme.bound(hasty_line.port)
    esme.answers_deliveries = False
    await esme.ask(submit())
    (message,) = await hasty_line.messages()
    await hasty_line.end(message)

    async def is_said() -> bool:
        return any("no answer came" in event.text for event in await hasty_line.store.events(message.id))

    await eventually(is_said)
    esme.answers_deliveries = True

    def time_passes() -> bool:
        hasty_line.clock.push(31)
        hasty_line.doors.look("cust")
        return len(esme.delivered) > 1

    await eventually(time_passes)
    await esme.close()


async def test_a_link_that_is_lost_mid_window_leaves_everything_accepted_or_not(smpp_line: SmppLine) -> None:
    for _ in range(5):
        esme = await Esme.bound(smpp_line.port)
        esme.send_all([submit(registered_delivery=0) for _ in range(40)])
        await asyncio.sleep(0.002)
        await esme.close()
    await eventually(lambda: not smpp_line.server.accounts)
    good = await Esme.bound(smpp_line.port)
    assert (await good.ask(submit())).status == 0
    assert 1 <= len(await smpp_line.messages()) <= 201
    await good.close()


def holds_all(esme: Esme) -> bool:
    return len(esme.strays) == 20


async def test_mutated_submits_are_answered_or_end_their_link(smpp_line: SmppLine) -> None:
    chance = random.Random(3)
    for _ in range(15):
        esme = await Esme.bound(smpp_line.port)
        for _ in range(20):
            octets = bytearray(SUBMIT)
            for _ in range(chance.randrange(1, 5)):
                octets[chance.randrange(16, len(octets))] = chance.randrange(256)
            esme.write(bytes(octets[:12]) + chance.randrange(1, 2**31).to_bytes(4, "big") + bytes(octets[16:]))
        assert (await esme.ask(smpp.EnquireLink(0))).status == 0
        await esme.until(partial(holds_all, esme))
        await esme.close()


async def test_wrong_binds_wait_longer_and_longer(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.patience"""
    loop, took = asyncio.get_running_loop(), []
    for _ in range(4):
        esme = await Esme.connect(smpp_line.port)
        began = loop.time()
        assert (await esme.ask(smpp.BindTransceiver(0, "cust", "wrong"))).status == 0x0E
        took.append(loop.time() - began)
        await esme.close()
    assert took[2] >= 0.2
    assert took[3] >= 0.4


async def test_passwords_cannot_be_tried_while_an_answer_waits(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.patience"""
    for _ in range(2):
        early = await Esme.connect(smpp_line.port)
        await early.ask(smpp.BindTransceiver(0, "cust", "wrong"))
        await early.close()
    esme = await Esme.connect(smpp_line.port)
    wrong, right = esme.send_all([smpp.BindTransceiver(0, "cust", word) for word in ("wrong", "s3cret!")])
    await esme.until(lambda: esme.closed)
    assert (esme.answer_to(wrong).status, esme.answer_to(right)) == (0x0E, None)
    await esme.close()
    assert smpp_line.server.accounts == {}


async def test_only_so_many_connections_come_from_one_address(smpp_line: SmppLine) -> None:
    connections = [await asyncio.open_connection("127.0.0.1", smpp_line.port) for _ in range(110)]
    doorway = smpp_line.server._doorways[0]
    await eventually(lambda: doorway.turned_away == 10)
    for _, writer in connections:
        writer.transport.abort()
    await eventually(lambda: not doorway.links)
