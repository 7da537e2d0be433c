from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialects.smpp.smpp_line import SmppLine
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


@pytest.fixture
async def smpp_line(tmp_path: Path) -> AsyncIterator[SmppLine]:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    made = SmppLine(store, clock)
    await made.open()
    yield made
    await made.close()
    await store.close()
