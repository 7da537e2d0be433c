"""Replies on a real store: what a carrier brings, and the messages they may answer."""

from collections.abc import Callable, Sequence
from typing import Any

from hongyan.carriers import Incoming, Piece
from hongyan.dialects.alibaba.push import SmsReport
from hongyan.dialects.comms.push import CommsPush
from hongyan.dialects.native.push import Receipts as NativeReceipts
from hongyan.dialects.nxcloud.receipts import Receipts
from hongyan.dialects.yundashi.receipts import YundashiPush
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, Declared, Project, World
from hongyan.report.replies import Replies
from hongyan.store import ReplyQuery, Store
from hongyan.store.ops import Accept, Handed, PushRow, ReplyRow, SubmissionRow
from hongyan.text.air import octets

HANDSET = "8613800138000"
CARRIER = "cmcc"
SHAPES: dict[str, PushShape] = {
    "comms": CommsPush(lambda: "r"),
    "nxcloud": Receipts(),
    "alibaba": SmsReport(),
    "yundashi": YundashiPush(),
    "native": NativeReceipts(),
}
WORLD: tuple[Declared, ...] = (
    Project(name="p"),
    Project(name="q"),
    CarrierConfig(name=CARRIER, settings={"source": "106900"}),
)


class Replying:
    """The part under test, a store, and what it was told."""

    def __init__(self, store: Store, clock: FakeClock, things: Sequence[Declared] = WORLD) -> None:
        self.store, self.clock = store, clock
        self.world = World(things=tuple(things))
        self.ids = IdMint(clock)
        self.pushes: list[PushRow] = []
        self.stop_looks = 0
        self.acknowledged: list[int] = []
        self.replies = Replies(
            store=store,
            world=lambda: self.world,
            clock=clock,
            mint=self.ids.mint,
            tally=Tally(),
            shapes=SHAPES,
            on_pushes=self.pushes.extend,
        )
        self.replies.on_stops = self._look

    def _look(self) -> None:
        self.stop_looks += 1

    def declare(self, *things: Declared) -> None:
        self.world = World(things=(*self.world.things, *things))

    async def bring(self, *replies: Incoming, carrier: str = CARRIER) -> None:
        """Have a carrier bring these in one report, and wait until it may acknowledge."""
        self.acknowledged.clear()
        await self.replies._take([(carrier, replies, self._stored(len(replies)))])
        assert self.acknowledged == [len(replies)]

    def _stored(self, n: int) -> Callable[[], None]:
        return lambda: self.acknowledged.append(n)

    async def kept(self, **filters: Any) -> list[ReplyRow]:
        """Return what is kept, oldest first."""
        return (await self.store.replies(ReplyQuery(limit=1000, **filters)))[::-1]

    async def sent(self, project: str = "p", *, carrier: str = CARRIER, to: str = HANDSET, **more: Any) -> Message:
        """Write a message that a carrier took."""
        now, submission = self.clock.now_ms(), self.ids.mint()
        fields: dict[str, Any] = {"dialect": "yundashi", "content": "【店】hello"} | more
        message = Message(
            id=self.ids.mint(), project=project, submission=submission, to=to, state=State.SENDING,
            due_at=now + 60_000, accepted_at=now, expires_at=now + 86_400_000, **fields,
        )  # fmt: skip
        row = SubmissionRow(
            id=submission, project=project, request_id=str(submission), dialect="d", action="a", key_id="k", peer="",
            received_at=now, method="POST", path="/", request="{}", notes="[]",
        )  # fmt: skip
        accept = Accept(
            project=project, currency="CNY", credit_line=0, submissions=[row], messages=[message], now_ms=now
        )
        await self.store.write(accept)
        handed = Handed(message_id=message.id, at=now, carrier=carrier, provider_id=str(message.id), due_at=now + 1)
        assert await self.store.write(handed)
        self.clock.push(0.01)
        return message


def incoming(text: str = "hello", *, to: str = "106900", **more: Any) -> Incoming:
    fields: dict[str, Any] = {
        "sender": HANDSET, "to": to, "octets": octets(text, "ucs2"), "coding": "ucs2",
        "received_at": 1_767_323_045_000,
    } | more  # fmt: skip
    return Incoming(**fields)


def pieces(text: str, total: int, *, reference: int = 7, **more: Any) -> list[Incoming]:
    """Cut a text into pieces of octets, wherever they fall: also within a character."""
    whole = octets(text, "ucs2")
    size = -(-len(whole) // total)
    return [
        incoming(octets=whole[place * size : (place + 1) * size], piece=Piece(reference, total, place + 1), **more)
        for place in range(total)
    ]
