"""A front: the first half of the road in a process of its own, beside the core that writes and sends.

The core starts it (`listener/crew.py`), tells it everything on standard input, and lends it the port. It holds
nothing that is not in the core: it may die at any moment.
"""

import asyncio
import contextlib
import gc
import json
import random
import signal
import socket
import sys
from pathlib import Path
from typing import Any, cast

import uvloop

from hongyan.accept.desk import Dispatch
from hongyan.assemble.clocks import clock_for
from hongyan.assemble.reception import Reception, bounds_of, edge_of, ended
from hongyan.listener import Listener
from hongyan.listener.crew import READY
from hongyan.model.clock import SystemClock
from hongyan.model.ids import IdMint
from hongyan.model.tally import Tally
from hongyan.operate.core import Core
from hongyan.settings import Settings
from hongyan.store.current import CurrentWorld
from hongyan.store.relay.far import Far
from hongyan.watch import logs


class InTheCore(Dispatch):
    """The sending side as a front sees it: the core hands over by itself what it has accepted."""

    def room(self) -> int:
        """Return nothing: the core knows its room."""
        return 0

    def take(self, messages: Any) -> None:
        """Do nothing."""

    def wake(self) -> None:
        """Do nothing."""


async def _life(told: dict[str, Any]) -> None:
    settings = Settings(**told["settings"])
    logs.configure(level=settings.log_level, form=settings.log_format)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)  # nothing more is ever said there: it ends when the core does
    tally, listening = Tally(), socket.socket(fileno=told["listening"])
    listening.setblocking(False)
    async with contextlib.AsyncExitStack() as stack:
        store = Far(Path(told["core"]), told["node"] + told["number"], stop.set)
        await store.open()
        stack.push_async_callback(store.close)
        current = CurrentWorld(store.store)
        await current.refresh()
        clock = clock_for(settings, current, SystemClock(), demo=told["demo"])
        node = await store.enlist(-1, current.look_soon)
        ids = IdMint(clock, node, after=await store.store.last_id())
        public_base = settings.links_base(listening.getsockname()[1])
        chance = random.SystemRandom()
        core = cast("Core", store)  # asked by name, as the store's calls are
        part = Reception(
            settings, store.store, current, clock, ids, tally, chance, public_base, InTheCore(), core, demo=told["demo"]
        )
        stack.push_async_callback(part.desk.close)
        await part.stops.start()
        stack.push_async_callback(part.stops.stop)
        current.start()
        stack.push_async_callback(current.stop)
        stack.push_async_callback(ended, loop.create_task(part.count_backlog()))
        edge = edge_of(settings, part, elsewhere=store.counters)
        listener = Listener(
            edge,
            listening,
            bounds_of(settings, edge, tally),
            keep_alive_s=round(settings.keep_alive_s),
            shortcut=edge if settings.below_asgi else None,
        )
        await listener.start()
        stack.push_async_callback(listener.stop)
        stack.push_async_callback(part.office.live.close)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
        await stop.wait()


def main() -> None:
    """Run until the core says so or is gone."""
    told = json.loads(sys.stdin.buffer.readline())
    uvloop.run(_life(told))


if __name__ == "__main__":
    main()
