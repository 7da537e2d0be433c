"""Snapshots and resets inside the process that sends: memory is led along with the store.

Nothing new is accepted meanwhile, what is under way is written down, rows go in one transaction, and every part lets go
of what is no more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import delete, insert, select

from hongyan.accept.outlet import Outlet
from hongyan.carriers.simulator import Simulator
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import CarrierConfig
from hongyan.operate import keeping
from hongyan.operate.rehearsal import wrong
from hongyan.report.call_log import Noted
from hongyan.report.doors import Doors
from hongyan.report.match import Matcher
from hongyan.report.push import Pusher
from hongyan.report.replies import Replies
from hongyan.send.fleet import Fleet
from hongyan.send.sender import Sender
from hongyan.send.sweep import Sweep
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.store.ops import DropStop, Note, PushRow, PutStop, StopRow
from hongyan.store.ordered import OrderedWriter
from hongyan.store.tables import messages, replies, snapshots

QUIET_S = 3.0
"""how long a reset waits for what is under way to be written down"""
LOOK_S = 0.002


class Entrance(Protocol):
    """Who accepts messages: it waits for its gate, while there is one."""

    gate: asyncio.Event | None


class Parts(NamedTuple):
    """The parts of the road that keep something of a message in memory."""

    store: Store
    current: CurrentWorld
    clock: Clock
    mint: Callable[[], int]
    writer: OrderedWriter
    fleet: Fleet
    sender: Sender
    sweep: Sweep
    matcher: Matcher
    replies: Replies
    pusher: Pusher
    doors: Doors
    outlet: Outlet
    on_stops: Callable[[], None]


class _Gone(NamedTuple):
    """What is no more, as each part knows it."""

    message: Callable[[int], bool]
    row: Callable[[PushRow], bool]
    call: Callable[[Noted], bool]


class Resetting:
    """Leads store and memory back. `before`: called when a reset begins, to settle what waits."""

    def __init__(self, parts: Parts, before: Callable[[], Any]) -> None:
        self._ = parts
        self._before = before
        self._start: keeping.Kept | None = None
        self.entrances: list[Entrance] = []
        """those who accept: the desk, and the door of fronts"""
        self.one_at_a_time = asyncio.Lock()
        self.on_forget: Callable[[Callable[[int], bool]], None] = _nobody
        """called with which messages, by their ids, are no more"""

    async def start(self) -> None:
        """Remember what the process was started with."""
        self._start = await keeping.start_of(self._.store)

    async def snapshot(self, name: str) -> dict[str, Any]:
        """Keep the store as it is now under a name; return when and up to which id."""
        async with self._quiet():
            now, mark = self._.clock.now_ms(), self._.mint()
            kept = await keeping.kept(self._.store, mark, now)
        if len(kept.counts) > keeping.COUNTS_MOST:
            raise wrong("name", "too much is counted here for a snapshot", "计数过多，无法保存快照")
        row = {"name": name, "at": now, "mark": mark, "body": msgspec.json.encode(kept).decode()}
        await self._.store.change(delete(snapshots).where(snapshots.c.name == name), insert(snapshots).values(row))
        return {"at": now, "mark": mark}

    async def reset(self, name: str | None) -> int:
        """Lead everything back to a snapshot, or to the start; return how many messages went."""
        to = self._start if name is None else await self._snapshot(name)
        if to is None:
            raise Refused(Reason.UNAVAILABLE, why="the process has only just started")
        mark, store = to.mark, self._.store
        async with self._quiet():
            newer = _Gone(lambda one: one > mark, lambda row: row.id > mark, lambda call: call.id > mark)
            with self._letting_go(newer):
                await self._settled()
                statements, changes = await keeping.led_back(store, to, self._.clock.now_ms())
                gone = await store.change(delete(messages).where(messages.c.id > mark), *statements)
            await self._stops_back(to)
            if changes:  # a declaration of nothing: a new version, told to all, and the routes of before are kept
                await store.declare((), [(CarrierConfig.kind, "", "")], self._.clock.now_ms())
                await self._.current.refresh()
        return gone[0]

    async def erase(self, project: str | None, to: str | None) -> int:
        """Delete messages, all or those of a project or to a number; return how many. The ledger stays."""
        column, every = messages.c, project is None and to is None
        fits = [column.project == project] * (project is not None) + [column.to == to] * (to is not None)
        of = replies.c
        told = [of.project == project] * (project is not None) + [of.sender == to] * (to is not None)
        ids = select(column.id).where(*fits)
        async with self._quiet():
            said = select(replies.c.id).where(*told)
            named = set() if every else {row[0] for one in (ids, said) for row in await self._.store.select(one)}
            gone = _Gone(
                lambda one: every or one in named,
                lambda row: every or row.message_id in named or row.reply_id in named,
                lambda call: every or any(one in named for one, _ in call.items),
            )
            with self._letting_go(gone):
                await self._settled()
                statements = keeping.without(None if every else ids, project, to)
                changed = await self._.store.change(*statements)
        return changed[_place_of_messages(statements)]

    async def _snapshot(self, name: str) -> keeping.Kept:
        found = await self._.store.select(select(snapshots.c.body).where(snapshots.c.name == name))
        if not found:
            known = [row[0] for row in await self._.store.select(select(snapshots.c.name).order_by(snapshots.c.name))]
            raise wrong("snapshot", "there is none of that name", "没有这个快照", known=", ".join(known))
        return keeping.decoded(found[0][0])

    @asynccontextmanager
    async def _quiet(self) -> AsyncIterator[None]:
        """Accept nothing, sweep nothing and claim no pushes inside the block; begin when all under way is written."""
        parts = self._
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.one_at_a_time)
            stack.enter_context(self._shut())
            for turn in (parts.sweep.turn, parts.pusher.turn):
                await stack.enter_async_context(turn)
            await self._before()
            await self._settled()
            yield

    @contextmanager
    def _shut(self) -> Iterator[None]:
        """Have whoever accepts wait inside the block."""
        opened = asyncio.Event()
        for one in self.entrances:
            one.gate = opened
        try:
            yield
        finally:
            for one in self.entrances:
                one.gate = None
            opened.set()

    async def _settled(self) -> None:
        """Wait until everything that was decided is on disk."""
        until = asyncio.get_running_loop().time() + QUIET_S
        await self._.store.write(Note(events=[]))  # what was written before it is committed
        await asyncio.sleep(0)
        while self.busy() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - as above
            await asyncio.sleep(LOOK_S)

    def busy(self) -> bool:
        parts = self._
        return bool(parts.writer.waiting or parts.matcher.seeking or parts.replies.waiting)

    @contextmanager
    def _letting_go(self, gone: _Gone) -> Iterator[None]:
        """Have every part let go of what is deleted inside the block; what comes later is spared."""
        self._forget(gone)
        try:
            yield
        finally:
            last = self._.mint()
            self._forget(
                _Gone(
                    lambda one: one <= last and gone.message(one),
                    lambda row: row.id <= last and gone.row(row),
                    lambda call: call.id <= last and gone.call(call),
                )
            )

    def _forget(self, gone: _Gone) -> None:
        parts = self._
        parts.outlet.forget(gone.message)
        parts.sender.forget(gone.message)
        for carrier in parts.fleet.carriers().values():
            if isinstance(carrier, Simulator):
                carrier.forget(gone.message)
        self.on_forget(gone.message)
        parts.matcher.forget(gone.message)
        parts.pusher.forget(gone.row, gone.call)
        parts.doors.forget(gone.row)

    async def _stops_back(self, to: keeping.Kept) -> None:
        """Lead the stop list back by changes that every process follows."""
        now = (await keeping.kept(self._.store, 0, 0)).stops
        then = {(row[0], row[1]): row for row in to.stops}
        for project, number, marketing_only, *_ in now:
            known = then.pop((project, number), None)
            if known is None or known[2] != marketing_only:
                await self._.store.write(DropStop(project=project, number=number, at=self._.clock.now_ms()))
            if known is not None and known[2] != marketing_only:
                then[project, number] = known
        for project, number, marketing_only, at, reply_id in then.values():
            row = StopRow(project=project, number=number, marketing_only=marketing_only, at=at, reply_id=reply_id)
            await self._.store.write(PutStop(row=row))
        self._.on_stops()


def _place_of_messages(statements: list[Any]) -> int:
    return next(place for place, one in enumerate(statements) if one.table is messages)


def _nobody(_gone: Callable[[int], bool]) -> None:
    """Nobody else keeps anything of them."""
