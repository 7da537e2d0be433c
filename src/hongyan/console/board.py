"""What lists look like now, drawn once for everybody who looks at the same address; and when to look again.

One counter for the process goes up, once a second at most, while somebody looks on and something was written. A list
is drawn once a count: ten open consoles cost about as much as one. Lists that are long to find are looked for less
often, so that they never take more than a twentieth of the time.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from hongyan.operate.live import Live

MARKS_A_SECOND = 1.0
MOST_WATCHERS = 200
KEEP_ALIVE_S = 15.0
_SETTLE_S = 1.0
_MOST_KEPT = 100
_SHARE = 20
"""a list is not drawn again before so many times as long as it took are over"""


class Seen(NamedTuple):
    """A list as it is."""

    digest: str
    """another one when anything in it is"""
    html: bytes = b""


class _Kept(NamedTuple):
    begun: int
    """the board's count when it was begun"""
    task: "asyncio.Task[Seen]"


class Board:
    """One for a console."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.count = 0
        self.drawn = 0
        """lists that were drawn, for tests"""
        self._watchers = 0
        self._task: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()
        self._kept: dict[str, _Kept] = {}
        self._quiet_until: dict[str, float] = {}

    def has_room(self) -> bool:
        """Return whether one more may look on."""
        return self._watchers < MOST_WATCHERS and not self.live.over.is_set()

    def is_watched(self) -> bool:
        """Return whether somebody looks on."""
        return bool(self._watchers)

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look on inside the block."""
        self._watchers += 1
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._count())
        try:
            yield
        finally:
            self._watchers -= 1
            if not self._watchers and self._task is not None:
                self._task.cancel()
                self._task = None
                self._kept.clear()
                self._quiet_until.clear()

    async def moved(self, count: int, address: str) -> int:
        """Return the count once it is past this one; the same one after `KEEP_ALIVE_S`, or when all ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + KEEP_ALIVE_S
        while self.count == count and not self.live.over.is_set() and (left := until - loop.time()) > 0:
            moved = self._moved
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), left)
        if (quiet := self._quiet_until.get(address, 0.0) - loop.time()) > 0:
            await asyncio.sleep(min(quiet, KEEP_ALIVE_S))
        return self.count

    async def seen(self, address: str, look: Callable[[], Awaitable[Seen]]) -> Seen:
        """Return a list as it is at this count, drawn by whoever asks first."""
        if self._task is None:
            return await look()
        kept = self._kept.pop(address, None)
        if kept is None or kept.begun != self.count or (kept.task.done() and _failed(kept.task)):
            kept = _Kept(self.count, asyncio.get_running_loop().create_task(self._draw(address, look)))
        self._kept[address] = kept
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return await asyncio.shield(kept.task)

    async def _draw(self, address: str, look: Callable[[], Awaitable[Seen]]) -> Seen:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.drawn += 1
        found = await look()
        if len(self._quiet_until) > _MOST_KEPT:
            self._quiet_until.clear()
        self._quiet_until[address] = loop.time() + _SHARE * (loop.time() - began)
        return found

    async def _count(self) -> None:
        async with self.live.marks(MARKS_A_SECOND) as marks:
            wait_s = _SETTLE_S
            while not self.live.over.is_set():
                # once without a mark: a list may have been drawn before the store was looked at for the first time
                if await marks.take(wait_s) or wait_s == _SETTLE_S:
                    self.count += 1
                    self._move()
                wait_s = KEEP_ALIVE_S
        self._move()

    def _move(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


def _failed(task: "asyncio.Task[Seen]") -> bool:
    return task.cancelled() or task.exception() is not None


def digest_of(value: Any) -> str:
    """Return a short text that is another one for any other value."""
    return hashlib.blake2s(msgspec.json.encode(value), digest_size=8).hexdigest()
