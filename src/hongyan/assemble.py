"""Builds the running system from settings: the only file that knows every concrete part.

`running` is the whole life of a process: open the store, read the world, open carriers, start the loops, listen;
and the same backwards. Nothing here decides anything about a message.
"""

import asyncio
import errno
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from hongyan.accept.desk import AcceptDesk, Dispatch
from hongyan.accept.outlet import Outlet
from hongyan.accept.pieces import Pieces
from hongyan.accept.stops import StopList
from hongyan.carriers.cmpp import cmpp_carrier
from hongyan.carriers.sgip import sgip_carrier
from hongyan.carriers.simulator import Simulator
from hongyan.carriers.smgp import smgp_carrier
from hongyan.carriers.smpp import smpp_carrier
from hongyan.console import Snippet
from hongyan.console.app import console
from hongyan.dialects import Dialect
from hongyan.dialects.alibaba import Alibaba
from hongyan.dialects.comms import Comms
from hongyan.dialects.edge import Asgi, Edge
from hongyan.dialects.native.app import native
from hongyan.dialects.native.push import Receipts as NativeReceipts
from hongyan.dialects.nxcloud import Nxcloud
from hongyan.dialects.smpp import SmppServer
from hongyan.dialects.yundashi import Yundashi
from hongyan.ledger.settlement import NATIVE
from hongyan.links.capability import source
from hongyan.links.pages import public_pages
from hongyan.listener import Bounds, Listener, bound, url_of
from hongyan.listener.crew import Crew
from hongyan.model.clock import Clock, SystemClock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.ids import IdMint
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, Declared, World
from hongyan.report.cancel import Cancelling
from hongyan.report.chores import Retention
from hongyan.report.doors import Doors
from hongyan.report.look import Look
from hongyan.report.match import Matcher
from hongyan.report.pull import Pull
from hongyan.report.push import Pusher
from hongyan.report.replies import Replies
from hongyan.report.stop_list import StopListing
from hongyan.route.table import Router
from hongyan.send.board import Board
from hongyan.send.fleet import Factory, Fleet, Wires
from hongyan.send.heard import counted
from hongyan.send.operations import Looks, Operations
from hongyan.send.remind import Reminder
from hongyan.send.sender import Sender
from hongyan.send.sweep import Sweep
from hongyan.session.tls import server_tls
from hongyan.settings import Settings, master_key_of
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.store.ordered import OrderedWriter
from hongyan.store.relay.door import Door
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from hongyan.watch.health import Counters, watch

_BACKLOG_EVERY_S = 1.0
_LOG = structlog.get_logger("hongyan")


class System:
    """A running program, as the command line and tests see it."""

    def __init__(
        self, road: "Road", api_url: str, console_url: str, smpp_addresses: Mapping[str, tuple[str, int]]
    ) -> None:
        self.store, self.current = road.store, road.current
        self.road = road
        """for those who look whether anything is left over"""
        self.api_url, self.console_url = api_url, console_url
        self.smpp_addresses = smpp_addresses
        """where customers bind: smpp, smpp-tls -> host and port"""
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask it to end: drain, then close."""
        self._stopping.set()

    async def wait_closed(self) -> None:
        """Return once `stop` was called."""
        await self._stopping.wait()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    demo: bool = False,
    seed: Callable[[World], Sequence[Declared]] | None = None,
    check: Callable[[World], None] | None = None,
    snippets: Callable[[str], Sequence[Snippet]] | None = None,
    clock: Clock | None = None,
    chance: random.Random | None = None,
) -> AsyncIterator[System]:
    """Run the system inside the block. Raises Misconfigured when it cannot start.

    `seed` names what is declared before anything starts; `check` may refuse the world found. `demo`: callers on this
    machine need no token, and callbacks may go to this machine. `snippets`: API address -> what an empty inbox shows.
    """
    clock, tally = clock or SystemClock(), Tally()
    async with AsyncExitStack() as stack:
        store = open_store(settings, clock, tally)
        await store.open()
        stack.push_async_callback(store.close)
        current = await _world(store, clock, seed, check)
        node = await store.enlist(settings.node, current.look_soon)
        ids = IdMint(clock, node, after=await store.last_id())
        api_socket = _held(stack, settings.api_host, settings.api_port)
        console_socket = _held(stack, settings.console_host, settings.console_port)

        public_base = settings.links_base(api_socket.getsockname()[1])
        road = Road(
            settings, store, current, clock, ids, tally, chance or random.SystemRandom(), public_base, demo=demo
        )
        await stack.enter_async_context(road.moving())

        smpp_addresses = await _smpp(stack, settings, road, ids, demo=demo)
        edge = edge_of(settings, road.reception, demo=demo)
        bounds = bounds_of(settings, edge, tally)
        keep_alive_s = round(settings.keep_alive_s)
        shortcut = edge if settings.below_asgi else None
        api: Listener | Crew
        if settings.fronts:
            api = await _crew(stack, settings, road, api_socket, node, demo=demo)
        else:
            api = Listener(edge, api_socket, bounds, keep_alive_s=keep_alive_s, shortcut=shortcut)
        api_url = url_of(api_socket)
        pages = console(
            road.reception.look,
            current,
            clock,
            hosts=settings.allowed_hosts,
            snippets=snippets(api_url) if snippets else (),
            public_base=public_base,
            token=None if demo else settings.admin_token,
        )
        console_ = Listener(pages, console_socket, bounds, keep_alive_s=keep_alive_s)
        for listener in (api, console_):
            await listener.start()
            stack.push_async_callback(listener.stop)
        yield System(road, api_url, console_.url, smpp_addresses)


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
        self.pusher = Pusher(store, shapes, current, clock, tally, allow_inside=demo, random=chance)
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
        self.sweep = Sweep(store, self.sender, clock)
        self.retention = Retention(store, clock, settings.retention_days)
        self.outlet = Outlet(self.sender.room, self.sender.take, self.sweep.wake)
        self.reception = Reception(
            settings, store, current, clock, ids, tally, chance, public_base, self.outlet, self.board
        )
        self.replies.on_stops = self.reception.stops.look_soon
        shapes |= {dialect.name: dialect.push for dialect in self.reception.dialects} | {NATIVE: NativeReceipts()}

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
            yield


class Reception:
    """The first half of the road, wired: dialects, desk, what answers questions. It may be a process of its own."""

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
        outlet: Dispatch,
        looks: Looks,
    ) -> None:
        self.store, self.current, self.clock, self.tally = store, current, clock, tally
        self.operations = Operations(store, current, clock, looks, current.look_soon)
        self.pages = public_pages(store, clock, current)
        card_support = source(settings.card_support)
        self.stops = StopList(store)
        self.desk = AcceptDesk(
            store,
            current,
            clock,
            ids,
            tally,
            outlet,
            stops=self.stops,
            card_support=card_support,
            public_base=public_base,
            lease_ms=settings.lease_ms,
            backlog_cap=settings.backlog_cap,
            chance=chance,
        )
        self.look = Look(store, current, clock, self.desk.recorded)
        reports = Pull(store, clock)
        # a new vendor is one line here
        self.dialects: tuple[Dialect, ...] = (
            Comms(self.desk, reports, clock, current, chance),
            Nxcloud(self.desk, reports, clock, current, chance),
            Alibaba(self.desk, reports, clock, current, chance, card_support),
            Yundashi(self.desk, reports, clock, current, chance),
        )

    async def count_backlog(self) -> None:
        """Keep the desk's picture of the backlog fresh; while the store is away the last one counts."""
        while True:
            try:
                self.desk.backlog = await self.store.backlog()
            except Refused as refused:
                _LOG.warning("the backlog could not be counted", reason=refused.reason)
            self.tally.set("accept_backlog", n=self.desk.backlog)
            await asyncio.sleep(_BACKLOG_EVERY_S)


def carrier_factories(clock: Clock, node: int = 0) -> dict[str, Factory]:
    """Return how each protocol's carriers are built; `node` tells this process from the others on the same database."""

    def simulator(config: CarrierConfig) -> Simulator:
        return Simulator(config.name, settings=config.settings, clock=clock)

    chance = random.SystemRandom()
    return {
        "simulator": simulator,
        "smpp": lambda config: smpp_carrier(config, clock, chance),
        "cmpp": lambda config: cmpp_carrier(config, clock, chance),
        "smgp": lambda config: smgp_carrier(config, clock, chance),
        "sgip": lambda config: sgip_carrier(config, clock, chance, node),
    }


def open_store(settings: Settings, clock: Clock, tally: Tally) -> Store:
    """Return the store that the settings name, not yet opened."""
    vault = Vault(master_key_of(settings).encode())
    if settings.database_url:
        from hongyan.store.postgres import PostgresStore  # noqa: PLC0415 - half a second that embedded use need not pay

        return PostgresStore(settings.database_url, vault, clock, tally)
    return SqliteStore(settings.data_dir / "hongyan.db", vault, clock, tally)


async def _world(
    store: Store,
    clock: Clock,
    seed: Callable[[World], Sequence[Declared]] | None,
    check: Callable[[World], None] | None,
) -> CurrentWorld:
    current = CurrentWorld(store)
    await current.refresh()
    if seed is not None and (missing := seed(current())):
        await store.declare(missing, (), clock.now_ms())
        await current.refresh()
    if check is not None:
        check(current())
    return current


async def _smpp(
    stack: AsyncExitStack, settings: Settings, road: Road, ids: IdMint, *, demo: bool
) -> dict[str, tuple[str, int]]:
    """Listen for customers who bind over SMPP, where the settings say so; return the addresses."""
    ports = {"smpp": settings.smpp_port, "smpp-tls": settings.smpp_tls_port}
    if all(port < 0 for port in ports.values()):
        return {}
    part = road.reception
    server = SmppServer(
        part.desk,
        Pieces(road.store, road.clock, ids.mint),
        Pull(road.store, road.clock),
        Cancelling(road.store, road.current, road.clock, ids.mint, road.pusher.wake),
        road.doors,
        road.clock,
        road.current,
        road.tally,
        road.chance,
    )
    stack.push_async_callback(server.close)
    road.current.on_change(server.world_changed)
    server.chores.start()
    addresses = {}
    for name, port in ports.items():
        if port >= 0:
            tls = None
            if name == "smpp-tls":
                tls = server_tls("smpp_tls_cert", certificate=settings.smpp_tls_cert, key=settings.smpp_tls_key)
            try:
                addresses[name] = settings.smpp_host, await server.listen(settings.smpp_host, port, tls)
            except OSError as error:
                if demo and error.errno == errno.EADDRINUSE:  # a second dev on this machine
                    addresses[name] = settings.smpp_host, await server.listen(settings.smpp_host, 0, tls)
                    continue
                where = f"{settings.smpp_host}:{port}"
                raise Misconfigured(where, f"cannot listen ({error.strerror or error}).", "another smpp_port") from None
    return addresses


async def _crew(
    stack: AsyncExitStack, settings: Settings, road: Road, listening: socket, node: int, *, demo: bool
) -> Crew:
    """Return the fronts, not yet started, once the core is there for them."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="hongyan-")))  # a socket's path must be short
    core = folder / "core"
    board = road.board
    told: dict[str, Callable[..., Awaitable[Any]]] = {
        "carrier_looks": board.carrier_looks,
        "carrier_lines": board.carrier_lines,
    }
    door = Door(road.store, road.outlet, road.clock, settings.lease_ms, road.tally, told)
    await door.open(core)
    stack.push_async_callback(door.close)
    start = {"settings": settings.model_dump(mode="json"), "node": node, "demo": demo}
    return Crew(settings.fronts, listening, core, start)


def bounds_of(settings: Settings, edge: Edge, tally: Tally) -> Bounds:
    """Return the bounds of a listener."""
    bounds = Bounds(
        head_bytes=settings.request_limit_bytes,
        deadline_s=settings.header_deadline_s,
        connections=settings.max_connections,
        too_large=edge.too_large,
        tally=tally,
    )
    if bounds.connections < settings.max_connections:
        _LOG.warning(
            "open files are limited, so fewer connections are taken; ulimit -n raises it",
            connections=bounds.connections,
            max_connections=settings.max_connections,
        )
    return bounds


def edge_of(settings: Settings, part: Reception, *, demo: bool, elsewhere: Counters | None = None) -> Edge:
    """Return the application that the API listener serves. `elsewhere`: what another process has counted."""
    own = native(
        part.look,
        part.desk,
        part.operations,
        StopListing(part.store, part.clock, part.stops.look_soon),
        part.current,
        part.clock,
        body_limit=settings.request_limit_bytes,
        admin_token=settings.admin_token,
        allowed_hosts=settings.allowed_hosts,
        dev=demo,
    )
    health = watch(
        part.store, part.tally, backlog_cap=settings.backlog_cap, metrics=settings.metrics, elsewhere=elsewhere
    )
    mounts: dict[str, Asgi] = {"/v1": own, "/c": part.pages, "/l": part.pages, **health}
    return Edge(
        part.dialects,
        part.desk,
        part.clock,
        part.tally,
        body_limit=settings.request_limit_bytes,
        mounts=mounts,
        trusted_proxies=settings.trusted_proxies,
    )


def _held(stack: AsyncExitStack, host: str, port: int) -> socket:
    held = bound(host, port)
    stack.callback(held.close)
    return held


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
