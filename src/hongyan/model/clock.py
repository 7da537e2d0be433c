"""Time as a value that is handed in: nothing below the assembly asks the machine what time it is.

Times inside the program are integers: milliseconds since 1970-01-01 UTC.
"""

import time
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The vendors' documents write every clock time in this zone."""


class Clock(Protocol):
    """What tells the time."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


class FakeClock:
    """A clock that stands still until it is pushed."""

    def __init__(self, now_ms: int = 1_767_323_045_000) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        """Return the time it was last set to."""
        return self.ms

    def push(self, seconds: float) -> None:
        """Move forward."""
        self.ms += round(seconds * 1000)


class MovableClock:
    """A clock that a rehearsal may push ahead of another one. Nobody can set it back."""

    def __init__(self, real: Clock) -> None:
        self.real = real
        """what it follows: the time by which callers have sealed their requests"""
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """Return the pushed time."""
        return self.real.now_ms() + self.ahead_ms

    def follow(self, ahead_ms: int) -> None:
        """Be so far ahead, or further: time that has been seen does not come again."""
        self.ahead_ms = max(self.ahead_ms, ahead_ms)


def real(clock: Clock) -> Clock:
    """Return the clock behind one that may be pushed: seals and paces of callers are judged by it."""
    return clock.real if isinstance(clock, MovableClock) else clock


def utc(ms: int) -> datetime:
    """Return an aware UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def iso(ms: int | None) -> str | None:
    """Return an ISO 8601 UTC text with milliseconds; None for no time."""
    if ms is None:
        return None
    second, rest = divmod(ms, 1000)
    return f"{_second(second)}.{rest:03d}Z"


@lru_cache(maxsize=1024)
def _second(second: int) -> str:
    """Return a time without its milliseconds; a thousand times of one second are written one after the other."""
    return datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds").removesuffix("+00:00")


def beijing(ms: int) -> datetime:
    """Return an aware time in China's zone."""
    return datetime.fromtimestamp(ms / 1000, BEIJING)


def beijing_text(ms: int | None) -> str:
    """Return `yyyy-MM-dd HH:mm:ss` in China's zone, or "" for no time."""
    return "" if ms is None else beijing(ms).strftime("%Y-%m-%d %H:%M:%S")
