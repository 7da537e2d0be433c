"""A lane: the messages in memory that wait for one carrier or are under way with it, and how that carrier is doing.

It decides nothing about a message; the sender does.
"""

import math
from collections import deque

from hongyan.carriers import Carrier
from hongyan.model.message import Message
from hongyan.model.tally import Tally
from hongyan.send.latencies import Latencies
from hongyan.send.pace import Pace

PATIENCE_S = 5.0
"""a lane holds no more than its carrier takes in this time, or its window"""
QUEUE_MOST = 20_000
PROBES_MOST = 100
"""and no more than this while it is not known whether the carrier's link works again"""
DOWN_FIRST_MS, DOWN_LONGEST_MS = 1_000, 60_000
HORIZON_MS = 60_000
"""no turn is promised further ahead than this: what a slow carrier keeps waiting is there when it gets faster"""
LOOK_AGAIN_MS = 500
"""what waits for a carrier without links is offered to others this often"""
CODES_MOST = 200
"""codes told apart in the counters of one carrier: a peer that makes them up must not fill memory"""
GIVEN_UP_MOST = 10_000
"""hand-overs remembered for an answer that may come after all"""
NEVER_LEASED = -1
"""the lease of an answer that comes when its hand-over was given up: whoever holds the message now keeps it"""
_OPEN = "open"


class Lane:
    """What the sender knows of one carrier."""

    def __init__(self, carrier: Carrier, pace_per_s: float, window: int, now_ms: int, tally: Tally) -> None:
        self.carrier = carrier
        self.window = window
        self.pace = Pace(pace_per_s, now_ms)
        self.waiting: deque[Message] = deque()
        self.under_way: dict[int, Message] = {}
        self.given_up: dict[int, Message] = {}
        """under way for longer than their lease: decided about, and their answers may come yet"""
        self.down_until = 0
        self.failures = 0
        """link failures in a row; above 0 only one message at a time is risked"""
        self.leaving = False
        """no longer declared: takes nothing new"""
        self.halted = False
        """an operator lets it take nothing"""
        self.stuck = False
        """it has no room although nothing is under way: no link of it is up. It is nobody's first choice then"""
        self.wakes = False
        """a timer will pump it"""
        self.latencies = Latencies(carrier.name, tally)
        self._tally = tally
        self._codes: set[str] = set()
        self._turn_at = float(now_ms)
        self._failed_at = self._offered_at = 0

    def takes_more(self, now_ms: int) -> bool:
        """Return whether a message may join its queue now."""
        if self.leaving or self.halted or now_ms < self.down_until:
            return False
        return len(self.waiting) < (PROBES_MOST if self.failures or self.stuck else self.queue_most())

    def offers(self, now_ms: int) -> int:
        """Return how many more messages are welcome: half of what it would take, as others may ask at the same time."""
        if self.stuck and self.carrier.room() > 0:
            self.stuck = False
        if not self.takes_more(now_ms):
            return 0
        most = PROBES_MOST if self.failures or self.stuck else self.queue_most() + 1
        return max(0, most // 2 - len(self.waiting))

    def queue_most(self) -> int:
        """Return how many messages may wait in memory for this carrier."""
        if self.pace.rate == math.inf:
            return QUEUE_MOST
        return min(QUEUE_MOST, max(self.window, round(self.pace.rate * PATIENCE_S)))

    def allowance(self, now_ms: int) -> int:
        """Return how many messages may be handed over now."""
        if self.halted or now_ms < self.down_until:
            return 0
        room = self.carrier.room()
        self.stuck = room <= 0 and not self.under_way
        free = min(room, self.window - len(self.under_way))
        if self.failures:
            free = min(free, 1 - len(self.under_way))
        return max(0, min(free, self.pace.permits(now_ms)))

    def offers_away(self, now_ms: int) -> bool:
        """Return whether what waits should be offered to other carriers now: it has no link, and not too often."""
        if not (self.stuck and self.waiting) or now_ms < self._offered_at + LOOK_AGAIN_MS:
            return False
        self._offered_at = now_ms
        return True

    def has_room(self, now_ms: int) -> bool:
        """Note that the carrier takes more again: a link that came up since the last failure ends the wait for it.

        Returns whether it was out of use before.
        """
        was_out, self.stuck = self.stuck or now_ms < self.down_until, False
        if now_ms < self.down_until and any(
            link.state == _OPEN and link.since >= self._failed_at for link in self.carrier.links()
        ):
            self.down_until = now_ms
        return was_out and now_ms >= self.down_until

    def counted(self, result: str, code: str) -> None:
        """Count what the carrier said to a hand-over."""
        if code not in self._codes:
            if len(self._codes) >= CODES_MOST:
                code = "other"
            self._codes.add(code)
        self._tally.add("send_results", self.carrier.name, result, code)

    def failed(self, now_ms: int, asked_ms: int) -> None:
        """Note that the carrier's link does not work."""
        if now_ms < self.down_until:
            return  # the same outage, told once for each message under way
        wait_ms = min(DOWN_LONGEST_MS, DOWN_FIRST_MS << min(self.failures, 6))
        self.failures += 1
        self._failed_at = now_ms
        self.down_until = now_ms + max(wait_ms, min(asked_ms, DOWN_LONGEST_MS))

    def worked(self) -> None:
        """Note that the carrier answered sensibly."""
        self.failures = 0
        self.down_until = 0

    def give_up(self, message: Message) -> None:
        """Wait no longer for an answer to a hand-over."""
        self.under_way.pop(message.id, None)
        self.given_up[message.id] = message
        if len(self.given_up) > GIVEN_UP_MOST:
            del self.given_up[next(iter(self.given_up))]

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
