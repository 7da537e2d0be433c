"""The group-commit writer: batches by themselves, order, isolation of failures, bounds, a clean end."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.store.writer import Failed, Writer
from store.store_samples import accept, message


class Recorder:
    """Commits numbers: a negative one is bad, and fails its whole batch unless they are kept apart."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def commit(self, ops: Sequence[Any], *, apart: bool) -> list[Any]:
        await self.gate.wait()
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        bad = [op for op in ops if isinstance(op, int) and op < 0]
        if bad and not apart:
            raise ValueError(bad)
        self.batches.append([op for op in ops if op not in bad])
        return [Failed(ValueError(op)) if op in bad else op for op in ops]


async def _started(recorder: Recorder, **bounds: int) -> Writer:
    writer = Writer(recorder.commit, Tally(), **bounds)
    writer.start()
    return writer


async def test_what_waited_during_a_commit_is_the_next_batch() -> None:
    recorder = Recorder()
    writer = await _started(recorder)
    recorder.gate.clear()
    tasks = [asyncio.create_task(writer.write(1))]
    await asyncio.sleep(0.01)
    tasks += [asyncio.create_task(writer.write(n)) for n in (2, 3, 4)]
    await asyncio.sleep(0.01)
    recorder.gate.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3, 4]
    assert recorder.batches == [[1], [2, 3, 4]]
    await writer.close()


async def test_a_long_list_is_cut_into_batches_in_order() -> None:
    recorder = Recorder()
    writer = await _started(recorder, rows_per_commit=4)
    assert await writer.write_all(list(range(10))) == list(range(10))
    assert recorder.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    await writer.close()


async def test_an_operation_of_many_rows_is_never_cut() -> None:
    recorder = Recorder()
    writer = await _started(recorder, rows_per_commit=4)
    big = accept(*(message() for _ in range(9)))
    await asyncio.gather(writer.write(1), writer.write(big), writer.write(2))
    assert [len(batch) for batch in recorder.batches] == [2, 1]
    await writer.close()


async def test_a_bad_operation_fails_alone_and_a_list_tells_its_first_failure() -> None:
    recorder = Recorder()
    writer = await _started(recorder)
    results = await asyncio.gather(
        writer.write(1), writer.write(-2), writer.write(3), writer.write_all([4, -5, 6, -7]), return_exceptions=True
    )
    assert [str(one) for one in results] == ["1", "-2", "3", "-5"]
    assert recorder.batches == [[1, 3, 4, 6]]
    await writer.close()


async def test_an_unreachable_database_refuses_all_that_waited_and_nothing_after() -> None:
    recorder = Recorder()
    writer = await _started(recorder)
    recorder.error = Refused(Reason.UNAVAILABLE)
    results = await asyncio.gather(writer.write(1), writer.write(2), return_exceptions=True)
    assert [type(one) for one in results] == [Refused, Refused]
    recorder.error = None
    assert await writer.write(3) == 3
    await writer.close()


async def test_submissions_are_refused_while_too_much_waits_and_other_operations_never() -> None:
    recorder = Recorder()
    writer = await _started(recorder, rows_waiting=10)
    recorder.gate.clear()
    first = asyncio.create_task(writer.write(0))
    await asyncio.sleep(0.01)
    waiting = [asyncio.create_task(writer.write(accept(*(message() for _ in range(11)))))]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await writer.write(accept(message()))
    assert refused.value.reason is Reason.OVERLOADED
    waiting.append(asyncio.create_task(writer.write(5)))
    recorder.gate.set()
    await asyncio.gather(first, *waiting)
    await writer.write(accept(message()))
    await writer.close()


async def test_one_that_stopped_waiting_disturbs_nobody() -> None:
    recorder = Recorder()
    writer = await _started(recorder)
    recorder.gate.clear()
    gone, stays = asyncio.create_task(writer.write(1)), asyncio.create_task(writer.write(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    recorder.gate.set()
    assert await stays == 2
    assert recorder.batches == [[1, 2]]
    await writer.close()


async def test_closing_commits_what_waits_and_refuses_what_comes() -> None:
    recorder = Recorder()
    writer = await _started(recorder)
    recorder.gate.clear()
    waiting = [asyncio.create_task(writer.write(n)) for n in range(3)]
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0.01)
    with pytest.raises(Refused):
        await writer.write(9)
    recorder.gate.set()
    await closing
    assert await asyncio.gather(*waiting) == [0, 1, 2]
