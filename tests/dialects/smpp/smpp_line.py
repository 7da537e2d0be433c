"""The SMPP server on a real desk and store, without a carrier, and a client that reads and writes PDUs as they are."""

import asyncio
import inspect
import random
from collections.abc import Callable, Sequence
from typing import Any

from hongyan.accept.desk import AcceptDesk
from hongyan.accept.pieces import Pieces
from hongyan.accept.stops import StopList
from hongyan.dialects.smpp import SmppServer
from hongyan.ledger.settlement import Ending, settlement
from hongyan.links.capability import OddLastDigit
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, Key, Port, Price, Project
from hongyan.report.cancel import Cancelling
from hongyan.report.doors import Doors
from hongyan.report.look import Look
from hongyan.report.pull import Pull
from hongyan.session import Timers
from hongyan.store import MessageQuery, Store
from hongyan.store.current import CurrentWorld
from hongyan.store.ops import PushRow
from hongyan.wire import frames, smpp
from hongyan.wire.smpp import receipts, tlvs

PATIENCE_S = 20
HANDSET = "8613800138000"
WORLD: tuple[Declared, ...] = (
    Project(name="shop", paid_in="100", max_length=1000, allow_inside=True),
    Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=0),
    Port(project="shop", name="1069"),
    Price(name="", each="0.01"),
)


class Taking:
    """A dispatch that takes everything, or nothing while `full`."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.full = False

    def room(self) -> int:
        return 0 if self.full else 1000

    def take(self, messages: Sequence[Message]) -> None:
        self.taken.extend(messages)

    def wake(self) -> None:
        pass


class SmppLine:
    """One process's part. Several may share a store."""

    def __init__(self, store: Store, clock: FakeClock, node: int = 0, timers: Timers | None = None) -> None:
        self.store, self.clock = store, clock
        self.current = CurrentWorld(store)
        self.dispatch, self.tally = Taking(), Tally()
        self.mint = IdMint(clock, node)
        self._timers = timers
        self.port = 0

    async def open(self) -> None:
        """Declare the world, listen."""
        if not (await self.store.world()).things:
            await self.store.declare(WORLD, (), self.clock.now_ms())
        await self.current.refresh()
        chance = random.Random(7)
        self.desk = AcceptDesk(
            self.store,
            self.current,
            self.clock,
            self.mint,
            self.tally,
            self.dispatch,
            card_support=OddLastDigit(),
            public_base="http://short.test",
            lease_ms=60_000,
            backlog_cap=1000,
            chance=chance,
            stops=StopList(self.store),
        )
        self.doors = Doors(self.store, self.clock, self.tally)
        self.pieces = Pieces(self.store, self.clock, self.mint.mint)
        self.look = Look(self.store, self.current, self.clock, self.desk.recorded)
        self.server = SmppServer(
            self.desk,
            self.pieces,
            Pull(self.store, self.clock),
            Cancelling(self.store, self.current, self.clock, self.mint.mint, self.wake),
            self.doors,
            self.clock,
            self.current,
            self.tally,
            chance,
            timers=self._timers,
        )
        self.current.on_change(self.server.world_changed)
        self.server.chores.start()
        await self.doors.start()
        self.port = await self.server.listen("127.0.0.1", 0)

    async def close(self) -> None:
        await self.server.close()
        await self.doors.stop()
        await self.desk.close()

    async def declare(self, *things: Declared) -> None:
        await self.store.declare(things, (), self.clock.now_ms())
        await self.current.refresh()

    async def messages(self) -> list[Message]:
        """Return what was accepted, oldest first."""
        return (await self.store.messages(MessageQuery(limit=1000)))[::-1]

    def wake(self, pushes: Sequence[PushRow]) -> None:
        self.doors.wake({row.door for row in pushes if row.door})

    async def end(self, message: Message, state: State = State.DELIVERED, code: str = "DELIVRD") -> None:
        """End a message as a carrier's receipt would."""
        kind = CauseKind.DELIVERED if state is State.DELIVERED else CauseKind.NUMBER
        ending = Ending(state, Cause(kind, code, "said so", "carrier"), self.clock.now_ms(), True)
        op = settlement(message, ending, self.current(), self.mint.mint)
        assert await self.store.write(op)
        if op.push is not None:
            self.wake([op.push])


class Esme:
    """A client. Receipts and replies gather in `delivered`, each answered with the next of `statuses`, else 0."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sequence = 0
        self._answers: dict[int, Any] = {}
        self._woken = asyncio.Condition()
        self.delivered: list[smpp.DeliverSm] = []
        self.statuses: list[int] = []
        self.answers_deliveries = True
        self.unbound = self.closed = False
        self.strays: list[Any] = []
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, port: int) -> "Esme":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def bound(
        cls,
        port: int,
        kind: type[smpp.Bind] = smpp.BindTransceiver,
        name: str = "cust",
        password: str = "s3cret!",
        version: int = 0x34,
    ) -> "Esme":
        esme = await cls.connect(port)
        answer = await esme.ask(kind(0, name, password, interface_version=version))
        assert answer.status == 0, hex(answer.status)
        return esme

    async def ask(self, pdu: Any) -> Any:
        """Send a request and return its answer."""
        return (await self.ask_all([pdu]))[0]

    async def ask_all(self, pdus: Sequence[Any]) -> list[Any]:
        """Send requests in one write and return their answers in that order."""
        keys = self.send_all(pdus)
        await self.until(lambda: all(key in self._answers for key in keys))
        return [self._answers.pop(key) for key in keys]

    def send_all(self, pdus: Sequence[Any]) -> list[int]:
        keys, octets = [], b""
        for pdu in pdus:
            self._sequence += 1
            keys.append(self._sequence)
            frame = smpp.encode(pdu)
            octets += frame[:12] + self._sequence.to_bytes(4, "big") + frame[16:]
        self.write(octets)
        return keys

    def answer_to(self, key: int) -> Any:
        return self._answers.get(key)

    def write(self, octets: bytes) -> None:
        self._writer.write(octets)

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._woken:
            await self._woken.wait_for(holds)

    async def receipts(self, count: int) -> list[receipts.DeliveryReceipt]:
        """Return so many receipts once they came, and that no more did."""
        await self.until(lambda: len(self.delivered) >= count)
        found = [receipts.read(pdu) for pdu in self.delivered]
        assert len(found) == count
        return [one for one in found if one is not None]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()

    async def _read(self) -> None:
        rest = b""
        while True:
            try:
                data = await self._reader.read(1 << 16)
            except OSError:
                data = b""
            async with self._woken:
                if not data:
                    self.closed = True
                    self._woken.notify_all()
                    return
                found, taken = frames(rest + data, smpp.HEADER, smpp.LARGEST)
                rest = (rest + data)[taken:]
                for frame in found:
                    self._take(smpp.decode(frame))
                self._woken.notify_all()

    def _take(self, pdu: Any) -> None:
        if isinstance(pdu, smpp.DeliverSm):
            self.delivered.append(pdu)
            if self.answers_deliveries:
                status = self.statuses.pop(0) if self.statuses else 0
                self.write(smpp.encode(smpp.DeliverSmResp(pdu.sequence, status)))
        elif isinstance(pdu, smpp.Unbind):
            self.unbound = True
            self.write(smpp.encode(smpp.UnbindResp(pdu.sequence)))
        elif isinstance(pdu, smpp.EnquireLink):
            self.write(smpp.encode(smpp.EnquireLinkResp(pdu.sequence)))
        elif isinstance(pdu, smpp.Response) and pdu.sequence <= self._sequence:
            self._answers[pdu.sequence] = pdu
        else:
            self.strays.append(pdu)


async def eventually(holds: Callable[[], Any]) -> None:
    """Wait until something is so that nothing tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = holds()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.01)


def submit(text: bytes = b"hello", **fields: Any) -> smpp.SubmitSm:
    """Return a submit with a receipt wanted; its sequence is put in when it is sent."""
    given: dict[str, Any] = {
        "source_addr_ton": 5,
        "source_addr": "ACME",
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "destination_addr": HANDSET,
        "registered_delivery": 1,
        "short_message": text,
    }
    return smpp.SubmitSm(0, **(given | fields))


def why(answer: Any) -> str:
    """Return the sentence beside a refusal."""
    return tlvs.text(answer.tlvs, tlvs.ADDITIONAL_STATUS_INFO_TEXT) or ""
