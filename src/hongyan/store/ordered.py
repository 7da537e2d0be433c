"""One writer for what several parts of a process say about the same messages, so that it is committed in order.

The sender says "handed", the matcher says "delivered", often within the same loop turn: both add here, in the order
things happened, and each commit takes all that waited while the last one ran. A hand-over and an ending that
wait together become one operation; for that a hand-over waits a moment for its ending. It never drops an operation
the store could still take.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hongyan.model.errors import Refused
from hongyan.store import Store
from hongyan.store.ops import Handed, Op, Settle

Done = Callable[[Sequence[Any]], None]

BATCH = 1000
"""operations after which a commit takes no further group"""
HANDED_WAITS_S = 0.02
"""how long a hand-over is kept for an ending that may follow at once: a turn of a busy loop takes about as long"""
COMMITS_APART_S = 0.006
"""a commit begins this long after the one before at the earliest: small windows bring little at a time"""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0

log = structlog.get_logger(stage="store")


class _Group:
    """What was added in one call. `ripe_at`: when it may be written, by the loop's time."""

    __slots__ = ("done", "ops", "ripe_at")

    def __init__(self, ops: list[Op | None], done: Done | None) -> None:
        self.ops, self.done = ops, done
        self.ripe_at = 0.0


class OrderedWriter:
    """Commits groups of operations, those about a message in the order added, and says when each group is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._groups: list[_Group] = []
        self._handed: dict[int, tuple[list[Op | None], int]] = {}
        self._wake = asyncio.Event()
        self._ripens: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.waiting = 0
        """operations not on disk yet"""

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="ordered writer")

    async def stop(self) -> None:
        """Write what waits, then end."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    def add(self, ops: Sequence[Op], done: Done | None = None) -> None:
        """Commit these soon. `done` gets their results in order, on the event loop.

        A `Handed` whose `Settle` is added before it was written has the result None: the `Settle` says it all.
        """
        group = _Group(list(ops), done)
        handed = self._handed
        waits = 0
        for place, op in enumerate(group.ops):
            if type(op) is Handed:
                if not op.part_ids:  # its parts become rows, which no ending can say
                    handed[op.message_id] = group.ops, place
                    waits += 1
            elif type(op) is Settle and handed:
                earlier = handed.pop(op.message_id, None)
                if earlier is not None:
                    _merge(op, *earlier)
        if waits and waits == len(ops):
            group.ripe_at = asyncio.get_running_loop().time() + HANDED_WAITS_S
        self._groups.append(group)
        self.waiting += len(group.ops)
        self._wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while taken := self._take():
                again_at = loop.time() + COMMITS_APART_S
                await self._commit(taken)
                if not self._closing and (left_s := again_at - loop.time()) > 0:
                    await asyncio.sleep(left_s)
            if self._closing and not self._groups:
                return
            if self._groups and self._ripens is None:
                self._ripens = loop.call_at(self._groups[0].ripe_at, self._ripe)

    def _ripe(self) -> None:
        self._ripens = None
        self._wake.set()

    def _take(self) -> list[_Group]:
        """Take what may be written now, in order; hand-overs added a moment ago stay for their endings.

        Nothing but an ending is ever said of a message between its hand-over and its receipt.
        """
        now = math.inf if self._closing else asyncio.get_running_loop().time()
        taken: list[_Group] = []
        left: list[_Group] = []
        count = 0
        for group in self._groups:
            if count < BATCH and group.ripe_at <= now:
                taken.append(group)
                count += len(group.ops)
            else:
                left.append(group)
        self._groups = left
        handed = self._handed
        if not left:
            handed.clear()
        elif handed:  # what is taken can no longer be merged, and what follows it came later
            for group in taken:
                for op in group.ops:
                    if type(op) is Handed:
                        handed.pop(op.message_id, None)
        return taken

    async def _commit(self, groups: list[_Group]) -> None:
        ops = [op for group in groups for op in group.ops if op is not None]
        results = iter(await self._written(ops))
        for group in groups:
            self.waiting -= len(group.ops)
            values = [None if op is None else next(results) for op in group.ops]
            if group.done is not None:
                group.done(values)

    async def _written(self, ops: Sequence[Op]) -> Sequence[Any]:
        pause_s = FIRST_PAUSE_S
        while ops:
            try:
                return await self._store.write_all(ops)
            except Refused:  # the database cannot be reached: nothing is lost by waiting for it
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            except Exception:  # worker edge: one bad operation must not hold up the others
                log.exception("a batch could not be written, trying its operations one by one")
                return [await self._written_alone(op) for op in ops]
        return []

    async def _written_alone(self, op: Op) -> Any:
        while True:
            try:
                return await self._store.write(op)
            except Refused:
                await asyncio.sleep(FIRST_PAUSE_S)
            except Exception:  # worker edge: see above; the sweep finds the message again
                log.exception("an operation could not be written", operation=type(op).__name__)
                return None


def _merge(settle: Settle, group: list[Op | None], place: int) -> None:
    handed = group[place]
    assert type(handed) is Handed
    settle.carrier, settle.provider_id, settle.submitted_at = handed.carrier, handed.provider_id, handed.at
    group[place] = None
