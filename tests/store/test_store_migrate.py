"""The tables that migrations make are the tables the program is written for, on both engines."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from hongyan.model.clock import FakeClock
from hongyan.model.errors import Misconfigured
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.store import Store, migrations
from hongyan.store.migrate import LATEST, steps
from hongyan.store.migrations.versions import r0001_first_tables
from hongyan.store.ops import PushRow
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.tables import metadata
from hongyan.store.vault import Vault
from store.store_samples import MASTER_KEY, NOW

_COLUMNS = """
SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, is_identity
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 3
"""
_INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1, 2
"""


async def test_sqlite_after_migrations_equals_the_tables(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.db", Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    await store.close()
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_postgres_after_migrations_equals_the_tables(postgres_dsn: str) -> None:
    async def described(*scripts: str) -> tuple[list[Any], list[Any]]:
        connection = await asyncpg.connect(postgres_dsn)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        for script in scripts:
            await connection.execute(script)
        found = (
            [tuple(row) for row in await connection.fetch(_COLUMNS)],
            [tuple(row) for row in await connection.fetch(_INDEXES)],
        )
        await connection.close()
        return found

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it bare
    straight = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    straight += [
        str(CreateIndex(index).compile(dialect=dialect)) for table in metadata.sorted_tables for index in table.indexes
    ]
    columns, indexes = await described(*straight)
    assert columns
    assert indexes
    assert await described(steps("postgresql", None)) == (columns, indexes)


def test_the_latest_version_is_the_newest_file() -> None:
    folder = Path(next(iter(migrations.__path__))) / "versions"
    assert f"r{LATEST}" == max(file.stem.split("_")[0] for file in folder.glob("r*.py"))
    assert steps("sqlite", LATEST) == steps("postgresql", LATEST) == ""


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_several_processes_that_start_at_once_migrate_once(
    engine: str, postgres_dsn: str, tmp_path: Path
) -> None:
    vault, clock, tally = Vault(MASTER_KEY), FakeClock(), Tally()
    stores: list[Store] = [
        SqliteStore(tmp_path / "x.db", vault, clock, tally)
        if engine == "sqlite"
        else PostgresStore(postgres_dsn, vault, clock, tally)
        for _ in range(4)
    ]
    await asyncio.gather(*(store.open() for store in stores))
    await stores[0].declare([Project(name="shop", paid_in="1")], [], NOW)
    assert [await store.balance("shop") for store in stores] == [1_000_000] * 4
    for store in stores:
        await store.close()


async def test_a_database_of_the_first_version_is_led_to_the_latest(tmp_path: Path) -> None:
    path = tmp_path / "x.db"

    _make_first_version(path)
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO pushes VALUES (7, 70, 'shop', 'comms', NULL, 'http://a', 5, 3)")
    connection.close()
    store = SqliteStore(path, Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    assert await store.claim_pushes(5, 1, 9) == [
        PushRow(id=7, message_id=70, project="shop", dialect="comms", target="http://a", due_at=6, tries=3)
    ]
    await store.close()
    connection = apsw.Connection(str(path))
    columns = [name for _, _, name in connection.execute("PRAGMA index_info(messages_client_id)")]
    assert columns == ["project", "client_id", "app"]
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(LATEST,)]
    connection.close()


def _make_first_version(path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        r0001_first_tables.upgrade()
        connection.execute(sqlalchemy.text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(sqlalchemy.text("INSERT INTO alembic_version VALUES ('0001')"))
    engine.dispose()


async def test_a_database_of_a_newer_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "x.db"))
    connection.execute("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    with pytest.raises(Misconfigured, match="9999"):
        await SqliteStore(tmp_path / "x.db", Vault(MASTER_KEY), FakeClock(), Tally()).open()


async def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    for path in (tmp_path / "x.db", tmp_path / "no" / "x.db"):
        with pytest.raises(Misconfigured, match="cannot be opened"):
            await SqliteStore(path, Vault(MASTER_KEY), FakeClock(), Tally()).open()


async def test_an_unreachable_server_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be reached"):
        await PostgresStore(f"postgresql://x@/x?host={tmp_path}", Vault(MASTER_KEY), FakeClock(), Tally()).open()


async def test_the_file_is_its_owners_alone_and_closing_leaves_only_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.db", Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    await store.declare([Project(name="shop")], [], NOW)
    await store.close()
    files = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}  # noqa: ASYNC240 - a small folder
    assert files == {"x.db": 0}
