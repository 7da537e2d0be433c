"""The numbers that asked to be left alone, in memory and kept fresh: what the step `consent` looks at.

The store's stop list is the truth. Its changes are fetched page by page from where the last look ended, whoever made
them: a reply in this process or another, an operator. Numbers are kept as integers: a million take about 70 MB.
"""

import asyncio
from collections import defaultdict

import structlog

from hongyan.model.errors import Refused
from hongyan.store import Store
from hongyan.store.ops import StopRow

LOOK_S = 1.0
PAGE = 10_000

log = structlog.get_logger(stage="accept")


class StopList:
    """All stops by project. `start` loads them before it returns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark = 0
        self._marketing: defaultdict[str, set[int]] = defaultdict(set)
        self._everything: defaultdict[str, set[int]] = defaultdict(set)
        self._soon = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the list, then keep it fresh."""
        await self.refresh()
        self._task = asyncio.create_task(self._run(), name="stop list")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look_soon(self) -> None:
        """Say that the list has changed: look now."""
        self._soon.set()

    def marketing_only(self, project: str, number: str) -> bool | None:
        """Return what a number's stop covers: only marketing, or all (False); None: it has none."""
        marketing = self._marketing.get(project)
        if marketing is not None and number.isdecimal() and int(number) in marketing:
            return True
        everything = self._everything.get(project)
        if everything is not None and number.isdecimal() and int(number) in everything:
            return False
        return None

    async def refresh(self) -> None:
        """Fetch what has changed since the last time."""
        while True:
            put, dropped, mark = await self._store.stops(self._mark, PAGE)
            for project, number in dropped:
                self._drop(project, number)
            for row in put:
                self._put(row)
            if mark == self._mark:
                return
            self._mark = mark

    def _put(self, row: StopRow) -> None:
        if row.number.isdecimal():  # nothing else is ever written to
            self._drop(row.project, row.number)
            of = self._marketing if row.marketing_only else self._everything
            of[row.project].add(int(row.number))

    def _drop(self, project: str, number: str) -> None:
        if number.isdecimal():
            for of in (self._marketing, self._everything):
                if project in of:
                    of[project].discard(int(number))

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._soon.wait()
            except TimeoutError:
                pass
            self._soon.clear()
            try:
                await self.refresh()
            except Refused:
                log.warning("the store cannot be reached; the stop list stays as it is meanwhile")
            except Exception:  # worker edge: the changes are still there at the next turn
                log.exception("the stop list could not be refreshed")
