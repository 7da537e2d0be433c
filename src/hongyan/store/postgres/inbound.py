"""What came in from handsets, in the cluster's engine: the facts and rows of a batch, and every way to read them."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from hongyan.store import ReplyQuery
from hongyan.store.inbound import Inbound, InboundNeeds, StopKey, told, whole_of
from hongyan.store.ops import Fragment, ReplyRow, StopRow
from hongyan.store.postgres.read import WORDING
from hongyan.store.postgres.statements import Insert
from hongyan.store.query import replies_where
from hongyan.store.rows import FRAGMENT, REPLY, STOP
from hongyan.store.tables import reply_mailbox

_KNOWN = "SELECT carrier, key FROM replies WHERE (carrier, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))"
_WHOLES = "(SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))"
_PIECES = f"SELECT {FRAGMENT.columns} FROM fragments WHERE (kind, owner, whole) IN {_WHOLES} ORDER BY number"
_STOPS = (
    f"SELECT {STOP.columns} FROM stops WHERE (project, number) IN (SELECT * FROM unnest($1::text[], $2::text[])) "
    "ORDER BY project, number"
)
_LAST_MARK = "SELECT coalesce(max(mark), 0) FROM stops"

_INSERT_REPLIES = Insert(REPLY.table, REPLY.fields)
_INSERT_MAILBOX = Insert(reply_mailbox, ("project", "dialect", "reply_id", "at"))
_INSERT_FRAGMENTS = Insert(FRAGMENT.table, FRAGMENT.fields)
_DROP_FRAGMENTS = (
    "DELETE FROM fragments WHERE id IN (SELECT id FROM fragments WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE)"
)
_PUT_STOPS = Insert(
    STOP.table,
    STOP.fields,
    "ON CONFLICT (project, number) DO UPDATE SET "
    + ", ".join(f"{field} = excluded.{field}" for field in STOP.fields if field not in {"project", "number"}),
)


def slots(needs: InboundNeeds, of_many: int) -> set[int]:
    """Return the shared slots that keep these operations apart from those of other processes.

    The stop list has one of its own, behind the others: marks are given in the order of the commits.
    """
    named = {crc32("\0".join(key).encode()) % of_many for key in (*needs.replies, *needs.wholes)}
    return named | {of_many} if needs.stops else named


async def load(connection: Any, needs: InboundNeeds) -> Inbound:
    """Return the facts that the batch's operations are played on."""
    facts = Inbound()
    if needs.replies:
        rows = await connection.fetch(_KNOWN, *zip(*needs.replies, strict=True))
        facts.known = {(row[0], row[1]) for row in rows}
    if needs.wholes:
        for piece in FRAGMENT.values(await connection.fetch(_PIECES, *zip(*needs.wholes, strict=True))):
            facts.pieces.setdefault(whole_of(piece), []).append(piece)
    if needs.stops:
        for row in STOP.values(await connection.fetch(_STOPS, *zip(*needs.stops, strict=True))):
            facts.stops[row.project, row.number] = row
        facts.mark = await connection.fetchval(_LAST_MARK)
    return facts


async def write(connection: Any, inbound: Inbound) -> None:
    """Write what playing left."""
    for insert, rows in (
        (_INSERT_REPLIES, [REPLY.row(one) for one in inbound.replies]),
        (_INSERT_MAILBOX, inbound.mailbox),
        (_INSERT_FRAGMENTS, [FRAGMENT.row(one) for one in inbound.fragments]),
        (_PUT_STOPS, [STOP.row(one) for one in inbound.marks.values()]),
    ):
        if rows:
            await insert.run(connection, rows)
    if inbound.fragments_gone:
        await connection.execute(_DROP_FRAGMENTS, inbound.fragments_gone)


# --- reading

_REPLIES_BY_ID = f"SELECT {REPLY.columns} FROM replies WHERE id = ANY($1::bigint[])"
_TAKE = (
    "WITH picked AS MATERIALIZED (SELECT id, reply_id FROM reply_mailbox WHERE project = $1 AND dialect = $2 "
    "ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED), "
    "gone AS (DELETE FROM reply_mailbox USING picked WHERE reply_mailbox.id = picked.id) "
    f"SELECT {REPLY.qualified} "
    "FROM picked JOIN replies ON replies.id = picked.reply_id ORDER BY picked.id"
)
_OLD = (
    f"SELECT {FRAGMENT.qualified} FROM fragments JOIN "
    "(SELECT kind, owner, whole, min(at) AS began FROM fragments "
    "WHERE at < $1 AND ($3::text IS NULL OR kind = $3) GROUP BY kind, owner, whole "
    "ORDER BY min(at), whole LIMIT $2) AS old USING (kind, owner, whole) ORDER BY began, whole, number"
)
_MARKS = f"SELECT {STOP.columns} FROM stops WHERE mark > $1 ORDER BY mark LIMIT $2"


async def replies(pool: Any, query: ReplyQuery) -> list[ReplyRow]:
    """Return one page, newest first."""
    conditions, values = replies_where(query, WORDING)
    statement = f"SELECT {REPLY.columns} FROM replies{conditions} ORDER BY id DESC LIMIT ${len(values) + 1}"
    return REPLY.values(await pool.fetch(statement, *values, query.limit))


async def replies_by_id(pool: Any, reply_ids: Sequence[int]) -> list[ReplyRow]:
    """Return those that exist, in the order asked."""
    if not reply_ids:
        return []
    found = {one.id: one for one in REPLY.values(await pool.fetch(_REPLIES_BY_ID, reply_ids))}
    return [found[one] for one in reply_ids if one in found]


async def take_replies(pool: Any, project: str, dialect: str, most: int) -> list[ReplyRow]:
    """Remove the oldest entries of a mailbox and return their replies in that order."""
    return REPLY.values(await pool.fetch(_TAKE, project, dialect, most))


async def old_fragments(pool: Any, before_ms: int, limit: int, kind: str | None) -> list[Fragment]:
    """Return all pieces of so many wholes that began before then, the oldest whole first."""
    return FRAGMENT.values(await pool.fetch(_OLD, before_ms, limit, kind))


async def stops(pool: Any, after: int, limit: int) -> tuple[list[StopRow], list[StopKey], int]:
    """Return one page of changes to the stop list."""
    return told(STOP.values(await pool.fetch(_MARKS, after, limit)), after)
