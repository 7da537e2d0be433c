"""The whole road, wired: the reception, and everything that sends, reports and keeps moving behind it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from hongyan.accept.outlet import Outlet
from hongyan.assemble.acting import Acting
from hongyan.assemble.core import InCore
from hongyan.assemble.reception import Reception, ended
from hongyan.assemble.registry import carrier_factories
from hongyan.assemble.resetting import Parts, Resetting
from hongyan.dialects.native.push import Receipts as NativeReceipts
from hongyan.ledger.settlement import NATIVE
from hongyan.model.clock import Clock
from hongyan.model.ids import IdMint
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.report.call_log import CallLog, Keep
from hongyan.report.callbacks import Callbacks
from hongyan.report.chores import Retention
from hongyan.report.doors import Doors
from hongyan.report.match import Matcher
from hongyan.report.push import Pusher
from hongyan.report.replies import Replies
from hongyan.route.table import Router
from hongyan.send.board import Board
from hongyan.send.fleet import Fleet, Wires
from hongyan.send.heard import counted
from hongyan.send.remind import Reminder
from hongyan.send.sender import Sender
from hongyan.send.sweep import Sweep
from hongyan.send.withholding import Withholding
from hongyan.settings import Settings
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.store.ordered import OrderedWriter


class Road:
    """All parts between the edge and the store, wired."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        current: CurrentWorld,
        clock: Clock,
        ids: IdMint,
        tally: Tally,
        chance: random.Random,
        public_base: str,
        *,
        demo: bool,
    ) -> None:
        self.store, self.current, self.clock, self.tally, self.chance = store, current, clock, tally, chance
        self._embedded = not settings.database_url
        mint = ids.mint
        self.writer = OrderedWriter(store)
        shapes: dict[str, PushShape] = {}
        log = CallLog(store, mint, Keep(settings.keep_calls))
        self.pusher = Pusher(store, shapes, current, clock, tally, allow_inside=demo, random=chance, log=log)
        self.pusher.caller.listeners.on_change = current.listen
        self.doors = Doors(store, clock, tally)
        self.pusher.on_doors = self.doors.wake
        self.matcher = Matcher(
            store=store,
            writer=self.writer,
            world=current,
            clock=clock,
            mint=mint,
            tally=tally,
            on_pushes=self.pusher.wake,
            teller=self.pusher,
        )
        self.sender = Sender(
            writer=self.writer,
            router=Router(current, clock),
            world=current,
            clock=clock,
            random=chance,
            tally=tally,
            mint=mint,
            on_handed=self.matcher.expect,
            on_pushes=self.pusher.wake,
            lease_ms=settings.lease_ms,
            grace_ms=settings.receipt_grace_s * 1000,
        )
        self.sender.on_late = self.matcher.rematch_soon
        self.replies = Replies(
            store=store,
            world=current,
            clock=clock,
            mint=mint,
            tally=tally,
            shapes=shapes,
            on_pushes=self.pusher.wake,
        )
        wires = counted(
            Wires(self.sender.answered, self.matcher.reported, self.sender.has_room, self.replies.replied), tally
        )
        self.reminder = Reminder(store, clock, lambda: self.writer.waiting + self.matcher.seeking, alone=self._embedded)
        lanes = self.sender.lanes
        self.fleet = Fleet(carrier_factories(clock, ids.node), wires, self.sender.use, self.reminder, lanes.under_way)
        self.board = Board(world=current, fleet=self.fleet, lanes=lanes, tally=tally, clock=clock, node=ids.node)
        self.fleet.check(current())
        self.sweep = Sweep(store, self.sender, clock, Withholding(current))
        self.retention = Retention(store, clock, settings.retention_days)
        self.outlet = Outlet(self.sender.room, self.sender.take, self.sweep.wake)
        parts = Parts(
            store=store,
            current=current,
            clock=clock,
            mint=mint,
            writer=self.writer,
            fleet=self.fleet,
            sender=self.sender,
            sweep=self.sweep,
            matcher=self.matcher,
            replies=self.replies,
            pusher=self.pusher,
            doors=self.doors,
            outlet=self.outlet,
            on_stops=self._look_at_stops,
        )
        self.resetting = Resetting(parts, before=self._recorded)
        self.acting = Acting(parts, self.resetting)
        callbacks = Callbacks(store, self.pusher.caller, log, clock)
        self.core = InCore(self.board, self.sweep, self.pusher, self.acting, self.resetting, callbacks)
        self.reception = Reception(
            settings, store, current, clock, ids, tally, chance, public_base, self.outlet, self.core, demo=demo
        )
        self.resetting.entrances.append(self.reception.desk)
        self.replies.on_stops = self.reception.stops.look_soon
        shapes |= {dialect.name: dialect.push for dialect in self.reception.dialects} | {NATIVE: NativeReceipts()}

    def _look_at_stops(self) -> None:
        self.reception.stops.look_soon()

    async def _recorded(self) -> None:
        await self.reception.desk.recorded()

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """Run every loop inside the block; on the way out each part writes what it still holds."""
        async with AsyncExitStack() as stack:
            self.writer.start()
            stack.push_async_callback(self.writer.stop)
            stack.push_async_callback(self.reception.desk.close)
            if self._embedded:
                await self.store.abandon_leases(self.clock.now_ms())
            for part in (self.reception.stops, self.matcher, self.replies, self.pusher, self.doors):
                await part.start()
                stack.push_async_callback(part.stop)
            stack.push_async_callback(self.fleet.close)
            await self.fleet.refresh(self.current())
            self.current.on_change(self.fleet.refresh)
            for loop in (self.reminder, self.sweep, self.retention, self.current):
                loop.start()
                stack.push_async_callback(loop.stop)
            counting = asyncio.get_running_loop().create_task(self.reception.count_backlog())
            stack.push_async_callback(ended, counting)
            if self.reception.office.rehearsal.on:
                await self.resetting.start()
            stack.callback(self.acting.stop)
            yield
