"""Gateways of the three Chinese protocols that do as a test tells them: a raw server whose answers are functions.

What differs between protocols is a `Script`; ears, messages and waiting are those of `hostile_smsc`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from carriers.hostile_smsc import CarrierEars, until
from carriers.scripted_protocols import ALL, CMPP2, CMPP3, NODE, SECRET, SGIP, SMGP, Script
from hongyan.carriers.links import Wired
from hongyan.model.clock import Clock, SystemClock
from hongyan.model.world import CarrierConfig
from hongyan.wire import frames

__all__ = ["ALL", "CMPP2", "CMPP3", "NODE", "SECRET", "SGIP", "SMGP", "Client", "Gateway", "Script"]

QUICK = {"host": "127.0.0.1", "again_first_s": 0.02, "again_longest_s": 0.05, "drain_s": 0.3}


class Client:
    """One connection, as the gateway sees it."""

    def __init__(self, script: Script, writer: asyncio.StreamWriter) -> None:
        self.script, self.writer = script, writer
        self.log_ins: list[Any] = []
        self.submits: list[Any] = []
        self.others: list[Any] = []
        self.sequences = itertools.count(1)

    def say(self, *pdus: Any) -> None:
        self.writer.write(b"".join(map(self.script.encode, pdus)))

    def octets(self, octets: bytes) -> None:
        self.writer.write(octets)

    def report(self, submit: Any, number: int, code: str = "") -> None:
        self.say(self.script.report(next(self.sequences), submit, number, code or self.script.delivered))

    def reply(self, sender: str, to: str, octets: bytes, coding: int, *, header: bool = False) -> None:
        self.say(self.script.reply(next(self.sequences), sender, to, octets, coding, header))

    def acknowledged(self) -> list[int]:
        """Return the results of the acknowledgements that came."""
        return [
            getattr(pdu, "result", getattr(pdu, "status", 0))
            for pdu in self.others
            if isinstance(pdu, self.script.acknowledgements)
        ]

    def reset(self) -> None:
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()


class Gateway:
    """Answers by `on_log_in` and `on_submit`; everything else that comes is kept."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.clients: list[Client] = []
        self.heard: list[bytes] = []
        """every frame, in the order they came"""
        self.numbers = itertools.count(1)
        self.number_of: dict[Any, int] = {}
        """sequence of a submit -> how manieth it was"""
        self.on_log_in: Callable[[Client, Any], None] = lambda client, pdu: client.say(script.welcome(pdu, 0))
        self.on_submit: Callable[[Client, Any], None] = self.take
        self.on_other: Callable[[Client, Any], None] = self._polite
        self.port = 0

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def submits(self) -> list[Any]:
        return [submit for client in self.clients for submit in client.submits]

    @property
    def log_ins(self) -> list[Any]:
        return [pdu for client in self.clients for pdu in client.log_ins]

    def take(self, client: Client, submit: Any) -> None:
        client.say(self.script.taken(submit, self.number(submit)))

    def number(self, submit: Any) -> int:
        return self.number_of.setdefault(submit.sequence, len(self.number_of) + 1)

    def id_of(self, submit: Any) -> str:
        return self.script.id_of(submit, self.number(submit))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(self.script, writer)
        self.clients.append(client)
        rest = b""
        try:
            while octets := await reader.read(65536):
                found, taken = frames(rest + octets, self.script.least, 4096)
                rest = (rest + octets)[taken:]
                for frame in found:
                    self.hear(client, frame)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def hear(self, client: Client, frame: bytes) -> None:
        self.heard.append(frame)
        pdu = self.script.decode(frame)
        if isinstance(pdu, self.script.log_in):
            client.log_ins.append(pdu)
            self.on_log_in(client, pdu)
        elif isinstance(pdu, self.script.submit):
            client.submits.append(pdu)
            self.on_submit(client, pdu)
        else:
            client.others.append(pdu)
            self.on_other(client, pdu)

    def _polite(self, client: Client, pdu: Any) -> None:
        answer = self.script.polite.get(type(pdu))
        if answer is not None:
            client.say(answer(pdu))


def built(script: Script, port: int, *, clock: Clock | None = None, **settings: Any) -> Wired:
    given = QUICK | script.settings | {"port": port, "source": "10690"} | settings
    config = CarrierConfig(name="c", protocol="x", password=SECRET, settings=given)
    return script.build(config, clock or SystemClock(), Random(1))


@asynccontextmanager
async def listening(script: Script) -> AsyncIterator[Gateway]:
    """A gateway to which anything may connect."""
    gateway = Gateway(script)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()
        for client in gateway.clients:
            client.reset()
        await asyncio.sleep(0)


@asynccontextmanager
async def talking(
    gateway: Gateway, *, waits: bool = True, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[tuple[Wired, CarrierEars]]:
    """A carrier of that gateway, logged in where the protocol logs in by itself."""
    carrier, ears = built(gateway.script, gateway.port, clock=clock, **settings), CarrierEars()
    await carrier.open(ears)
    try:
        if waits and gateway.script is not SGIP:
            await until(lambda: open_links(carrier) == settings.get("links", 1))
        yield carrier, ears
    finally:
        await carrier.close()


def open_links(carrier: Wired) -> int:
    return sum(link.state == "open" for link in carrier.links())
