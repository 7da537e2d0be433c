"""What becomes of a message at a simulated carrier: by its number, the profile and the seed, never by the time of day.

Shared by the carrier in this process and the gateways that listen, so that both decide alike. It says nothing to
anyone and keeps no time of its own.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import accumulate
from typing import Any, NamedTuple

from hongyan.carriers.magic import MAGIC, Outcome
from hongyan.carriers.profiles import PER_MILLE, PROFILES
from hongyan.model.cause import CauseKind
from hongyan.model.errors import Misconfigured
from hongyan.model.message import State

LATE_FACTOR, LATE_LEAST_MS = 10, 5_000
REMEMBERED_MOST = 100_000
_MASK63 = (1 << 63) - 1


class Ending(NamedTuple):
    """What a receipt says."""

    state: State
    kind: CauseKind
    code: str
    text: str


_DELIVERED = Ending(State.DELIVERED, CauseKind.DELIVERED, "DELIVRD", "delivered")
ENDINGS: dict[Outcome, Ending] = dict.fromkeys(Outcome, _DELIVERED) | {
    Outcome.UNDELIVERED: Ending(State.UNDELIVERED, CauseKind.NUMBER, "UNDELIV", "absent subscriber"),
    Outcome.EXPIRED: Ending(State.EXPIRED, CauseKind.TIME, "EXPIRED", "validity period over at the carrier"),
    Outcome.RENDER_FAILED: _DELIVERED._replace(text="delivered, the card could not be shown"),
}
"""Outcome -> what its receipt says."""


class Fates:
    """Draws outcomes and waits. The same profile, seed and key draw the same."""

    def __init__(self, profile: str, *, seed: int, receipt_delay_ms: int, magic: Mapping[str, Outcome] = MAGIC) -> None:
        self.profile = PROFILES[profile]
        self.magic = magic
        self.shares = tuple(zip(accumulate(self.profile.shares.values()), self.profile.shares, strict=True))
        """(limit of a thousand, outcome), ascending; empty: everything is delivered"""
        slowest_ms = receipt_delay_ms * self.profile.receipt_percent[1] // 100
        self.longest_wait_ms = max(slowest_ms * LATE_FACTOR, LATE_LEAST_MS)
        self._seed = mixed(seed)
        self._delay_ms = receipt_delay_ms
        self._answer_ms, longest = self.profile.answer_ms
        self._answer_spread = longest - self._answer_ms + 1
        self._percent, longest = self.profile.receipt_percent
        self._percent_spread = longest - self._percent + 1
        self._second = self._taken_this_second = 0

    def dice(self, key: int) -> int:
        """Return the number that all of a message's chances are drawn from."""
        return mixed(key ^ self._seed)

    def disguised(self, key: int) -> int:
        """Return a key as it may be shown: as unique as it was, of another seed another one."""
        return key ^ self._seed

    def drawn(self, dice: int) -> Outcome:
        """Return what the profile's shares draw."""
        if self.shares:
            share = dice % PER_MILLE
            for limit, outcome in self.shares:
                if share < limit:
                    return outcome
        return Outcome.DELIVERED

    def outcome(self, number: str, dice: int) -> Outcome:
        """Return what becomes of a message: its number's magic, else what the profile's shares draw."""
        return self.magic.get(number[-4:]) or self.drawn(dice)

    def answer_wait_ms(self, dice: int) -> int:
        """Return how long a hand-over waits for its answer."""
        return self._answer_ms + (dice >> 20) % self._answer_spread

    def receipt_wait_ms(self, outcome: Outcome, dice: int) -> int:
        """Return how long after the answer the receipt comes."""
        wait_ms = self._delay_ms * (self._percent + (dice >> 40) % self._percent_spread) // 100
        return max(wait_ms * LATE_FACTOR, LATE_LEAST_MS) if outcome is Outcome.LATE else wait_ms

    def over_pace(self, at: int) -> bool:
        """Count one hand-over; return whether the profile takes no more in this second."""
        most = self.profile.most_per_s
        if not most:
            return False
        second = at // 1000
        if second > self._second:
            self._second, self._taken_this_second = second, 0
        self._taken_this_second += 1
        return self._taken_this_second > most


class Once:
    """Tells the first hand-over of a message from the second. One that is forgotten is a first one again."""

    def __init__(self) -> None:
        self._seen: dict[int, None] = {}

    def first(self, key: int) -> bool:
        """Return whether this is the first, third ... time."""
        seen = self._seen
        if key in seen:
            del seen[key]
            return False
        seen[key] = None
        if len(seen) > REMEMBERED_MOST:
            del seen[next(iter(seen))]
        return True


def mixed(value: int) -> int:
    """Return a number of 63 bits that looks like chance (the mixing step of splitmix64)."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK63
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK63
    return value ^ value >> 31


def check_profile(where: str, profile: Any) -> None:
    """Raise Misconfigured, naming the nearest one, unless there is such a profile."""
    if profile not in PROFILES:
        raise Misconfigured(where, f"no profile {profile!r}.", nearest(str(profile), PROFILES))


def nearest(word: str, known: Mapping[str, Any]) -> str:
    """Return the known word that was probably meant, else all of them."""
    return ", ".join(get_close_matches(word, known, n=1, cutoff=0.5) or known)
