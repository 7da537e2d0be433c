"""Both engines behind one fixture: every test that asks for `store` runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_samples import MASTER_KEY, OpenStore

from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres"])
async def open_store(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """A function that opens one more store on the same database, as another process would."""
    opened: list[SqliteStore | PostgresStore] = []
    database = request.getfixturevalue("postgres_dsn") if request.param == "postgres" else tmp_path / "hongyan.db"

    async def open_one(master_key: bytes = MASTER_KEY) -> SqliteStore | PostgresStore:
        kind = PostgresStore if request.param == "postgres" else SqliteStore
        one = kind(database, Vault(master_key), clock, Tally())
        await one.open()
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        await one.close()


@pytest.fixture
async def store(open_store: OpenStore) -> SqliteStore | PostgresStore:
    return await open_store()
