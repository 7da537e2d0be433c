"""Chores of the embedded engine: the world's declarations, old rows, a wiped dev store. On the writing connection."""

from collections.abc import Sequence
from typing import Any

import apsw

from hongyan.model.ids import first_id_at
from hongyan.model.world import Declared, Project
from hongyan.store.history import concerns_routing
from hongyan.store.sqlite import history
from hongyan.store.sqlite.connection import fetch, many, number
from hongyan.store.sqlite.statements import CREDIT, INSERT_ENTRY, LAST_ENTRY, MANY
from hongyan.store.sweep import DOOR_WAITS_MS
from hongyan.store.vault import Vault
from hongyan.store.world import COUNTS_KEPT_MS, VERSION_ROW, paid_in_micros, to_row

_PUT = (
    "INSERT INTO world_items (kind, project, name, seq, body, secrets) "
    "VALUES (?, ?, ?, (SELECT coalesce(max(seq), 0) + 1 FROM world_items), ?, ?) "
    "ON CONFLICT DO UPDATE SET body = excluded.body, secrets = excluded.secrets"
)
_DROP = "DELETE FROM world_items WHERE kind = ? AND project = ? AND name = ?"
_BUMP = (
    "INSERT INTO world_version (id, version) VALUES (?, 1) ON CONFLICT DO UPDATE SET version = version + 1 "
    "RETURNING version"
)
_PAID_IN = "SELECT paid_in FROM balances WHERE project = ?"


def declare(
    connection: apsw.Connection,
    vault: Vault,
    put: Sequence[Declared],
    drop: Sequence[tuple[str, str, str]],
    now_ms: int,
) -> int:
    """Write declared things, credit what projects paid in, and return the new version."""
    connection.executemany(_DROP, drop)
    connection.executemany(_PUT, (to_row(thing, vault) for thing in put))
    for thing in put:
        if isinstance(thing, Project):
            _credit(connection, thing, now_ms)
    version = number(connection, _BUMP, (VERSION_ROW,))
    if concerns_routing(put, drop):
        history.keep(connection, version, now_ms)
    return version


def _credit(connection: apsw.Connection, project: Project, now_ms: int) -> None:
    paid_in = paid_in_micros(project)
    difference = paid_in - number(connection, _PAID_IN, (project.name,))
    if difference:
        entry_id = number(connection, LAST_ENTRY) + 1
        connection.execute(INSERT_ENTRY, (entry_id, project.name, now_ms, "paid-in", difference, "declared"))
    connection.execute(CREDIT, (project.name, difference, project.currency, paid_in))


def changed(connection: apsw.Connection, statement: str, values: Sequence[Any]) -> int:
    """Run a statement; return how many rows it changed."""
    connection.execute(statement, values).fetchall()
    return connection.changes()


_OLD_MESSAGES = "SELECT id FROM messages WHERE id < ? AND due_at IS NULL ORDER BY id LIMIT ?"
_WITH_MESSAGES = (
    f"DELETE FROM events WHERE message_id IN {MANY}",
    f"DELETE FROM parts WHERE message_id IN {MANY}",
    f"DELETE FROM links WHERE message_id IN {MANY}",
    f"DELETE FROM messages WHERE id IN {MANY}",
)
_EMPTY = "id < ? AND NOT EXISTS (SELECT 1 FROM messages WHERE submission = one.id)"
_OLD_BY_ID = (
    f"DELETE FROM submissions WHERE id IN (SELECT id FROM submissions AS one WHERE {_EMPTY} ORDER BY id LIMIT ?)",
    "DELETE FROM refusals WHERE id IN (SELECT id FROM refusals WHERE id < ? ORDER BY id LIMIT ?)",
    "DELETE FROM replies WHERE id IN (SELECT id FROM replies WHERE id < ? ORDER BY id LIMIT ?)",
    "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT ?)",
    "DELETE FROM call_items WHERE rowid IN (SELECT rowid FROM call_items WHERE call < ? ORDER BY call LIMIT ?)",
)
_AT_DOORS = (
    "DELETE FROM pushes WHERE id IN (SELECT id FROM pushes WHERE id < ? AND +door IS NOT NULL ORDER BY id LIMIT ?)"
)
_OLD_BY_TIME = (
    "DELETE FROM mailbox WHERE at < ? AND id IN (SELECT id FROM mailbox ORDER BY id LIMIT ?)",
    "DELETE FROM reply_mailbox WHERE at < ? AND id IN (SELECT id FROM reply_mailbox ORDER BY id LIMIT ?)",
    "DELETE FROM fragments WHERE id IN (SELECT id FROM fragments WHERE at < ? LIMIT ?)",
    "DELETE FROM unclaimed WHERE rowid IN (SELECT rowid FROM unclaimed WHERE at < ? LIMIT ?)",
)
_SPENT_NONCES = "DELETE FROM nonces WHERE nonce IN (SELECT nonce FROM nonces WHERE until < ? LIMIT ?)"
_SPENT_COUNTS = "DELETE FROM counts WHERE (bucket, at) IN (SELECT bucket, at FROM counts WHERE at < ? LIMIT ?)"


def purge(connection: apsw.Connection, before_ms: int, now_ms: int, slice_rows: int) -> int:
    """Delete one slice of what is too old from every table; return how many rows went."""
    gone = 0
    history.forget(connection, before_ms)
    old = [row[0] for row in fetch(connection, _OLD_MESSAGES, (first_id_at(before_ms), slice_rows))]
    if old:
        gone += _deleted(connection, [(statement, (many(old),)) for statement in _WITH_MESSAGES])
    return gone + _deleted(
        connection,
        [(statement, (first_id_at(before_ms), slice_rows)) for statement in _OLD_BY_ID]
        + [(statement, (before_ms, slice_rows)) for statement in _OLD_BY_TIME]
        + [(_AT_DOORS, (first_id_at(max(before_ms, now_ms - DOOR_WAITS_MS)), slice_rows))]
        + [(_SPENT_NONCES, (now_ms, slice_rows)), (_SPENT_COUNTS, (now_ms - COUNTS_KEPT_MS, slice_rows))],
    )


def _deleted(connection: apsw.Connection, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> int:
    gone = 0
    for statement, values in statements:
        connection.execute(statement, values)
        gone += connection.changes()
    return gone
