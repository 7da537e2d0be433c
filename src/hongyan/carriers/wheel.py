"""A wheel of ticks: what a simulated carrier will say, and when. One timer for all of it, none per message.

It knows only times and batches; the simulator decides what goes in.
"""

import asyncio
import heapq
from collections.abc import Callable, Collection
from typing import Generic, NamedTuple, TypeVar

_Answer = TypeVar("_Answer")
_Receipt = TypeVar("_Receipt")

TICK_MS = 20
LONGEST_SLEEP_S = 0.1
"""the clock is looked at this often while something waits, so that a clock that jumps is noticed"""


class Due(NamedTuple, Generic[_Answer, _Receipt]):
    """What is said at one tick: the answers first, then the receipts."""

    answers: list[_Answer]
    receipts: list[_Receipt]


class Wheel(Generic[_Answer, _Receipt]):
    """Keeps what is due by tick, and calls `turn` from the event loop when some of it may be."""

    def __init__(self, turn: Callable[[], None]) -> None:
        self._turn = turn
        self._spokes: dict[int, Due[_Answer, _Receipt]] = {}
        self._ticks: list[int] = []
        self._timer: asyncio.Handle | None = None
        self._timer_tick = 0

    def at(self, due_ms: int, now_ms: int) -> Due[_Answer, _Receipt]:
        """Return the batch to add to for this time; what is due already is said at the next turn of the loop."""
        tick = -(-due_ms // TICK_MS) if due_ms > now_ms else now_ms // TICK_MS
        due = self._spokes.get(tick)
        if due is None:
            due = self._spokes[tick] = Due([], [])
            heapq.heappush(self._ticks, tick)
        return due

    def take(self, now_ms: int) -> list[Due[_Answer, _Receipt]]:
        """Remove and return what is due, in order."""
        taken = []
        while self._ticks and self._ticks[0] * TICK_MS <= now_ms:
            taken.append(self._spokes.pop(heapq.heappop(self._ticks)))
        return taken

    def everything(self) -> Collection[Due[_Answer, _Receipt]]:
        """Return all batches, to be changed in place."""
        return self._spokes.values()

    def set_timer(self, now_ms: int) -> None:
        """Make sure that `turn` is called when the first tick is due."""
        if not self._ticks:
            return
        first = self._ticks[0]
        if self._timer is not None:
            if first >= self._timer_tick:
                return
            self._timer.cancel()
        self._timer_tick = first
        wait_s = (first * TICK_MS - now_ms) / 1000
        loop = asyncio.get_running_loop()
        if wait_s <= 0:
            self._timer = loop.call_soon(self._call)
        else:
            self._timer = loop.call_later(min(wait_s, LONGEST_SLEEP_S), self._call)

    def stop(self) -> list[Due[_Answer, _Receipt]]:
        """Cancel the timer; remove and return everything."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        taken = [self._spokes[tick] for tick in sorted(self._spokes)]
        self._spokes.clear()
        self._ticks.clear()
        return taken

    def _call(self) -> None:
        self._timer = None
        self._turn()
