"""Two processes on one PostgreSQL: a customer bound to one is told what the other settled. And binds inside TLS."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialects.smpp.smpp_line import Esme, SmppLine, submit
from foreign_peers import program
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.session.tls import server_tls
from hongyan.store.postgres import PostgresStore
from hongyan.store.vault import Vault
from hongyan.wire import smpp


@pytest.fixture
async def two_lines(postgres_dsn: str) -> AsyncIterator[tuple[SmppLine, SmppLine]]:
    clock = FakeClock()
    lines = []
    for node in range(2):
        store = PostgresStore(postgres_dsn, Vault(b"k" * 32), clock, Tally())
        await store.open()
        line = SmppLine(store, clock, node)
        await line.open()
        lines.append(line)
    yield lines[0], lines[1]
    for line in lines:
        await line.close()
        await line.store.close()


async def test_what_one_process_settles_is_told_by_the_other(two_lines: tuple[SmppLine, SmppLine]) -> None:
    """proves: smpp#receipt.kept"""
    here, there = two_lines
    receiver = await Esme.bound(here.port, smpp.BindReceiver)
    sender = await Esme.bound(there.port, smpp.BindTransmitter)
    answers = await sender.ask_all([submit(f"text {number}".encode()) for number in range(10)])
    for message in await there.messages():
        await there.end(message)
    assert {one.id for one in await receiver.receipts(10)} == {answer.message_id for answer in answers}
    await receiver.close()
    await sender.close()


async def test_pieces_that_came_to_two_processes_become_one_message(two_lines: tuple[SmppLine, SmppLine]) -> None:
    """proves: smpp#long.pieces"""
    here, there = two_lines
    first, second = await Esme.bound(here.port), await Esme.bound(there.port)
    one = await first.ask(submit(b"\5\0\3\7\2\1abc", esm_class=0x40))
    two = await second.ask(submit(b"\5\0\3\7\2\2def", esm_class=0x40))
    assert (one.status, two.status) == (0, 0)
    (message,) = await here.messages()
    assert (message.content, str(message.id)) == ("abcdef", two.message_id)
    await there.end(message)
    await first.close()
    receipts = await second.receipts(2)
    assert {receipt.id for receipt in receipts} == {one.message_id, two.message_id}
    await second.close()


async def test_customers_bind_inside_tls(smpp_line: SmppLine, tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    asked = [program("openssl"), *made, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    await asyncio.to_thread(subprocess.run, asked, check=True, capture_output=True)
    context = server_tls("smpp_tls_cert", certificate=str(certificate), key=str(key))
    port = await smpp_line.server.listen("127.0.0.1", 0, context)
    trusting = ssl.create_default_context(cafile=str(certificate))
    opened = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname="localhost")
    esme = Esme(*opened)
    assert (await esme.ask(smpp.BindTransceiver(0, "cust", "s3cret!"))).status == 0
    assert (await esme.ask(submit())).status == 0
    await esme.close()
    plain = await Esme.connect(port)
    plain.write(smpp.encode(smpp.BindTransceiver(1, "cust", "s3cret!")))
    await plain.until(lambda: plain.closed)
    await plain.close()
