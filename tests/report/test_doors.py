"""Callers who are told while they are connected: pages, outcomes, and what happens to rows when they go away."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.message import Message, State
from hongyan.model.reply import Reply
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.report import doors as doors_module
from hongyan.report.doors import MOST_TRIES, Doors, Due
from hongyan.store.ops import Accept, KeepReply, Op, PushRow, ReplyRow, Settle, SubmissionRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from report.push_store import settled

DOOR = "esme1"


class Customer:
    """Who is connected: takes so many rows at a time."""

    def __init__(self, room: int = 100) -> None:
        self.most = room
        self.got: list[Due] = []

    def deliver(self, due: Sequence[Due]) -> None:
        assert len(due) <= self.room()
        self.got += due

    def room(self) -> int:
        return self.most - len(self.got)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await made.open()
    await made.declare([Project(name="p")], (), clock.ms)
    yield made
    await made.close()


@pytest.fixture
def doors(store: SqliteStore, clock: FakeClock) -> Doors:
    return Doors(store, clock, Tally())


async def owe(store: SqliteStore, clock: FakeClock, ids: Sequence[int], door: str = DOOR) -> None:
    """Settle messages whose endings are told at a door."""
    messages = [settled(one) for one in ids]
    for message in messages:
        message.state, message.due_at, message.dialect, message.app = State.SENDING, clock.ms, "smpp", door
    submission = SubmissionRow(
        id=ids[0], project="p", request_id="r", dialect="smpp", action="submit_sm", key_id=door, peer="",
        received_at=clock.ms, method="", path="", request="", notes="[]",
    )  # fmt: skip
    await store.write(
        Accept(project="p", currency="CNY", credit_line=0, submissions=[submission], messages=messages, now_ms=clock.ms)
    )
    await store.write_all(
        [
            Settle(
                message_id=one.id, project="p", state=State.DELIVERED, at=clock.ms, cause="delivered|DELIVRD|c|",
                push=_row(one.id, clock.ms, door, message_id=one.id),
            )
            for one in messages
        ]
    )  # fmt: skip


def _row(id_: int, due_at: int, door: str, message_id: int | None = None, reply_id: int | None = None) -> PushRow:
    return PushRow(
        id=id_, message_id=message_id, project="p", dialect="smpp", app=door, target="", due_at=due_at,
        reply_id=reply_id, door=door,
    )  # fmt: skip


async def all_due(store: SqliteStore, clock: FakeClock, door: str = DOOR) -> list[PushRow]:
    return await store.claim_pushes(clock.ms + 10_000_000, 0, 1000, door=door)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - a worker of the part under test decides when
            await asyncio.sleep(0.002)


async def test_a_customer_gets_what_fits_and_more_when_it_has_room(
    store: SqliteStore, clock: FakeClock, doors: Doors
) -> None:
    await owe(store, clock, range(1, 8))
    await owe(store, clock, range(11, 13), "esme2")
    customer = Customer(room=3)
    await doors.start()
    doors.open(DOOR, customer.deliver, customer.room)
    seen: list[int] = []
    while len(seen) < 7:
        await until(lambda: bool(customer.got))
        taken, customer.got = customer.got, []
        seen += [one.about.id for one in taken]
        doors.done(DOOR, taken, "deliver_sm_resp 0")
        doors.look(DOOR)
    await doors.stop()
    assert seen == list(range(1, 8))
    assert await all_due(store, clock) == []
    assert len(await all_due(store, clock, "esme2")) == 2
    assert [(one.kind, one.text) for one in await store.events(5)] == [("push", "door esme1: deliver_sm_resp 0")]


async def test_what_is_written_while_a_customer_is_connected_comes_at_once(
    store: SqliteStore, clock: FakeClock, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "LOOK_S", 1000)
    customer = Customer()
    await doors.start()
    doors.open(DOOR, customer.deliver, customer.room)
    await owe(store, clock, [1])
    doors.wake({"somebody else"})
    doors.wake({DOOR, "somebody else"})
    await until(lambda: bool(customer.got))
    (due,) = customer.got
    assert isinstance(due.about, Message)
    assert due.about.state is State.DELIVERED
    await doors.stop()


async def test_without_a_wake_it_comes_with_the_next_look(
    store: SqliteStore, clock: FakeClock, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "LOOK_S", 0.01)
    customer = Customer()
    await doors.start()
    doors.open(DOOR, customer.deliver, customer.room)
    await asyncio.sleep(0)
    await owe(store, clock, [1])
    await until(lambda: bool(customer.got))
    await doors.stop()


async def test_a_door_that_is_busy_all_the_time_keeps_no_other_from_its_turn(
    store: SqliteStore, clock: FakeClock, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "LOOK_S", 0.05)
    monkeypatch.setattr(doors_module, "GATHER_S", 0)
    busy, quiet = Customer(), Customer()
    await doors.start()
    doors.open("busy", busy.deliver, busy.room)
    doors.open(DOOR, quiet.deliver, quiet.room)
    await asyncio.sleep(0)
    await owe(store, clock, [1])  # by another process: nobody wakes this door here

    def is_told_while_the_other_is_woken() -> bool:
        doors.wake({"busy"})
        return bool(quiet.got)

    await until(is_told_while_the_other_is_woken)
    await doors.stop()


async def test_who_goes_away_is_told_at_the_next_connection(store: SqliteStore, clock: FakeClock, doors: Doors) -> None:
    await owe(store, clock, [1, 2])
    first = Customer()
    await doors.start()
    doors.open(DOOR, first.deliver, first.room)
    await until(lambda: len(first.got) == 2)
    doors.done(DOOR, first.got[:1])
    doors.close(DOOR)
    second = Customer()
    doors.open(DOOR, second.deliver, second.room)
    async with asyncio.timeout(10):
        while not second.got:
            doors.look(DOOR)
            await asyncio.sleep(0.002)
    assert [(one.about.id, one.row.tries) for one in second.got] == [(2, 0)]
    await doors.stop()
    assert [row.id for row in await all_due(store, clock)] == [2]


async def test_a_refused_row_comes_again_and_is_given_up_in_the_end(
    store: SqliteStore, clock: FakeClock, doors: Doors
) -> None:
    await owe(store, clock, [1])
    customer = Customer()
    doors.open(DOOR, customer.deliver, customer.room)
    for tries in range(MOST_TRIES):
        await doors.round([DOOR])
        (due,) = customer.got
        assert due.row.tries == tries
        customer.got = []
        doors.again(DOOR, [due], "ESME_RX_T_APPN", 5000)
        await doors._write()
        await doors.round([DOOR])
        assert customer.got == []  # not yet
        clock.push(5)
    assert await all_due(store, clock) == []
    events = await store.events(1)
    assert len(events) == MOST_TRIES
    assert events[0].text == "door esme1: ESME_RX_T_APPN; again in 5 s"
    assert events[-1].text == f"door esme1: ESME_RX_T_APPN; given up after {MOST_TRIES} tries"


async def test_what_was_not_the_customers_doing_costs_no_try(
    store: SqliteStore, clock: FakeClock, doors: Doors
) -> None:
    await owe(store, clock, [1])
    customer = Customer()
    doors.open(DOOR, customer.deliver, customer.room)
    await doors.round([DOOR])
    doors.again(DOOR, customer.got, "the link was lost", 0, counted=False)
    await doors._write()
    assert [row.tries for row in await all_due(store, clock)] == [0]
    assert await store.events(1) == []


async def test_a_row_that_is_out_is_not_given_out_twice(store: SqliteStore, clock: FakeClock, doors: Doors) -> None:
    await owe(store, clock, [1])
    customer = Customer()
    doors.open(DOOR, customer.deliver, customer.room)
    await doors.round([DOOR])
    clock.push(1000)  # its lease is long over
    await doors.round([DOOR])
    assert len(customer.got) == 1


async def test_a_reply_comes_with_the_message_it_answers(store: SqliteStore, clock: FakeClock, doors: Doors) -> None:
    await owe(store, clock, [1])
    row = ReplyRow(
        id=50, carrier="c", key="k", sender="8613800138000", to="10690088", text="ok", received_at=clock.ms,
        project="p", dialect="smpp", app=DOOR, message_id=1, extend="88",
    )  # fmt: skip
    await store.write(KeepReply(row=row, pushes=[_row(51, clock.ms, DOOR, reply_id=50)]))
    customer = Customer()
    doors.open(DOOR, customer.deliver, customer.room)
    await doors.round([DOOR])
    reply = next(one for one in customer.got if isinstance(one.about, Reply))
    assert isinstance(reply.about, Reply)
    assert reply.about.message is not None
    assert (reply.about.text, reply.about.extend, reply.about.message.id) == ("ok", "88", 1)
    doors.done(DOOR, [reply])
    await doors._write()
    assert [one.text for one in await store.events(1)] == ["reply 50: door esme1: taken"]


async def test_what_is_about_nothing_any_more_is_dropped(store: SqliteStore, clock: FakeClock, doors: Doors) -> None:
    await owe(store, clock, [1])
    await store.write(
        KeepReply(
            row=ReplyRow(id=9, carrier="c", key="k", sender="1", to="2", text="", received_at=0),
            pushes=[_row(99, clock.ms, DOOR, reply_id=98)],
        )
    )
    customer = Customer()
    doors.open(DOOR, customer.deliver, customer.room)
    await doors.round([DOOR])
    assert [one.row.id for one in customer.got] == [1]
    assert [row.id for row in await all_due(store, clock)] == [1]


async def test_outcomes_outlive_a_store_that_is_away_for_a_moment(
    store: SqliteStore, clock: FakeClock, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "STORE_AWAY_S", 0.01)
    await owe(store, clock, [1])
    customer = Customer()
    await doors.start()
    doors.open(DOOR, customer.deliver, customer.room)
    await until(lambda: bool(customer.got))
    write_all, failures = store.write_all, [OSError("gone")]

    async def flaky(ops: Sequence[Op]) -> list[Any]:
        if failures:
            raise failures.pop()
        return await write_all(ops)

    monkeypatch.setattr(store, "write_all", flaky)
    doors.done(DOOR, customer.got)
    await until(lambda: not failures and not doors._done.ids)
    await doors.stop()
    assert await all_due(store, clock) == []
