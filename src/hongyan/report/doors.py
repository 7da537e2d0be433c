"""Tells callers who must be connected to be told (SMPP customers): hands due receipts and replies to their links.

A door is a caller's name, the system id. While somebody is connected under it, due rows are claimed in pages, as many
as there is room for, and given to `deliver`; each comes back by `done` or `again`. The rows stay in the store until
then, so whoever is away, or lost on the way, is told at the next connection. Links, windows and PDUs are the
listener's business.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import structlog

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Message
from hongyan.model.reply import Reply
from hongyan.model.tally import Tally
from hongyan.report.told import abouts
from hongyan.store import Store
from hongyan.store.ops import Event, PushAgain, PushDone, PushRow

LEASE_MS = 60_000
PAGE = 500
MOST_TRIES = 20
"""refusals by the caller after which it is told no more of a row"""
LOOK_S = 1.0
"""how often the store is asked for doors that nobody woke: other processes settle too, and retries fall due"""
GATHER_S = 0.02
"""between two looks, so that what settles together is claimed together"""
STORE_AWAY_S = 1.0

log = structlog.get_logger(stage="report")


class Due(NamedTuple):
    """Something to tell: what it is about, and its row."""

    row: PushRow
    about: Message | Reply


Deliver = Callable[[Sequence[Due]], None]
"""takes rows over; answers for each of them by `done` or `again`, in any order"""


class _Door:
    """One connected caller."""

    def __init__(self, deliver: Deliver, room: Callable[[], int]) -> None:
        self.deliver, self.room = deliver, room
        self.held: set[int] = set()
        """rows given out and not answered for"""


class Doors:
    """All doors with somebody behind them, in this process. `open`, `close`, `done`, `again` return at once."""

    def __init__(self, store: Store, clock: Clock, tally: Tally) -> None:
        self._store, self._clock, self._tally = store, clock, tally
        self._doors: dict[str, _Door] = {}
        self._hungry: set[str] = set()
        self._gone: Callable[[PushRow], bool] | None = None
        """rows that were deleted while somebody had them"""
        self._done = PushDone(ids=[], events=[])
        self._again: list[PushAgain] = []
        self._woken, self._outcome = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    # --- what a listener calls

    def open(self, name: str, deliver: Deliver, room: Callable[[], int]) -> None:
        """Begin to tell a caller. `room`: how many rows it takes now. All its links share one door."""
        self._doors[name] = _Door(deliver, room)
        self.look(name)

    def look(self, name: str) -> None:
        """Say that a caller has room again."""
        if name in self._doors:
            self._hungry.add(name)
            self._woken.set()

    def close(self, name: str) -> None:
        """End: nobody is connected any more. What was given out and not answered for is due again."""
        door = self._doors.pop(name, None)
        self._hungry.discard(name)
        if door is not None and door.held:
            self._put_back(door.held)

    def done(self, name: str, told: Iterable[Due], said: str = "") -> None:
        """Note that a caller has these."""
        now_ms = self._clock.now_ms()
        self._end(name, told, "push", f"door {name}: {said or 'taken'}", now_ms, "taken")

    def drop(self, name: str, told: Iterable[Due], why: str) -> None:
        """Tell a caller no more of these; their timelines say why."""
        self._end(name, told, "push-failed", f"door {name}: {why}; dropped", self._clock.now_ms(), "failed")

    def again(self, name: str, told: Sequence[Due], why: str, after_ms: int, *, counted: bool = True) -> None:
        """Put these off. `counted`: the caller refused them; a row that it refuses too often is given up."""
        now_ms, told = self._clock.now_ms(), self._left(name, told)
        spent = [due for due in told if counted and due.row.tries + 1 >= MOST_TRIES]
        if spent:
            text = f"door {name}: {why}; given up after {MOST_TRIES} tries"
            self._end(name, spent, "push-failed", text, now_ms, "failed")
        later = [due for due in told if not (counted and due.row.tries + 1 >= MOST_TRIES)]
        if later:
            text = f"door {name}: {why}; again in {after_ms / 1000:g} s"
            events = _events(later, now_ms, "push-failed", text) if counted else []
            ids = self._given_back(name, later)
            self._again.append(PushAgain(ids=ids, due_at=now_ms + after_ms, events=events, counted=counted))
            self._outcome.set()

    # --- what the assembly calls

    def forget(self, gone: Callable[[PushRow], bool]) -> None:
        """Write down nothing more of rows that are no more."""
        self._gone = gone

    def wake(self, doors: Collection[str]) -> None:
        """Say that something was written for these doors."""
        here = self._doors.keys() & doors
        if here:
            self._hungry |= here
            self._woken.set()

    async def start(self) -> None:
        """Begin to look for what is due."""
        self._tasks = [
            asyncio.create_task(self._run(), name="doors"),
            asyncio.create_task(self._write_outcomes(), name="doors' outcomes"),
        ]

    async def stop(self) -> None:
        """Write what was said, put the rest back, end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for name in list(self._doors):
            self.close(name)
        with contextlib.suppress(Refused):  # a store that is away keeps the leases: they run out by themselves
            await self._write()

    async def round(self, names: Collection[str]) -> None:
        """Claim what is due for these doors and give it out."""
        for name in names:
            door = self._doors.get(name)
            most = min(PAGE, door.room()) if door is not None else 0
            if door is None or most <= 0:
                continue
            claimed = await self._store.claim_pushes(self._clock.now_ms(), LEASE_MS, most, door=name)
            fresh = [row for row in claimed if row.id not in door.held]
            found = await abouts(self._store, fresh)
            if orphans := [row.id for row in fresh if row.id not in found]:
                await self._store.write(PushDone(ids=orphans))
            due = [Due(row, found[row.id]) for row in fresh if row.id in found]
            if self._doors.get(name) is not door:  # gone, or another connection, while the store was asked
                self._put_back([one.row.id for one in due])
                continue
            if due:
                door.held.update(one.row.id for one in due)
                door.deliver(due)
            if len(claimed) == most:
                self.look(name)

    def _end(self, name: str, told: Iterable[Due], kind: str, text: str, now_ms: int, outcome: str) -> None:
        told = self._left(name, told)
        ids, events = self._done.ids, self._done.events
        assert isinstance(ids, list)
        assert isinstance(events, list)
        ids += self._given_back(name, told)
        events += _events(told, now_ms, kind, text)
        self._tally.add("push_calls", told[0].row.dialect if told else "", outcome, n=len(told))
        self._outcome.set()

    def _left(self, name: str, told: Iterable[Due]) -> list[Due]:
        """Return those that still are; a door lets the others go."""
        told = list(told)
        if self._gone is None:
            return told
        gone = self._gone
        self._given_back(name, [due for due in told if gone(due.row)])
        return [due for due in told if not gone(due.row)]

    def _given_back(self, name: str, told: Sequence[Due]) -> list[int]:
        ids = [due.row.id for due in told]
        door = self._doors.get(name)
        if door is not None:
            door.held.difference_update(ids)
        return ids

    def _put_back(self, ids: Collection[int]) -> None:
        self._again.append(PushAgain(ids=sorted(ids), due_at=self._clock.now_ms(), counted=False))
        self._outcome.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        look_at = loop.time() + LOOK_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._woken.wait()
            names: Collection[str] = set(self._hungry)
            if loop.time() >= look_at:  # however busy some doors are, the others have their turn
                look_at, names = loop.time() + LOOK_S, set(self._doors)
            self._woken.clear()
            self._hungry.clear()
            try:
                await self.round(names)
            except Refused:
                log.warning("the store cannot be reached; connected callers are told later")
                await asyncio.sleep(STORE_AWAY_S)
            except Exception:  # worker edge: the rows are still there when their lease ends
                log.exception("connected callers could not be told")
            await asyncio.sleep(GATHER_S)

    async def _write_outcomes(self) -> None:
        while True:
            await self._outcome.wait()
            self._outcome.clear()
            while True:
                try:
                    await self._write()
                    break
                except Exception as error:  # noqa: BLE001 - worker edge: what was said must not be forgotten
                    log.warning("outcomes at doors could not be written yet", error=repr(error))
                    await asyncio.sleep(STORE_AWAY_S)

    async def _write(self) -> None:
        done, again = self._done, self._again
        self._done, self._again = PushDone(ids=[], events=[]), []
        ops: list[PushDone | PushAgain] = [*again, done] if done.ids else list(again)
        try:
            if ops:
                await self._store.write_all(ops)
        except BaseException:
            self._again = [*again, *self._again]
            self._done = PushDone(ids=[*done.ids, *self._done.ids], events=[*done.events, *self._done.events])
            raise


def _events(told: Sequence[Due], at: int, kind: str, text: str) -> list[Event]:
    """Return what the timelines of the messages say."""
    events = []
    for due in told:
        if isinstance(due.about, Message):
            events.append(Event(message_id=due.about.id, at=at, kind=kind, text=text))
        elif due.about.message is not None:
            events.append(
                Event(message_id=due.about.message.id, at=at, kind=kind, text=f"reply {due.about.id}: {text}")
            )
    return events
