"""One lane for each receiver: what waits for it, and how many calls it gets at once.

Pure bookkeeping for push.py: no I/O, no tasks. A lane is a project's pushes to one origin (scheme, host, port).
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import exp
from typing import NamedTuple

from hongyan.model.message import Message
from hongyan.model.reply import Reply
from hongyan.store.ops import PushRow

MOST_LANES = 1_000
MOST_WAITING = 2_000
"""rows of one lane in memory"""
_FIRST_PACE, _MOST_PACE = 2, 32
_FIRST_RATE = 2_000.0
"""hopeful: coming back too early costs one claim, too late a wait"""
_RATE_OVER_S = 5.0
_LEAST_PUT_OFF_MS, _MOST_PUT_OFF_MS = 1_000, 600_000
_LEASE_MARGIN_MS = 15_000
"""a call begun this shortly before its lease ends might be made a second time by another process"""

LaneKey = tuple[str, str]


class Held(NamedTuple):
    """A claimed push with what it is about."""

    row: PushRow
    about: Message | Reply
    lease_ends_ms: int

    @property
    def message_id(self) -> int | None:
        """Whose timeline tells of the push; None for a reply to no message of ours."""
        if isinstance(self.about, Message):
            return self.about.id
        return None if self.about.message is None else self.about.message.id


class Lane:
    """What waits for one receiver."""

    __slots__ = ("_counted_ms", "_reached_ms", "key", "pace", "rate", "turned_away", "waiting", "workers")

    def __init__(self, key: LaneKey) -> None:
        self.key = key
        self.waiting: deque[Held] = deque()
        self.workers = 0
        self.pace = _FIRST_PACE
        """calls at once: grows by one with each call taken, halves with each that fails"""
        self.rate = _FIRST_RATE
        """rows a second that left, lately"""
        self.turned_away: list[int] = []
        """row ids that found the lane full"""
        self._counted_ms = self._reached_ms = 0

    def is_short(self) -> bool:
        """Return whether another worker would have something to do."""
        return self.workers < min(self.pace, self.workers + len(self.waiting))

    def quicken(self) -> None:
        """Note a call that was taken."""
        self.pace = min(_MOST_PACE, self.pace + 1)

    def slow_down(self) -> None:
        """Note a call that failed."""
        self.pace = max(1, self.pace // 2)

    def count(self, rows: int, now_ms: int) -> None:
        """Note that rows left the lane."""
        if self._counted_ms:
            self.rate *= exp((self._counted_ms - now_ms) / 1000 / _RATE_OVER_S)
        self.rate += rows / _RATE_OVER_S
        self._counted_ms = now_ms

    def due_again_ms(self, rows: int, now_ms: int) -> int:
        """Return when the lane is likely to have come as far as so many rows more, put off behind all others."""
        rate = max(self.rate, 0.1)
        waited_for = max(self._reached_ms, now_ms + round(len(self.waiting) / rate * 1000))
        due_ms = min(max(waited_for, now_ms + _LEAST_PUT_OFF_MS), now_ms + _MOST_PUT_OFF_MS)
        self._reached_ms = min(due_ms + round(rows / rate * 1000), now_ms + _MOST_PUT_OFF_MS)
        return due_ms

    def take(self, most_of: Callable[[PushRow], int], now_ms: int) -> tuple[list[Held], list[int]]:
        """Return (what goes into the next call, ids whose lease has run out and that are let go).

        A call carries rows of one dialect, target and app, as far as they stand one behind the other.
        """
        batch: list[Held] = []
        stale: list[int] = []
        most = 1
        while self.waiting and len(batch) < most:
            held = self.waiting[0]
            if held.lease_ends_ms - _LEASE_MARGIN_MS < now_ms:
                stale.append(self.waiting.popleft().row.id)
                continue
            if not batch:
                most = most_of(held.row)
            elif _together(held.row) != _together(batch[0].row):
                break
            batch.append(self.waiting.popleft())
        return batch, stale


class Lanes:
    """All lanes that have something to do."""

    def __init__(self) -> None:
        self._lanes: dict[LaneKey, Lane] = {}
        self._no_lane: list[int] = []

    def welcomes(self, row: PushRow) -> bool:
        """Return whether the row's lane is less than half full."""
        lane = self._lanes.get(lane_key(row))
        return len(self._lanes) < MOST_LANES if lane is None else len(lane.waiting) < MOST_WAITING // 2

    def put(self, held: Held) -> bool:
        """Return whether the row found a place; otherwise it is named by `overflow`."""
        key = lane_key(held.row)
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= MOST_LANES:
                self._no_lane.append(held.row.id)
                return False
            lane = self._lanes[key] = Lane(key)
        if len(lane.waiting) >= MOST_WAITING:
            lane.turned_away.append(held.row.id)
            return False
        lane.waiting.append(held)
        return True

    def overflow(self, now_ms: int) -> Iterator[tuple[int, list[int]]]:
        """Yield (when they are due again, row ids) of what found no place since the last time."""
        if self._no_lane:
            yield now_ms + _LEAST_PUT_OFF_MS * 5, self._no_lane
            self._no_lane = []
        for lane in list(self._lanes.values()):
            if lane.turned_away:
                yield lane.due_again_ms(len(lane.turned_away), now_ms), lane.turned_away
                lane.turned_away = []

    def short_of_workers(self) -> Iterator[Lane]:
        """Yield each lane once for every worker that it lacks; the caller adds one to `workers` each time."""
        for lane in list(self._lanes.values()):
            while lane.is_short():
                yield lane

    def drop_if_idle(self, lane: Lane) -> None:
        """Forget a lane that has nothing to do."""
        if not lane.waiting and not lane.workers:
            self._lanes.pop(lane.key, None)

    def forget(self, gone: Callable[[PushRow], bool]) -> list[int]:
        """Let go of rows that are no more; return their ids."""
        left: list[int] = []
        for lane in self._lanes.values():
            left += [held.row.id for held in lane.waiting if gone(held.row)]
            kept = [held for held in lane.waiting if not gone(held.row)]
            lane.waiting.clear()
            lane.waiting.extend(kept)
        return left

    def clear(self) -> None:
        """Let everything go that waits; the store still has it."""
        for lane in self._lanes.values():
            lane.waiting.clear()


def lane_key(row: PushRow) -> LaneKey:
    """Return what shares a lane: a project's pushes to one origin."""
    return row.project, _origin(row.target)


@lru_cache(maxsize=1024)
def _origin(target: str) -> str:
    return "/".join(target.split("/", 3)[:3]).lower()


def _together(row: PushRow) -> tuple[str, str, str | None, bool]:
    return row.dialect, row.target, row.app, row.reply_id is None
