"""The retention chore: deletes what is older than the operator keeps, slice by slice so that nobody waits for it."""

import asyncio

import structlog

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.limits import DAY_MS, HOUR_MS
from hongyan.store import Store, hourly

EVERY_S = 3600.0
SLICE_ROWS = 1_000
BREATH_S = 0.05

log = structlog.get_logger(stage="report")


class Retention:
    """Purges once an hour. `days` 0 keeps everything."""

    def __init__(self, store: Store, clock: Clock, days: int) -> None:
        self._store = store
        self._clock = clock
        self._days = days
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to purge now and then."""
        if self._days > 0:
            self._task = asyncio.create_task(self._run(), name="retention")

    async def stop(self) -> None:
        """End; a slice that is under way is committed or not by itself."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def purge(self) -> int:
        """Delete everything that is old enough; return how many rows went."""
        now = self._clock.now_ms()
        gone = 0
        await self._count_what_goes(now - self._days * DAY_MS)
        while rows := await self._store.purge(now - self._days * DAY_MS, now, SLICE_ROWS):
            gone += rows
            await asyncio.sleep(BREATH_S)
        return gone

    async def _count_what_goes(self, before_ms: int) -> None:
        """Count the hours that are about to be deleted, for statistics."""
        end = before_ms // HOUR_MS * HOUR_MS + HOUR_MS
        first = await hourly.oldest(self._store, end)
        if first is None:
            return
        known = await hourly.known(self._store, first, end)
        for hour in range(first, end, HOUR_MS):
            if not known.get(hour, (0, False))[1]:
                await hourly.count(self._store, hour, self._clock.now_ms())

    async def _run(self) -> None:
        while True:
            try:
                gone = await self.purge()
                if gone:
                    log.info("old messages deleted", rows=gone, days=self._days)
            except Refused:
                log.warning("the store cannot be reached; old messages are deleted later")
            except Exception:  # worker edge: the next hour sees the same rows
                log.exception("the retention chore failed")
            await asyncio.sleep(EVERY_S)
