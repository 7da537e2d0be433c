"""What is counted about one connection, and about those that follow it in its place. Plain numbers, no I/O."""

from collections import deque

SAMPLES_MOST = 512


class Tallies:
    """Counts since the start; a link that is dialled again goes on with those of the one before."""

    __slots__ = (
        "answered",
        "last_error",
        "logged_in",
        "malformed",
        "received",
        "sent",
        "throttled",
        "unanswered",
        "unexpected",
        "waits_s",
    )

    def __init__(self) -> None:
        self.logged_in = 0
        self.sent = 0
        """requests written"""
        self.answered = 0
        self.received = 0
        """requests heard"""
        self.throttled = 0
        """the owner counts these"""
        self.unanswered = 0
        """requests given up"""
        self.unexpected = 0
        """answers to nothing: late, repeated or invented"""
        self.malformed = 0
        self.last_error = ""
        self.waits_s: deque[float] = deque(maxlen=SAMPLES_MOST)
        """seconds from request to answer, one sample a read: of its first answer"""

    def wait_ms(self, percent: int) -> float | None:
        """Return how long answers take, as a percentile of the last samples."""
        waits = sorted(self.waits_s)
        return round(waits[min(len(waits) - 1, len(waits) * percent // 100)] * 1000, 1) if waits else None
