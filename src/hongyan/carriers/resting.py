"""Parts of messages that a carrier does not want now: they wait for the pause it asked for, then go on. No I/O."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from hongyan.carriers.pieces import InPieces


class _Rest(NamedTuple):
    until_s: float
    job: InPieces
    part: int


class Resting:
    """What rests, with one timer for the next that is rested. `on_rested` gets those whose time has come."""

    def __init__(self, on_rested: Callable[[list[InPieces]], None]) -> None:
        self._on_rested = on_rested
        self._rests: deque[_Rest] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __bool__(self) -> bool:
        return bool(self._rests)

    def add(self, job: InPieces, index: int, pause_ms: int) -> None:
        """Let a part rest."""
        loop = asyncio.get_running_loop()
        self._rests.append(_Rest(loop.time() + pause_ms / 1000, job, index))
        if self._timer is None:
            self._timer = loop.call_at(self._rests[0].until_s, self._wake)

    def end(self) -> list[InPieces]:
        """Wait no longer: return what rests."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return self._taken(float("inf"))

    def _wake(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        rested = self._taken(loop.time())
        if self._rests:
            self._timer = loop.call_at(self._rests[0].until_s, self._wake)
        self._on_rested(rested)

    def _taken(self, now_s: float) -> list[InPieces]:
        out = []
        while self._rests and self._rests[0].until_s <= now_s:
            _, job, index = self._rests.popleft()
            if not job.over:
                job.unasked(index)
                out.append(job)
        return out
