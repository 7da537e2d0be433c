"""How fast a carrier is fed: a token bucket that halves when the carrier throttles and recovers little by little."""

import math

BURST_S = 0.1
"""seconds' worth of messages that may go at once: smooth, as carriers want it"""
CUT, RECOVERY_PER_S, FREE_AGAIN = 0.5, 0.1, 2.0
LEAST_PER_S = 5.0
CUT_ONCE_MS, LONGEST_PAUSE_MS = 1_000, 1_000
BEARABLE = 0.1
"""share of throttled messages that changes nothing: they are tried again, the others go on"""
_UNLIMITED = 1 << 30


class Pace:
    """Messages a second. `limit` 0: none but what the carrier's throttles teach."""

    def __init__(self, limit: float, now_ms: int) -> None:
        self.limit = limit
        self.rate = limit or math.inf
        """what is allowed now"""
        self.speed = 0.0
        """what was handed over in the last full second"""
        self._tokens = 1.0
        self._filled_at = now_ms
        self._cut_at = self._paused_until = now_ms - CUT_ONCE_MS
        self._cut_from = self.rate
        self._second, self._count = now_ms // 1000, 0
        self._throttles = 0
        """in this second"""

    def permits(self, now_ms: int) -> int:
        """Return how many may go now. Each part of a long message counts: carriers count them too."""
        if now_ms < self._paused_until:
            return 0
        if self.rate == math.inf:
            return _UNLIMITED
        self._fill(now_ms)
        return int(self._tokens)

    def took(self, n: int, now_ms: int) -> None:
        """Count what went, which may be more than was permitted: what follows waits the longer."""
        self._tokens -= n
        self._turn(now_ms)
        self._count += n

    def throttled(self, now_ms: int, pause_ms: int) -> None:
        """Slow down because the carrier said so: pause a moment, then half as fast; once a second at most.

        A throttle now and then among many that are taken says nothing about the pace.
        """
        self._turn(now_ms)
        self._throttles += 1
        if self._throttles <= max(self.speed, self._count) * BEARABLE:
            return
        self._paused_until = max(self._paused_until, now_ms + min(pause_ms, LONGEST_PAUSE_MS))
        if now_ms - self._cut_at < CUT_ONCE_MS:
            return
        self._cut_from = self.rate if self.rate != math.inf else max(self.speed, float(self._count))
        self.rate = max(self._cut_from * CUT, min(LEAST_PER_S, self.limit or LEAST_PER_S))
        self._cut_at = self._filled_at = now_ms
        self._tokens = 0.0

    def _turn(self, now_ms: int) -> None:
        second = now_ms // 1000
        if second != self._second:
            self.speed = self._count / (second - self._second)
            self._second, self._count, self._throttles = second, 0, 0

    def wait_ms(self, now_ms: int) -> int:
        """Return how long until a message may go, 0 for now."""
        if now_ms < self._paused_until:
            return self._paused_until - now_ms
        if self.permits(now_ms):
            return 0
        return max(1, math.ceil((1 - self._tokens) * 1000 / self.rate))

    def reached(self, now_ms: int) -> float:
        """Return the messages a second that went lately."""
        self._turn(now_ms)
        return round(self.speed, 1)

    def expected_per_s(self) -> float:
        """Return the speed to reckon with when promising a turn."""
        return self.rate if self.rate != math.inf else max(self.speed, float(self._count), 100.0)

    def _fill(self, now_ms: int) -> None:
        passed_s = max(0, now_ms - self._filled_at) / 1000
        self._filled_at = now_ms
        if self.rate != self.limit:  # recovering from a cut
            self.rate += max(self._cut_from, LEAST_PER_S) * RECOVERY_PER_S * passed_s
            if self.limit and self.rate >= self.limit:
                self.rate = self.limit
            elif not self.limit and self.rate >= max(self._cut_from, LEAST_PER_S) * FREE_AGAIN:
                self.rate = math.inf
                return
        self._tokens = min(self._tokens + passed_s * self.rate, max(1.0, self.rate * BURST_S))
