"""What happens now: messages as they are accepted and as they end, and refusals, for everybody who looks on.

One watcher a process looks at the store while somebody looks on, and never otherwise; so it also sees what other
processes do. The store says in one cheap question whether anything was written at all (`Store.pulse`). Whoever reads
too slowly, and whatever came faster than it is told, is told of as skipped: the store has it.

    async with live.read(LiveQuery(to="86138...")) as reader:
        for change in await reader.take(15.0): ...     # [] when nothing came in 15 s
    async with live.marks() as marks:
        if await marks.take(15.0): ...                 # something changed: look again, at most twice a second

`over` is set when the process ends: streams end then.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, NamedTuple

import structlog
from msgspec import Struct

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Message
from hongyan.model.reason import Reason
from hongyan.operate.newest import Look, Place
from hongyan.report.timeline import refusal_line, summary
from hongyan.store import Store
from hongyan.store.ops import RefusalRow

LOOK_EVERY_S = 0.2
MARKS_A_SECOND = 2.0
MOST_WAITING = 2_000
"""changes that wait for one reader"""
MOST_READERS, MOST_OF_ONE = 500, 100
"""readers at one process; those that look at one project alone"""
_AWAY_S = 1.0

_log = structlog.get_logger("hongyan.live")


class LiveQuery(NamedTuple):
    """What somebody wants to see; "" and () mean any. States are those of messages, and `refused`."""

    project: str | None = None
    to: str = ""
    """a number, or the end of one"""
    dialect: str = ""
    states: tuple[str, ...] = ()

    def fits_message(self, message: Message) -> bool:
        """Return whether it is about this message."""
        return (
            self.project in {None, message.project}
            and self.dialect in {"", message.dialect}
            and (not self.to or message.to.endswith(self.to))
        )

    def wants(self, state: str) -> bool:
        """Return whether it is about what came to this state."""
        return not self.states or state in self.states

    def fits_refusal(self, row: RefusalRow) -> bool:
        """Return whether it is about this refusal; a number is looked for in what was asked."""
        return (
            self.project in {None, row.project}
            and self.dialect in {"", row.dialect}
            and (not self.to or self.to in row.request or self.to in row.facts)
        )


class Change(Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    kind: str
    """accepted, ended, refused; skipped: so many were not told of"""
    at: int
    cursor: str
    """hand it to `read` to go on behind this one; what came just before may be told again"""
    row: dict[str, Any] = {}
    """the message or refusal as `/v1` shows it"""
    skipped: int = 0


class _Waiting:
    """Somebody who looks on."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()

    async def wait(self, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), wait_s)


class Reader(_Waiting):
    """Changes for one who reads them all."""

    def __init__(self, query: LiveQuery) -> None:
        super().__init__()
        self.query = query
        self._changes: deque[Change] = deque()
        self._skipped = 0

    def offer(self, look: Look, told: Sequence["_Told"], *, earlier: bool = False) -> None:
        """Take what fits of a look; `earlier`: it goes before what came since."""
        found = [one.change for one in told if one.fits(self.query)]
        room = MOST_WAITING - len(self._changes)
        self._skipped += look.skipped + max(0, len(found) - room)
        if earlier:
            self._changes.extendleft(reversed(found[:room]))
        else:
            self._changes.extend(found[:room])
        if found or self._skipped:
            self.woken.set()

    async def take(self, wait_s: float) -> list[Change]:
        """Return what came, waiting so long for the first; [] when nothing did."""
        if not self._changes and not self._skipped:
            await self.wait(wait_s)
        self.woken.clear()
        taken = list(self._changes)
        self._changes.clear()
        if self._skipped:
            last = taken[-1] if taken else None
            at, cursor = (last.at, last.cursor) if last else (0, "")
            taken.append(Change(kind="skipped", at=at, cursor=cursor, skipped=self._skipped))
            self._skipped = 0
        return taken


class Marks(_Waiting):
    """Says that something changed, and no more often than asked."""

    def __init__(self, per_second: float) -> None:
        super().__init__()
        self._pause_s = 1 / per_second
        self._last = -self._pause_s

    async def take(self, wait_s: float) -> bool:
        """Return whether something changed since the last time, waiting so long for it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        await asyncio.sleep(max(0.0, min(self._last + self._pause_s - loop.time(), wait_s)))
        changed = self.woken.is_set()
        if not changed and (left := until - loop.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), left)
                changed = True
        if changed:
            self.woken.clear()
            self._last = loop.time()
        return changed


class Live:
    """One for a process. Costs nothing while nobody looks on."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._readers: set[Reader] = set()
        self._marks: set[Marks] = set()
        self._watch: asyncio.Task[None] | None = None
        self._place: Place | None = None
        """None: nobody reads"""
        self._pulse: int | None = None
        self._placing = asyncio.Lock()
        self.over = asyncio.Event()

    @contextlib.asynccontextmanager
    async def read(self, query: LiveQuery, after: str = "") -> AsyncIterator[Reader]:
        """Look on inside the block as a `Reader`; `after`: the cursor of the last change that was seen.

        Raises Refused(OVERLOADED) when too many look on already.
        """
        alike = sum(one.query.project == query.project for one in self._readers) if query.project is not None else 0
        if len(self._readers) >= MOST_READERS or alike >= MOST_OF_ONE:
            raise Refused(Reason.OVERLOADED, most=MOST_OF_ONE if alike >= MOST_OF_ONE else MOST_READERS)
        reader = Reader(query)
        with self._looking_on(self._readers, reader):
            async with self._placing:
                if self._place is None:
                    self._place = await Place.now(self._store, self._clock.now_ms())
            if after:
                earlier = await Place.again(self._store, after, self._clock.now_ms())
                reader.offer(earlier, _told(earlier), earlier=True)
            yield reader

    @contextlib.asynccontextmanager
    async def marks(self, per_second: float = MARKS_A_SECOND) -> AsyncIterator[Marks]:
        """Look on inside the block as `Marks`."""
        marks = Marks(per_second)
        with self._looking_on(self._marks, marks):
            yield marks

    def is_watched(self) -> bool:
        """Return whether somebody looks on."""
        return bool(self._readers or self._marks)

    async def close(self) -> None:
        """End every stream, and stop looking."""
        self.over.set()
        for one in (*self._readers, *self._marks):
            one.woken.set()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None

    @contextlib.contextmanager
    def _looking_on(self, them: set[Any], one: _Waiting) -> Iterator[None]:
        them.add(one)
        if self._watch is None and not self.over.is_set():
            self._watch = asyncio.get_running_loop().create_task(self._look_on())
        try:
            yield
        finally:
            them.discard(one)

    async def _look_on(self) -> None:
        while self.is_watched():
            try:
                await self._look()
            except Refused as refused:
                _log.warning("the store could not be looked at", reason=refused.reason)
                await asyncio.sleep(_AWAY_S)
            except Exception as error:  # noqa: BLE001 - the worker edge: nobody else would start this loop again
                _log.error("what happens could not be looked at", exc_info=error)
                await asyncio.sleep(_AWAY_S)
            await asyncio.sleep(LOOK_EVERY_S)
        self._watch, self._pulse, self._place = None, None, None

    async def _look(self) -> None:
        before, pulse = self._pulse, await self._store.pulse()
        if pulse == before:
            return
        if before is not None:
            for marks in self._marks:
                marks.woken.set()
        if not self._readers:
            self._place = None
        elif self._place is not None:
            found = await self._place.look(self._store, self._clock.now_ms())
            if found is not None:
                told = _told(found)  # once: what waits for many readers is in memory once
                for reader in self._readers:
                    reader.offer(found, told)
        self._pulse = pulse


class _Told(NamedTuple):
    """A change, and what it is about: a message with the state that it came to, or a refusal."""

    change: Change
    about: Message | RefusalRow
    state: str

    def fits(self, query: LiveQuery) -> bool:
        """Return whether somebody wants to see it."""
        if not query.wants(self.state):
            return False
        return query.fits_message(self.about) if isinstance(self.about, Message) else query.fits_refusal(self.about)


def _told(look: Look) -> list[_Told]:
    """Return the changes of a look, in the order they happened."""
    at, cursor = look.at, look.cursor
    accepted = (
        _Told(Change(kind="accepted", at=one.accepted_at, cursor=cursor, row=summary(one)), one, "accepted")
        for one in look.accepted
    )
    refused = (
        _Told(Change(kind="refused", at=one.at, cursor=cursor, row=_refused(one)), one, "refused")
        for one in look.refused
    )
    ended = (
        _Told(Change(kind="ended", at=one.done_at or at, cursor=cursor, row=summary(one)), one, one.state)
        for one in look.ended
    )
    return [*accepted, *refused, *ended]


def _refused(row: RefusalRow) -> dict[str, Any]:
    about = {"request_id": row.request_id, "project": row.project, "dialect": row.dialect, "action": row.action}
    return refusal_line(row) | about | {"reason": str(row.reason)}
