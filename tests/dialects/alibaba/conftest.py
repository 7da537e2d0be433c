"""An office a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alibaba_office import Office, things
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.current import CurrentWorld
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    await store.declare(things(), (), clock.now_ms())
    current = CurrentWorld(store)
    await current.refresh()
    made = Office(store, clock, current)
    yield made
    await made.desk.close()
    await store.close()
