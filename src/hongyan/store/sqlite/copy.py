"""Backups of the embedded engine: all tables at one moment, and a new file made of them that replaces the old one.

The moment is a read transaction: a server on the same file goes on writing. Blocks; for the command line, not for a
server's loop.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import apsw

from hongyan.model.errors import Misconfigured
from hongyan.store.archive import LEFT_OUT, ROWS_AT_ONCE, Piece, Progress, Snapshot, TableHead, sync_folder
from hongyan.store.migrate import VERSION_QUERY, steps
from hongyan.store.sqlite.connection import connect, fetch

_CACHE_KIB = 16_384
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_KINDS = {"BOOLEAN": "fact", "BLOB": "octets", "INTEGER": "whole", "BIGINT": "whole"}
"""what a declared type is; every other is text"""


class SqliteCopy:
    """See `hongyan.store.archive.Copy`. `path` is the database file."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        if not self._path.exists():
            raise Misconfigured(str(self._path), "there is no such database.", "--data DIR")
        try:
            connection = connect(self._path, cache_kib=_CACHE_KIB, reads_only=True)
        except apsw.Error as error:
            raise Misconfigured(str(self._path), f"cannot be opened: {error}.", "another --data folder") from error
        with closing(connection):
            connection.execute("BEGIN")
            schema = fetch(connection, VERSION_QUERY)[0][0]
            yield Snapshot(schema, _pieces(connection))

    async def refuse_use(self, *, force: bool) -> None:
        """Whoever restores holds the folder's lock, so no server runs; there may be a database."""
        if self._path.exists() and not force:
            raise Misconfigured(
                str(self._path), "there is a database already.", "--force replaces it; or choose another --data DIR."
            )

    async def load(self, schema: str, pieces: Iterator[Piece], progress: Progress) -> None:
        made = self._path.with_name(f"{self._path.name}.restoring")
        made.unlink(missing_ok=True)
        try:
            os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(apsw.Connection(str(made))) as connection:
                _fill(connection, schema, pieces, progress)
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            _end_of(self._path)
            made.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise Misconfigured(str(self._path), f"cannot be written ({error.strerror}).", "--data DIR") from None
        finally:
            made.unlink(missing_ok=True)


async def _pieces(connection: apsw.Connection) -> AsyncIterator[Piece]:
    for (table,) in fetch(connection, _TABLES):
        if table in LEFT_OUT:
            continue
        head = _head(connection, table)
        yield head
        facts = [place for place, kind in enumerate(head.kinds) if kind == "fact"]
        columns = ", ".join(f'"{name}"' for name in head.columns)
        cursor = connection.execute(f'SELECT {columns} FROM "{table}"')
        batch: list[Any] = []
        for row in cursor:
            batch.append(_with_facts(row, facts) if facts else row)
            if len(batch) == ROWS_AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch


def _head(connection: apsw.Connection, table: str) -> TableHead:
    columns = fetch(connection, f'PRAGMA table_info("{table}")')
    kinds = (_KINDS.get(column[2].upper(), "text") for column in columns)
    return TableHead(table, tuple(column[1] for column in columns), tuple(kinds))


def _with_facts(row: tuple[Any, ...], places: list[int]) -> list[Any]:
    changed = list(row)
    for place in places:
        changed[place] = None if row[place] is None else bool(row[place])
    return changed


def _fill(connection: apsw.Connection, schema: str, pieces: Iterator[Piece], progress: Progress) -> None:
    for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("BEGIN")
    connection.execute(steps("sqlite", None, schema)).fetchall()
    known = {table for (table,) in fetch(connection, _TABLES)}
    statement, table, done = "", "", 0
    for piece in pieces:
        if isinstance(piece, TableHead):
            table, done = piece.table, 0
            if table not in known or set(piece.columns) - set(_head(connection, table).columns):
                raise Misconfigured(
                    "backup", f"its table {table!r} is unknown here.", "restore it with a newer hongyan."
                )
            columns = ", ".join(f'"{name}"' for name in piece.columns)
            statement = f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(piece.columns))})'
        else:
            connection.executemany(statement, piece)
            done += len(piece)
            progress(table, done)
    connection.execute(steps("sqlite", schema)).fetchall()
    connection.execute("COMMIT")


def _end_of(path: Path) -> None:
    """Leave nothing beside an old database that would be taken for a part of the new one."""
    if path.exists():
        with suppress(apsw.Error), closing(apsw.Connection(str(path))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
