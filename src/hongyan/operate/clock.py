"""The test clock: pushed ahead by hand, followed by every process, never set back.

Ids are minted from it and validities end by it, so time that has been seen cannot come again, not even by a reset.
What callers have sealed is judged by the real time.
"""

import re
from datetime import datetime
from typing import Any

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import BEIJING, Clock, iso, real
from hongyan.model.world import PushedClock
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.operate.rehearsal import Rehearsal, wrong
from hongyan.store import Store
from hongyan.store.current import CurrentWorld

MOST_AHEAD_MS = 10 * 366 * 86_400_000
_UNITS_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_PIECE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(ms|[wdhms])")
_SPAN = re.compile(rf"(?:{_PIECE.pattern})+")
_ISO_SPAN = re.compile(r"P(?:[0-9]+[WD])*(?:T(?:[0-9]+(?:\.[0-9]+)?[HMS])+)?")


class TestClock:
    """Asked by `/v1`, the command line and the console."""

    __test__ = False

    def __init__(
        self, rehearsal: Rehearsal, store: Store, current: CurrentWorld, clock: Clock, core: Core, journal: Journal
    ) -> None:
        self._rehearsal, self._store, self._current, self._clock = rehearsal, store, current, clock
        self._core, self._journal = core, journal

    def show(self) -> dict[str, Any]:
        """Return what time it is, what time it really is, and how many seconds lie between."""
        now, machine = self._clock.now_ms(), real(self._clock).now_ms()
        return {"now": iso(now), "real": iso(machine), "ahead_s": (now - machine) / 1000}

    async def push(self, actor: Actor, by: str) -> dict[str, Any]:
        """Push the clock: by `72h`, `1d12h`, `90`, `PT72H`, or up to a time. Returns as `show`, once all have followed.

        Carriers first say what they had to say until then; what waits by time is looked at next. Raises Refused.
        """
        self._rehearsal.need(actor, Role.ADMIN)
        before = (await self._store.world()).ahead_ms
        ahead_ms = before + _span_ms(by, self._clock.now_ms())
        if not before < ahead_ms <= MOST_AHEAD_MS:
            raise wrong("push", "the clock goes ahead only, ten years at most", "时钟只能向前拨，最多十年")
        await self._store.declare([PushedClock(ahead_ms=ahead_ms)], (), self._clock.now_ms())
        await self._core.follow()
        await self._current.refresh()
        await self._journal.note(actor, "clock.push", "clock", by=by[:40], ahead_s=ahead_ms / 1000)
        return self.show()


def _span_ms(text: str, now_ms: int) -> int:
    """Return how far to push. Raises Refused."""
    asked = text.strip().replace(" ", "")
    if asked.replace(".", "", 1).isdecimal() and asked.isascii():
        return round(float(asked) * 1000)
    if _ISO_SPAN.fullmatch(asked) and len(asked) > 2:  # noqa: PLR2004 - P with something behind
        date, _, time = asked[1:].partition("T")
        asked = (date + time).lower()
    if _SPAN.fullmatch(asked):
        return round(sum(float(number) * _UNITS_MS[unit] for number, unit in _PIECE.findall(asked)))
    try:
        until = datetime.fromisoformat(text.strip())
        until_ms = (until if until.tzinfo else until.replace(tzinfo=BEIJING)).timestamp() * 1000
    except (ValueError, OverflowError):
        en = "a span (72h, 1d12h, 90s, PT72H), seconds, or a time to come (2026-11-25T09:00)"
        zh = "时长（72h、1d12h、90s、PT72H）、秒数，或未来的时间（2026-11-25T09:00）"
        raise wrong("push", en, zh) from None
    return round(until_ms) - now_ms
