"""How a connection to the file is opened, and what its errors mean to the rest of the program."""

import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason

BUSY_S = 30.0
"""how long to wait for another process that writes"""
_PAUSE_S = 0.002
_STATEMENTS_KEPT = 200
_OURS = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.IOError,
    apsw.FullError,
    apsw.CantOpenError,
    apsw.NotADBError,
    apsw.CorruptError,
    apsw.ReadOnlyError,
    apsw.ConnectionClosedError,
    apsw.ProtocolError,
    apsw.NoMemError,
)
"""the file's trouble, not a bug of a statement"""


@contextmanager
def reachable() -> Iterator[None]:
    """Turn trouble with the file into `Refused(UNAVAILABLE)`."""
    try:
        yield
    except _OURS as error:
        raise Refused(Reason.UNAVAILABLE, why=f"{type(error).__name__}: {error}") from error


def connect(path: Path, *, cache_kib: int, reads_only: bool = False) -> apsw.Connection:
    """Open the file with the settings that every connection has."""
    connection = apsw.Connection(str(path), statementcachesize=_STATEMENTS_KEPT)
    try:
        _configure(connection, cache_kib, reads_only=reads_only)
    except apsw.Error:
        connection.close()
        raise
    return connection


def _configure(connection: apsw.Connection, cache_kib: int, *, reads_only: bool) -> None:
    connection.set_busy_timeout(round(BUSY_S * 1000))
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"cache_size = -{cache_kib}",
        "temp_store = MEMORY",
        "wal_autocheckpoint = 4000",  # pages: 16 MB, so that a page changed often is copied back seldom
        "journal_size_limit = 67108864",
        f"query_only = {int(reads_only)}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def begin_waiting(connection: apsw.Connection) -> None:
    """Begin to write as soon as other processes let us. Blocks its thread; never called on the event loop."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def fetch(connection: apsw.Connection, statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run a statement and return all its rows."""
    return connection.execute(statement, values).fetchall()


def number(connection: apsw.Connection, statement: str, values: Sequence[Any] = ()) -> int:
    """Run a statement and return its one number; 0 when there is no row."""
    rows = fetch(connection, statement, values)
    return int(rows[0][0]) if rows else 0


def many(values: Sequence[int] | Sequence[str]) -> Any:
    """Return a list as one parameter for `carray(?)`; never an empty one."""
    if isinstance(values[0], str):
        return apsw.carray(tuple(values), flags=apsw.SQLITE_CARRAY_TEXT)
    return apsw.carray(array("q", values))
