"""The stop list by hand: what operators and projects look at and change. Replies change it by themselves."""

from collections.abc import Callable
from typing import Any

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock
from hongyan.operate.journal import Journal
from hongyan.report.inbound import stop_summary
from hongyan.store import Store
from hongyan.store.ops import DropStop, PutStop, StopRow
from hongyan.text.numbers import masked

_PAGE, _MOST_PAGES = 1_000, 20


class StopListing:
    """Reads and changes the list. `on_change` is called after a change is on disk."""

    def __init__(self, store: Store, clock: Clock, journal: Journal, on_change: Callable[[], None]) -> None:
        self._store, self._clock, self._journal, self._on_change = store, clock, journal, on_change

    async def page(self, project: str | None, number: str | None, after: int, limit: int) -> dict[str, Any]:
        """Return stops in the order they were put, and where to go on; `next_after` None: there are no more."""
        found: list[dict[str, Any]] = []
        mark = after
        for _ in range(_MOST_PAGES):
            put, _, next_mark = await self._store.stops(mark, min(_PAGE, limit - len(found)))
            if next_mark == mark:
                return {"stops": found, "next_after": None}
            mark = next_mark
            found += (
                stop_summary(row) for row in put if project in {None, row.project} and number in {None, row.number}
            )
            if len(found) >= limit:
                break
        return {"stops": found, "next_after": mark}

    async def put(self, actor: Actor, project: str, number: str, *, marketing_only: bool) -> bool:
        """Put a number on a project's list; return whether that changed anything."""
        actor.need(Role.OPERATOR, project)
        row = StopRow(project=project, number=number, marketing_only=marketing_only, at=self._clock.now_ms())
        changed: bool = await self._store.write(PutStop(row=row))
        self._on_change()
        await self._journal.note(actor, "stop.put", masked(number), project, marketing_only=marketing_only)
        return changed

    async def drop(self, actor: Actor, project: str, number: str) -> bool:
        """Take a number off a project's list; return whether it was there."""
        actor.need(Role.OPERATOR, project)
        changed: bool = await self._store.write(DropStop(project=project, number=number, at=self._clock.now_ms()))
        self._on_change()
        await self._journal.note(actor, "stop.drop", masked(number), project)
        return changed
