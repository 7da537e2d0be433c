"""SGIP: the gateway that calls us, links that come and go with the traffic, sequences that are ids."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from carriers.hostile_smsc import CarrierEars, message, until
from carriers.scripted_gateway import NODE, SECRET, SGIP, Client, built, listening, open_links, talking
from hongyan.carriers.links import Wired
from hongyan.carriers.sgip.listening import TwoWay
from hongyan.carriers.sgip.sequences import minting
from hongyan.model.clock import FakeClock
from hongyan.model.message import State
from hongyan.wire import frames, sgip

_NUMBERS = itertools.count(1)


def sequence() -> sgip.Sequence:
    return sgip.Sequence(1_000_000, 1122093015, next(_NUMBERS))


async def port_of(carrier: Wired) -> int:
    assert isinstance(carrier, TwoWay)
    await until(lambda: carrier.listening_port)
    return carrier.listening_port


@asynccontextmanager
async def calling(
    carrier: Wired, *, name: str = "333", password: str = SECRET, login_type: int = 2
) -> AsyncIterator[Client]:
    """A call of the gateway's; what comes back is in `others`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", await port_of(carrier))
    client = Client(SGIP, writer)

    async def listen() -> None:
        rest = b""
        while octets := await reader.read(65536):
            found, taken = frames(rest + octets, sgip.HEADER, sgip.LARGEST)
            rest = (rest + octets)[taken:]
            for pdu in map(sgip.decode, found):
                client.others.append(pdu)
                if isinstance(pdu, sgip.Unbind):
                    client.say(sgip.UnbindResp(pdu.sequence))
        client.others.append(None)

    task = asyncio.create_task(listen())
    client.say(sgip.Bind(sequence(), login_type, name, password))
    await until(lambda: client.others)
    try:
        yield client
    finally:
        writer.transport.abort()
        await asyncio.gather(task, return_exceptions=True)


def results(client: Client, kind: type[Any]) -> list[int]:
    return [pdu.result for pdu in client.others if isinstance(pdu, kind)]


@pytest.mark.parametrize("login_type", [1, 2, 11])
async def test_the_gateway_calls_and_brings_reports_and_replies(login_type: int) -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, ears):
        ears.keeps = True
        carrier.submit([message(1), message(2)])
        await until(lambda: len(ears.answers) == 2)
        async with calling(carrier, login_type=login_type) as client:
            assert results(client, sgip.BindResp) == [0]
            for number, submit in enumerate(gateway.submits):
                client.say(sgip.Report(sequence(), submit.sequence, 0, "8613800138000", 2 * number, 29 * number))
            client.say(sgip.Deliver(sequence(), "8613800138000", "1069088", 0, 0, 8, "退订".encode("utf-16-be")))
            client.say(sgip.UserRpt(sequence(), "10690", "8613800138000", 0))
            await until(lambda: len(ears.receipts) == 2 and ears.replies)
            await until(lambda: results(client, sgip.UserRptResp) == [0])
            assert not results(client, sgip.ReportResp)
            ears.store()
            await until(lambda: len(client.others) == 5)
            assert [receipt.provider_id for receipt in ears.receipts] == [one.provider_id for one in ears.answers]
            assert [receipt.state for receipt in ears.receipts] == [State.DELIVERED, State.UNDELIVERED]
            assert ears.receipts[1].cause.code == "2:29"
            looks = {look.name: look.received for look in carrier.links()}
            assert looks == {"c": 0, "c/in/1": 4}
            assert carrier.room() == 32


@pytest.mark.parametrize(
    ("name", "password", "login_type", "result"),
    [("333", "wrong", 2, 1), ("444", SECRET, 2, 1), ("333", SECRET, 3, 4), ("", "", 2, 1)],
)
async def test_other_callers_are_turned_away(name: str, password: str, login_type: int, result: int) -> None:
    async with (
        listening(SGIP) as gateway,
        talking(gateway) as (carrier, _),
        calling(carrier, name=name, password=password, login_type=login_type) as client,
    ):
        assert results(client, sgip.BindResp) == [result]
        await until(lambda: client.others[-1] is None)


async def test_only_known_addresses_may_call() -> None:
    async with (
        listening(SGIP) as gateway,
        talking(gateway, listen_from=["10.0.0.0/8"]) as (carrier, _),
        calling(carrier) as client,
    ):
        assert results(client, sgip.BindResp) == [1]


async def test_who_does_not_log_in_is_not_heard() -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, ears):
        reader, writer = await asyncio.open_connection("127.0.0.1", await port_of(carrier))
        writer.write(sgip.encode(sgip.Report(sequence(), sequence(), 0, "8613800138000")))
        assert await reader.read() == b""
        assert not ears.receipts
        writer.close()


async def test_a_gateway_may_have_a_name_of_its_own_or_nobody_may_call() -> None:
    async with listening(SGIP) as gateway:
        async with talking(gateway, listen_name="smg") as (carrier, _), calling(carrier, name="smg") as client:
            assert results(client, sgip.BindResp) == [0]
        async with talking(gateway, listen_host="") as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert isinstance(carrier, TwoWay)
            assert carrier.listening_port == 0


async def test_an_idle_link_is_closed_in_order_and_there_is_room_all_the_time() -> None:
    async with listening(SGIP) as gateway, talking(gateway, quiet_s=0.1) as (carrier, ears):
        for number in (1, 2):
            carrier.submit([message(number)])
            await until(lambda: len(ears.answers) == number)  # noqa: B023 - waited for within the loop
            assert carrier.room() == 32
            await until(lambda: open_links(carrier) == 0)
            assert carrier.room() == 32
        assert len(gateway.clients) == 2
        await until(lambda: all(any(isinstance(pdu, sgip.Unbind) for pdu in one.others) for one in gateway.clients))
        assert not carrier.links()[0].last_error


async def test_what_is_asked_while_a_link_is_dialled_dials_no_second_time() -> None:
    async with listening(SGIP) as gateway, talking(gateway, quiet_s=0.1) as (carrier, ears):
        for number in range(10):
            carrier.submit([message(number)])
            await asyncio.sleep(0)
        await until(lambda: len(ears.answers) == 10)
        await until(lambda: carrier.links()[0].state == "closed")
        await asyncio.sleep(0.1)
        assert len(gateway.clients) == 1


async def test_an_idle_link_that_the_gateway_drops_is_no_trouble() -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        gateway.client.close()
        await until(lambda: open_links(carrier) == 0)
        assert carrier.room() == 32
        carrier.submit([message(2)])
        await until(lambda: len(ears.answers) == 2)
        assert all(answer.cause is None for answer in ears.answers)


async def test_after_a_failed_dial_there_is_no_room_until_a_link_is_up() -> None:
    async with listening(SGIP) as gateway:
        away = True
        gateway.on_log_in = lambda client, pdu: client.reset() if away else client.say(SGIP.welcome(pdu, 0))
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert (ears.answers[0].again_ms, ears.answers[0].unsure) == (0, False)
            assert carrier.room() == 0
            rooms = ears.rooms
            away = False
            await until(lambda: carrier.room() == 32)
            assert ears.rooms > rooms
            carrier.submit([message(2)])
            await until(lambda: len(ears.answers) == 2)
            assert ears.answers[1].cause is None


async def test_a_port_that_somebody_has_is_taken_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.carriers.sgip.listening.AGAIN_S", 0.02)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        carrier, ears = built(SGIP, 1, listen_port=port), CarrierEars()
        await carrier.open(ears)
        await asyncio.sleep(0.05)
        assert isinstance(carrier, TwoWay)
        assert carrier.listening_port == 0
        shown = carrier.links()[-1]
        assert (shown.name, shown.state, shown.peer) == ("c/in", "closed", f"127.0.0.1:{port}")
        assert shown.last_error.startswith("NO-PORT")
    async with calling(carrier) as client:
        assert results(client, sgip.BindResp) == [0]
        assert not [look for look in carrier.links() if look.last_error.startswith("NO-PORT")]
    await carrier.close()


async def test_operators_see_that_a_call_was_turned_away_until_one_is_let_in() -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, _):
        async with calling(carrier, password="wrong") as client:
            await until(lambda: client.others[-1] is None)
        await until(lambda: carrier.links()[-1].name == "c/in")
        shown = carrier.links()[-1]
        assert shown.last_error == "REFUSED: a call from 127.0.0.1 was turned away with result 1"
        async with calling(carrier):
            assert [look.name for look in carrier.links()] == ["c", "c/in/2"]
        await until(lambda: [look.name for look in carrier.links()] == ["c"])


async def test_a_rebind_has_the_gateway_call_anew() -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, _), calling(carrier) as client:
        carrier.rebind()
        await until(lambda: client.others[-1] is None)
        assert isinstance(client.others[-2], sgip.Unbind)
        async with calling(carrier) as again:
            assert results(again, sgip.BindResp) == [0]


async def test_a_call_that_brings_nothing_is_ended_so_that_dead_ones_do_not_pile_up() -> None:
    async with (
        listening(SGIP) as gateway,
        talking(gateway, listen_quiet_s=0.1) as (carrier, _),
        calling(carrier) as client,
    ):
        await until(lambda: client.others[-1] is None)
        assert isinstance(client.others[-2], sgip.Unbind)
        await until(lambda: len(carrier.links()) == 1)


async def test_closing_says_goodbye_to_the_gateways_links_too() -> None:
    async with listening(SGIP) as gateway:
        carrier, ears = built(SGIP, gateway.port), CarrierEars()
        await carrier.open(ears)
        async with calling(carrier) as client:
            await carrier.close()
            assert isinstance(client.others[1], sgip.Unbind)
            assert client.others[2] is None


def test_sequences_differ_within_a_second_between_processes_and_after_a_restart() -> None:
    clock = FakeClock(1_767_323_045_000)
    minters = [minting(NODE, clock, process) for process in (1, 2)]
    clock.push(0.1)
    minters.append(minting(NODE, clock, 1))
    minted = [bytes(mint()) for mint in minters for _ in range(50)]
    assert len(set(minted)) == 150
    found = sgip.sequence_of(minted[0])
    assert (found.node, found.time) == (NODE, 102110405)
    clock.push(1)
    later = sgip.sequence_of(bytes(minters[0]()))
    assert later.time == 102110406
