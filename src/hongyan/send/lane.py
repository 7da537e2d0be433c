"""A lane: the messages in memory that wait for one carrier or are under way with it, and how that carrier is doing.

It decides nothing about a message; the sender does.
"""

import math
from collections import deque

from hongyan.carriers import Carrier
from hongyan.model.message import Message
from hongyan.send.pace import Pace

PATIENCE_S = 5.0
"""a lane holds no more than its carrier takes in this time, or its window"""
QUEUE_MOST = 20_000
PROBES_MOST = 100
"""and no more than this while it is not known whether the carrier's link works again"""
DOWN_FIRST_MS, DOWN_LONGEST_MS = 1_000, 60_000
HORIZON_MS = 60_000
"""no turn is promised further ahead than this: what a slow carrier keeps waiting is there when it gets faster"""


class Lane:
    """What the sender knows of one carrier."""

    def __init__(self, carrier: Carrier, pace_per_s: float, window: int, now_ms: int) -> None:
        self.carrier = carrier
        self.window = window
        self.pace = Pace(pace_per_s, now_ms)
        self.waiting: deque[Message] = deque()
        self.under_way: dict[int, Message] = {}
        self.down_until = 0
        self.failures = 0
        """link failures in a row; above 0 only one message at a time is risked"""
        self.leaving = False
        """no longer declared: takes nothing new"""
        self.wakes = False
        """a timer will pump it"""
        self._turn_at = float(now_ms)

    def takes_more(self, now_ms: int) -> bool:
        """Return whether a message may join its queue now."""
        if self.leaving or now_ms < self.down_until:
            return False
        return len(self.waiting) < (PROBES_MOST if self.failures else self.queue_most())

    def offers(self, now_ms: int) -> int:
        """Return how many more messages are welcome: half of what it would take, as others may ask at the same time."""
        if not self.takes_more(now_ms):
            return 0
        return max(0, (PROBES_MOST if self.failures else self.queue_most() + 1) // 2 - len(self.waiting))

    def queue_most(self) -> int:
        """Return how many messages may wait in memory for this carrier."""
        if self.pace.rate == math.inf:
            return QUEUE_MOST
        return min(QUEUE_MOST, max(self.window, round(self.pace.rate * PATIENCE_S)))

    def allowance(self, now_ms: int) -> int:
        """Return how many messages may be handed over now."""
        if now_ms < self.down_until:
            return 0
        free = min(self.carrier.room(), self.window - len(self.under_way))
        if self.failures:
            free = min(free, 1 - len(self.under_way))
        return max(0, min(free, self.pace.permits(now_ms)))

    def failed(self, now_ms: int, asked_ms: int) -> None:
        """Note that the carrier's link does not work."""
        if now_ms < self.down_until:
            return  # the same outage, told once for each message under way
        wait_ms = min(DOWN_LONGEST_MS, DOWN_FIRST_MS << min(self.failures, 6))
        self.failures += 1
        self.down_until = now_ms + max(wait_ms, min(asked_ms, DOWN_LONGEST_MS))

    def worked(self) -> None:
        """Note that the carrier answered sensibly."""
        self.failures = 0
        self.down_until = 0

    def next_turn(self, now_ms: int) -> int:
        """Return when a message that finds no place in memory should come again: one after the other, at the pace.

        So a backlog far larger than memory is put off about once a message, not over and over.
        """
        per_s = self.pace.expected_per_s()
        ahead_ms = min(round(min(len(self.waiting), self.queue_most()) * 1000 / per_s), HORIZON_MS // 2)
        begin = max(now_ms, self.down_until) + ahead_ms
        self._turn_at = max(self._turn_at + 1000 / per_s, begin)
        if self._turn_at > now_ms + HORIZON_MS:
            self._turn_at = begin
        return round(self._turn_at)
