"""Statistics: volume, delivery rate and latency over time, by carrier, vendor, country, project.

Hours are counted when somebody looks (`store/hourly.py`), the newest first, in one task for all who look; what is
not counted yet is said.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.limits import DAY_MS, HOUR_MS
from hongyan.model.message import FINAL, State
from hongyan.model.money import amount
from hongyan.model.reason import Reason
from hongyan.model.world import World
from hongyan.store import Store, hourly

BY = ("carrier", "dialect", "country", "project", "leg", "category", "state")
SPANS = {"1d": (1, 1), "7d": (7, 6), "30d": (30, 24)}
"""name -> (days back, hours in a column)"""
FRESH_MS = 10_000
"""an hour that still changes is counted again after this long"""
WAIT_S = 1.0
"""how long a look waits for hours to be counted"""
_FAILED = (State.UNDELIVERED, State.REJECTED, State.EXPIRED)
_LOG = structlog.get_logger("hongyan.statistics")


class Asked(NamedTuple):
    """What to look at."""

    span: str = "1d"
    by: str = "carrier"
    project: str = ""
    dialect: str = ""
    carrier: str = ""


class Statistics:
    """Counts and reads."""

    def __init__(self, store: Store, world: Callable[[], World], clock: Clock) -> None:
        self._store, self._world, self._clock = store, world, clock
        self._counting: asyncio.Task[None] | None = None
        self._wanted: set[int] = set()

    async def look(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        """Return columns over time, rows by what was asked, and the whole. Raises Refused."""
        project = asked.project or actor.project or ""
        actor.need(Role.VIEWER, project or None)
        if asked.by not in BY or asked.span not in SPANS:
            raise Refused(Reason.BAD_FIELD, field="by" if asked.by not in BY else "span", why=", ".join((*BY, *SPANS)))
        now = self._clock.now_ms()
        days, width = SPANS[asked.span]
        end = now // HOUR_MS * HOUR_MS + HOUR_MS
        first = end - days * DAY_MS
        missing = await self._catch_up(first, end)
        where = {"project": project, "dialect": asked.dialect, "carrier": asked.carrier}
        stated = {name: value for name, value in where.items() if value}
        by_time = await hourly.read(self._store, first, end, ("hour", "state"), stated)
        by_group = await hourly.read(self._store, first, end, (asked.by, "state", "band"), stated)
        return {
            "since": iso(first),
            "until": iso(end),
            "by": asked.by,
            "missing_hours": missing,
            "columns": _columns(by_time, first, end, width * HOUR_MS),
            "rows": _rows(by_group),
            "whole": _summed([row[1:] for row in by_group]),
        }

    async def _catch_up(self, first: int, end: int) -> int:
        """Have what is missing counted; return how many hours still are not when the wait is over."""
        due = await self._due(first, end)
        self._wanted |= due
        if self._wanted and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(self._count(), name="statistics")
        if due and self._counting is not None:
            await asyncio.wait([self._counting], timeout=WAIT_S)
        return len(due & self._wanted)

    async def _due(self, first: int, end: int) -> set[int]:
        now, oldest = self._clock.now_ms(), await hourly.oldest(self._store, end)
        if oldest is None:
            return set()
        known = await hourly.known(self._store, first, end)
        settled = {hour for hour, (at, final) in known.items() if final or now - at < FRESH_MS}
        return set(range(max(first, oldest), end, HOUR_MS)) - settled

    async def _count(self) -> None:
        while self._wanted:
            hour = max(self._wanted)
            try:
                await hourly.count(self._store, hour, self._clock.now_ms())
            except Refused:
                _LOG.warning("the store cannot be reached; hours are counted at the next look")
                self._wanted.clear()
                return
            except Exception:  # noqa: BLE001 - worker edge: another process may have counted the same hour at this moment
                _LOG.exception("an hour could not be counted", hour=hour)
            self._wanted.discard(hour)

    async def stop(self) -> None:
        """End what is being counted."""
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)


def _columns(rows: Sequence[tuple[Any, ...]], first: int, end: int, width_ms: int) -> list[dict[str, Any]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for hour, state, n, *_ in rows:
        found[(hour - first) // width_ms][_ending(state)] += n
    return [
        {
            "at": iso(first + place * width_ms),
            **{name: found[place][name] for name in ("delivered", "failed", "unknown", "moving")},
        }
        for place in range((end - first) // width_ms)
    ]


def _ending(state: str) -> str:
    if state not in FINAL:
        return "moving"
    if state in _FAILED:
        return "failed"
    return "delivered" if state == State.DELIVERED else "unknown"


def _rows(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for name, *rest in rows:
        groups[name].append(tuple(rest))
    found = [{"name": name or "–", **_summed(of_group)} for name, of_group in groups.items()]
    return sorted(found, key=lambda one: -one["messages"])


def _summed(rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Return sums of (state, band, messages, parts, price, refunded), with rates in percent."""
    endings: Counter[str] = Counter()
    bands: Counter[int] = Counter()
    parts = price = refunded = 0
    for state, band, n, of_parts, of_price, of_refunded in rows:
        endings[_ending(state)] += n
        parts, price, refunded = parts + of_parts, price + of_price, refunded + of_refunded
        if state == State.DELIVERED:
            bands[band] += n
    ended = endings["delivered"] + endings["failed"] + endings["unknown"]
    return {
        "messages": ended + endings["moving"],
        "parts": parts,
        **{name: endings[name] for name in ("delivered", "failed", "unknown", "moving")},
        "delivery_rate": round(100 * endings["delivered"] / ended, 2) if ended else None,
        "p50_s": _percentile_s(bands, 50),
        "p95_s": _percentile_s(bands, 95),
        "charged": amount(price),
        "refunded": amount(refunded),
    }


def _percentile_s(bands: Counter[int], percent: int) -> float | None:
    """Return the bound, in seconds, under which so many percent of delivered messages were; None for none."""
    left = sum(bands.values()) * percent / 100
    if not left:
        return None
    for band, bound in enumerate(hourly.BANDS_MS):
        left -= bands[band]
        if left <= 0:
            return bound / 1000
    return DAY_MS / 1000
