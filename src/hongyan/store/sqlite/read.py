"""Reading the embedded store: functions of a reading connection. Point reads are cheap; lists go in a thread."""

from collections.abc import Sequence
from typing import Any

import apsw

from hongyan.model.ids import first_id_at
from hongyan.model.message import Message
from hongyan.store import Found, MessageQuery
from hongyan.store.ops import Event, LinkRow, Part, RefusalRow, SubmissionRow, Unclaimed
from hongyan.store.query import Wording, where
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, REFUSAL, SUBMISSION, UNCLAIMED, Shape
from hongyan.store.sqlite.connection import fetch, many, number
from hongyan.store.sqlite.statements import BALANCE, MANY
from hongyan.store.sweep import BACKLOG, HANDED_WITHIN_MS
from hongyan.store.text import storable

WORDING = Wording(
    among=lambda column, mark: f"{column} IN (SELECT value FROM carray({mark}))",
    holds=lambda column, mark: f"instr({column}, {mark}) > 0",
    unindexed=lambda column: f"+{column}",
    mark=lambda _place: "?",
    listed=many,
)


def _select(shape: Shape[Any], rest: str) -> str:
    return f"SELECT {shape.columns} FROM {shape.table.name} {rest}"


_MESSAGE = _select(MESSAGE, "WHERE id = ?")
_MESSAGES_BY_ID = _select(MESSAGE, f"WHERE id IN {MANY}")
_OUTSTANDING = _select(
    MESSAGE,
    "WHERE state = 'submitted' AND (due_at, id) > (?, ?) AND due_at IS NOT NULL AND +carrier = ? "
    "AND submitted_at >= ? AND submitted_at < ? ORDER BY due_at, id LIMIT ?",
)
_NAMED = f"SELECT {MESSAGE.qualified}, asked.value, parts.number FROM carray(?) AS asked CROSS JOIN"
_BY_PROVIDER = (
    f"{_NAMED} messages ON messages.carrier = ? AND messages.provider_id = asked.value "
    "LEFT JOIN parts ON parts.message_id = messages.id AND parts.number = 1 ORDER BY messages.id"
)
_BY_PART = (
    f"{_NAMED} parts ON parts.carrier = ? AND parts.provider_id = asked.value "
    "CROSS JOIN messages ON messages.id = parts.message_id ORDER BY messages.id, parts.number DESC"
)
_PARTS = _select(PART, "WHERE message_id = ? ORDER BY number")
_LAST_TO = _select(
    MESSAGE,
    'WHERE project = ? AND "to" = ? AND id >= ? AND +carrier = ? AND submitted_at >= ? ORDER BY id DESC LIMIT 1',
)
_LAST_TO_EXTENDED = _LAST_TO.replace(" ORDER", " AND coalesce(extend, '') = ? ORDER")
_SUBMISSION = _select(SUBMISSION, "WHERE id = ?")
_SUBMISSIONS = _select(SUBMISSION, "WHERE request_id = ? ORDER BY id")
_REFUSALS_OF = _select(REFUSAL, "WHERE request_id = ? ORDER BY id")
_REFUSALS = _select(REFUSAL, "ORDER BY id DESC LIMIT ?")
_EVENTS = _select(EVENT, "WHERE message_id = ? ORDER BY id")
_LINK = _select(LINK, "WHERE code = ?")
_UNCLAIMED = _select(UNCLAIMED, "ORDER BY at DESC, carrier, provider_id LIMIT ?")
_LEDGER_SUM = "SELECT coalesce(sum(amount), 0) FROM entries WHERE project = ?"


def message(connection: apsw.Connection, message_id: int) -> Message | None:
    """Return one message."""
    rows = fetch(connection, _MESSAGE, (message_id,))
    return MESSAGE.value(rows[0]) if rows else None


def messages_by_id(connection: apsw.Connection, message_ids: Sequence[int]) -> list[Message]:
    """Return those that exist, in the order asked."""
    if not message_ids:
        return []
    rows = fetch(connection, _MESSAGES_BY_ID, (many(message_ids),))
    found = {one.id: one for one in MESSAGE.values(rows)}
    return [found[one] for one in message_ids if one in found]


def messages(connection: apsw.Connection, query: MessageQuery) -> list[Message]:
    """Return one page, newest first."""
    conditions, values = where(query, WORDING, newest_first=True)
    statement = _select(MESSAGE, f"{conditions} ORDER BY id DESC LIMIT ? OFFSET ?")
    return MESSAGE.values(fetch(connection, statement, (*values, query.limit, query.offset)))


def count(connection: apsw.Connection, query: MessageQuery) -> int:
    """Return how many match, paging left aside."""
    conditions, values = where(query, WORDING, newest_first=False)
    return number(connection, f"SELECT count(*) FROM messages{conditions}", values)


def outstanding(
    connection: apsw.Connection, carrier: str, since_ms: int, until_ms: int, after: tuple[int, int], limit: int
) -> list[Message]:
    """Return one page of a carrier's `submitted` messages."""
    return MESSAGE.values(fetch(connection, _OUTSTANDING, (*after, carrier, since_ms, until_ms, limit)))


def by_provider(connection: apsw.Connection, carrier: str, provider_ids: Sequence[str]) -> dict[str, Found]:
    """Return messages by the carrier's id of them or of a part; of two with the same id the newer."""
    asked = {storable(one): one for one in provider_ids}
    found: dict[str, Found] = {}
    for statement in (_BY_PROVIDER, _BY_PART):
        if left := [text for text, one in asked.items() if one not in found]:
            for row in fetch(connection, statement, (many(left), carrier)):
                found[asked[row[-2]]] = Found(MESSAGE.value(row), row[-1] or 0)
    return found


def parts(connection: apsw.Connection, message_id: int) -> list[Part]:
    """Return the parts of a message that was handed over in several."""
    return PART.values(fetch(connection, _PARTS, (message_id,)))


def last_to(
    connection: apsw.Connection, sent_to: str, carrier: str, since_ms: int, extend: str | None, projects: Sequence[str]
) -> Message | None:
    """Return the newest message to a number that a carrier took since then."""
    first_id = first_id_at(since_ms - HANDED_WITHIN_MS)
    statement, last = (_LAST_TO, ()) if extend is None else (_LAST_TO_EXTENDED, (extend,))
    rows = [
        row
        for project in projects
        for row in fetch(connection, statement, (project, sent_to, first_id, carrier, since_ms, *last))
    ]
    return max(MESSAGE.values(rows), key=_id, default=None)


def _id(message: Message) -> int:
    return message.id


def backlog(connection: apsw.Connection) -> int:
    """Return how many messages wait, up to the cap."""
    return number(connection, BACKLOG)


def submission(connection: apsw.Connection, submission_id: int) -> SubmissionRow | None:
    """Return one submission."""
    rows = fetch(connection, _SUBMISSION, (submission_id,))
    return SUBMISSION.value(rows[0]) if rows else None


def submissions_of_request(connection: apsw.Connection, request_id: str) -> list[SubmissionRow]:
    """Return what one request led to."""
    return SUBMISSION.values(fetch(connection, _SUBMISSIONS, (request_id,)))


def refusals_of_request(connection: apsw.Connection, request_id: str) -> list[RefusalRow]:
    """Return what was refused of one request."""
    return REFUSAL.values(fetch(connection, _REFUSALS_OF, (request_id,)))


def refusals(connection: apsw.Connection, limit: int) -> list[RefusalRow]:
    """Return the newest."""
    return REFUSAL.values(fetch(connection, _REFUSALS, (limit,)))


def events(connection: apsw.Connection, message_id: int) -> list[Event]:
    """Return a message's events in the order they were written."""
    return EVENT.values(fetch(connection, _EVENTS, (message_id,)))


def link(connection: apsw.Connection, code: str) -> LinkRow | None:
    """Return one short link."""
    rows = fetch(connection, _LINK, (code,))
    return LINK.value(rows[0]) if rows else None


def unclaimed(connection: apsw.Connection, limit: int) -> list[Unclaimed]:
    """Return the newest parked receipts."""
    return UNCLAIMED.values(fetch(connection, _UNCLAIMED, (limit,)))


def balance(connection: apsw.Connection, project: str) -> int:
    """Return a project's balance."""
    return number(connection, BALANCE, (project,))


def ledger_sum(connection: apsw.Connection, project: str) -> int:
    """Return the sum of a project's ledger."""
    return number(connection, _LEDGER_SUM, (project,))


_WORLD_VERSION = "SELECT version FROM world_version"
_WORLD_ROWS = "SELECT kind, project, name, body, secrets FROM world_items ORDER BY seq"


def world_version(connection: apsw.Connection) -> int:
    """Return the number of the last declaration."""
    return number(connection, _WORLD_VERSION)


def world_rows(connection: apsw.Connection) -> tuple[int, list[Any]]:
    """Return the version and every declared row, of one moment."""
    connection.execute("BEGIN")
    try:
        return world_version(connection), fetch(connection, _WORLD_ROWS)
    finally:
        connection.execute("COMMIT")
