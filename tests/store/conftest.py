"""Both engines behind one fixture: every test that asks for `store` runs on SQLite and on PostgreSQL.

The PostgreSQL tests of one run share a database and empty its tables: making one costs more than most tests.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store import Store
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.tables import metadata
from hongyan.store.vault import Vault
from postgres_server import PostgresServer
from store.store_samples import MASTER_KEY, OpenStore

_EMPTY = ";".join(f"DELETE FROM {table}" for table in metadata.tables)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def shared_dsn(postgres_server: PostgresServer) -> str:
    return postgres_server.dsn(postgres_server.fresh())


@pytest.fixture(params=["sqlite", "postgres"])
async def open_store(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """A function that opens one more store on the same database, as another process would."""
    opened: list[Store] = []
    dsn: str | None = request.getfixturevalue("shared_dsn") if request.param == "postgres" else None

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
    if dsn:
        connection = await asyncpg.connect(dsn)
        await connection.execute(_EMPTY)
        await connection.close()


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    return await open_store()
