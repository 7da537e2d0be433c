"""How far somebody has come who follows what is written: new messages and refusals by their ids, ends by asking after
the newest messages that had not ended. Reads only; who is told is live.py's.

Nothing is written for this and no index kept: ends have no order of their own in the store.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from hongyan.model.ids import first_id_at, minted_ms
from hongyan.model.message import FINAL, Message
from hongyan.store import Store
from hongyan.store.ops import RefusalRow
from hongyan.store.tables import messages, refusals

MOST_AT_ONCE = 500
"""changes of one kind that one look tells of; more are skipped"""
MOST_OPEN = 2_000
"""messages whose end is waited for: the newest"""
LATE_MS = 2_000
"""a commit may come this much later than that of an id minted after it"""
AGAIN_MS = 3_600_000
"""how far back somebody who was cut off may go on"""
_SCANNED = 20_000
"""of the newest messages, in which those are looked for that have not ended, or ended lately"""


class Look(NamedTuple):
    """What one look at the store found."""

    at: int
    cursor: str
    accepted: Sequence[Message]
    ended: Sequence[Message]
    refused: Sequence[RefusalRow]
    skipped: int


class Trail:
    """How far a table has been read by its minted ids, which may be committed a little out of their order."""

    def __init__(self, table: Any, last: int) -> None:
        self._table, self.last = table, last
        self._floor = 0
        """what lies below was skipped"""
        self._seen = {last}

    async def begin(self, store: Store) -> None:
        """Stand behind everything that is there."""
        column = self._table.c.id
        self.last = (await store.select(select(func.max(column))))[0][0] or 0
        late = select(column).where(column > self._low()).order_by(column.desc()).limit(MOST_OPEN)
        self._seen = {row[0] for row in await store.select(late)}

    async def go(self, store: Store) -> tuple[list[int], int]:
        """Return the ids that are new, newest first, and how many more were skipped."""
        column, low = self._table.c.id, self._low()
        self._seen = {one for one in self._seen if one > low}
        newest = select(column).where(column > low).order_by(column.desc()).limit(MOST_AT_ONCE + len(self._seen) + 1)
        fresh = [row[0] for row in await store.select(newest) if row[0] not in self._seen]
        skipped = 0
        if len(fresh) > MOST_AT_ONCE:
            self._floor = fresh[MOST_AT_ONCE]
            behind = select(func.count()).select_from(self._table).where(column > self.last, column <= self._floor)
            ((skipped,),) = await store.select(behind)
            fresh = fresh[:MOST_AT_ONCE]
        self._seen.update(fresh)
        self.last = max(self.last, *fresh, 0)
        return fresh, skipped

    def _low(self) -> int:
        """Return an id that nothing lies below which could still be committed."""
        return max(self._floor, first_id_at(minted_ms(self.last) - LATE_MS) if self.last else 0)


class Place:
    """How far somebody has come."""

    def __init__(self, message: int, refusal: int, open_: Sequence[int]) -> None:
        self._messages, self._refusals = Trail(messages, message), Trail(refusals, refusal)
        self._open: dict[int, None] = dict.fromkeys(open_)
        """messages that have not ended, oldest first"""

    @classmethod
    async def now(cls, store: Store, now_ms: int) -> "Place":
        """Return the place behind everything that is there."""
        place = cls(0, 0, await _newest(store, now_ms - AGAIN_MS, lambda of: of.due_at.is_not(None), MOST_OPEN))
        await place._messages.begin(store)
        await place._refusals.begin(store)
        return place

    @staticmethod
    async def again(store: Store, after: str, now_ms: int) -> Look:
        """Return what happened behind a cursor; nothing for one that is none."""
        try:
            message, refusal, at = (int(part) for part in after.split("-"))
        except ValueError:
            return Look(now_ms, "", (), (), (), 0)
        at = max(at, now_ms - AGAIN_MS)
        oldest = first_id_at(at)
        ended = await _newest(store, at - AGAIN_MS, lambda of: of.done_at >= at, MOST_AT_ONCE)
        place = Place(max(message, oldest), max(refusal, oldest), [one for one in ended if one <= message])
        return await place.look(store, now_ms) or Look(now_ms, after, (), (), (), 0)

    async def look(self, store: Store, now_ms: int) -> Look | None:
        """Return what is new; None when nothing is."""
        ids, missed = await self._messages.go(store)
        accepted = sorted(await store.messages_by_id(ids), key=lambda one: one.id) if ids else []
        ids, unheard = await self._refusals.go(store)
        refused = [row for row in reversed(await store.refusals(MOST_AT_ONCE)) if row.id in set(ids)] if ids else []
        ended = await self._ended(store)
        missed += unheard + self._watch_for([one.id for one in accepted if one.state not in FINAL])
        if not (accepted or refused or ended or missed):
            return None
        cursor = f"{self._messages.last}-{self._refusals.last}-{now_ms}"
        # one that has ended already when it is first seen is told of twice, as it was and as it is
        quick = [one for one in accepted if one.state in FINAL]
        return Look(now_ms, cursor, accepted, [*ended, *quick], refused, missed)

    async def _ended(self, store: Store) -> list[Message]:
        if not self._open:
            return []
        done = select(messages.c.id).where(messages.c.id.in_(list(self._open)), messages.c.done_at.is_not(None))
        ids = [row[0] for row in await store.select(done)]
        for one in ids:
            del self._open[one]
        found = await store.messages_by_id(ids) if ids else []
        return sorted(found, key=lambda one: one.done_at or 0)

    def _watch_for(self, ids: Sequence[int]) -> int:
        """Wait for the ends of these as well; return how many of the oldest are waited for no longer."""
        self._open.update(dict.fromkeys(ids))
        excess = max(0, len(self._open) - MOST_OPEN)
        for one in list(self._open)[:excess]:
            del self._open[one]
        return excess


async def _newest(store: Store, since_ms: int, holds: Callable[[Any], Any], most: int) -> list[int]:
    """Return the newest messages for which something holds, oldest first; no further back than a bound."""
    columns = (messages.c.id, messages.c.due_at, messages.c.done_at)
    scanned = select(*columns).where(messages.c.id >= first_id_at(since_ms)).order_by(messages.c.id.desc())
    among = scanned.limit(_SCANNED).subquery()
    found = await store.select(select(among.c.id).where(holds(among.c)).order_by(among.c.id.desc()).limit(most))
    return [row[0] for row in reversed(found)]
