from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from vendor_line import VendorLine


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[VendorLine]:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    made = VendorLine(store, clock)
    await made.declare()
    yield made
    await made.desk.close()
    await store.close()
