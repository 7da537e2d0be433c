"""A token bucket: so many a second, with a burst of one second."""


class TokenBucket:
    """Counts what is taken against what flows in. Time is handed in, in milliseconds."""

    __slots__ = ("_at_ms", "_burst", "_level", "rate")

    def __init__(self, rate: float, burst: float | None = None) -> None:
        self.rate = rate
        self._burst = self._level = rate if burst is None else burst
        self._at_ms = 0

    def take(self, now_ms: int, n: int = 1) -> bool:
        """Take n if they are there. A clock that steps back adds nothing."""
        if now_ms > self._at_ms:
            self._level = min(self._burst, self._level + (now_ms - self._at_ms) * self.rate / 1000)
            self._at_ms = now_ms
        if self._level < n:
            return False
        self._level -= n
        return True
