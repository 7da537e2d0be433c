"""Profiles: how a simulated carrier is on the whole. Tables only; the simulator reads them."""

from collections.abc import Mapping
from typing import NamedTuple

from hongyan.carriers.magic import Outcome

PER_MILLE = 1000


class Profile(NamedTuple):
    """How a carrier behaves towards numbers that are not magic."""

    answer_ms: tuple[int, int]
    """shortest and longest wait for the answer to a hand-over"""
    receipt_percent: tuple[int, int]
    """shortest and longest wait for a receipt, in percent of `receipt_delay_ms`"""
    shares: Mapping[Outcome, int]
    """of a thousand messages; the rest is delivered"""
    most_per_s: int = 0
    """hand-overs taken a second, the others are throttled; 0: no limit"""
    down: bool = False
    """the link is down: nothing is taken"""


PROFILES: dict[str, Profile] = {
    "healthy": Profile((0, 0), (80, 120), {}),
    "slow": Profile((200, 800), (500, 3000), {Outcome.LATE: 50}),
    "flaky": Profile(
        (5, 300),
        (50, 400),
        {
            Outcome.UNDELIVERED: 80,
            Outcome.REFUSED: 30,
            Outcome.EXPIRED: 20,
            Outcome.THROTTLED: 50,
            Outcome.LATE: 40,
            Outcome.EARLY: 30,
            Outcome.TWICE: 30,
            Outcome.NEVER: 10,
            Outcome.UNSURE: 20,
        },
    ),
    "throttling": Profile((1, 20), (80, 120), {}, most_per_s=100),
    "dead": Profile((50, 200), (100, 100), {}, down=True),
}
