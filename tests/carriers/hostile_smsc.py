"""An SMSC that does as it is told, good or bad: a raw server whose answers are functions of the test.

Beside it: ears that keep what a carrier says, and a carrier that is connected to the server.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from hongyan.carriers import Answer, Incoming, Receipt
from hongyan.carriers.links import Wired
from hongyan.carriers.smpp import smpp_carrier
from hongyan.model.clock import SystemClock
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig
from hongyan.wire import frames, smpp
from hongyan.wire.smpp import receipts

PATIENCE_S = 20.0


async def until(fact: Callable[[], Any], what: str = "") -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not fact():  # noqa: ASYNC110 - what is waited for happens in several places
            await asyncio.sleep(0.002)
    assert fact(), what


class Caller:
    """One connection, as the SMSC sees it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.binds: list[smpp.Bind] = []
        self.submits: list[smpp.SubmitSm] = []
        self.others: list[smpp.Pdu] = []
        self.numbers = itertools.count(1)

    def say(self, *pdus: smpp.Pdu) -> None:
        self.writer.write(b"".join(map(smpp.encode, pdus)))

    def octets(self, octets: bytes) -> None:
        self.writer.write(octets)

    def taken(self, submit: smpp.SubmitSm, message_id: str | None = None) -> None:
        self.say(smpp.SubmitSmResp(submit.sequence, 0, message_id or f"id{submit.sequence}"))

    def refused(self, submit: smpp.SubmitSm, status: int) -> None:
        self.say(smpp.SubmitSmResp(submit.sequence, status))

    def receipt(self, message_id: str, number: str = "8613800138000", stat: str = "DELIVRD", **more: Any) -> None:
        text = receipts.text_octets(message_id, stat, submit_date="2611220930", done_date="2611220931", **more)
        self.say(self.delivery(number, text, esm_class=4))

    def delivery(self, number: str, octets: bytes, **more: Any) -> smpp.DeliverSm:
        return smpp.DeliverSm(
            next(self.numbers), source_addr=number, destination_addr="10690", short_message=octets, **more
        )

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        self.writer.transport.abort()

    def acknowledged(self) -> list[int]:
        return [pdu.sequence for pdu in self.others if isinstance(pdu, smpp.DeliverSmResp)]


class HostileSmsc:
    """Answers binds and submits by `on_bind` and `on_submit`; everything else that comes is kept."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        self.on_bind: Callable[[Caller, smpp.Bind], None] = lambda caller, bind: caller.say(accepted(bind))
        self.on_submit: Callable[[Caller, smpp.SubmitSm], None] = lambda caller, submit: caller.taken(submit)
        self.on_other: Callable[[Caller, smpp.Pdu], None] = _polite
        self.port = 0

    @property
    def caller(self) -> Caller:
        return self.callers[-1]

    @property
    def submits(self) -> list[smpp.SubmitSm]:
        return [submit for caller in self.callers for submit in caller.submits]

    @property
    def binds(self) -> list[smpp.Bind]:
        return [bind for caller in self.callers for bind in caller.binds]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = Caller(writer)
        self.callers.append(caller)
        rest = b""
        try:
            while octets := await reader.read(65536):
                found, taken = frames(rest + octets, smpp.HEADER, smpp.LARGEST)
                rest = (rest + octets)[taken:]
                for frame in found:
                    self.hear(caller, smpp.decode(frame))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def hear(self, caller: Caller, pdu: smpp.Pdu) -> None:
        if isinstance(pdu, smpp.Bind):
            caller.binds.append(pdu)
            self.on_bind(caller, pdu)
        elif isinstance(pdu, smpp.SubmitSm):
            caller.submits.append(pdu)
            self.on_submit(caller, pdu)
        else:
            caller.others.append(pdu)
            self.on_other(caller, pdu)


def accepted(bind: smpp.Bind, status: int = 0) -> smpp.Pdu:
    assert bind.response is not None
    return bind.response(bind.sequence, status)


def _polite(caller: Caller, pdu: smpp.Pdu) -> None:
    if isinstance(pdu, smpp.EnquireLink | smpp.Unbind):
        assert pdu.response is not None
        caller.say(pdu.response(pdu.sequence))


class CarrierEars:
    """Keeps what a carrier says. `keeps`: acknowledgements are held back until `store`."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.receipts: list[Receipt] = []
        self.replies: list[Incoming] = []
        self.owed: list[Callable[[], None]] = []
        self.keeps = False
        self.rooms = 0
        self.order: list[str] = []

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        self.answers.extend(answers)
        self.order.extend("answer" for _ in answers)

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        self.receipts.extend(receipts)
        self.order.extend("receipt" for _ in receipts)
        self._owe(stored)

    def replied(self, carrier: str, replies: Sequence[Incoming], stored: Callable[[], None]) -> None:
        self.replies.extend(replies)
        self._owe(stored)

    def has_room(self, carrier: str) -> None:
        self.rooms += 1

    def store(self) -> None:
        owed, self.owed = self.owed, []
        for stored in owed:
            stored()

    def by_id(self) -> dict[int, Answer]:
        return {answer.message_id: answer for answer in self.answers}

    def _owe(self, stored: Callable[[], None]) -> None:
        self.owed.append(stored)
        if not self.keeps:
            self.store()


def message(id_: int = 1, to: str = "8613800138000", content: str = "hello", **more: Any) -> Message:
    now = SystemClock().now_ms()
    usual: dict[str, Any] = {"expires_at": now + 86_400_000, "accepted_at": now, "dialect": "comms"}
    return Message(id=id_, project="p", submission=1, to=to, content=content, **usual | more)


def built(port: int, password: str = "secret", **settings: Any) -> Wired:
    given = {"host": "127.0.0.1", "port": port, "system_id": "esme", "again_first_s": 0.02, "again_longest_s": 0.05}
    config = CarrierConfig(name="c", protocol="smpp", password=password, settings=given | settings)
    return smpp_carrier(config, SystemClock(), Random(1))


@asynccontextmanager
async def listening() -> AsyncIterator[HostileSmsc]:
    """An SMSC to which anything may connect."""
    smsc = HostileSmsc()
    server = await asyncio.start_server(smsc.serve, "127.0.0.1", 0)
    smsc.port = server.sockets[0].getsockname()[1]
    try:
        yield smsc
    finally:
        server.close()
        for caller in smsc.callers:
            caller.reset()
        await asyncio.sleep(0)


@asynccontextmanager
async def talking(
    smsc: HostileSmsc, *, waits: bool = True, **settings: Any
) -> AsyncIterator[tuple[Wired, CarrierEars]]:
    """A carrier of that SMSC, bound."""
    carrier, ears = built(smsc.port, **{"drain_s": 0.3, **settings}), CarrierEars()
    await carrier.open(ears)
    try:
        if waits:
            wanted = settings.get("links", 1) + (
                settings.get("receiver_links", 1) if settings.get("bind") == "both" else 0
            )
            await until(lambda: sum(link.state == "open" for link in carrier.links()) == wanted)
        yield carrier, ears
    finally:
        await carrier.close()
