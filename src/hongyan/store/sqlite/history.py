"""The embedded engine's rows of what routing looked like."""

import apsw

from hongyan.store.history import ROUTING_KINDS, HistoryRow, to_body
from hongyan.store.sqlite.connection import fetch

_NOW = f"SELECT kind, body FROM world_items WHERE kind IN ({', '.join('?' * len(ROUTING_KINDS))}) ORDER BY seq"
_LAST = "SELECT body FROM route_history ORDER BY version DESC LIMIT 1"
_KEEP = "INSERT INTO route_history (version, at, body) VALUES (?, ?, ?)"
_THEN = "SELECT version, at, body FROM route_history WHERE at <= ? ORDER BY version DESC LIMIT 2"
_FORGET = "DELETE FROM route_history WHERE version < (SELECT max(version) FROM route_history WHERE at < ?)"


def keep(connection: apsw.Connection, version: int, now_ms: int) -> None:
    """Keep what routing looks like from now on, if it changed. In the transaction that declares it."""
    body = to_body(fetch(connection, _NOW, ROUTING_KINDS))
    if fetch(connection, _LAST) != [(body,)]:
        connection.execute(_KEEP, (version, now_ms, body))


def then(connection: apsw.Connection, at_ms: int) -> list[HistoryRow]:
    """Return what held at a time, and what held before that."""
    return [HistoryRow(*row) for row in fetch(connection, _THEN, (at_ms,))]


def forget(connection: apsw.Connection, before_ms: int) -> None:
    """Delete what held no more at that time."""
    connection.execute(_FORGET, (before_ms,))
