"""A smooth pace for one link: so many a second, a tenth of a second's worth at once. Pure; loop time is handed in."""

BURST_S = 0.1


class Drip:
    """Counts what goes against what drips in."""

    __slots__ = ("_at_s", "_drops", "per_s")

    def __init__(self, per_s: float, now_s: float) -> None:
        self.per_s = per_s
        self._drops = 1.0
        self._at_s = now_s

    def permits(self, now_s: float) -> int:
        """Return how many may go now."""
        if now_s > self._at_s:
            self._drops = min(self._drops + (now_s - self._at_s) * self.per_s, max(1.0, self.per_s * BURST_S))
            self._at_s = now_s
        return int(self._drops)

    def took(self, n: int = 1) -> float:
        """Count what went; return what is left, less than 1 when the next one has to wait."""
        self._drops -= n
        return self._drops

    def wait_s(self) -> float:
        """Return how long after the last look one may go."""
        return max(0.0, (1 - self._drops) / self.per_s)
