"""The current world: a snapshot that is replaced when somebody declares something, here or in another process."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from msgspec.structs import replace

from hongyan.model.errors import Refused
from hongyan.model.world import World
from hongyan.store import Store

_LOG = structlog.get_logger("hongyan.world")
_POLL_S = 0.5

Changed = Callable[[World], Awaitable[None]]


class CurrentWorld:
    """Hands out the snapshot; looks for a newer version twice a second and when told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._world = World()
        self._watch: asyncio.Task[None] | None = None
        self._changed: list[Changed] = []
        self._told = asyncio.Event()
        self._listening: tuple[tuple[str | None, str], ...] = ()
        self._looking = asyncio.Lock()

    def __call__(self) -> World:
        """Return the current snapshot."""
        return self._world

    def on_change(self, call: Changed) -> None:
        """Call this with every new world, one after the other, before the next is looked for."""
        self._changed.append(call)

    async def refresh(self) -> bool:
        """Look now. Return whether there was a newer world."""
        async with self._looking:  # two at once could end with the older world
            if await self._store.world_version() == self._world.version:
                return False
            world = await self._store.world()
            self._world = replace(world, listening=self._listening) if self._listening else world
            for call in self._changed:
                await call(self._world)
            return True

    def listen(self, listening: tuple[tuple[str | None, str], ...]) -> None:
        """Say who listens for callbacks from now on; see `World.listening`."""
        self._listening = listening
        self._world = replace(self._world, listening=listening)

    def look_soon(self) -> None:
        """Look at once: somebody declared something."""
        self._told.set()

    def start(self) -> None:
        """Begin to look by itself."""
        self._watch = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Stop looking."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _POLL_S)
            self._told.clear()
            try:
                if await self.refresh():
                    _LOG.info("the world changed", version=self._world.version)
            except Refused as refused:
                _LOG.warning("the world could not be read", reason=refused.reason)
