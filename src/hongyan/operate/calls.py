"""Reading the log of calls: rows on disk, and those that are only in the memory of the process that calls.

A row is the columns of `calls` with `items`, the (message, reply) pairs that it told of.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal
from hongyan.model.reason import Reason
from hongyan.operate.core import Core
from hongyan.report.callbacks import COLUMNS
from hongyan.store import Store
from hongyan.store.tables import call_items, calls

AT_ONCE = 200
T = TypeVar("T")


class CallQuery(NamedTuple):
    """A filter on calls; None and "" mean any. Pages go newest first by id."""

    project: str | None = None
    dialect: str = ""
    target: str = ""
    """a piece of the address"""
    taken: bool | None = None
    message: int | None = None
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 50

    def fits(self, row: dict[str, Any]) -> bool:
        """Return whether it is about this call."""
        return (
            self.project in {None, row["project"]}
            and self.dialect in {"", row["dialect"]}
            and self.target in row["target"]
            and self.taken in {None, bool(row["taken"])}
            and (self.message is None or any(self.message == message for message, _ in row["items"]))
            and (self.since_ms is None or row["at"] >= self.since_ms)
            and (self.before_id is None or row["id"] < self.before_id)
        )

    def statement(self) -> Any:
        """Return what the store is asked."""
        asked = select(*calls.c).order_by(calls.c.id.desc()).limit(self.limit)
        if self.project is not None:
            asked = asked.where(calls.c.project == self.project)
        if self.dialect:
            asked = asked.where(calls.c.dialect == self.dialect)
        if self.target:
            asked = asked.where(calls.c.target.contains(self.target, autoescape=True))
        if self.taken is not None:
            asked = asked.where(calls.c.taken.is_(self.taken))
        if self.message is not None:
            asked = asked.where(
                calls.c.id.in_(select(call_items.c.call).where(call_items.c.message_id == self.message))
            )
        if self.since_ms is not None:
            asked = asked.where(calls.c.at >= self.since_ms)
        return asked if self.before_id is None else asked.where(calls.c.id < self.before_id)


class Calls:
    """Reads calls."""

    def __init__(self, store: Store, core: Core) -> None:
        self._store, self._core = store, core

    async def row(self, call_id: str, project: str | None) -> dict[str, Any]:
        """Return one call. Raises Refused(UNKNOWN_MESSAGE)."""
        number = from_decimal(call_id)
        found = [] if number is None else await self.rows(CallQuery(project, before_id=number + 1, limit=1))
        if not found or found[0]["id"] != number:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=call_id[:100])
        return found[0]

    async def rows(self, query: CallQuery) -> list[dict[str, Any]]:
        """Return a page of calls, newest first."""
        found = {row["id"]: row for row in await self._core.newest_calls() if query.fits(row)}
        kept = [dict(zip(COLUMNS, row, strict=True)) for row in await self._store.select(query.statement())]
        items = await self._items([row["id"] for row in kept])
        found |= {row["id"]: row | {"items": items.get(row["id"], [])} for row in kept}
        return [found[one] for one in sorted(found, reverse=True)[: query.limit]]

    async def _items(self, ids: Sequence[int]) -> dict[int, list[tuple[int | None, int | None]]]:
        found: dict[int, list[tuple[int | None, int | None]]] = {}
        told = select(call_items.c.call, call_items.c.message_id, call_items.c.reply_id)
        order = (call_items.c.call, call_items.c.place)
        for some in slices(ids):
            for call, message, reply in await self._store.select(
                told.where(call_items.c.call.in_(some)).order_by(*order)
            ):
                found.setdefault(call, []).append((message, reply))
        return found


def slices(ids: Sequence[T]) -> Iterable[Sequence[T]]:
    """Yield ids, as many at a time as a statement takes."""
    yield from (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
