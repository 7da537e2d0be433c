"""Messages counted by the hour, for statistics: worked out when somebody looks, and kept.

Nothing on the road knows of it. An hour is counted anew until nothing in it changes any more; it is read in slices, so
that no other reader waits long.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, func, insert, literal, select

from hongyan.model.ids import first_id_at
from hongyan.model.limits import HOUR_MS
from hongyan.model.message import FINAL
from hongyan.store import Store
from hongyan.store.tables import hourly, hours, messages

BANDS_MS = (100, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000)
"""upper bounds of the bands of time from acceptance to the end; the last band has none"""
NOT_ENDED = -1
_SLICE_MS = 5 * 60_000
_KEYS = ("project", "dialect", "carrier", "country", "leg", "category", "state", "band")
_SUMS = ("messages", "parts", "price", "refunded")

_took = messages.c.done_at - messages.c.accepted_at
_band = case(
    (messages.c.done_at.is_(None), literal(NOT_ENDED)),
    *((_took <= bound, literal(band)) for band, bound in enumerate(BANDS_MS)),
    else_=literal(len(BANDS_MS)),
)


async def known(store: Store, first_hour: int, end: int) -> dict[int, tuple[int, bool]]:
    """Return the hours of [first, end) that were counted: when, and whether for good."""
    asked = select(hours.c.hour, hours.c.counted_at, hours.c.final).where(hours.c.hour >= first_hour)
    return {hour: (at, bool(final)) for hour, at, final in await store.select(asked.where(hours.c.hour < end))}


async def oldest(store: Store, before: int) -> int | None:
    """Return the hour of the oldest message, None when there is none before that time."""
    asked = select(messages.c.accepted_at).where(messages.c.id < first_id_at(before)).order_by(messages.c.id).limit(1)
    rows = await store.select(asked)
    return rows[0][0] // HOUR_MS * HOUR_MS if rows else None


async def count(store: Store, hour: int, now_ms: int) -> None:
    """Count one hour and keep it, for good when it is over and every message in it has ended."""
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    some = messages.c.id >= first_id_at(hour), messages.c.id < first_id_at(hour + HOUR_MS)
    end = min(hour + HOUR_MS, now_ms + _SLICE_MS)
    if not await store.select(select(messages.c.id).where(*some).limit(1)):
        end = hour
    for begin in range(hour, end, _SLICE_MS):
        for row in await store.select(_slice(begin, min(begin + _SLICE_MS, hour + HOUR_MS))):
            kept = sums.setdefault(tuple(row[: len(_KEYS)]), Counter())
            kept.update(dict(zip(_SUMS, map(int, row[len(_KEYS) :]), strict=True)))
    ended = all(key[_KEYS.index("state")] in FINAL for key in sums)
    mark = {"hour": hour, "counted_at": now_ms, "final": ended and now_ms >= hour + HOUR_MS}
    rows = [
        {"hour": hour, **dict(zip(_KEYS, key, strict=True)), **{name: found[name] for name in _SUMS}}
        for key, found in sums.items()
    ]
    await store.change(
        delete(hours).where(hours.c.hour == hour),
        delete(hourly).where(hourly.c.hour == hour),
        insert(hours).values(mark),
        *(insert(hourly).values(row) for row in rows),
    )


def _slice(begin: int, end: int) -> Any:
    """Ids are minted in the order of time, so a slice is a piece of the primary key."""
    columns = (
        messages.c.project,
        messages.c.dialect,
        func.coalesce(messages.c.carrier, "").label("by_carrier"),  # PostgreSQL groups by the column if named so
        messages.c.country,
        messages.c.leg,
        messages.c.category,
        messages.c.state,
        _band.label("band"),
    )
    refunded = case((messages.c.refund.is_not(None), messages.c.price), else_=literal(0))
    return (
        select(*columns, func.count(), func.sum(messages.c.parts), func.sum(messages.c.price), func.sum(refunded))
        .where(messages.c.id >= first_id_at(begin), messages.c.id < first_id_at(end))
        .group_by(*columns)
    )


async def read(
    store: Store, first_hour: int, end: int, by: Sequence[str], where: dict[str, str]
) -> list[tuple[Any, ...]]:
    """Return sums of [first, end) by some keys, `hour` among them or not: each row the keys, then `_SUMS`."""
    columns = [hourly.c[name] for name in by]
    asked = select(*columns, *(func.sum(hourly.c[name]) for name in _SUMS)).group_by(*columns)
    asked = asked.where(hourly.c.hour >= first_hour, hourly.c.hour < end)
    for name, value in where.items():
        asked = asked.where(hourly.c[name] == value)
    return [(*row[: len(by)], *map(int, row[len(by) :])) for row in await store.select(asked)]
