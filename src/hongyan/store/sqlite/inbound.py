"""What came in from handsets, in the embedded engine: the facts and rows of a batch, and every way to read them."""

from collections.abc import Sequence

import apsw

from hongyan.store import ReplyQuery
from hongyan.store.inbound import Inbound, InboundNeeds, StopKey, told
from hongyan.store.ops import Fragment, ReplyRow, StopRow
from hongyan.store.query import replies_where
from hongyan.store.rows import FRAGMENT, REPLY, STOP
from hongyan.store.sqlite.connection import fetch, many, number
from hongyan.store.sqlite.read import WORDING
from hongyan.store.sqlite.statements import MANY, insert

_KNOWN = "SELECT 1 FROM replies WHERE carrier = ? AND key = ?"
_PIECES = f"SELECT {FRAGMENT.columns} FROM fragments WHERE kind = ? AND owner = ? AND whole = ? ORDER BY number"
_STOP = f"SELECT {STOP.columns} FROM stops WHERE project = ? AND number = ?"
_LAST_MARK = "SELECT coalesce(max(mark), 0) FROM stops"

_INSERT_REPLY = insert(REPLY.table, REPLY.fields)
_INSERT_MAILBOX = "INSERT INTO reply_mailbox (project, dialect, reply_id, at) VALUES (?, ?, ?, ?)"
_INSERT_FRAGMENT = insert(FRAGMENT.table, FRAGMENT.fields)
_DROP_FRAGMENT = "DELETE FROM fragments WHERE id = ?"
_PUT_STOP = f"INSERT OR REPLACE{insert(STOP.table, STOP.fields).removeprefix('INSERT')}"


def load(connection: apsw.Connection, needs: InboundNeeds) -> Inbound:
    """Return the facts that the batch's operations are played on."""
    facts = Inbound()
    facts.known = {key for key in needs.replies if fetch(connection, _KNOWN, key)}
    for whole in needs.wholes:
        facts.pieces[whole] = FRAGMENT.values(fetch(connection, _PIECES, whole))
    for key in needs.stops:
        for row in fetch(connection, _STOP, key):
            facts.stops[key] = STOP.value(row)
    if needs.stops:
        facts.mark = number(connection, _LAST_MARK)
    return facts


def write(connection: apsw.Connection, inbound: Inbound) -> None:
    """Write what playing left."""
    connection.executemany(_INSERT_REPLY, map(REPLY.row, inbound.replies))
    connection.executemany(_INSERT_MAILBOX, inbound.mailbox)
    connection.executemany(_INSERT_FRAGMENT, map(FRAGMENT.row, inbound.fragments))
    connection.executemany(_DROP_FRAGMENT, ((one,) for one in inbound.fragments_gone))
    connection.executemany(_PUT_STOP, map(STOP.row, inbound.marks.values()))


# --- reading

_REPLIES_BY_ID = f"SELECT {REPLY.columns} FROM replies WHERE id IN {MANY}"
_OWED = "SELECT id, reply_id FROM reply_mailbox WHERE project = ? AND dialect = ? ORDER BY id LIMIT ?"
_TAKEN = f"DELETE FROM reply_mailbox WHERE id IN {MANY}"
_OLD_WHOLES = (
    "SELECT kind, owner, whole FROM fragments INDEXED BY fragments_at WHERE at < ?1 AND (?3 IS NULL OR kind = ?3) "
    "GROUP BY kind, owner, whole ORDER BY min(at), whole LIMIT ?2"
)
_MARKS = f"SELECT {STOP.columns} FROM stops WHERE mark > ? ORDER BY mark LIMIT ?"


def replies(connection: apsw.Connection, query: ReplyQuery) -> list[ReplyRow]:
    """Return one page, newest first."""
    conditions, values = replies_where(query, WORDING)
    statement = f"SELECT {REPLY.columns} FROM replies{conditions} ORDER BY id DESC LIMIT ?"
    return REPLY.values(fetch(connection, statement, (*values, query.limit)))


def replies_by_id(connection: apsw.Connection, reply_ids: Sequence[int]) -> list[ReplyRow]:
    """Return those that exist, in the order asked."""
    if not reply_ids:
        return []
    found = {one.id: one for one in REPLY.values(fetch(connection, _REPLIES_BY_ID, (many(reply_ids),)))}
    return [found[one] for one in reply_ids if one in found]


def take_replies(connection: apsw.Connection, project: str, dialect: str, most: int) -> list[ReplyRow]:
    """Remove the oldest entries of a mailbox and return their replies in that order. On the writing connection."""
    owed = fetch(connection, _OWED, (project, dialect, most))
    if owed:
        connection.execute(_TAKEN, (many([row[0] for row in owed]),))
    return replies_by_id(connection, [row[1] for row in owed])


def old_fragments(connection: apsw.Connection, before_ms: int, limit: int, kind: str | None) -> list[Fragment]:
    """Return all pieces of so many wholes that began before then, the oldest whole first."""
    wholes = fetch(connection, _OLD_WHOLES, (before_ms, limit, kind))
    return [piece for whole in wholes for piece in FRAGMENT.values(fetch(connection, _PIECES, whole))]


def stops(connection: apsw.Connection, after: int, limit: int) -> tuple[list[StopRow], list[StopKey], int]:
    """Return one page of changes to the stop list."""
    return told(STOP.values(fetch(connection, _MARKS, (after, limit))), after)
