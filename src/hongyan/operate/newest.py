"""How far somebody has come who follows what is written: new messages and refusals by their ids, ends by asking after
the newest messages that had not ended. Reads only; who is told is live.py's.

Nothing is written for this and no index kept: ends have no order of their own in the store.
"""

from collections.abc import Sequence
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


class Look(NamedTuple):
    """What one look at the store found."""

    at: int
    cursor: str
    accepted: Sequence[Message]
    ended: Sequence[Message]
    refused: Sequence[RefusalRow]
    skipped: int


class Place:
    """How far the watcher has come."""

    def __init__(self, message: int, refusal: int, open_: Sequence[int], at: int) -> None:
        self._message, self._refusal, self._at = message, refusal, at
        self._seen: set[int] = set()
        """ids that were told of and are not too old to come once more"""
        self._open: dict[int, None] = dict.fromkeys(open_)
        """messages that have not ended, oldest first"""

    @classmethod
    async def now(cls, store: Store, now_ms: int) -> "Place":
        """Return the place behind everything that is there."""
        (message,) = (await store.select(select(func.max(messages.c.id))))[0]
        (refusal,) = (await store.select(select(func.max(refusals.c.id))))[0]
        since = first_id_at(now_ms - AGAIN_MS)
        open_ = select(messages.c.id).where(messages.c.due_at.is_not(None), messages.c.id >= since)
        found = await store.select(open_.order_by(messages.c.id.desc()).limit(MOST_OPEN))
        place = cls(message or 0, refusal or 0, [row[0] for row in reversed(found)], now_ms)
        for table, low in ((messages, _before(place._message)), (refusals, _before(place._refusal))):
            late = select(table.c.id).where(table.c.id > low).order_by(table.c.id.desc()).limit(MOST_OPEN)
            place._seen.update(row[0] for row in await store.select(late))
        return place

    @staticmethod
    async def again(store: Store, after: str, now_ms: int) -> Look:
        """Return what happened behind a cursor; nothing for one that is none."""
        try:
            message, refusal, at = (int(part) for part in after.split("-"))
        except ValueError:
            return Look(now_ms, "", (), (), (), 0)
        at = max(at, now_ms - AGAIN_MS)
        since = first_id_at(at - AGAIN_MS)
        ended = select(messages.c.id).where(messages.c.id >= since, messages.c.id <= message, messages.c.done_at >= at)
        rows = await store.select(ended.order_by(messages.c.id.desc()).limit(MOST_AT_ONCE))
        place = Place(message, refusal, [row[0] for row in reversed(rows)], at)
        place._seen = {message, refusal}
        found = await place.look(store, now_ms)
        return found or Look(now_ms, after, (), (), (), 0)

    async def look(self, store: Store, now_ms: int) -> Look | None:
        """Return what is new; None when nothing is."""
        accepted, missed = await self._accepted(store)
        refused, unheard = await self._refused(store)
        ended = await self._ended(store)
        missed += unheard + self._watch_for([one.id for one in accepted if one.state not in FINAL])
        self._forget()
        self._at = now_ms
        if not (accepted or refused or ended or missed):
            return None
        cursor = f"{self._message}-{self._refusal}-{self._at}"
        # one that has ended already when it is first seen is told of twice, as it was and as it is
        quick = [one for one in accepted if one.state in FINAL]
        return Look(now_ms, cursor, accepted, [*ended, *quick], refused, missed)

    async def _accepted(self, store: Store) -> tuple[list[Message], int]:
        ids, missed = await self._fresh(store, messages, self._message)
        if not ids:
            return [], missed
        self._message = max(self._message, *ids)
        return sorted(await store.messages_by_id(ids), key=lambda one: one.id), missed

    async def _refused(self, store: Store) -> tuple[list[RefusalRow], int]:
        ids, missed = await self._fresh(store, refusals, self._refusal)
        if not ids:
            return [], missed
        self._refusal = max(self._refusal, *ids)
        wanted = set(ids)
        return [row for row in reversed(await store.refusals(MOST_AT_ONCE)) if row.id in wanted], missed

    async def _fresh(self, store: Store, table: Any, last: int) -> tuple[list[int], int]:
        """Return ids that were not seen yet, and how many more there are."""
        late = table.c.id > _before(last)
        newest = select(table.c.id).where(late).order_by(table.c.id.desc()).limit(MOST_AT_ONCE + len(self._seen))
        fresh = [row[0] for row in await store.select(newest) if row[0] not in self._seen]
        missed = 0
        if len(fresh) >= MOST_AT_ONCE:
            ((behind,),) = await store.select(
                select(func.count()).select_from(table).where(table.c.id > last, table.c.id < fresh[-1])
            )
            missed, fresh = behind + len(fresh) - MOST_AT_ONCE, fresh[:MOST_AT_ONCE]
        self._seen.update(fresh)
        return fresh, missed

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

    def _forget(self) -> None:
        low = min(_before(self._message) or 0, _before(self._refusal) or 0)
        if len(self._seen) > MOST_OPEN:
            self._seen = {one for one in self._seen if one > low}


def _before(id_: int) -> int:
    """Return an id that nothing lies behind which could still be committed."""
    return first_id_at(minted_ms(id_) - LATE_MS) if id_ else 0
