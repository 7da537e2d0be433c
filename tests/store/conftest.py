"""Both engines behind one fixture: every test that asks for `store` runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_samples import MASTER_KEY, OpenStore

from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store import Store
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres"])
async def open_store(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """A function that opens one more store on the same database, as another process would."""
    opened: list[Store] = []
    dsn: str | None = request.getfixturevalue("postgres_dsn") if request.param == "postgres" else None

    async def open_one(master_key: bytes = MASTER_KEY) -> Store:
        vault, tally = Vault(master_key), Tally()
        one: Store = (
            PostgresStore(dsn, vault, clock, tally) if dsn else SqliteStore(tmp_path / "x.db", vault, clock, tally)
        )
        await one.open()
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        await one.close()


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    return await open_store()
