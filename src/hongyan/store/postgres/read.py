"""Reading the cluster's store: each on whatever connection of the pool is free."""

from collections.abc import Sequence
from typing import Any

from hongyan.model.ids import first_id_at
from hongyan.model.message import Message
from hongyan.store import Found, MessageQuery
from hongyan.store.ops import Event, LinkRow, Part, RefusalRow, SubmissionRow, Unclaimed
from hongyan.store.query import Wording, where
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, REFUSAL, SUBMISSION, UNCLAIMED, Shape
from hongyan.store.sweep import BACKLOG, HANDED_WITHIN_MS, LAST_ID
from hongyan.store.text import storable

WORDING = Wording(
    among=lambda column, mark: f"{column} = ANY({mark})",
    holds=lambda column, mark: f"strpos({column}, {mark}) > 0",
    unindexed=lambda column: column,  # its planner knows the numbers
    mark=lambda place: f"${place}",
    listed=list,
)


def _select(shape: Shape[Any], rest: str) -> str:
    return f"SELECT {shape.columns} FROM {shape.table.name} {rest}"


_MESSAGES_BY_ID = _select(MESSAGE, "WHERE id = ANY($1::bigint[])")
_OUTSTANDING = _select(
    MESSAGE,
    "WHERE state = 'submitted' AND (due_at, id) > ($1, $2) AND due_at IS NOT NULL AND carrier = $3 "
    "AND submitted_at >= $4 AND submitted_at < $5 ORDER BY due_at, id LIMIT $6",
)
_BY_PROVIDER = (
    f"SELECT {MESSAGE.qualified}, messages.provider_id AS named, parts.number FROM messages "
    "LEFT JOIN parts ON parts.message_id = messages.id AND parts.number = 1 "
    "WHERE messages.carrier = $1 AND messages.provider_id = ANY($2::text[]) ORDER BY messages.id"
)
_BY_PART = (
    f"SELECT {MESSAGE.qualified}, parts.provider_id AS named, parts.number FROM parts "
    "JOIN messages ON messages.id = parts.message_id "
    "WHERE parts.carrier = $1 AND parts.provider_id = ANY($2::text[]) ORDER BY messages.id, parts.number DESC"
)
_PARTS = _select(PART, "WHERE message_id = $1 ORDER BY number")
_LAST_TO = (
    "SELECT newest.* FROM unnest($1::text[]) AS asked (project) CROSS JOIN LATERAL "
    f"(SELECT {MESSAGE.columns} FROM messages WHERE project = asked.project "
    'AND "to" = $2 AND id >= $3 AND carrier = $4 AND submitted_at >= $5 '
    "AND ($6::text IS NULL OR coalesce(extend, '') = $6) ORDER BY id DESC LIMIT 1) AS newest "
    "ORDER BY newest.id DESC LIMIT 1"
)
_SUBMISSION = _select(SUBMISSION, "WHERE id = $1")
_SUBMISSIONS = _select(SUBMISSION, "WHERE request_id = $1 ORDER BY id")
_REFUSALS_OF = _select(REFUSAL, "WHERE request_id = $1 ORDER BY id")
_REFUSALS = _select(REFUSAL, "ORDER BY id DESC LIMIT $1")
_EVENTS = _select(EVENT, "WHERE message_id = $1 ORDER BY id")
_LINK = _select(LINK, "WHERE code = $1")
_UNCLAIMED = _select(UNCLAIMED, "ORDER BY at DESC, carrier, provider_id LIMIT $1")
_BALANCE = "SELECT amount FROM balances WHERE project = $1"
_LEDGER_SUM = "SELECT coalesce(sum(amount), 0)::bigint FROM entries WHERE project = $1"
_WORLD_VERSION = "SELECT version FROM world_version"
_WORLD_ROWS = "SELECT kind, project, name, body, secrets FROM world_items ORDER BY seq"


async def messages_by_id(pool: Any, message_ids: Sequence[int]) -> list[Message]:
    """Return those that exist, in the order asked."""
    if not message_ids:
        return []
    found = {one.id: one for one in MESSAGE.values(await pool.fetch(_MESSAGES_BY_ID, message_ids))}
    return [found[one] for one in message_ids if one in found]


async def messages(pool: Any, query: MessageQuery) -> list[Message]:
    """Return one page, newest first."""
    conditions, values = where(query, WORDING, newest_first=True)
    page = f"ORDER BY id DESC LIMIT ${len(values) + 1} OFFSET ${len(values) + 2}"
    return MESSAGE.values(
        await pool.fetch(_select(MESSAGE, f"{conditions} {page}"), *values, query.limit, query.offset)
    )


async def count(pool: Any, query: MessageQuery) -> int:
    """Return how many match, paging left aside."""
    conditions, values = where(query, WORDING, newest_first=False)
    return await _number(pool, f"SELECT count(*) FROM messages{conditions}", *values)


async def outstanding(
    pool: Any, carrier: str, since_ms: int, until_ms: int, after: tuple[int, int], limit: int
) -> list[Message]:
    """Return one page of a carrier's `submitted` messages."""
    return MESSAGE.values(await pool.fetch(_OUTSTANDING, *after, carrier, since_ms, until_ms, limit))


async def by_provider(pool: Any, carrier: str, provider_ids: Sequence[str]) -> dict[str, Found]:
    """Return messages by the carrier's id of them or of a part; of two with the same id the newer."""
    asked = {storable(one): one for one in provider_ids}
    found: dict[str, Found] = {}
    for statement in (_BY_PROVIDER, _BY_PART):
        if left := [text for text, one in asked.items() if one not in found]:
            for row in await pool.fetch(statement, carrier, left):
                found[asked[row["named"]]] = Found(MESSAGE.value(row), row["number"] or 0)
    return found


async def parts(pool: Any, message_id: int) -> list[Part]:
    """Return the parts of a message that was handed over in several."""
    return PART.values(await pool.fetch(_PARTS, message_id))


async def last_to(
    pool: Any, sent_to: str, carrier: str, since_ms: int, extend: str | None, projects: Sequence[str]
) -> Message | None:
    """Return the newest message to a number that a carrier took since then."""
    first_id = first_id_at(since_ms - HANDED_WITHIN_MS)
    rows = await pool.fetch(_LAST_TO, projects, sent_to, first_id, carrier, since_ms, extend)
    return next(iter(MESSAGE.values(rows)), None)


async def backlog(pool: Any) -> int:
    """Return how many messages wait, up to the cap."""
    return await _number(pool, BACKLOG)


async def submission(pool: Any, submission_id: int) -> SubmissionRow | None:
    """Return one submission."""
    return next(iter(SUBMISSION.values(await pool.fetch(_SUBMISSION, submission_id))), None)


async def submissions_of_request(pool: Any, request_id: str) -> list[SubmissionRow]:
    """Return what one request led to."""
    return SUBMISSION.values(await pool.fetch(_SUBMISSIONS, storable(request_id)))


async def refusals_of_request(pool: Any, request_id: str) -> list[RefusalRow]:
    """Return what was refused of one request."""
    return REFUSAL.values(await pool.fetch(_REFUSALS_OF, storable(request_id)))


async def refusals(pool: Any, limit: int) -> list[RefusalRow]:
    """Return the newest."""
    return REFUSAL.values(await pool.fetch(_REFUSALS, limit))


async def events(pool: Any, message_id: int) -> list[Event]:
    """Return a message's events in the order they were written."""
    return EVENT.values(await pool.fetch(_EVENTS, message_id))


async def link(pool: Any, code: str) -> LinkRow | None:
    """Return one short link."""
    return next(iter(LINK.values(await pool.fetch(_LINK, storable(code)))), None)


async def unclaimed(pool: Any, limit: int) -> list[Unclaimed]:
    """Return the newest parked receipts."""
    return UNCLAIMED.values(await pool.fetch(_UNCLAIMED, limit))


async def balance(pool: Any, project: str) -> int:
    """Return a project's balance."""
    return await _number(pool, _BALANCE, project)


async def ledger_sum(pool: Any, project: str) -> int:
    """Return the sum of a project's ledger."""
    return await _number(pool, _LEDGER_SUM, project)


async def last_id(pool: Any) -> int:
    """Return the highest minted id on disk."""
    return await _number(pool, LAST_ID)


async def world_version(pool: Any) -> int:
    """Return the number of the last declaration."""
    return await _number(pool, _WORLD_VERSION)


async def world_rows(pool: Any) -> tuple[int, list[Any]]:
    """Return the version and every declared row, of one moment."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return await world_version(connection), await connection.fetch(_WORLD_ROWS)


async def _number(pool: Any, statement: str, *values: Any) -> int:
    return int(await pool.fetchval(statement, *values) or 0)
