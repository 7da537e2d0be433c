"""When to try a hand-over again: the waits grow, are spread by chance, and never pass the message's validity."""

from random import Random

FIRST_MS, LONGEST_MS = 1_000, 600_000
_GROWTH_ENDS = 10


def retry_at(now_ms: int, tries: int, expires_at: int, random: Random, asked_ms: int = 0) -> int:
    """Return when to try again after `tries` counted tries; `asked_ms` is the carrier's own wish, kept at least.

    A time after `expires_at` makes no sense: the message is then looked at once more when it expires.
    """
    wait_ms = min(LONGEST_MS, FIRST_MS << min(tries, _GROWTH_ENDS))
    spread_ms = round(wait_ms * random.uniform(0.75, 1.25))
    return min(now_ms + max(spread_ms, asked_ms), max(expires_at, now_ms))
