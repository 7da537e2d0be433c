"""One writer for what several parts of a process say about the same messages, so that it is committed in order.

The sender says "handed", the matcher says "delivered", often within the same loop turn: both add here, in the order
things happened, and each commit takes all that waited while the last one ran. A hand-over and an ending that
wait together become one operation. It never drops an operation the store could still take.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hongyan.model.errors import Refused
from hongyan.store import Store
from hongyan.store.ops import Handed, Op, Settle

Done = Callable[[Sequence[Any]], None]

BATCH = 1000
"""operations after which a commit takes no further group"""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0

log = structlog.get_logger(stage="store")


class OrderedWriter:
    """Commits groups of operations in the order added, and says when each group is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._groups: list[tuple[list[Op | None], Done | None]] = []
        self._handed: dict[int, tuple[list[Op | None], int]] = {}
        self._wake = asyncio.Event()
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
        group: list[Op | None] = list(ops)
        handed = self._handed
        for place, op in enumerate(group):
            if type(op) is Handed:
                if not op.part_ids:  # its parts become rows, which no ending can say
                    handed[op.message_id] = group, place
            elif type(op) is Settle and handed:
                earlier = handed.pop(op.message_id, None)
                if earlier is not None:
                    _merge(op, *earlier)
        self._groups.append((group, done))
        self.waiting += len(group)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._groups:
                await self._commit(self._take())
            if self._closing:
                return

    def _take(self) -> list[tuple[list[Op | None], Done | None]]:
        if self.waiting <= BATCH:
            taken, self._groups = self._groups, []
        else:
            count = end = 0
            while count < BATCH and end < len(self._groups):
                count += len(self._groups[end][0])
                end += 1
            taken, self._groups = self._groups[:end], self._groups[end:]
        self._handed.clear()  # what is taken can no longer be merged, and what follows it came later
        return taken

    async def _commit(self, groups: list[tuple[list[Op | None], Done | None]]) -> None:
        ops = [op for group, _ in groups for op in group if op is not None]
        results = iter(await self._written(ops))
        for group, done in groups:
            self.waiting -= len(group)
            values = [None if op is None else next(results) for op in group]
            if done is not None:
                done(values)

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
