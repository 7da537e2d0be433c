"""The group-commit writer: what waited during the last commit is the next batch. No timer, no task an operation.

Shared by both engines, which only say how a list of operations is committed. It decides nothing about them.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.store.ops import Accept, Record

ROWS_PER_COMMIT = 500
"""rows are written on the event loop: this many keep it busy for a few milliseconds"""
ROWS_WAITING = 20_000
"""more than this, and new submissions are refused until it is less"""


class Failed:
    """What a commit returns in place of an operation's result when that operation alone failed."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Commit(Protocol):
    """How an engine commits a list of operations and returns their results.

    With `apart`, an operation that fails is left out and returned as `Failed`; without, it fails them all.
    """

    async def __call__(self, ops: Sequence[Any], *, apart: bool) -> list[Any]: ...


class _Job:
    __slots__ = ("begun", "each", "future", "ops", "results")

    def __init__(self, ops: Sequence[Any], future: asyncio.Future[list[Any]], *, each: bool) -> None:
        self.ops = ops
        self.each = each
        self.future = future
        self.begun = 0
        self.results: list[Any] = []


def rows_of(op: Any) -> int:
    """Return about how many rows an operation writes."""
    kind = type(op)
    if kind is Accept:
        return len(op.messages) or 1
    return len(op.rows) if kind is Record else 1


class Writer:
    """Gathers operations and commits them in batches, in the order written."""

    def __init__(
        self,
        commit: Commit,
        tally: Tally,
        *,
        rows_per_commit: int = ROWS_PER_COMMIT,
        rows_waiting: int = ROWS_WAITING,
    ) -> None:
        self._commit = commit
        self._tally = tally
        self._rows_per_commit = rows_per_commit
        self._most_waiting = rows_waiting
        self._waiting = 0
        self._jobs: deque[_Job] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop
        self._open = False

    def start(self) -> None:
        """Begin to commit."""
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._task = self._loop.create_task(self._run(), name="store-writer")

    async def close(self) -> None:
        """Refuse what comes now, commit what waits, and end."""
        self._open = False
        self._stir()
        if self._task is not None:
            await self._task
            self._task = None

    async def write(self, op: Any) -> Any:
        """Commit one operation and return its result."""
        if type(op) is Accept and self._waiting > self._most_waiting:
            raise Refused(Reason.OVERLOADED, waiting=self._waiting)
        return (await self._put((op,)))[0]

    async def write_all(self, ops: Sequence[Any]) -> list[Any]:
        """Commit operations in order and return their results. Raises the first failure, after all were tried."""
        return await self._put(ops) if ops else []

    async def write_each(self, ops: Sequence[Any]) -> list[Any]:
        """Commit operations in order and return their results, an exception in place of each that failed."""
        if self._waiting > self._most_waiting:
            raise Refused(Reason.OVERLOADED, waiting=self._waiting)
        return await self._put(ops, each=True) if ops else []

    def _put(self, ops: Sequence[Any], *, each: bool = False) -> asyncio.Future[list[Any]]:
        if not self._open:
            raise Refused(Reason.UNAVAILABLE, why="the store is closed")
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        self._jobs.append(_Job(ops, future, each=each))
        self._waiting += rows_of(ops[0]) if len(ops) == 1 else sum(map(rows_of, ops))
        self._stir()
        return future

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _run(self) -> None:
        while True:
            if not self._jobs:
                if not self._open:
                    return
                self._wake = self._loop.create_future()
                await self._wake
                continue
            parts, ops = self._take()
            results = await self._committed(ops)
            self._tally.add("store_commits")
            self._tally.add("store_operations", n=len(ops))
            self._give(parts, results)

    def _take(self) -> tuple[list[tuple[_Job, int]], list[Any]]:
        """Take what waits, whole operations up to the cap; a long job is cut and goes on in the next batch."""
        room = self._rows_per_commit
        parts: list[tuple[_Job, int]] = []
        taken: list[Any] = []
        while self._jobs and room > 0:
            job = self._jobs[0]
            first = job.begun
            if len(job.ops) == 1:
                room -= rows_of(job.ops[0])
                job.begun = 1
            else:
                while job.begun < len(job.ops) and room > 0:
                    room -= rows_of(job.ops[job.begun])
                    job.begun += 1
            taken.extend(job.ops[first : job.begun])
            parts.append((job, job.begun - first))
            if job.begun == len(job.ops):
                self._jobs.popleft()
        self._waiting -= self._rows_per_commit - room
        return parts, taken

    async def _committed(self, ops: Sequence[Any]) -> list[Any]:
        try:
            return await self._commit(ops, apart=False)
        except Exception as first:  # noqa: BLE001 - the worker's edge: each writer is told below what failed
            if isinstance(first, Refused):
                return [Failed(first)] * len(ops)
        try:
            return await self._commit(ops, apart=True)
        except Exception as error:  # noqa: BLE001 - the same edge
            return [Failed(error)] * len(ops)

    @staticmethod
    def _give(parts: Sequence[tuple[_Job, int]], results: Sequence[Any]) -> None:
        done = 0
        for job, length in parts:
            job.results.extend(results[done : done + length])
            done += length
            if len(job.results) < len(job.ops) or job.future.done():
                continue
            if job.each:
                job.future.set_result([one.error if type(one) is Failed else one for one in job.results])
                continue
            failed = next((one for one in job.results if type(one) is Failed), None)
            if failed is None:
                job.future.set_result(job.results)
            else:
                job.future.set_exception(failed.error)
