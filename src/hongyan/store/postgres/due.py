"""Due work of the cluster's engine: SKIP LOCKED hands each row to one process. One statement each."""

from typing import Any

from hongyan.model.message import Message
from hongyan.store.ops import PushRow
from hongyan.store.rows import MESSAGE, PUSH, Shape
from hongyan.store.sweep import LOOK_AGAIN_MS


def _take(shape: Shape[Any], condition: str, changes: str) -> str:
    table = shape.table.name
    return (
        f"WITH picked AS MATERIALIZED (SELECT id, due_at AS was FROM {table} WHERE {condition} AND due_at <= $1 "
        f"ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) UPDATE {table} SET due_at = $2{changes} "
        f"FROM picked WHERE {table}.id = picked.id RETURNING {shape.qualified}, picked.was"
    )


_CLAIM = _take(MESSAGE, "state = 'accepted'", ", state = 'sending'")
_OVERDUE = _take(MESSAGE, "state IN ('sending', 'submitted')", "")
_CLAIM_PUSHES = _take(PUSH, "door IS NULL", "")
_CLAIM_AT_DOOR = _take(PUSH, "door = $4", "")
_TAKE_MAILBOX = (
    "WITH picked AS MATERIALIZED (SELECT id, message_id FROM mailbox WHERE project = $1 AND dialect = $2 "
    "ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED), "
    "gone AS (DELETE FROM mailbox USING picked WHERE mailbox.id = picked.id) "
    f"SELECT {MESSAGE.qualified} FROM picked JOIN messages ON messages.id = picked.message_id ORDER BY picked.id"
)


def _oldest_first(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row["was"], row["id"]))


async def claim(pool: Any, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
    """Turn due `accepted` messages into `sending` ones and return them, oldest due first."""
    return MESSAGE.values(_oldest_first(await pool.fetch(_CLAIM, now_ms, now_ms + lease_ms, limit)))


async def overdue(pool: Any, now_ms: int, limit: int) -> list[Message]:
    """Return messages whose lease or wait for a receipt is over, and put their next look off."""
    return MESSAGE.values(_oldest_first(await pool.fetch(_OVERDUE, now_ms, now_ms + LOOK_AGAIN_MS, limit)))


async def claim_pushes(pool: Any, now_ms: int, lease_ms: int, limit: int, door: str | None) -> list[PushRow]:
    """Return due pushes of a door (None: posted ones), oldest first, leased."""
    bounds = (now_ms, now_ms + lease_ms, limit)
    if door is None:
        return PUSH.values(_oldest_first(await pool.fetch(_CLAIM_PUSHES, *bounds)))
    return PUSH.values(_oldest_first(await pool.fetch(_CLAIM_AT_DOOR, *bounds, door)))


async def take_mailbox(pool: Any, project: str, dialect: str, most: int) -> list[Message]:
    """Remove the oldest entries of a mailbox and return their messages in that order."""
    return MESSAGE.values(await pool.fetch(_TAKE_MAILBOX, project, dialect, most))
