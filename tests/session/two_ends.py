"""Both ends of a link over loopback: owners that keep what they are told, and makers of links and raw peers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from hongyan.model.clock import SystemClock
from hongyan.session import Ended, Key, Refusal, Speech, Timers
from hongyan.session.dial import Again, Dialer
from hongyan.session.doorway import Doorway
from hongyan.session.link import Link
from hongyan.session.tongues import SMPP
from hongyan.wire import smpp

PATIENCE_S = 20.0
QUICK = Again(first_s=0.01, longest_s=0.03, refused_s=0.2)


async def until(fact: Callable[[], Any]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not fact():  # noqa: ASYNC110 - what is waited for happens in several places
            await asyncio.sleep(0.002)


class Keeper:
    """An owner that keeps what it is told. `answers_all`: every request is replied to at once."""

    def __init__(self) -> None:
        self.open: list[Link] = []
        self.answers: list[tuple[Any, Any]] = []
        self.requests: list[Any] = []
        self.reads: list[tuple[int, int]] = []
        self.given_up: list[Any] = []
        self.rooms = 0
        self.over: list[tuple[list[Any], list[Any], Ended]] = []
        self.log_ins: list[Any] = []
        self.status = 0
        self.answers_all = True
        self.decides = True

    def logging_in(self, link: Link, request: Any) -> None:
        self.log_ins.append(request)
        if self.decides:
            reply = smpp.encode(request.response(request.sequence, self.status))
            if self.status:
                link.refuse(reply)
            else:
                link.admit(reply)

    def opened(self, link: Link) -> None:
        self.open.append(link)

    def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        self.reads.append((len(answers), len(requests)))
        self.answers += answers
        self.requests += requests
        if self.answers_all and requests:
            link.replies([smpp.encode(one.response(one.sequence, 0, f"id{one.sequence}")) for one in requests])

    def unanswered(self, link: Link, contexts: list[Any]) -> None:
        self.given_up += contexts

    def has_room(self, link: Link) -> None:
        self.rooms += 1

    def closed(self, link: Link, unwritten: list[Any], unsure: list[Any], ended: Ended) -> None:
        if link in self.open:
            self.open.remove(link)
        self.over.append((unwritten, unsure, ended))


def submit(key: Key, text: bytes = b"hello") -> bytes:
    assert isinstance(key, int)
    return smpp.encode(smpp.SubmitSm(key, destination_addr="8613800138000", short_message=text))


def asks(link: Link, *contexts: Any) -> list[Key]:
    """Ask one submit for each context."""
    keys = []
    for context in contexts:
        key = link.next_key()
        link.ask(key, submit(key), context)
        keys.append(key)
    return keys


def dialling(timers: Timers, **more: Any) -> Speech:
    def log_in(link: Link, key: Key) -> bytes:
        assert isinstance(key, int)
        return smpp.encode(smpp.BindTransceiver(key, "esme", "secret"))

    def verdict(link: Link, answer: Any) -> Refusal | None:
        return Refusal(str(answer.status), "no") if answer.status else None

    return Speech(
        tongue=SMPP,
        decode=smpp.decode,
        refusal_of=smpp.refusal_of,
        timers=timers,
        log_in=log_in,
        verdict=verdict,
        **more,
    )


def waiting(timers: Timers, **more: Any) -> Speech:
    return Speech(tongue=SMPP, decode=smpp.decode, refusal_of=smpp.refusal_of, timers=timers, **more)


@asynccontextmanager
async def doorway(keeper: Keeper, timers: Timers | None = None, **more: Any) -> AsyncIterator[tuple[Doorway, int]]:
    """A listening end."""
    speech = waiting(timers or Timers(drain_s=0.2, goodbye_s=0.2))
    door = Doorway(speech, keeper, name="in", clock=SystemClock(), **more)
    port = await door.listen("127.0.0.1", 0)
    try:
        yield door, port
    finally:
        await door.close()


@asynccontextmanager
async def dialler(
    keeper: Keeper, port: int, timers: Timers | None = None, *, speech: dict[str, Any] | None = None, **more: Any
) -> AsyncIterator[Dialer]:
    """A dialling end."""
    said = dialling(timers or Timers(drain_s=0.2, goodbye_s=0.2), **(speech or {}))
    given: dict[str, Any] = {"hosts": [("127.0.0.1", port)], "again": QUICK, "name": "out"} | more
    dialer = Dialer(said, keeper, clock=SystemClock(), random=Random(1), **given)
    dialer.start()
    try:
        yield dialer
    finally:
        await dialer.close()


@asynccontextmanager
async def both_ends(
    timers: Timers | None = None, *, speech: dict[str, Any] | None = None
) -> AsyncIterator[tuple[Link, Keeper, Link, Keeper]]:
    """Our link and its owner, the peer's link and its owner, logged in."""
    ours, theirs = Keeper(), Keeper()
    async with doorway(theirs) as (_, port), dialler(ours, port, timers, speech=speech):
        await until(lambda: ours.open and theirs.open)
        yield ours.open[0], ours, theirs.open[0], theirs


class RawPeer:
    """A peer without manners: reads what comes, says what the test says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._rest = b""

    def say(self, *octets: bytes) -> None:
        self.writer.write(b"".join(octets))

    async def hears(self) -> Any:
        """Return the next PDU."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self._rest) < 4 or len(self._rest) < int.from_bytes(self._rest[:4], "big"):
                octets = await self.reader.read(65536)
                if not octets:
                    raise EOFError
                self._rest += octets
        length = int.from_bytes(self._rest[:4], "big")
        frame, self._rest = self._rest[:length], self._rest[length:]
        return smpp.decode(frame)

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE_S):
            try:
                while await self.reader.read(65536):
                    pass
            except ConnectionError:
                pass
        return True


@asynccontextmanager
async def raw_caller(port: int) -> AsyncIterator[RawPeer]:
    """A raw connection to a doorway."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawPeer(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def raw_listener() -> AsyncIterator[tuple[int, asyncio.Queue[RawPeer]]]:
    """A port at which every caller becomes a raw peer."""
    peers: asyncio.Queue[RawPeer] = asyncio.Queue()
    known: list[RawPeer] = []

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.append(RawPeer(reader, writer))
        peers.put_nowait(known[-1])

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], peers
    finally:
        server.close()
        for peer in known:
            peer.writer.transport.abort()
        await asyncio.sleep(0)
