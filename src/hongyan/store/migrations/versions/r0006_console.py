"""What the console keeps: sessions, the audit log, calls of pushes, counts by the hour, snapshots of tests."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACT = sa.Boolean(create_constraint=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sessions",
        sa.Column("token", sa.Text(), primary_key=True),
        *_text("account", "csrf", "peer", "agent"),
        *_whole("created_at", "seen_at", "until"),
    )
    op.create_table(
        "audit",
        sa.Column("id", INT, sa.Identity(), primary_key=True),
        *_whole("at"),
        *_text("actor", "role", "via", "peer", "action", "project", "target", "facts"),
    )
    _calls()
    op.create_index("links_created_at", "links", ["created_at"])
    op.create_table(
        "hourly",
        sa.Column("hour", INT, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text(), primary_key=True)
            for name in ("project", "dialect", "carrier", "country", "leg", "category", "state")
        ),
        sa.Column("band", INT, primary_key=True, autoincrement=False),
        *_whole("messages", "parts", "price", "refunded"),
    )
    op.create_table(
        "hours",
        sa.Column("hour", INT, primary_key=True, autoincrement=False),
        *_whole("counted_at"),
        sa.Column("final", FACT, nullable=False),
    )
    op.create_table("snapshots", sa.Column("name", sa.Text(), primary_key=True), *_whole("at", "mark"), *_text("body"))


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", INT, primary_key=True, autoincrement=False),
        *_whole("at"),
        *_text("project", "dialect", "target"),
        *_whole("status"),
        sa.Column("taken", FACT, nullable=False),
        *_whole("took_ms", "tries"),
        sa.Column("next_at", INT),
        *_text("said", "request", "answer"),
    )
    op.create_table(
        "call_items",
        sa.Column("call", INT, primary_key=True, autoincrement=False),
        sa.Column("place", INT, primary_key=True, autoincrement=False),
        sa.Column("message_id", INT),
        sa.Column("reply_id", INT),
    )
    for name in ("message", "reply"):
        there = sa.text(f"{name}_id IS NOT NULL")
        op.create_index(f"call_items_{name}", "call_items", [f"{name}_id"], sqlite_where=there, postgresql_where=there)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, INT, nullable=False) for name in names]
