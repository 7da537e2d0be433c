"""Reminds carriers whose receipts are made in this process of messages whose receipts nobody will make any more.

Such a promise ends with the process, or the opening of the carrier, that made it. Embedded, everything submitted before
an opening is ours to remind of. Several processes on one database cannot tell whose a message was, so each
waits until every living promise has been kept; a receipt said by two of them settles once.
"""

import asyncio
from collections.abc import Callable

import structlog

from hongyan.carriers import Carrier
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.store import Store

PAGE = 5_000
BUSY_ABOVE = 10_000
"""receipts and writes on their way, above which the next page waits"""
ROUND_S, BUSY_PAUSE_S = 2.0, 0.02
KEPT_AFTER_MS = 3_000
"""a promise is surely on disk this long after its time"""

log = structlog.get_logger(stage="send")


class Reminder:
    """One loop beside the fleet; `round` is one turn of it, tests call it instead of waiting."""

    def __init__(self, store: Store, clock: Clock, busy: Callable[[], int], *, alone: bool) -> None:
        self._store = store
        self._clock = clock
        self._busy = busy
        self._alone = alone
        self._followed: dict[Carrier, tuple[int, int]] = {}
        """carrier -> (what it took before that was taken by an earlier opening, up to where it was reminded)"""
        self._task: asyncio.Task[None] | None = None

    def opened(self, carrier: Carrier) -> None:
        """Follow a carrier from now on."""
        if carrier.promise_ms is not None:
            self._followed[carrier] = self._clock.now_ms() + 1, 0

    def closed(self, carrier: Carrier) -> None:
        """Follow it no longer."""
        self._followed.pop(carrier, None)

    def start(self) -> None:
        """Begin to look by itself."""
        self._task = asyncio.create_task(self._run(), name="reminder")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def round(self) -> None:
        """Remind every carrier of what has become due since the last round."""
        for carrier, (opened_ms, since_ms) in list(self._followed.items()):
            promise_ms = carrier.promise_ms or 0
            until_ms = opened_ms if self._alone else self._clock.now_ms() - promise_ms - KEPT_AFTER_MS
            if until_ms > since_ms and await self._reminded(carrier, since_ms, until_ms):
                self._followed[carrier] = opened_ms, until_ms

    async def _reminded(self, carrier: Carrier, since_ms: int, until_ms: int) -> bool:
        """Remind of messages submitted in [since, until), page by page; return whether it is still followed."""
        after = 0, 0
        while carrier in self._followed:
            messages = await self._store.outstanding(carrier.name, since_ms, until_ms, after, PAGE)
            if not messages or carrier not in self._followed:
                break
            carrier.remind(messages)
            if len(messages) < PAGE:
                break
            after = messages[-1].due_at or 0, messages[-1].id
            await asyncio.sleep(BUSY_PAUSE_S)  # what is due already is said meanwhile
            while self._busy() > BUSY_ABOVE:  # noqa: ASYNC110 - several parts, none of which says when it is done
                await asyncio.sleep(BUSY_PAUSE_S)
        return carrier in self._followed

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Refused:
                log.warning("the store cannot be reached; carriers are reminded later")
            except Exception:  # worker edge: the next round sees the same messages again
                log.exception("carriers could not be reminded")
            await asyncio.sleep(ROUND_S)
