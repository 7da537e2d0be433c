"""The pusher on the embedded store: what is settled is told, across failures and restarts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hongyan.dialects.alibaba.push import SmsReport
from hongyan.dialects.comms.push import CommsPush
from hongyan.dialects.nxcloud.receipts import Receipts
from hongyan.model.clock import FakeClock
from hongyan.model.message import State
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.model.world import App, Project, World
from hongyan.report import lanes
from hongyan.report.push import Pusher
from hongyan.store.ops import Accept, Event, KeepReply, PushRow, ReplyRow, Settle, SubmissionRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from report.push_receivers import answering, receiver
from report.push_store import settled


class Watched(SqliteStore):
    """The store, with a bell after each thing the pusher writes."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        super().__init__(path, Vault(b"k" * 32), clock, Tally())
        self._rung = asyncio.Event()

    async def write(self, op: Any) -> Any:
        result = await super().write(op)
        self._rung.set()
        return result

    async def write_all(self, ops: Sequence[Any]) -> list[Any]:
        results = await super().write_all(ops)
        self._rung.set()
        return results

    async def told(self, ids: Sequence[int], each: Callable[[list[Event]], bool]) -> None:
        """Wait until the events of every message are as wanted."""
        async with asyncio.timeout(20):
            while True:
                self._rung.clear()
                if all([each(await self.events(one)) for one in ids]):
                    return
                await self._rung.wait()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Watched]:
    made = Watched(tmp_path / "hongyan.db", clock)
    await made.open()
    await made.declare([Project(name="p")], (), clock.ms)
    yield made
    await made.close()


async def settle(store: SqliteStore, clock: FakeClock, target: str, ids: Sequence[int]) -> None:
    """Accept and settle messages, each with its push."""
    messages = [settled(one) for one in ids]
    for message in messages:
        message.state, message.due_at, message.dialect, message.app = State.SENDING, clock.ms, "nxcloud", "a"
    submission = SubmissionRow(
        id=ids[0],
        project="p",
        request_id="r",
        dialect="nxcloud",
        action="mtsend",
        key_id="k",
        peer="",
        received_at=clock.ms,
        method="POST",
        path="/",
        request="",
        notes="[]",
    )
    await store.write(
        Accept(
            project="p",
            currency="CNY",
            credit_line=0,
            submissions=[submission],
            messages=messages,
            now_ms=clock.ms,
        )
    )
    await store.write_all(
        [
            Settle(
                message_id=message.id,
                project="p",
                state=State.DELIVERED,
                at=clock.ms,
                cause="delivered|DELIVRD|c|",
                push=PushRow(
                    id=message.id, message_id=message.id, project="p", dialect="nxcloud", app="a",
                    target=target, due_at=clock.ms,
                ),
            )
            for message in messages
        ]
    )  # fmt: skip


def pusher(store: SqliteStore, clock: FakeClock, retries_s: tuple[float, ...] = ()) -> Pusher:
    world = World(things=(Project(name="p"), App(project="p", name="a", push_retries_s=retries_s)))
    shapes: dict[str, PushShape] = {"nxcloud": Receipts(), "alibaba": SmsReport(), "comms": CommsPush(lambda: "r")}
    return Pusher(store, shapes, lambda: world, clock, Tally(), allow_inside=True, random=Random(1))


async def due(store: SqliteStore, clock: FakeClock) -> list[PushRow]:
    return await store.claim_pushes(clock.ms + 10_000_000, 0, 10_000)


async def test_what_is_settled_is_told_once(store: Watched, clock: FakeClock) -> None:
    ids = range(1, 301)
    async with receiver(answering(b"success")) as of:
        await settle(store, clock, of.url, ids)
        running = pusher(store, clock)
        await running.start()
        await store.told(ids, lambda events: [one.kind for one in events] == ["push"])
        await running.stop()
    assert len(of.bodies) == 300
    assert await due(store, clock) == []


async def test_a_failed_call_is_repeated_after_a_restart(store: Watched, clock: FakeClock, tmp_path: Path) -> None:
    async with receiver(answering(b"error")) as of:
        await settle(store, clock, of.url, [1])
        running = pusher(store, clock, (60,))
        await running.start()
        await store.told([1], lambda events: len(events) == 1)
        await running.stop()
        await store.close()

        again = Watched(tmp_path / "hongyan.db", clock)
        await again.open()
        clock.push(70)
        of.handle = answering(b"success")
        running = pusher(again, clock, (60,))
        await running.start()
        await again.told([1], lambda events: len(events) == 2)
        await running.stop()
        assert [one.kind for one in await again.events(1)] == ["push-failed", "push"]
        assert await due(again, clock) == []
        await again.close()
        await store.open()
    assert len(of.bodies) == 2


async def test_what_found_no_place_is_told_later_and_has_lost_no_try(
    store: Watched, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_WAITING", 10)
    ids = range(1, 41)
    async with receiver(answering(b"success")) as of:
        await settle(store, clock, of.url, ids)
        running = pusher(store, clock)
        await running.start()
        while len(of.bodies) < 40:
            await of.until(min(40, len(of.bodies) + 10))
            clock.push(2)
            running.wake()
        await store.told(ids, lambda events: [one.kind for one in events] == ["push"])
        await running.stop()
    assert len(set(of.bodies)) == 40


async def test_stopping_before_any_call_leaves_all_due(store: Watched, clock: FakeClock) -> None:
    await settle(store, clock, "http://127.0.0.1:9999/dr", range(1, 6))
    running = pusher(store, clock)
    await running.start()
    await running.stop()
    assert [row.tries for row in await store.claim_pushes(clock.ms, 0, 10)] == [0] * 5


# --- replies


async def keep(store: SqliteStore, clock: FakeClock, id_: int, dialect: str, target: str, **more: Any) -> None:
    """Keep a reply with its push."""
    row = ReplyRow(
        id=id_, carrier="c", key=str(id_), sender="8613800138000", to="1069", text=f"reply {id_}",
        received_at=clock.ms, project="p", dialect=dialect, **more,
    )  # fmt: skip
    push = PushRow(
        id=id_ + 10_000, message_id=None, project="p", dialect=dialect, app="a", target=target, due_at=clock.ms,
        reply_id=id_,
    )  # fmt: skip
    await store.write(KeepReply(row=row, pushes=[push]))


async def test_replies_are_told_together_and_stand_in_the_timeline(store: Watched, clock: FakeClock) -> None:
    async with receiver(answering(b'{"code":0}')) as of:
        await settle(store, clock, "http://127.0.0.1:9/", [1])
        for id_ in (501, 502, 503):
            await keep(store, clock, id_, "alibaba", of.url, message_id=1 if id_ == 502 else None)
        running = pusher(store, clock)
        await running.start()
        await of.until(1)
        await store.told([1], lambda events: any("reply 502" in one.text for one in events))
        await running.stop()
    texts = [one["content"] for body in of.bodies for one in json.loads(body)]
    assert texts == ["reply 501", "reply 502", "reply 503"]
    (told,) = (one for one in await store.events(1) if "reply" in one.text)
    assert told.kind == "push"
    assert told.text.startswith("reply 502: http://127.0.0.1")
    assert [row.reply_id for row in await due(store, clock)] == []


async def test_receipts_and_replies_to_one_address_go_by_separate_calls(store: Watched, clock: FakeClock) -> None:
    async with receiver(answering(b"success")) as of:
        await settle(store, clock, of.url, [1, 2])
        await keep(store, clock, 501, "nxcloud", of.url)
        running = pusher(store, clock)
        await running.start()
        await of.until(3)
        await running.stop()
    assert sum(b"fromPhone=8613800138000" in body for body in of.bodies) == 1
    assert await due(store, clock) == []


async def test_a_failed_reply_is_repeated_by_the_rule_for_receipts(store: Watched, clock: FakeClock) -> None:
    async with receiver(answering(b"error")) as of:
        await keep(store, clock, 501, "nxcloud", of.url)
        running = pusher(store, clock, (60,))
        await running.start()
        await of.until(1)
        await running.stop()
        (row,) = await due(store, clock)
        assert row.tries == 1


async def test_a_reply_that_the_dialect_has_no_words_for_is_dropped(store: Watched, clock: FakeClock) -> None:
    await keep(store, clock, 501, "comms", "http://127.0.0.1:9/")
    running = pusher(store, clock)
    assert await running._claim(10) == 1
    await running.stop()
    assert await due(store, clock) == []


async def test_a_wake_for_doors_goes_to_the_doors(store: Watched, clock: FakeClock) -> None:
    running = pusher(store, clock)
    told: list[str] = []
    running.on_doors = told.extend
    at_door = PushRow(id=1, message_id=1, project="p", dialect="smpp", target="", due_at=0, door="esme1")
    running.wake([at_door])
    assert (told, running._woken.is_set()) == (["esme1"], False)
    running.wake([at_door, PushRow(id=2, message_id=2, project="p", dialect="nxcloud", target="x", due_at=0)])
    assert running._woken.is_set()
