"""How long a carrier takes to answer: one message of each batch handed over is timed, which costs next to nothing."""

from collections import deque

from hongyan.model.tally import Tally

KEPT = 1_000
"""the percentiles are those of so many timed hand-overs"""
_TIMED_MOST = 1_000


class Latencies:
    """Of one carrier."""

    def __init__(self, carrier: str, tally: Tally) -> None:
        self._carrier, self._tally = carrier, tally
        self.began: dict[int, int] = {}
        """when the hand-overs that are timed began"""
        self._recent: deque[int] = deque(maxlen=KEPT)

    def begin(self, message_id: int, now_ms: int) -> None:
        """Time this hand-over."""
        if len(self.began) >= _TIMED_MOST:  # never answered: forget the oldest
            del self.began[next(iter(self.began))]
        self.began[message_id] = now_ms

    def answered(self, message_id: int, at_ms: int) -> None:
        """Note that one of those that are timed was answered."""
        took_ms = max(0, at_ms - self.began.pop(message_id))
        self._recent.append(took_ms)
        self._tally.observe("send_answer_seconds", self._carrier, seconds=took_ms / 1000)

    def percentile_ms(self, percent: int) -> int | None:
        """Return the time within which so many of a hundred were answered; None when nothing was."""
        if not self._recent:
            return None
        ordered = sorted(self._recent)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
