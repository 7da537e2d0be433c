"""Due work of the cluster's engine: SKIP LOCKED hands each row to one process. One statement each."""

from collections.abc import Sequence
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
_BRING_FORWARD = (
    "WITH page AS MATERIALIZED (SELECT id, due_at FROM messages WHERE state = 'accepted' AND due_at > $1 "
    "AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4), "
    "picked AS MATERIALIZED (SELECT id FROM messages WHERE id IN (SELECT id FROM page) AND state = 'accepted' "
    "AND due_at > $1 AND cause = ANY($5::text[]) ORDER BY id FOR UPDATE SKIP LOCKED), "
    "woken AS (UPDATE messages SET due_at = $1 FROM picked WHERE messages.id = picked.id) "
    "SELECT due_at, id, count(*) OVER () AS n FROM page ORDER BY due_at DESC, id DESC LIMIT 1"
)
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


async def bring_forward(
    pool: Any, now_ms: int, causes: Sequence[str], after: tuple[int, int], limit: int
) -> tuple[int, int] | None:
    """Make due now those of one page of waiting messages that were put back for these causes."""
    row = await pool.fetchrow(_BRING_FORWARD, now_ms, *after, limit, list(causes))
    return None if row is None or row["n"] < limit else (row["due_at"], row["id"])


async def claim_pushes(pool: Any, now_ms: int, lease_ms: int, limit: int, door: str | None) -> list[PushRow]:
    """Return due pushes of a door (None: posted ones), oldest first, leased."""
    bounds = (now_ms, now_ms + lease_ms, limit)
    if door is None:
        return PUSH.values(_oldest_first(await pool.fetch(_CLAIM_PUSHES, *bounds)))
    return PUSH.values(_oldest_first(await pool.fetch(_CLAIM_AT_DOOR, *bounds, door)))


async def take_mailbox(pool: Any, project: str, dialect: str, most: int) -> list[Message]:
    """Remove the oldest entries of a mailbox and return their messages in that order."""
    return MESSAGE.values(await pool.fetch(_TAKE_MAILBOX, project, dialect, most))
