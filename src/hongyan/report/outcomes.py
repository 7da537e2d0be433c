"""What came of the pusher's calls, on its way into the store: many outcomes share a commit, and none is forgotten.

The rows are the pusher's until their outcome is on disk; then it is told which ones may go.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from hongyan.model.errors import Refused
from hongyan.store import Store
from hongyan.store.ops import Event, PushAgain, PushDone

STORE_AWAY_S = 1.0

_log = structlog.get_logger("hongyan.report.push")


class Outcomes:
    """Gathers outcomes and writes them. `on_written` gets the rows whose outcome is on disk."""

    def __init__(self, store: Store, on_written: Callable[[Sequence[int]], None]) -> None:
        self._store, self._on_written = store, on_written
        self._ended: list[int] = []
        self._events: list[Event] = []
        self._again: list[PushAgain] = []
        self._noted = asyncio.Event()

    def end(self, ids: Sequence[int], events: Sequence[Event]) -> None:
        """Note that these are told, or given up."""
        self._ended += ids
        self._events += events
        self._noted.set()

    def again(self, ids: Sequence[int], due_at: int, events: Sequence[Event]) -> None:
        """Note that these failed and are told later."""
        self._again.append(PushAgain(ids=ids, due_at=due_at, events=events))
        self._noted.set()

    async def run(self) -> None:
        """Write what is noted, for ever."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            ops = self._taken()
            while True:
                try:
                    await self._write(ops)
                    break
                except Exception as error:  # noqa: BLE001 - the worker edge: what was said must not be forgotten
                    tell("outcomes of pushes could not be written", error)
                    await asyncio.sleep(STORE_AWAY_S)

    async def write(self) -> None:
        """Write what is noted. Raises Refused."""
        await self._write(self._taken())

    def _taken(self) -> list[PushDone | PushAgain]:
        ops: list[PushDone | PushAgain] = [*self._again]
        if self._ended:
            ops.append(PushDone(ids=self._ended, events=self._events))
        self._ended, self._events, self._again = [], [], []
        return ops

    async def _write(self, ops: Sequence[PushDone | PushAgain]) -> None:
        if ops:
            await self._store.write_all(ops)
            self._on_written([one for op in ops for one in op.ids])


def tell(what: str, error: Exception) -> None:
    """Log trouble with the store: a line when it is away, a trace for what nobody expected."""
    if isinstance(error, Refused):
        _log.warning(what, reason=error.reason)
    else:
        _log.error(what, exc_info=error)
