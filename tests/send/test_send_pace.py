import math

import pytest

from hongyan.send.pace import Pace


def sent(pace: Pace, start_ms: int, seconds: float, step_ms: int = 20) -> int:
    total = 0
    for now in range(start_ms, start_ms + round(seconds * 1000), step_ms):
        n = min(pace.permits(now), 1000)
        if n:
            pace.took(n, now)
        total += n
    return total


def throttle(pace: Pace, now_ms: int, pause_ms: int, times: int) -> None:
    for _ in range(times):
        pace.throttled(now_ms, pause_ms)


def test_a_limit_is_kept_smoothly() -> None:
    pace = Pace(100, 0)
    assert sent(pace, 0, 1) == pytest.approx(100, abs=2)
    assert pace.permits(60_000) == 10, "a rest earns a tenth of a second, no burst"


def test_no_limit_permits_anything() -> None:
    pace = Pace(0, 0)
    assert pace.permits(0) > 10**6
    assert pace.wait_ms(0) == 0


def test_a_throttle_pauses_then_halves_then_recovers() -> None:
    pace = Pace(100, 0)
    sent(pace, 0, 2)
    throttle(pace, 2000, 200, 11)
    assert (pace.permits(2100), pace.wait_ms(2100)) == (0, 100)
    assert pace.rate == 50
    throttle(pace, 2100, 200, 11)
    assert pace.rate == 50, "the same burst of throttles counts once"
    sent(pace, 2200, 6)
    assert pace.rate == 100


def test_without_a_limit_the_throttle_teaches_one_that_is_forgotten_again() -> None:
    pace = Pace(0, 0)
    pace.took(400, 500)
    pace.took(400, 1500)
    throttle(pace, 1600, 0, 40)
    assert pace.rate == math.inf, "one in ten may be throttled"
    throttle(pace, 1600, 0, 1)
    assert pace.rate == 200
    sent(pace, 1600, 20)
    assert pace.rate == math.inf


def test_a_throttle_now_and_then_says_nothing_about_the_pace() -> None:
    pace = Pace(0, 0)
    for now in range(0, 60_000, 100):
        pace.took(20, now)
        pace.throttled(now + 50, 200)
    assert (pace.rate, pace.permits(60_000)) == (math.inf, pace.permits(0))


def test_a_throttled_pace_never_stops_altogether() -> None:
    pace = Pace(0, 0)
    for second in range(20):
        pace.throttled(second * 1000, 0)
    assert pace.rate >= 5
    slow = Pace(0.5, 0)
    slow.throttled(0, 0)
    assert slow.rate == 0.5


def test_a_wait_is_as_long_as_one_message_takes() -> None:
    pace = Pace(0.5, 0)
    pace.took(1, 0)
    assert pace.wait_ms(0) == 2000
    assert pace.permits(2000) == 1
