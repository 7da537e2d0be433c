import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hongyan.model.errors import Refused
from hongyan.model.message import State
from hongyan.model.reason import Reason
from hongyan.store.ops import Handed, Note, Op, Settle
from hongyan.store.ordered import BATCH, OrderedWriter


class Slow:
    """The two writing calls of a store, held up until told to go on."""

    def __init__(self) -> None:
        self.written: list[list[Op]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.poison: Op | None = None
        self.outages = 0

    async def write_all(self, ops: Sequence[Op]) -> list[Any]:
        await self.go.wait()
        if self.outages:
            self.outages -= 1
            raise Refused(Reason.UNAVAILABLE)
        if self.poison in ops:
            raise ZeroDivisionError
        self.written.append(list(ops))
        return [type(op).__name__ for op in ops]

    async def write(self, op: Op) -> Any:
        return (await self.write_all([op]))[0]


def handed(message_id: int) -> Handed:
    return Handed(message_id=message_id, at=5, carrier="a", provider_id=f"p{message_id}", due_at=9)


def settle(message_id: int) -> Settle:
    return Settle(message_id=message_id, project="p", state=State.DELIVERED, at=6, cause="")


async def rest(writer: OrderedWriter) -> None:
    while writer.waiting:  # noqa: ASYNC110 - it counts, it does not signal
        await asyncio.sleep(0)


async def batches(slow: Slow, n: int) -> None:
    while len(slow.written) < n:  # noqa: ASYNC110 - it counts, it does not signal
        await asyncio.sleep(0)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def writer(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> OrderedWriter:
    monkeypatch.setattr("hongyan.store.ordered.HANDED_WAITS_S", 0.0)
    return OrderedWriter(slow)  # type: ignore[arg-type] # the two calls it makes


async def test_what_waits_is_written_together_and_in_order(slow: Slow, writer: OrderedWriter) -> None:
    writer.start()
    said: list[Sequence[Any]] = []
    slow.go.clear()
    writer.add([handed(1)], said.append)
    await asyncio.sleep(0)
    writer.add([handed(2), Note(events=[])], said.append)
    writer.add([handed(3)])
    assert writer.waiting == 4
    slow.go.set()
    await rest(writer)
    assert [len(batch) for batch in slow.written] == [1, 3]
    assert said == [["Handed"], ["Handed", "Note"]]
    await writer.stop()


async def test_a_handover_and_its_ending_that_wait_together_are_one(slow: Slow, writer: OrderedWriter) -> None:
    said: list[Sequence[Any]] = []
    writer.add([handed(1), handed(2)], said.append)
    writer.add([settle(2)], said.append)
    writer.start()
    await rest(writer)
    first, last = slow.written[0]
    assert isinstance(first, Handed)
    assert isinstance(last, Settle)
    assert (last.carrier, last.provider_id, last.submitted_at) == ("a", "p2", 5)
    assert said == [["Handed", None], ["Settle"]]
    await writer.stop()


async def test_a_handover_waits_for_its_ending_but_holds_nothing_up(
    slow: Slow, writer: OrderedWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hongyan.store.ordered.HANDED_WAITS_S", 60.0)
    said: list[Sequence[Any]] = []
    writer.start()
    writer.add([handed(1)], said.append)
    writer.add([Note(events=[])])
    await batches(slow, 1)
    assert writer.waiting == 1
    writer.add([settle(1)])
    await batches(slow, 2)
    assert [[type(op) for op in batch] for batch in slow.written] == [[Note], [Settle]]
    await writer.stop()
    assert said == [[None]]


async def test_a_handover_without_an_ending_is_written_after_a_moment(
    slow: Slow, writer: OrderedWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hongyan.store.ordered.HANDED_WAITS_S", 0.001)
    writer.start()
    writer.add([handed(1)])
    writer.add([handed(2)])
    await rest(writer)
    assert sum(map(len, slow.written)) == 2
    await writer.stop()


async def test_an_ending_whose_handover_is_being_written_stays_apart(slow: Slow, writer: OrderedWriter) -> None:
    writer.start()
    slow.go.clear()
    writer.add([handed(1)])
    await asyncio.sleep(0)
    writer.add([settle(1)])
    slow.go.set()
    await rest(writer)
    assert [type(op) for batch in slow.written for op in batch] == [Handed, Settle]
    await writer.stop()


async def test_a_batch_is_bounded(slow: Slow, writer: OrderedWriter) -> None:
    for place in range(3 * BATCH // 100):
        writer.add([handed(place * 100 + one) for one in range(100)])
    writer.start()
    await rest(writer)
    assert [len(batch) for batch in slow.written] == [BATCH] * 3
    await writer.stop()


async def test_an_outage_is_waited_out(slow: Slow, writer: OrderedWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.store.ordered.FIRST_PAUSE_S", 0.0)
    slow.outages = 3
    writer.add([handed(1)])
    writer.start()
    await rest(writer)
    assert len(slow.written) == 1
    await writer.stop()


async def test_one_bad_operation_does_not_hold_up_the_others(slow: Slow, writer: OrderedWriter) -> None:
    slow.poison = settle(2)
    said: list[Sequence[Any]] = []
    writer.add([handed(1), slow.poison, handed(3)], said.append)
    writer.start()
    await rest(writer)
    assert said == [["Handed", None, "Handed"]]
    await writer.stop()


async def test_stopping_writes_what_waits(slow: Slow, writer: OrderedWriter) -> None:
    writer.start()
    writer.add([handed(1)])
    await writer.stop()
    assert len(slow.written) == 1
