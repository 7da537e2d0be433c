"""Chores of the cluster's engine: migrating, the world's declarations, old rows, a wiped dev store."""

from collections.abc import Sequence
from typing import Any

from hongyan.model.ids import first_id_at
from hongyan.model.world import Declared, Project
from hongyan.store.history import concerns_routing
from hongyan.store.migrate import VERSION_QUERY, steps
from hongyan.store.postgres import history
from hongyan.store.postgres.statements import INSERT_ENTRIES, LOCK_BALANCES, MAKE_BALANCES
from hongyan.store.sweep import DOOR_WAITS_MS
from hongyan.store.vault import Vault
from hongyan.store.world import COUNTS_KEPT_MS, VERSION_ROW, paid_in_micros, to_row

CHANNEL = "hongyan_world"
"""NOTIFY goes here when the world changed; the payload is its version"""
MIGRATION_LOCK = 0x486F_6E67_7961_6E00

_BUMP = (
    "INSERT INTO world_version (id, version) VALUES ($1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = world_version.version + 1 RETURNING version"
)
_PUT = (
    "INSERT INTO world_items (kind, project, name, seq, body, secrets) "
    "VALUES ($1, $2, $3, (SELECT coalesce(max(seq), 0) + 1 FROM world_items), $4, $5) "
    "ON CONFLICT (kind, project, name) DO UPDATE SET body = excluded.body, secrets = excluded.secrets"
)
_DROP = "DELETE FROM world_items WHERE kind = $1 AND project = $2 AND name = $3"
_PAID_IN = "SELECT project, paid_in FROM balances WHERE project = ANY($1::text[])"
_CREDIT = "UPDATE balances SET amount = amount + $2, currency = $3, paid_in = $4 WHERE project = $1"
_NEXT_ENTRY = "SELECT nextval(pg_get_serial_sequence('entries', 'id'))"


async def migrate(connection: Any) -> None:
    """Lead the database to this version's tables; one process does it, the others wait and find it done."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        known = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        version = await connection.fetchval(VERSION_QUERY) if known else None
        if script := steps("postgresql", version):
            await connection.execute(script)


async def rows(pool: Any, statement: str, values: Sequence[Any]) -> list[Any]:
    """Return a statement's rows as tuples."""
    return [tuple(row) for row in await pool.fetch(statement, *values)]


async def changed(pool: Any, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
    """Run statements in one transaction; return how many rows each one changed."""
    async with pool.acquire() as connection, connection.transaction():
        said = [await connection.execute(text, *values) for text, values in statements]
    return [int(one.rpartition(" ")[2]) if one[-1:].isdigit() else 0 for one in said]


async def pulse(pool: Any) -> int:
    """Return how far transactions that write have been numbered."""
    found: int = await pool.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    return found


async def declare(
    pool: Any, vault: Vault, put: Sequence[Declared], drop: Sequence[tuple[str, str, str]], now_ms: int
) -> int:
    """Write declared things, credit what projects paid in, and return the new version."""
    projects = sorted((thing for thing in put if isinstance(thing, Project)), key=lambda one: one.name)
    rows = [to_row(thing, vault) for thing in put]
    async with pool.acquire() as connection, connection.transaction():
        version: int = await connection.fetchval(_BUMP, VERSION_ROW)  # first: declarations wait for each other
        if projects:
            await connection.execute(MAKE_BALANCES, [project.name for project in projects])
        await connection.executemany(_DROP, drop)
        await connection.executemany(_PUT, rows)
        await _credit(connection, projects, now_ms)
        if concerns_routing(put, drop):
            await history.keep(connection, version, now_ms)
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, str(version))
    return version


async def _credit(connection: Any, projects: Sequence[Project], now_ms: int) -> None:
    names = [project.name for project in projects]
    await connection.fetch(LOCK_BALANCES, names)
    credited: dict[str, int] = {row[0]: row[1] for row in await connection.fetch(_PAID_IN, names)}
    for project in projects:
        paid_in = paid_in_micros(project)
        difference = paid_in - credited[project.name]
        credited[project.name] = paid_in  # one declaration may say it twice: the last counts, once
        if difference:
            entry_id = await connection.fetchval(_NEXT_ENTRY)
            entry = (entry_id, project.name, now_ms, "paid-in", difference, "declared")
            await INSERT_ENTRIES.run(connection, [entry])
        await connection.execute(_CREDIT, project.name, difference, project.currency, paid_in)


_OLD_MESSAGES = "SELECT id FROM messages WHERE id < $1 AND due_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED"
_WITH_MESSAGES = (
    "DELETE FROM events WHERE message_id = ANY($1::bigint[])",
    "DELETE FROM parts WHERE message_id = ANY($1::bigint[])",
    "DELETE FROM links WHERE message_id = ANY($1::bigint[])",
    "DELETE FROM messages WHERE id = ANY($1::bigint[])",
)


def _slice(table: str, key: str, condition: str, order: str = "") -> str:
    return (
        f"DELETE FROM {table} WHERE ({key}) IN "
        f"(SELECT {key} FROM {table} AS one WHERE {condition} {order} LIMIT $2 FOR UPDATE SKIP LOCKED)"
    )


def _oldest(table: str) -> str:
    """Look no further than the oldest entries: `at` has no index."""
    return (
        f"DELETE FROM {table} WHERE at < $1 AND id IN "
        f"(SELECT id FROM {table} ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)"
    )


_EMPTY = "id < $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.submission = one.id)"
_OLD_BY_ID = (
    _slice("submissions", "id", _EMPTY, "ORDER BY id"),
    _slice("refusals", "id", "id < $1", "ORDER BY id"),
    _slice("replies", "id", "id < $1", "ORDER BY id"),
    _slice("calls", "id", "id < $1", "ORDER BY id"),
    _slice("call_items", "call, place", "call < $1", "ORDER BY call"),
)
_AT_DOORS = _slice("pushes", "id", "id < $1 AND door IS NOT NULL", "ORDER BY id")
_OLD_BY_TIME = (
    _oldest("mailbox"),
    _oldest("reply_mailbox"),
    _slice("fragments", "id", "at < $1"),
    _slice("unclaimed", "carrier, provider_id, state", "at < $1"),
)
_SPENT_NONCES = _slice("nonces", "nonce", "until < $1")
_SPENT_COUNTS = _slice("counts", "bucket, at", "at < $1")


async def purge(pool: Any, before_ms: int, now_ms: int, slice_rows: int) -> int:
    """Delete one slice of what is too old from every table; return how many rows went."""
    gone = 0
    first_kept = first_id_at(before_ms)
    async with pool.acquire() as connection:
        await history.forget(connection, before_ms)
        async with connection.transaction():
            old = [row[0] for row in await connection.fetch(_OLD_MESSAGES, first_kept, slice_rows)]
            if old:
                for statement in _WITH_MESSAGES:
                    gone += _deleted(await connection.execute(statement, old))
        for statement, bound in (
            *((statement, first_kept) for statement in _OLD_BY_ID),
            *((statement, before_ms) for statement in _OLD_BY_TIME),
            (_AT_DOORS, first_id_at(max(before_ms, now_ms - DOOR_WAITS_MS))),
            (_SPENT_NONCES, now_ms),
            (_SPENT_COUNTS, now_ms - COUNTS_KEPT_MS),
        ):
            gone += _deleted(await connection.execute(statement, bound, slice_rows))
    return gone


def _deleted(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
