"""Backups of the cluster's engine: all tables in one repeatable-read snapshot, and tables made anew of them.

Needs no pg_dump, and the file it makes restores on either engine.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from hongyan.model.errors import Misconfigured
from hongyan.store.archive import LEFT_OUT, ROWS_AT_ONCE, Piece, Progress, Snapshot, TableHead
from hongyan.store.migrate import VERSION_QUERY, steps
from hongyan.store.postgres.chores import MIGRATION_LOCK
from hongyan.store.postgres.presence import LOCK_SPACE
from hongyan.store.tables import metadata

_COLUMNS = """
SELECT table_name, column_name, data_type, is_identity FROM information_schema.columns
WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position
"""
_OURS_THERE = "SELECT to_regclass('alembic_version') IS NOT NULL"
_SERVERS = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE locktype = 'advisory' AND classid = $1 AND datname = current_database()
"""
_KINDS = {"boolean": "fact", "bytea": "octets", "bigint": "whole", "integer": "whole"}
_GO_ON = 'SELECT setval(pg_get_serial_sequence($1, $2), (SELECT coalesce(max("{}"), 0) + 1 FROM "{}"), false)'
"""numbers that the database itself gives go on after the highest"""


class PostgresCopy:
    """See `hongyan.store.archive.Copy`. `dsn` is a PostgreSQL URL."""

    engine = "postgresql"

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        async with (
            self._connected() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            if not await connection.fetchval(_OURS_THERE):
                raise Misconfigured("database", "there is nothing of ours in it.", "check database_url.")
            yield Snapshot(await connection.fetchval(VERSION_QUERY), _pieces(connection))

    async def refuse_use(self, *, force: bool) -> None:
        async with self._connected() as connection:
            if servers := await connection.fetchval(_SERVERS, LOCK_SPACE):
                raise Misconfigured("database", f"{servers} hongyan run on it.", "stop them first.")
            if not force and await connection.fetchval(_OURS_THERE):
                raise Misconfigured(
                    "database", "there are tables of ours in it already.", "--force replaces them; or a new database."
                )

    async def load(self, schema: str, pieces: Iterator[Piece], progress: Progress) -> None:
        async with self._connected() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)  # a server that starts waits
            there = {row["table_name"] for row in await connection.fetch(_COLUMNS)}
            for table in there & {*metadata.tables, *LEFT_OUT}:
                await connection.execute(f'DROP TABLE "{table}"')
            await connection.execute(steps("postgresql", None, schema))
            made = await connection.fetch(_COLUMNS)
            await _filled(connection, {(row["table_name"], row["column_name"]) for row in made}, pieces, progress)
            for row in made:
                if row["is_identity"] == "YES":
                    table, column = row["table_name"], row["column_name"]
                    await connection.fetchval(_GO_ON.format(column, table), f'"{table}"', column)
            if script := steps("postgresql", schema):
                await connection.execute(script)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        try:
            connection = await asyncpg.connect(self._dsn, server_settings={"application_name": "hongyan backup"})
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise Misconfigured("database", f"PostgreSQL cannot be reached: {error}", "hongyan doctor") from error
        try:
            yield connection
        finally:
            await connection.close()


async def _pieces(connection: Any) -> AsyncIterator[Piece]:
    tables: dict[str, list[tuple[str, str]]] = {}
    for row in await connection.fetch(_COLUMNS):
        tables.setdefault(row["table_name"], []).append((row["column_name"], _KINDS.get(row["data_type"], "text")))
    for table in sorted(tables.keys() & metadata.tables.keys() - LEFT_OUT):
        names, kinds = zip(*tables[table], strict=True)
        yield TableHead(table, names, kinds)
        columns = ", ".join(f'"{name}"' for name in names)
        cursor = await connection.cursor(f'SELECT {columns} FROM "{table}"')
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield [tuple(row) for row in rows]


async def _filled(connection: Any, known: set[tuple[str, str]], pieces: Iterator[Piece], progress: Progress) -> None:
    head, done = TableHead("", (), ()), 0
    for piece in pieces:
        if isinstance(piece, TableHead):
            head, done = piece, 0
            if {(head.table, name) for name in head.columns} - known:
                raise Misconfigured(
                    "backup", f"its table {head.table!r} is unknown here.", "restore it with a newer hongyan."
                )
        else:
            await connection.copy_records_to_table(head.table, records=piece, columns=list(head.columns))
            done += len(piece)
            progress(head.table, done)
