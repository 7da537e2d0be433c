from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from send.sending import Sending


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Sending]:
    clock, tally = FakeClock(), Tally()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, tally)
    await store.open()
    made = Sending(store, clock, tally)
    yield made
    await made.stop()
    assert await store.balance("p") == await store.ledger_sum("p")
    await store.close()
