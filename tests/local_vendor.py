"""A whole `hongyan dev` in a thread of this process, for clients that block: the vendors' SDKs, urllib, sockets.

`vendor` is one per test, `LocalVendor` a context manager for tests that restart. Give it a FakeClock for exchanges
whose signatures must be the same every time. `on_either` and `on_postgres` are the settings of a database that
a test's vendors share.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.testing.server import Server


class LocalVendor(Server):
    """The running system and how to talk to it."""

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return (status, body) of one request; underscores in header names become dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.visit(urllib.request.Request(self.api_url + path, body, named, method=method))

    def visit(self, address: str | urllib.request.Request) -> tuple[int, str]:
        """Return (status, body) of what is asked for, at any of our addresses."""
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
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
