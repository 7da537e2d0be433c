"""Endings of messages that were handed over in this process are told without asking the store what they are about."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import pytest

from hongyan.carriers import Answer, Receipt
from hongyan.dialects.native.push import Receipts
from hongyan.ledger.settlement import NATIVE
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Project, World
from hongyan.report import push
from hongyan.report.match import Matcher
from hongyan.report.push import LEASE_MS, Pusher
from hongyan.report.timeline import summary
from hongyan.store.ops import Accept, Handed, SubmissionRow
from hongyan.store.ordered import OrderedWriter
from report.push_receivers import Receiver, answering, receiver
from report.push_store import settled
from report.test_push_on_a_store import Watched

NO = Cause(CauseKind.NUMBER, "UNDELIV", "no such number", "c")


class Unasked(Watched):
    """Says how often it was asked what pushes are about."""

    asked = 0

    async def messages_by_id(self, message_ids: Sequence[int]) -> list[Message]:
        self.asked += bool(message_ids)
        return await super().messages_by_id(message_ids)


class Half:
    """The second half of the road: a store, the ordered writer, the matcher, the pusher."""

    def __init__(self, path: Path, clock: FakeClock, url: str, *, refund_failed: bool = False) -> None:
        project = Project(name="p", callbacks={NATIVE: url}, allow_inside=True, refund_failed=refund_failed)
        self.world, self.clock, self.store = World(things=(project,)), clock, Unasked(path, clock)
        ids = IdMint(clock)
        self.writer = OrderedWriter(self.store)
        self.pusher = Pusher(
            self.store, {NATIVE: Receipts()}, self._world, clock, Tally(), allow_inside=True, random=Random(1)
        )
        self.matcher = Matcher(
            store=self.store,
            writer=self.writer,
            world=self._world,
            clock=clock,
            mint=ids.mint,
            tally=Tally(),
            on_pushes=self.pusher.wake,
            teller=self.pusher,
        )

    def _world(self) -> World:
        return self.world

    async def start(self, *, telling: bool = True) -> None:
        await self.store.open()
        self.writer.start()
        await self.matcher.start()
        if telling:
            await self.pusher.start()

    async def stop(self) -> None:
        await self.pusher.stop()
        await self.matcher.stop()
        await self.writer.stop()
        await self.store.close()

    async def handed(self, ids: Sequence[int]) -> None:
        """Accept messages and hand them to carrier c."""
        at = self.clock.ms
        messages = [
            msgspec.structs.replace(settled(one), state=State.SENDING, due_at=at, done_at=None, cause=None, price=45)
            for one in ids
        ]
        row = dict.fromkeys(SubmissionRow.__struct_fields__, "") | {"id": ids[0], "project": "p", "notes": "[]"}
        submission = msgspec.convert(row | {"received_at": at}, SubmissionRow)
        await self.store.write(
            Accept(
                project="p", currency="CNY", credit_line=1 << 40, submissions=[submission], messages=messages, now_ms=at
            )
        )
        answers = [Answer(message_id=one.id, at=at, provider_id=f"x{one.id}") for one in messages]
        self.writer.add(
            [Handed(message_id=one, at=at, carrier="c", provider_id=f"x{one}", due_at=at + 1_000) for one in ids]
        )
        self.matcher.expect("c", list(zip(messages, answers, strict=True)))

    def reported(self, ids: Sequence[int], state: State, cause: Cause) -> None:
        at = self.clock.ms + 5
        said = [Receipt(provider_id=f"x{one}", state=state, cause=cause, received_at=at) for one in ids]
        self.matcher.reported("c", said, lambda: None)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def of() -> AsyncIterator[Receiver]:
    async with receiver(answering(b"ok")) as made:
        yield made


async def told(half: Half, of: Receiver, ids: Sequence[int]) -> list[object]:
    await half.store.told(ids, lambda events: [one.kind for one in events] == ["push"])
    return [one for body in of.bodies for one in msgspec.json.decode(body)["messages"]]


@pytest.mark.parametrize("state", [State.DELIVERED, State.UNDELIVERED])
async def test_what_is_told_from_memory_is_what_the_store_has(
    tmp_path: Path, clock: FakeClock, of: Receiver, state: State
) -> None:
    half = Half(tmp_path / "x.db", clock, of.url)
    await half.start()
    await half.handed([1, 2, 3])
    half.reported([1, 2, 3], state, NO)
    said = await told(half, of, [1, 2, 3])
    assert half.store.asked == 0
    assert said == [summary(one) for one in await half.store.messages_by_id([1, 2, 3])]
    assert await half.store.claim_pushes(clock.ms + 10 * LEASE_MS, 0, 9) == []
    await half.stop()


async def test_what_only_the_store_knows_of_an_ending_is_read_from_it(
    tmp_path: Path, clock: FakeClock, of: Receiver
) -> None:
    half = Half(tmp_path / "x.db", clock, of.url, refund_failed=True)
    await half.start()
    await half.handed([1])
    clock.push(1)
    half.reported([1], State.UNDELIVERED, NO)
    clock.push(1)
    said = await told(half, of, [1])
    assert half.store.asked == 1
    assert said == [summary(one) for one in await half.store.messages_by_id([1])]
    await half.stop()


async def test_a_full_pusher_leaves_endings_to_the_store(
    tmp_path: Path, clock: FakeClock, of: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "MOST_HELD", 2)
    half = Half(tmp_path / "x.db", clock, of.url)
    await half.start()
    await half.handed([1, 2, 3, 4, 5])
    half.reported([1, 2, 3, 4, 5], State.DELIVERED, NO)
    clock.push(1)
    assert len(await told(half, of, [1, 2, 3, 4, 5])) == 5
    await half.stop()


async def test_what_was_promised_and_not_told_is_due_at_the_next_start(
    tmp_path: Path, clock: FakeClock, of: Receiver
) -> None:
    half = Half(tmp_path / "x.db", clock, of.url)
    await half.start(telling=False)
    await half.handed([1])
    half.reported([1], State.DELIVERED, NO)
    await half.pusher.stop()
    (row,) = await half.store.claim_pushes(clock.ms, LEASE_MS, 9)  # put back by an orderly end; now leased again
    await half.store.abandon_leases(clock.ms)  # as after a crash
    assert [one.id for one in await half.store.claim_pushes(clock.ms, LEASE_MS, 9)] == [row.id]
    await half.stop()
