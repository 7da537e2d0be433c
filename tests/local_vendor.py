"""A whole `hongyan dev` in a thread of this process, for clients that block: the vendors' SDKs, urllib, sockets.

`vendor` is one per test, `LocalVendor` a context manager for tests that restart. Give it a FakeClock for exchanges
whose signatures must be the same every time. `on_either` and `on_postgres` are the settings of a database that
a test's vendors share.
"""

import asyncio
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from hongyan import assemble
from hongyan.model.clock import Clock
from hongyan.model.world import Declared, World
from hongyan.settings import load
from hongyan.testing.demo import DEV_DEFAULTS, demo_world, to_seed


class LocalVendor:
    """The running system and how to talk to it."""

    def __init__(
        self,
        data: Path,
        *,
        clock: Clock | None = None,
        world: Sequence[Declared] = (),
        receipt_delay_s: float = 0.02,
        **settings: Any,
    ) -> None:
        given = {"data_dir": data, "api_port": 0, "console_port": 0, "receipt_delay_s": receipt_delay_s} | settings
        self._settings = load(given, defaults=DEV_DEFAULTS)
        self._clock, self._world = clock, world
        self._ready, self._trouble = threading.Event(), None  # type: tuple[threading.Event, BaseException | None]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.api_url = self.console_url = ""
        self._loop: asyncio.AbstractEventLoop
        self.system: assemble.System

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30), "the system did not start in time"
        if self._trouble is not None:
            raise self._trouble
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loop.call_soon_threadsafe(self.system.stop)
        self._thread.join(30)
        assert not self._thread.is_alive(), "the system did not end in time"
        if self._trouble is not None:
            raise self._trouble

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return (status, body) of one request; underscores in header names become dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.api_url + path, body, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def post_json(self, path: str, body: Any, **headers: str) -> Any:
        """Return the decoded answer to a JSON body."""
        _, text = self.call("POST", path, json.dumps(body).encode(), content_type="application/json", **headers)
        return json.loads(text)

    def get_json(self, path: str) -> Any:
        """Return the decoded answer."""
        return json.loads(self.call("GET", path)[1])

    def eventually(self, found: Callable[[], Any], within_s: float = 10) -> Any:
        """Return the first true answer of `found`, asking again and again."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if answer := found():
                return answer
            threading.Event().wait(0.02)
        raise AssertionError("it did not come in time")

    def run(self, work: Any) -> Any:
        """Run a coroutine on the system's own loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as trouble:  # noqa: BLE001 - shown by the test's own thread
            self._trouble = trouble
            self._ready.set()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()

        def seed(declared: World) -> list[Declared]:
            return to_seed((*demo_world(self._settings), *self._world), declared.things)

        async with assemble.running(
            self._settings, demo=True, seed=seed, clock=self._clock, chance=random.Random(1)
        ) as self.system:
            self.api_url, self.console_url = self.system.api_url, self.system.console_url
            self._ready.set()
            await self.system.wait_closed()


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings of a fresh PostgreSQL database: any number of vendors may run on it at once."""
    return {"database_url": request.getfixturevalue("postgres_dsn"), "master_key": "of these tests alone " * 2}


@pytest.fixture(params=["sqlite", "postgres"])
def on_either(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings of a fresh database: the test runs on SQLite and on PostgreSQL."""
    settings: dict[str, Any] = request.getfixturevalue("on_postgres") if request.param == "postgres" else {}
    return settings


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[LocalVendor]:
    """A demo world that runs, with quick receipts."""
    with LocalVendor(tmp_path / "vendor") as running:
        yield running
