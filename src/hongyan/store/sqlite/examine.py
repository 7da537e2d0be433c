"""A look at the embedded database that changes nothing in it."""

from contextlib import closing
from pathlib import Path

import apsw

from hongyan.store.examined import SEALED, Examined, key_ids
from hongyan.store.migrate import LATEST, VERSION_QUERY
from hongyan.store.sqlite.connection import fetch, number, reachable
from hongyan.store.sweep import LAST_ID


def examine(path: Path) -> Examined:
    """Return how the file is. Raises Refused(UNAVAILABLE) when it cannot be read as a database."""
    with reachable(), closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.set_busy_timeout(2_000)
        connection.execute("PRAGMA query_only = 1").fetchall()
        if not fetch(connection, "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"):
            return Examined()
        schema = fetch(connection, VERSION_QUERY)[0][0]
        return Examined(
            schema=schema,
            key_ids=key_ids(row[0] for row in fetch(connection, SEALED)),
            last_id=number(connection, LAST_ID) if schema == LATEST else 0,
        )
