"""SQLite's text of every hot statement, made once from the tables. Parameters go by place, in the order they read."""

from collections.abc import Iterable

from sqlalchemy import Table

from hongyan.store.batch import PLAIN, ROUTED, STANDING
from hongyan.store.rows import EVENT, LINK, MESSAGE, PART, PUSH, REFUSAL, SUBMISSION, UNCLAIMED
from hongyan.store.tables import balances, counts, entries, mailbox, nonces


def insert(table: Table, columns: Iterable[str] | None = None) -> str:
    """Return the INSERT of one row, all columns by default."""
    names = [column.name for column in table.columns] if columns is None else list(columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({quoted}) VALUES ({', '.join('?' * len(names))})"


def _move(columns: Iterable[str]) -> str:
    return f"UPDATE messages SET {', '.join(f'{column} = ?' for column in columns)} WHERE id = ?"


MANY = "(SELECT value FROM carray(?))"
"""a list of numbers or texts as one parameter: `connection.many`"""

INSERT_MESSAGE = insert(MESSAGE.table, MESSAGE.fields)
INSERT_SUBMISSION = insert(SUBMISSION.table, SUBMISSION.fields)
INSERT_REFUSAL = insert(REFUSAL.table, REFUSAL.fields)
INSERT_EVENT = insert(EVENT.table, EVENT.fields)
INSERT_LINK = insert(LINK.table, LINK.fields)
INSERT_PUSH = insert(PUSH.table, PUSH.fields)
INSERT_PART = insert(PART.table, PART.fields)
PART_TOLD = "UPDATE parts SET state = ?, cause = ?, at = ? WHERE message_id = ? AND number = ?"
INSERT_ENTRY = insert(entries)
INSERT_MAILBOX = insert(mailbox, ("project", "dialect", "message_id", "at"))
PARK = f"{insert(UNCLAIMED.table, UNCLAIMED.fields)} ON CONFLICT DO NOTHING"
UNPARK = "DELETE FROM unclaimed WHERE carrier = ? AND provider_id = ?"
COUNT = f"{insert(counts)} ON CONFLICT DO UPDATE SET n = n + excluded.n"
SPEND_NONCE = f"{insert(nonces)} ON CONFLICT DO UPDATE SET until = excluded.until"
CHANGE_BALANCE = f"{insert(balances)} ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
CREDIT = f"{CHANGE_BALANCE}, currency = excluded.currency, paid_in = excluded.paid_in"
MOVE_PLAIN = _move(PLAIN)
MOVE_ROUTED = _move(ROUTED)
PROLONG = "UPDATE messages SET expires_at = ? WHERE id = ?"
NOTE_DETAILS = "UPDATE messages SET details = ? WHERE id = ?"
CLICK = "UPDATE links SET clicks = clicks + 1, first_click_at = coalesce(first_click_at, ?) WHERE code = ?"
PUSH_DONE = "DELETE FROM pushes WHERE id = ?"
PUSH_AGAIN = "UPDATE pushes SET due_at = ?, tries = tries + ? WHERE id = ?"

STANDINGS = f"SELECT {', '.join(STANDING)} FROM messages WHERE id IN {MANY}"
STANDING_BY_ID = f"SELECT {', '.join(STANDING)} FROM messages WHERE id = ?"
EXISTING = f"SELECT id, submission FROM messages WHERE id IN {MANY}"
MESSAGE_BY_CLIENT = f"SELECT {MESSAGE.columns} FROM messages WHERE project = ? AND client_id = ?"
PARTS_NAMED = "SELECT (SELECT max(message_id) FROM parts WHERE carrier = ? AND provider_id = value) FROM carray(?)"
PARTS_OF = f"SELECT {PART.columns} FROM parts WHERE message_id IN {MANY} ORDER BY message_id, number"
BALANCE = "SELECT amount, currency FROM balances WHERE project = ?"
COUNTED = "SELECT at, n FROM counts WHERE bucket = ?"
NONCE = "SELECT until FROM nonces WHERE nonce = ?"
LAST_ENTRY = "SELECT coalesce(max(id), 0) FROM entries"
