"""A whole `hongyan dev` in a thread of this process, on free ports: for tests in Python, and whatever they start.

    with Server(tmp_path) as server:
        Client(server.api_url).send_comms("+8613800138001")

Real HTTP, real seal checks, the demo world, a simulated carrier whose receipts come at once.
"""

import asyncio
import random
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from hongyan import assemble
from hongyan.model.clock import Clock
from hongyan.model.world import Declared, World
from hongyan.settings import load
from hongyan.testing.demo import DEV_DEFAULTS, demo_world, to_seed

START_S = 60.0


class NotStarted(RuntimeError):  # noqa: N818 - read as a sentence in a test's output
    """The server did not come up, or did not end, in time."""


class Server:
    """A running system and where it listens. `world`: declared beside the demo world; `settings` as in the docs."""

    def __init__(
        self,
        data: Path,
        *,
        world: Sequence[Declared] = (),
        clock: Clock | None = None,
        receipt_delay_s: float = 0.02,
        **settings: Any,
    ) -> None:
        given = {"data_dir": data, "api_port": 0, "console_port": 0, "receipt_delay_s": receipt_delay_s} | settings
        self._settings = load(given, defaults=DEV_DEFAULTS)
        self._clock, self._world = clock, world
        self._ready, self._trouble = threading.Event(), None  # type: tuple[threading.Event, BaseException | None]
        self._thread = threading.Thread(target=self._run, daemon=True, name="hongyan")
        self.api_url = self.console_url = ""
        self._loop: asyncio.AbstractEventLoop
        self.system: assemble.System

    def __enter__(self) -> Self:
        """Start it; raise what stopped it."""
        self._thread.start()
        if not self._ready.wait(START_S):
            raise NotStarted(f"the server did not start within {START_S:g} s")
        if self._trouble is not None:
            raise self._trouble
        return self

    def __exit__(self, *_exc: object) -> None:
        """Drain and end it."""
        self._loop.call_soon_threadsafe(self.system.stop)
        self._thread.join(START_S)
        if self._thread.is_alive():
            raise NotStarted(f"the server did not end within {START_S:g} s")
        if self._trouble is not None:
            raise self._trouble

    def run(self, work: Any) -> Any:
        """Run a coroutine on the server's own loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as trouble:  # noqa: BLE001 - raised again in the thread that uses the server
            self._trouble = trouble
            self._ready.set()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()

        def seed(declared: World) -> list[Declared]:
            return to_seed((*demo_world(self._settings), *self._world), declared.things)

        chance = random.Random(1)  # noqa: S311 - the same outcomes at every run; no secret is drawn from it
        async with assemble.running(
            self._settings, demo=True, seed=seed, clock=self._clock, chance=chance
        ) as self.system:
            self.api_url, self.console_url = self.system.api_url, self.system.console_url
            self._ready.set()
            await self.system.wait_closed()
