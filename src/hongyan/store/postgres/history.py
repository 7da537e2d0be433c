"""The cluster engine's rows of what routing looked like."""

from typing import Any

from hongyan.store.history import ROUTING_KINDS, HistoryRow, to_body

_NOW = "SELECT kind, body FROM world_items WHERE kind = ANY($1::text[]) ORDER BY seq"
_LAST = "SELECT body FROM route_history ORDER BY version DESC LIMIT 1"
_KEEP = "INSERT INTO route_history (version, at, body) VALUES ($1, $2, $3)"
_THEN = "SELECT version, at, body FROM route_history WHERE at <= $1 ORDER BY version DESC LIMIT 2"
_FORGET = "DELETE FROM route_history WHERE version < (SELECT max(version) FROM route_history WHERE at < $1)"


async def keep(connection: Any, version: int, now_ms: int) -> None:
    """Keep what routing looks like from now on, if it changed. In the transaction that declares it."""
    body = to_body([tuple(row) for row in await connection.fetch(_NOW, list(ROUTING_KINDS))])
    if await connection.fetchval(_LAST) != body:
        await connection.execute(_KEEP, version, now_ms, body)


async def then(pool: Any, at_ms: int) -> list[HistoryRow]:
    """Return what held at a time, and what held before that."""
    return [HistoryRow(*row) for row in await pool.fetch(_THEN, at_ms)]


async def forget(connection: Any, before_ms: int) -> None:
    """Delete what held no more at that time."""
    await connection.execute(_FORGET, before_ms)
