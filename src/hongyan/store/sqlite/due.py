"""Due work of the embedded engine: what the sweep and the pusher take. Chores on the writing connection."""

from collections.abc import Sequence

import apsw

from hongyan.model.message import Message, State
from hongyan.store.ops import PushRow
from hongyan.store.rows import MESSAGE, PUSH
from hongyan.store.sqlite.connection import fetch, many
from hongyan.store.sqlite.statements import MANY
from hongyan.store.sweep import LOOK_AGAIN_MS

_DUE = f"SELECT {MESSAGE.columns} FROM messages WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?"
_LEASE = f"UPDATE messages SET state = ?, due_at = ? WHERE id IN {MANY}"
_LOOK_LATER = f"UPDATE messages SET due_at = ? WHERE id IN {MANY}"
_WAITING = (
    "SELECT id, due_at, cause FROM messages WHERE state = ? AND due_at > ? AND (due_at, id) > (?, ?) "
    "ORDER BY due_at, id LIMIT ?"
)
_ABANDON = "UPDATE messages SET due_at = ? WHERE state = 'sending' AND due_at > ?"
_ABANDON_PUSHES = "UPDATE pushes SET due_at = ? WHERE tries = 0 AND due_at > ?"
_DUE_PUSHES = f"SELECT {PUSH.columns} FROM pushes WHERE door IS NULL AND due_at <= ? ORDER BY due_at, id LIMIT ?"
_DUE_AT_DOOR = f"SELECT {PUSH.columns} FROM pushes WHERE door = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?"
_LEASE_PUSHES = f"UPDATE pushes SET due_at = ? WHERE id IN {MANY}"
_OWED = "SELECT id, message_id FROM mailbox WHERE project = ? AND dialect = ? ORDER BY id LIMIT ?"
_TAKEN = f"DELETE FROM mailbox WHERE id IN {MANY}"
_BY_IDS = f"SELECT {MESSAGE.columns} FROM messages WHERE id IN {MANY}"


def claim(connection: apsw.Connection, now_ms: int, lease_ms: int, limit: int) -> list[Message]:
    """Turn due `accepted` messages into `sending` ones and return them, oldest due first."""
    found = MESSAGE.values(fetch(connection, _DUE, (State.ACCEPTED, now_ms, limit)))
    if found:
        until = now_ms + lease_ms
        connection.execute(_LEASE, (State.SENDING, until, many([message.id for message in found])))
        for message in found:
            message.state, message.due_at = State.SENDING, until
    return found


def overdue(connection: apsw.Connection, now_ms: int, limit: int) -> list[Message]:
    """Return messages whose lease or wait for a receipt is over, and put their next look off."""
    found: list[Message] = []
    for state in (State.SENDING, State.SUBMITTED):
        found += MESSAGE.values(fetch(connection, _DUE, (state, now_ms, limit - len(found))))
    if found:
        connection.execute(_LOOK_LATER, (now_ms + LOOK_AGAIN_MS, many([message.id for message in found])))
        for message in found:
            message.due_at = now_ms + LOOK_AGAIN_MS
    return found


def abandon_leases(connection: apsw.Connection, now_ms: int) -> int:
    """Make every `sending` message overdue now, and due every push of which no call has failed yet."""
    connection.execute(_ABANDON_PUSHES, (now_ms, now_ms))
    connection.execute(_ABANDON, (now_ms, now_ms))
    return connection.changes()


def bring_forward(
    connection: apsw.Connection, now_ms: int, causes: Sequence[str], after: tuple[int, int], limit: int
) -> tuple[int, int] | None:
    """Make due now those of one page of waiting messages that were put back for these causes."""
    rows = fetch(connection, _WAITING, (State.ACCEPTED, now_ms, *after, limit))
    woken = [id_ for id_, _, cause in rows if cause in causes]
    if woken:
        connection.execute(_LOOK_LATER, (now_ms, many(woken)))
    return (rows[-1][1], rows[-1][0]) if len(rows) == limit else None


def claim_pushes(
    connection: apsw.Connection, now_ms: int, lease_ms: int, limit: int, door: str | None
) -> list[PushRow]:
    """Return due pushes of a door (None: posted ones), oldest first, leased."""
    if door is None:
        found = PUSH.values(fetch(connection, _DUE_PUSHES, (now_ms, limit)))
    else:
        found = PUSH.values(fetch(connection, _DUE_AT_DOOR, (door, now_ms, limit)))
    if found:
        connection.execute(_LEASE_PUSHES, (now_ms + lease_ms, many([push.id for push in found])))
        for push in found:
            push.due_at = now_ms + lease_ms
    return found


def take_mailbox(connection: apsw.Connection, project: str, dialect: str, most: int) -> list[Message]:
    """Remove the oldest entries of a mailbox and return their messages in that order."""
    owed = fetch(connection, _OWED, (project, dialect, most))
    if not owed:
        return []
    connection.execute(_TAKEN, (many([row[0] for row in owed]),))
    order = [row[1] for row in owed]
    rows = fetch(connection, _BY_IDS, (many(order),))
    found = {message.id: message for message in MESSAGE.values(rows)}
    return [found[one] for one in order if one in found]
