"""PostgreSQL's text of every hot statement, made once from the tables. A batch is one statement: arrays by `unnest`."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, LargeBinary, Table, Text

from hongyan.store.batch import ROUTED, STANDING
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, PUSH, REFUSAL, SUBMISSION, UNCLAIMED
from hongyan.store.tables import counts, entries, mailbox, messages, nonces, parts

COPY_ABOVE = 50
"""rows from which COPY costs less than arrays"""


_TYPES: dict[type, str] = {Text: "text", Boolean: "boolean", LargeBinary: "bytea"}


def _type(table: Table, column: str) -> str:
    return _TYPES.get(type(table.c[column].type), "bigint")


def _arrays(table: Table, columns: Iterable[str], first: int = 1) -> str:
    return ", ".join(f"${place}::{_type(table, column)}[]" for place, column in enumerate(columns, first))


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


class Insert:
    """How rows get into a table: by arrays, or by COPY when they are many."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None, conflict: str = "") -> None:
        self._table = table.name
        self._columns = [column.name for column in table.columns] if columns is None else list(columns)
        self._copies = not conflict
        names = _names(self._columns)
        self._text = (
            f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({_arrays(table, self._columns)}) {conflict}"
        )

    async def run(self, connection: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Write the rows."""
        if self._copies and len(rows) > COPY_ABOVE:
            await connection.copy_records_to_table(self._table, records=rows, columns=self._columns)
        else:
            await connection.execute(self._text, *zip(*rows, strict=True))


INSERT_SUBMISSIONS = Insert(SUBMISSION.table, SUBMISSION.fields)
INSERT_MESSAGES = Insert(MESSAGE.table, MESSAGE.fields)
INSERT_REFUSALS = Insert(REFUSAL.table, REFUSAL.fields)
INSERT_EVENTS = Insert(EVENT.table, EVENT.fields)
INSERT_LINKS = Insert(LINK.table, LINK.fields)
INSERT_PUSHES = Insert(PUSH.table, PUSH.fields)
INSERT_ENTRIES = Insert(entries)
INSERT_MAILBOX = Insert(mailbox, ("project", "dialect", "message_id", "at"))
INSERT_PARTS = Insert(PART.table, PART.fields)
PARK = Insert(UNCLAIMED.table, UNCLAIMED.fields, "ON CONFLICT DO NOTHING")
COUNT = Insert(counts, conflict="ON CONFLICT (bucket, at) DO UPDATE SET n = counts.n + excluded.n")
SPEND_NONCES = Insert(nonces, conflict="ON CONFLICT (nonce) DO UPDATE SET until = excluded.until")

_MOVED = (*ROUTED, "id")
MOVE = (
    f"UPDATE messages SET {', '.join(f'{column} = new.{column}' for column in ROUTED)} "
    f"FROM unnest({_arrays(messages, _MOVED)}) AS new ({_names(_MOVED)}) WHERE messages.id = new.id"
)
PROLONG = (
    "UPDATE messages SET expires_at = new.expires_at "
    "FROM unnest($1::bigint[], $2::bigint[]) AS new (expires_at, id) WHERE messages.id = new.id"
)
NOTE_DETAILS = (
    "UPDATE messages SET details = new.details "
    "FROM unnest($1::text[], $2::bigint[]) AS new (details, id) WHERE messages.id = new.id"
)
_TOLD = ("state", "cause", "at", "message_id", "number")
PARTS_TOLD = (
    "UPDATE parts SET state = new.state, cause = new.cause, at = new.at "
    f"FROM unnest({_arrays(parts, _TOLD)}) AS new ({_names(_TOLD)}) "
    "WHERE parts.message_id = new.message_id AND parts.number = new.number"
)
CHANGE_BALANCES = (
    "UPDATE balances SET amount = balances.amount + new.amount "
    "FROM unnest($1::text[], $2::bigint[]) AS new (project, amount) WHERE balances.project = new.project"
)
MAKE_BALANCES = (
    "INSERT INTO balances (project, amount, currency, paid_in) "
    "SELECT project, 0, 'CNY', 0 FROM unnest($1::text[]) AS new (project) ORDER BY project ON CONFLICT DO NOTHING"
)
CLICK = (
    "UPDATE links SET clicks = clicks + new.n, first_click_at = coalesce(first_click_at, new.at) "
    "FROM (SELECT code AS which FROM links WHERE code = ANY($1::text[]) ORDER BY code FOR UPDATE) AS held "
    "JOIN (SELECT code, count(*) AS n, min(at) AS at FROM unnest($1::text[], $2::bigint[]) AS one (code, at) "
    "GROUP BY code) AS new ON new.code = held.which WHERE links.code = held.which"
)
PUSH_DONE = "DELETE FROM pushes WHERE id IN (SELECT id FROM pushes WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE)"
PUSH_AGAIN = (
    "UPDATE pushes SET due_at = new.due_at, tries = pushes.tries + new.more "
    "FROM (SELECT id AS which FROM pushes WHERE id = ANY($3::bigint[]) ORDER BY id FOR UPDATE) AS held "
    "JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (due_at, more, id) ON new.id = held.which "
    "WHERE pushes.id = held.which"
)
UNPARK = (
    "DELETE FROM unclaimed WHERE (carrier, provider_id, state) IN (SELECT carrier, provider_id, state FROM unclaimed "
    "WHERE (carrier, provider_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) "
    "ORDER BY carrier, provider_id, state FOR UPDATE)"
)

LOCK_SLOTS = "SELECT pg_advisory_xact_lock($1::int, slot) FROM unnest($2::int[]) AS slot"
LOCK_BALANCES = (
    "SELECT project, amount, currency FROM balances WHERE project = ANY($1::text[]) ORDER BY project FOR UPDATE"
)
LOCK_MESSAGES = f"SELECT {_names(STANDING)} FROM messages WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
PARTS_NAMED = (
    "SELECT max(message_id) FROM parts WHERE (carrier, provider_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) "
    "GROUP BY carrier, provider_id"
)
PARTS_OF = f"SELECT {PART.columns} FROM parts WHERE message_id = ANY($1::bigint[]) ORDER BY message_id, number"
PROJECTS_OF = "SELECT DISTINCT project FROM messages WHERE id = ANY($1::bigint[])"
EXISTING = "SELECT id, submission FROM messages WHERE id = ANY($1::bigint[])"
CLIENTS = (
    f"SELECT {MESSAGE.columns} FROM messages "
    "WHERE client_id IS NOT NULL AND (project, client_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))"
)
COUNTED = "SELECT bucket, at, n FROM counts WHERE bucket = ANY($1::bigint[])"
NONCES = "SELECT nonce, until FROM nonces WHERE nonce = ANY($1::text[])"
ENTRY_IDS = "SELECT nextval(pg_get_serial_sequence('entries', 'id')) FROM generate_series(1, $1)"
