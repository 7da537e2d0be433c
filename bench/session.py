"""What a message costs between the session engine and the wire: submit, answer, receipt, acknowledgement over SMPP.

    python bench/session.py [messages] [window]

The peer is a process of its own that answers every submit and sends a receipt for it. Prints the CPU that our process
spent a message, for the bare engine with its codec, and for a whole carrier (messages in, answers and receipts out).
"""

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from random import Random
from typing import Any

import uvloop

from hongyan.carriers import Answer, Incoming, Receipt
from hongyan.carriers.smpp import smpp_carrier
from hongyan.model.clock import SystemClock
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig
from hongyan.session import Ended, Key, Speech
from hongyan.session.dial import Dialer
from hongyan.session.doorway import Doorway
from hongyan.session.link import Link
from hongyan.session.tongues import SMPP
from hongyan.wire import smpp
from hongyan.wire.smpp import quick, receipts


class Peer:
    """The SMSC: answers and receipts at once."""

    def logging_in(self, link: Link, request: Any) -> None:
        link.window = 1_000_000
        link.admit(smpp.encode(request.response(request.sequence)))

    def opened(self, link: Link) -> None: ...

    def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:  # noqa: ARG002 - a contract's shape
        link.replies([quick.submit_response(one.sequence, f"{one.sequence:016x}") for one in requests])
        for one in requests:
            key = link.next_key()
            assert isinstance(key, int)
            text = receipts.text_octets(
                f"{one.sequence:016x}", "DELIVRD", submit_date="2611220930", done_date="2611220931"
            )
            pdu = smpp.DeliverSm(key, source_addr=one.destination_addr, esm_class=4, short_message=text)
            link.ask(key, smpp.encode(pdu), None)

    def unanswered(self, link: Link, contexts: list[Any]) -> None: ...

    def has_room(self, link: Link) -> None: ...

    def closed(self, link: Link, unwritten: list[Any], unsure: list[Any], ended: Ended) -> None: ...


def serve(port: Connection) -> None:
    """Be the peer until the parent ends."""

    async def life() -> None:
        speech = Speech(tongue=SMPP, decode=smpp.decode)
        door = Doorway(speech, Peer(), name="peer", clock=SystemClock())
        port.send(await door.listen("127.0.0.1", 0))
        await asyncio.Event().wait()

    uvloop.run(life())


class Bare(Peer):
    """Our end without a carrier: one form, one text."""

    def __init__(self, messages: int) -> None:
        self._left = messages
        self._owed = 2 * messages
        self._form = quick.Form(smpp.SubmitSm(1, source_addr="10690", registered_delivery=1))
        self.done = asyncio.Event()

    def opened(self, link: Link) -> None:
        self._fill(link)

    def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        if requests:
            link.replies([quick.deliver_response(one.sequence) for one in requests if receipts.read(one)])
        self._owed -= len(answers) + len(requests)
        self._fill(link)
        if not self._owed:
            self.done.set()

    def has_room(self, link: Link) -> None:
        self._fill(link)

    def _fill(self, link: Link) -> None:
        for _ in range(min(link.room(), self._left)):
            key = link.next_key()
            assert isinstance(key, int)
            link.ask(key, self._form.frame(key, "8613800138000", b"x" * 58), None)
            self._left -= 1


async def bare(port: int, messages: int, window: int) -> float:
    """Return CPU seconds of the engine and the codec."""

    def log_in(link: Link, key: Key) -> bytes:  # noqa: ARG001 - a contract's shape
        assert isinstance(key, int)
        return smpp.encode(smpp.BindTransceiver(key, "esme", "secret"))

    owner = Bare(messages)
    speech = Speech(tongue=SMPP, decode=smpp.decode, window=window, log_in=log_in)
    hosts = [("127.0.0.1", port)]
    dialer = Dialer(speech, owner, name="bench", hosts=hosts, clock=SystemClock(), random=Random(1))
    dialer.start()
    begin = time.process_time()
    await owner.done.wait()
    spent = time.process_time() - begin
    await dialer.close()
    return spent


class Ears:
    """Feeds a carrier and counts."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages
        self._at = 0
        self._owed = 2 * len(messages)
        self.feed: Callable[[], None] = lambda: None
        self.done = asyncio.Event()

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:  # noqa: ARG002 - a contract's shape
        self._count(len(answers))
        self.feed()

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:  # noqa: ARG002 - a contract's shape
        stored()
        self._count(len(receipts))

    def replied(self, carrier: str, replies: Sequence[Incoming], stored: Callable[[], None]) -> None: ...

    def has_room(self, carrier: str) -> None:  # noqa: ARG002 - a contract's shape
        self.feed()

    def next(self, most: int) -> Sequence[Message]:
        at = self._at
        self._at = min(len(self._messages), at + most)
        return self._messages[at : self._at]

    def _count(self, n: int) -> None:
        self._owed -= n
        if not self._owed:
            self.done.set()


async def whole(port: int, messages: int, window: int) -> float:
    """Return CPU seconds of a whole carrier."""
    now = SystemClock().now_ms()
    given = {"host": "127.0.0.1", "port": port, "system_id": "esme", "window": window, "source": "10690"}
    carrier = smpp_carrier(CarrierConfig(name="bench", settings=given), SystemClock(), Random(1))
    ears = Ears(
        [
            Message(
                id=n,
                project="p",
                submission=1,
                dialect="comms",
                to="8613800138000",
                content="x" * 58,
                accepted_at=now,
                expires_at=now + 86_400_000,
            )
            for n in range(1, messages + 1)
        ]
    )

    def feed() -> None:
        room = carrier.room()
        if room:
            batch = ears.next(room)
            if batch:
                carrier.submit(batch)

    ears.feed = feed
    await carrier.open(ears)
    begin = time.process_time()
    await ears.done.wait()
    spent = time.process_time() - begin
    await carrier.close()
    return spent


def main() -> None:
    """Measure both."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    window = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    ours, theirs = multiprocessing.Pipe()
    peer = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    peer.start()
    port = ours.recv()
    for name, run in (("engine and codec", bare), ("whole carrier", whole)):
        begin = time.perf_counter()
        spent = uvloop.run(run(port, messages, window))
        took = time.perf_counter() - begin
        print(f"{name}: {spent / messages * 1e6:.1f} µs CPU a message, {messages / took:,.0f} a second")
    peer.terminate()
    peer.join()


if __name__ == "__main__":
    main()
