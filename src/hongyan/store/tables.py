"""The tables, once, for both engines: SQLAlchemy Core metadata. Column names are the field names of the values.

Migrations (`migrations/`) lead a database here; a test keeps the two equal. Nothing here talks to a database.
Indexes are few and partial: each one is paid for by every message.
"""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

_INT = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite only takes the word INTEGER for a key that is the row's own number"""


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, _INT, nullable=False) for name in names]


def _maybe_text(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


def _maybe_whole(*names: str) -> list[Column[int]]:
    return [Column(name, _INT) for name in names]


def _fact(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


def _minted() -> Column[int]:
    return Column("id", _INT, primary_key=True, autoincrement=False)


def _counted() -> Column[int]:
    return Column("id", _INT, Identity(), primary_key=True)


def _partial(table: Table, name: str, *columns: str, there: str = "", unique: bool = False) -> Index:
    """Index only the rows that have the column `there`, by default the last of `columns`."""
    where = text(f"{there or columns[-1]} IS NOT NULL")
    kept = [table.c[column] for column in columns]
    return Index(name, *kept, unique=unique, sqlite_where=where, postgresql_where=where)


messages = Table(
    "messages",
    metadata,
    _minted(),
    *_text("project"),
    *_whole("submission", "position"),
    *_text("dialect"),
    *_maybe_text("app", "client_id"),
    *_text("to", "country", "operator", "leg", "category"),
    *_maybe_text("template", "signature"),
    *_text("content", "alphabet"),
    *_whole("parts", "price"),
    *_text("currency"),
    *_maybe_text("sender", "extend", "session", "report_to", "details"),
    *_text("state"),
    *_whole("accepted_at"),
    *_maybe_whole("due_at"),
    *_whole("expires_at", "attempts"),
    *_maybe_text("carrier", "provider_id"),
    *_maybe_whole("submitted_at", "done_at", "received_at"),
    *_maybe_text("cause"),
    *_maybe_whole("charge", "refund", "rendered_at"),
)
Index("messages_to", messages.c.project, messages.c.to, messages.c.id)
Index("messages_submission", messages.c.submission)


HELD = "state = 'accepted' AND substr(cause, 1, 10) = 'ours|HELD|'"
"""messages that are held: written alike in every statement, so that their index is found"""
Index("messages_held", messages.c.id, messages.c.project, sqlite_where=text(HELD), postgresql_where=text(HELD))
_partial(messages, "messages_due", "state", "due_at")
_partial(messages, "messages_client_id", "project", "client_id", "app", there="client_id", unique=True)
_partial(messages, "messages_provider_id", "carrier", "provider_id")

parts = Table(
    "parts",
    metadata,
    *_text("carrier", "provider_id"),
    Column("message_id", _INT, primary_key=True, autoincrement=False),
    Column("number", _INT, primary_key=True, autoincrement=False),
    *_whole("total"),
    *_maybe_text("state", "cause"),
    *_maybe_whole("at"),
    sqlite_with_rowid=False,
)
Index("parts_provider_id", parts.c.carrier, parts.c.provider_id)

submissions = Table(
    "submissions",
    metadata,
    _minted(),
    *_text("project", "request_id", "dialect", "action", "key_id", "peer"),
    *_whole("received_at"),
    *_text("method", "path", "request", "notes"),
)
Index("submissions_request_id", submissions.c.request_id)

refusals = Table(
    "refusals",
    metadata,
    _minted(),
    *_whole("at"),
    *_text("request_id"),
    *_maybe_whole("position"),
    *_text("project", "dialect", "action", "peer", "reason", "facts", "request", "notes"),
)
Index("refusals_request_id", refusals.c.request_id)

events = Table("events", metadata, _counted(), *_whole("message_id", "at"), *_text("kind", "text"))
Index("events_message_id", events.c.message_id)

links = Table(
    "links",
    metadata,
    Column("code", Text, primary_key=True),
    *_text("project"),
    *_maybe_whole("message_id"),
    *_text("kind", "target", "values"),
    *_whole("created_at", "clicks"),
    *_maybe_whole("first_click_at"),
)
_partial(links, "links_message_id", "message_id")
Index("links_created_at", links.c.created_at)

pushes = Table(
    "pushes",
    metadata,
    _minted(),
    *_maybe_whole("message_id"),
    *_text("project", "dialect"),
    *_maybe_text("app"),
    *_text("target"),
    *_whole("due_at", "tries"),
    *_maybe_whole("reply_id"),
    *_maybe_text("door"),
)
_POSTED = text("door IS NULL")
Index("pushes_posted", pushes.c.due_at, sqlite_where=_POSTED, postgresql_where=_POSTED)
_partial(pushes, "pushes_door", "door", "due_at", there="door")

mailbox = Table("mailbox", metadata, _counted(), *_text("project", "dialect"), *_whole("message_id", "at"))
Index("mailbox_owner", mailbox.c.project, mailbox.c.dialect, mailbox.c.id)

unclaimed = Table(
    "unclaimed",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    *_whole("at"),
    Column("state", Text, primary_key=True),
    *_text("cause"),
    *_whole("received_at"),
    Column("rendered", Boolean(create_constraint=False)),
    *_maybe_text("spellings", "number"),
)

replies = Table(
    "replies",
    metadata,
    _minted(),
    *_text("carrier", "key", "sender", "to", "text"),
    *_whole("received_at"),
    *_text("project", "dialect"),
    *_maybe_text("app"),
    *_maybe_whole("message_id"),
    *_text("extend"),
    *_whole("parts", "missing"),
    _fact("stops"),
)
Index("replies_key", replies.c.carrier, replies.c.key, unique=True)
Index("replies_sender", replies.c.sender, replies.c.id)
_partial(replies, "replies_message_id", "message_id")

reply_mailbox = Table("reply_mailbox", metadata, _counted(), *_text("project", "dialect"), *_whole("reply_id", "at"))
Index("reply_mailbox_owner", reply_mailbox.c.project, reply_mailbox.c.dialect, reply_mailbox.c.id)

fragments = Table(
    "fragments",
    metadata,
    _minted(),
    *_text("whole"),
    *_whole("number", "total", "at"),
    *_text("kind", "owner"),
    Column("octets", LargeBinary, nullable=False),
    *_text("facts"),
)
Index("fragments_whole", *(fragments.c[name] for name in ("kind", "owner", "whole", "number")), unique=True)
Index("fragments_at", fragments.c.at)

stops = Table(
    "stops",
    metadata,
    Column("project", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    _fact("marketing_only"),
    *_whole("at"),
    *_maybe_whole("reply_id"),
    *_whole("mark"),
    _fact("dropped"),
    sqlite_with_rowid=False,
)
"""`mark`: place among all changes; what was dropped stays as a row that says so, for those who have yet to hear it"""
Index("stops_mark", stops.c.mark)

counts = Table(
    "counts",
    metadata,
    Column("bucket", _INT, primary_key=True, autoincrement=False),
    Column("at", _INT, primary_key=True, autoincrement=False),
    *_whole("n"),
    sqlite_with_rowid=False,
)
Index("counts_at", counts.c.at)

nonces = Table(
    "nonces",
    metadata,
    Column("nonce", Text, primary_key=True),
    *_whole("until"),
    sqlite_with_rowid=False,
)
Index("nonces_until", nonces.c.until)

balances = Table(
    "balances",
    metadata,
    Column("project", Text, primary_key=True),
    *_whole("amount"),
    *_text("currency"),
    *_whole("paid_in"),
)

entries = Table(
    "entries",
    metadata,
    _counted(),
    *_text("project"),
    *_whole("at"),
    *_text("kind"),
    *_whole("amount"),
    *_text("text"),
)
Index("entries_project", entries.c.project, entries.c.id)

world_items = Table(
    "world_items",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    *_whole("seq"),
    *_text("body"),
    *_maybe_text("secrets"),
)

route_history = Table(
    "route_history",
    metadata,
    Column("version", _INT, primary_key=True, autoincrement=False),
    *_whole("at"),
    *_text("body"),
)
"""what carriers, routes and controls were declared from a time on"""

world_version = Table(
    "world_version",
    metadata,
    Column("id", _INT, primary_key=True, autoincrement=False),
    *_whole("version"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),
    *_text("account", "csrf", "peer", "agent"),
    *_whole("created_at", "seen_at", "until"),
)
"""who is logged in to the console; `token` is a digest of the cookie's value"""

audit = Table(
    "audit",
    metadata,
    _counted(),
    *_whole("at"),
    *_text("actor", "role", "via", "peer", "action", "project", "target", "facts"),
)
"""what operators did; `facts` is JSON text"""

calls = Table(
    "calls",
    metadata,
    _minted(),
    *_whole("at"),
    *_text("project", "dialect", "target"),
    *_whole("status"),
    _fact("taken"),
    *_whole("took_ms", "tries"),
    *_maybe_whole("next_at"),
    *_text("said", "request", "answer"),
)
"""pushes as they were called: what was sent, what was answered. `next_at`: when it is tried again; NULL: never.
`request` and `answer` are JSON text, see `report/call_log.py`"""

call_items = Table(
    "call_items",
    metadata,
    Column("call", _INT, primary_key=True, autoincrement=False),
    Column("place", _INT, primary_key=True, autoincrement=False),
    *_maybe_whole("message_id", "reply_id"),
)
"""what a call told of"""
_partial(call_items, "call_items_message", "message_id")
_partial(call_items, "call_items_reply", "reply_id")

hourly = Table(
    "hourly",
    metadata,
    Column("hour", _INT, primary_key=True, autoincrement=False),
    *(
        Column(name, Text, primary_key=True)
        for name in ("project", "dialect", "carrier", "country", "leg", "category", "state")
    ),
    Column("band", _INT, primary_key=True, autoincrement=False),
    *_whole("messages", "parts", "price", "refunded"),
)
"""messages counted by the hour they were accepted in; `band`: how long they took, as a power of two"""

hours = Table(
    "hours",
    metadata,
    Column("hour", _INT, primary_key=True, autoincrement=False),
    *_whole("counted_at"),
    _fact("final"),
)
"""which hours `hourly` has; `final`: nothing in them changes any more"""

snapshots = Table(
    "snapshots",
    metadata,
    Column("name", Text, primary_key=True),
    *_whole("at", "mark"),
    *_text("body"),
)
"""what tests go back to: what was declared (`body`, JSON text), and the highest id then (`mark`)"""
