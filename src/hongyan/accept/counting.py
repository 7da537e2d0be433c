"""Per-number limits as the store checks them: which counts a message adds to, and how full each may be."""

from hashlib import blake2b

from hongyan.model.limits import Limit
from hongyan.store.ops import Bucket

_MASK = (1 << 63) - 1


def buckets(
    limits: tuple[tuple[int, Limit], ...], values: dict[str, str], number: str, now_ms: int
) -> tuple[Bucket, ...]:
    """Return one bucket per limit. `values` has every name that `Limit.per` may use.

    Limits that count the same messages (same `per`, categories and legs) share a key, so one message is
    counted once for all their windows.
    """
    return tuple(
        Bucket(_key(limit, values, number), limit.span.opened_ms(now_ms), limit.permits, place)
        for place, limit in limits
    )


def _key(limit: Limit, values: dict[str, str], number: str) -> int:
    counted = "\x1f".join(
        (*limit.per, *(values[name] for name in limit.per), *limit.categories, "/", *limit.legs, number)
    )
    return int.from_bytes(blake2b(counted.encode(), digest_size=8).digest()) & _MASK
