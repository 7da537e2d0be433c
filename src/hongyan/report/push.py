"""Tells callers what became of their messages and what handsets replied.

It takes due pushes from the store, calls, and writes down what was said.

The store is the truth: a push's row lives until the call that settled it is committed, so a crash at any point
repeats a call and never loses one (spec: nxcloud#push.repeated). Memory holds a bounded window; each receiver has
a lane of its own, so a slow or dead one delays nobody else. A vendor's call is its dialect's `PushShape`. What waits
for a caller to connect is doors.py's.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random

import structlog

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Message
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.report.call_log import CallLog, Made, Noted, items_of
from hongyan.report.caller import Caller
from hongyan.report.calls import calls, events_of
from hongyan.report.lanes import Held, Lane, Lanes
from hongyan.report.outcomes import STORE_AWAY_S, Outcomes, tell
from hongyan.report.told import abouts
from hongyan.store import Store
from hongyan.store.ops import PushAgain, PushDone, PushRow

LEASE_MS = 60_000
MOST_HELD = 5_000
"""rows in memory at once; the rest waits in the store"""
_CLAIM = 1_000
_SWEEP_S = 1.0
"""how often the store is asked when nobody wakes us: retries fall due by themselves"""
_GATHER_S = 0.02
"""between two claims, so that what settles together is claimed together"""
_STOP_S, _PROMISES_S = 5.0, 1.0

_log = structlog.get_logger("hongyan.report.push")


class Pusher:
    """Implements the report stage's pushes. One for a process; several processes share one store by leases."""

    def __init__(
        self,
        store: Store,
        shapes: Mapping[str, PushShape],
        world: Callable[[], World],
        clock: Clock,
        tally: Tally,
        *,
        allow_inside: bool,
        random: Random,
        log: CallLog | None = None,
    ) -> None:
        self._store, self._clock, self._tally, self._random = store, clock, tally, random
        self.caller = Caller(shapes, world, allow_inside=allow_inside)
        self._log = log
        self._lanes = Lanes()
        self._held: set[int] = set()
        self._gone: Callable[[PushRow], bool] | None = None
        """rows that were deleted while they were here"""
        self.turn = asyncio.Lock()
        """held while rows are claimed; whoever holds it keeps the pusher from claiming"""
        self._promised = 0
        """pushes that are being written under a lease of ours"""
        self._gathers = self._closing = False
        self._outcomes = Outcomes(store, self._written)
        self._woken, self._kept = asyncio.Event(), asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._workers: set[asyncio.Task[None]] = set()
        self.on_doors: Callable[[Collection[str]], None] = _nobody
        """called with the doors that something was written for"""

    async def start(self) -> None:
        """Begin to take due pushes."""
        self._loops = [asyncio.create_task(self._take_due()), asyncio.create_task(self._outcomes.run())]
        if self._log is not None:
            self._loops.append(asyncio.create_task(self._log.run()))

    def wake(self, pushes: Sequence[PushRow] = ()) -> None:
        """Say that pushes were written, these or unknown ones: look now."""
        doors = {row.door for row in pushes if row.door is not None}
        if doors:
            self.on_doors(doors)
        if not pushes or any(row.door is None for row in pushes):
            self._woken.set()

    def promises(self, row: PushRow) -> bool:
        """Lease a push that is about to be written to this process, if it has room; see `told.Teller`."""
        if row.door is not None or self._closing or len(self._held) + self._promised >= MOST_HELD:
            return False
        if not self._lanes.welcomes(row):
            return False
        row.due_at += LEASE_MS
        self._promised += 1
        return True

    def keep(self, pushes: Sequence[tuple[PushRow, Message]], promised: int) -> None:
        """Tell of these, after a moment in which more may come; see `told.Teller`."""
        self._promised -= promised
        self._kept.set()
        for row, message in pushes:
            if self._lanes.put(Held(row, message, row.due_at)):
                self._held.add(row.id)
            else:
                self._woken.set()  # who claims also puts off what finds no place
        if not (self._gathers or self._closing):
            self._gathers = True
            asyncio.get_running_loop().call_later(_GATHER_S, self._gathered)

    async def stop(self) -> None:
        """Let calls under way end for a moment, write what they said, put the rest back for the next start."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PROMISES_S):
                while self._promised:
                    self._kept.clear()
                    await self._kept.wait()
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._lanes.clear()
        self.caller.listeners.close()
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=_STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with contextlib.suppress(Refused):  # a store that is away keeps the leases: they run out by themselves
            await self._outcomes.write()
            if self._log is not None:
                await self._log.write()
            if self._held:
                now_ms = self._clock.now_ms()
                await self._store.write(PushAgain(ids=sorted(self._held), due_at=now_ms, counted=False))
        self._held.clear()
        await self.caller.close()

    def forget(self, gone: Callable[[PushRow], bool], gone_call: Callable[[Noted], bool]) -> None:
        """Tell nothing more of what is no more; what comes of calls under way is not written down."""
        self._held.difference_update(self._lanes.forget(gone))
        self._gone = gone
        if self._log is not None:
            self._log.forget(gone_call)

    # --- from the store into lanes

    async def _take_due(self) -> None:
        while True:
            self._woken.clear()
            most = min(_CLAIM, MOST_HELD - len(self._held))
            try:
                async with self.turn:
                    more = most > 0 and await self._claim(most) == most
            except Exception as error:  # noqa: BLE001 - the worker edge: nobody else would start this loop again
                tell("due pushes could not be taken", error)
                await asyncio.sleep(STORE_AWAY_S)
                continue
            if more:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_S):
                    await self._woken.wait()
            await asyncio.sleep(_GATHER_S)

    async def _claim(self, most: int) -> int:
        """Deal due pushes out to their lanes; return how many were due."""
        now_ms = self._clock.now_ms()
        claimed = await self._store.claim_pushes(now_ms, LEASE_MS, most)
        fresh = [row for row in claimed if row.id not in self._held]
        found = await abouts(self._store, fresh) if fresh else {}
        orphans: list[int] = []
        for row in fresh:
            about = found.get(row.id)
            if about is None or (row.reply_id is not None and self.caller.replies(row) is None):
                orphans.append(row.id)
            elif self._lanes.put(Held(row, about, now_ms + LEASE_MS)):
                self._held.add(row.id)
        if orphans:
            await self._store.write(PushDone(ids=orphans))
        for due_at, ids in self._lanes.overflow(now_ms):
            await self._store.write(PushAgain(ids=ids, due_at=due_at, counted=False))
        self._hire_all()
        return len(claimed)

    def _gathered(self) -> None:
        self._gathers = False
        if not self._closing:
            self._hire_all()

    def _hire_all(self) -> None:
        for lane in self._lanes.short_of_workers():
            self._hire(lane)

    def _hire(self, lane: Lane) -> None:
        lane.workers += 1
        worker = asyncio.create_task(self._work(lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    # --- from a lane to its receiver

    async def _work(self, lane: Lane) -> None:
        try:
            while lane.workers <= lane.pace:
                batch, stale = lane.take(self.caller.most, self._clock.now_ms())
                self._held.difference_update(stale)
                if not batch:
                    return
                self._judge(lane, batch, await self.caller.call(batch))
                if lane.is_short():
                    self._hire(lane)
        finally:
            lane.workers -= 1
            self._lanes.drop_if_idle(lane)

    def _judge(self, lane: Lane, batch: Sequence[Held], made: Made) -> None:
        """Note the outcome of a call; the store learns of it together with others."""
        dialect, now_ms = batch[0].row.dialect, self._clock.now_ms()
        lane.count(len(batch), now_ms)
        if self._gone is not None:
            self._held.difference_update(held.row.id for held in batch if self._gone(held.row))
            batch = [held for held in batch if not self._gone(held.row)]
            if not batch:
                return
        if made.taken:
            lane.quicken()
            self._tally.add("push_calls", dialect, "taken")
            self._end(batch, "push", made.said, now_ms)
            self._keep(batch, made, now_ms, None)
        else:
            lane.slow_down()
            retries_s = self.caller.retries_s(batch[0].row)
            self._tally.add("push_calls", dialect, "failed")
            for tries in {held.row.tries for held in batch}:
                same = [held for held in batch if held.row.tries == tries]
                if tries < len(retries_s):
                    due_at = self._try_again(same, retries_s[tries], made.said, now_ms)
                    self._keep(same, made, now_ms, due_at)
                else:
                    said = f"{made.said}; given up after {calls(tries + 1)}"
                    self._end(same, "push-failed", said, now_ms)
                    self._keep(same, made, now_ms, None)

    def _keep(self, batch: Sequence[Held], made: Made, now_ms: int, next_at: int | None) -> None:
        if self._log is None:
            return
        if made.taken and self._log.remembers:
            self._log.remember(now_ms, batch, made)
        else:
            row = batch[0].row
            items = items_of(batch)
            self._log.note(now_ms, row.project, row.dialect, made, items, tries=row.tries + 1, next_at=next_at)

    def _end(self, batch: Sequence[Held], kind: str, said: str, now_ms: int) -> None:
        events = [event for held in batch for event in events_of(held, now_ms, kind, said)]
        self._outcomes.end([held.row.id for held in batch], events)

    def _try_again(self, batch: Sequence[Held], wait_s: float, said: str, now_ms: int) -> int:
        """Put a failed call off; return until when.

        It is up to a tenth more than the rule, so that what failed together comes apart.
        """
        due_at = now_ms + round(wait_s * 1000 * (1 + self._random.random() / 10))
        text = f"{said}; again in {wait_s:g} s"
        events = [event for held in batch for event in events_of(held, now_ms, "push-failed", text)]
        self._outcomes.again([held.row.id for held in batch], due_at, events)
        return due_at

    def _written(self, ids: Sequence[int]) -> None:
        """Let rows go whose outcome is on disk."""
        was_full = len(self._held) >= MOST_HELD
        self._held.difference_update(ids)
        if was_full:
            self._woken.set()


def _nobody(_doors: Collection[str]) -> None:
    """Nobody is connected."""
