"""The life of a process: opens the store, reads the world, opens carriers, starts the loops, listens; and backwards.

Nothing here decides anything about a message.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from socket import socket

from hongyan.assemble.clocks import clock_for
from hongyan.assemble.entrances import crew, smpp
from hongyan.assemble.reception import bounds_of, edge_of
from hongyan.assemble.registry import open_store
from hongyan.assemble.road import Road
from hongyan.assemble.snippets import snippets
from hongyan.console.app import console
from hongyan.handbook import handbook
from hongyan.listener import Listener, bound, url_of
from hongyan.listener.crew import Crew
from hongyan.model.clock import Clock, SystemClock
from hongyan.model.ids import IdMint
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, World
from hongyan.settings import Settings
from hongyan.store import Store
from hongyan.store.current import CurrentWorld


class System:
    """A running program, as the command line and tests see it."""

    def __init__(
        self, road: Road, api_url: str, console_url: str, smpp_addresses: Mapping[str, tuple[str, int]]
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
    clock: Clock | None = None,
    chance: random.Random | None = None,
) -> AsyncIterator[System]:
    """Run the system inside the block. Raises Misconfigured when it cannot start.

    `seed` names what is declared before anything starts; `check` may refuse the world found. `demo`: callers on this
    machine need no token, and callbacks may go to this machine.
    """
    clock, tally = clock or SystemClock(), Tally()
    async with AsyncExitStack() as stack:
        store = open_store(settings, clock, tally)
        await store.open()
        stack.push_async_callback(store.close)
        current = await _world(store, clock, seed, check)
        clock = clock_for(settings, current, clock, demo=demo)
        node = await store.enlist(settings.node, current.look_soon)
        ids = IdMint(clock, node, after=await store.last_id())
        api_socket = _held(stack, settings.api_host, settings.api_port)
        console_socket = _held(stack, settings.console_host, settings.console_port)

        public_base = settings.links_base(api_socket.getsockname()[1])
        road = Road(
            settings, store, current, clock, ids, tally, chance or random.SystemRandom(), public_base, demo=demo
        )
        await stack.enter_async_context(road.moving())

        smpp_addresses = await smpp(stack, settings, road, ids, demo=demo)
        edge = edge_of(settings, road.reception)
        bounds = bounds_of(settings, edge, tally)
        keep_alive_s = round(settings.keep_alive_s)
        shortcut = edge if settings.below_asgi else None
        api: Listener | Crew
        if settings.fronts:
            api = await crew(stack, settings, road, api_socket, node, demo=demo)
        else:
            api = Listener(edge, api_socket, bounds, keep_alive_s=keep_alive_s, shortcut=shortcut)
        api_url = url_of(api_socket)
        pages = console(
            road.reception.office,
            hosts=settings.allowed_hosts,
            snippets=snippets(api_url),
            api_url=api_url,
            proxies=settings.trusted_proxies,
            docs=handbook(console="/"),
        )
        console_ = Listener(pages, console_socket, bounds, keep_alive_s=keep_alive_s)
        for listener in (api, console_):
            await listener.start()
            stack.push_async_callback(listener.stop)
        stack.push_async_callback(road.reception.office.live.close)
        yield System(road, api_url, console_.url, smpp_addresses)


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


def _held(stack: AsyncExitStack, host: str, port: int) -> socket:
    held = bound(host, port)
    stack.callback(held.close)
    return held
