"""The sweep: fetches due work from the store while memory has room, and looks after what is overdue.

It finds everything that memory does not know: messages the desk could not hand over at once, retries whose time has
come, leases and receipts that never ended. `round` is one turn of it; tests call it instead of waiting.
"""

import asyncio

import structlog

from hongyan.ledger.settlement import Ending
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Message, State
from hongyan.send import verdicts
from hongyan.send.sender import Sender
from hongyan.store import Store

CLAIM_MOST, CLAIM_LEAST = 1_000, 50
OVERDUE_MOST = 1_000
LOOK_S = 1.0
"""the store is asked for due work this often at least"""
OVERDUE_EVERY_MS = 1_000
TROUBLE_PAUSE_S = 1.0

log = structlog.get_logger(stage="send")


class Sweep:
    """One loop beside the sender."""

    def __init__(self, store: Store, sender: Sender, clock: Clock) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._more = False
        """the last claim brought as much as was asked for: there is a backlog"""
        self._overdue_at = 0
        sender.on_room = self._on_room

    def start(self) -> None:
        """Begin to sweep."""
        self._task = asyncio.create_task(self._run(), name="sweep")

    async def stop(self) -> None:
        """End the loop and give what waits in memory back to the store (the writer commits it)."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._sender.release()

    def wake(self) -> None:
        """Look at once: there is due work in the store."""
        self._wake.set()

    async def round(self) -> None:
        """Tidy memory, claim due messages as far as there is room, decide about overdue ones."""
        now = self._clock.now_ms()
        sender = self._sender
        sender.tidy(now)
        if now >= self._overdue_at:
            overdue = await self._store.overdue(now, OVERDUE_MOST)
            self._judge(overdue, now)
            if len(overdue) < OVERDUE_MOST:
                self._overdue_at = now + OVERDUE_EVERY_MS
        sender.soonest_due = None
        self._more = False
        while (room := min(CLAIM_MOST, sender.room())) >= CLAIM_LEAST:
            claimed = await self._store.claim(now, sender.lease_ms, room)
            if claimed:
                sender.take(claimed)
            self._more = len(claimed) == room
            if not self._more:
                break

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Refused:  # the database cannot be reached; what was accepted waits there
                await asyncio.sleep(TROUBLE_PAUSE_S)
            except Exception:  # worker edge: the next round sees the same work again
                log.exception("a sweep failed")
                await asyncio.sleep(TROUBLE_PAUSE_S)
            await self._rest()

    async def _rest(self) -> None:
        wait_s = LOOK_S
        if self._sender.soonest_due is not None:
            wait_s = min(wait_s, max(0.01, (self._sender.soonest_due - self._clock.now_ms()) / 1000))
        try:
            await asyncio.wait_for(self._wake.wait(), wait_s)
        except TimeoutError:
            return
        self._wake.clear()

    def _on_room(self) -> None:
        if self._more:
            self._wake.set()

    def _judge(self, overdue: list[Message], now: int) -> None:
        """Decide about leases and waits for receipts that ended."""
        if not overdue:
            return
        held = self._sender.holds()
        for message in overdue:
            if message.id in held:
                continue
            if message.state is State.SENDING:
                self._sender.unsure(message, verdicts.NO_ANSWER, now, message.carrier or "", held=False)
            else:
                self._sender.settle_now(message, Ending(State.UNKNOWN, verdicts.NO_RECEIPT, now, handed=True))
        self._sender.flush()
