"""Parts, replies, pieces of long ones, the stop list; pushes may be about replies, or wait for a caller who connects.

Programs of the version before may go on meanwhile: nothing they write or read is taken away. They would take any push
for a posted receipt, so carriers that bring replies, and callers with doors, are declared after the last of them ended.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACT = sa.Boolean(create_constraint=False)


def upgrade() -> None:
    """Make the new tables and widen `pushes`."""
    _parts()
    _replies()
    _fragments()
    _stops()
    op.drop_index("pushes_due_at", table_name="pushes")
    if op.get_context().dialect.name == "sqlite":
        _pushes_anew()
    else:
        op.alter_column("pushes", "message_id", nullable=True)
        op.add_column("pushes", sa.Column("reply_id", INT))
        op.add_column("pushes", sa.Column("door", sa.Text()))
    op.create_index(
        "pushes_posted",
        "pushes",
        ["due_at"],
        sqlite_where=sa.text("door IS NULL"),
        postgresql_where=sa.text("door IS NULL"),
    )
    _where_there("pushes_door", "pushes", ["door", "due_at"], "door")


def _pushes_anew() -> None:
    """Copy the table: SQLite cannot let an existing column be empty."""
    op.create_table(
        "pushes_anew",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("message_id", INT, nullable=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_at", INT, nullable=False),
        sa.Column("tries", INT, nullable=False),
        sa.Column("reply_id", INT, nullable=True),
        sa.Column("door", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "INSERT INTO pushes_anew (id, message_id, project, dialect, app, target, due_at, tries) "
        "SELECT id, message_id, project, dialect, app, target, due_at, tries FROM pushes"
    )
    op.drop_table("pushes")
    op.rename_table("pushes_anew", "pushes")


def _parts() -> None:
    op.create_table(
        "parts",
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("message_id", INT, autoincrement=False, nullable=False),
        sa.Column("number", INT, autoincrement=False, nullable=False),
        sa.Column("total", INT, nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("at", INT, nullable=True),
        sa.PrimaryKeyConstraint("message_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("parts_provider_id", "parts", ["carrier", "provider_id"])


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("carrier", "key", "sender", "to", "text")),
        sa.Column("received_at", INT, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("message_id", INT, nullable=True),
        sa.Column("extend", sa.Text(), nullable=False),
        sa.Column("parts", INT, nullable=False),
        sa.Column("missing", INT, nullable=False),
        sa.Column("stops", FACT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("replies_key", "replies", ["carrier", "key"], unique=True)
    op.create_index("replies_sender", "replies", ["sender", "id"])
    _where_there("replies_message_id", "replies", ["message_id"], "message_id")
    op.create_table(
        "reply_mailbox",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("reply_id", INT, nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reply_mailbox_owner", "reply_mailbox", ["project", "dialect", "id"])


def _fragments() -> None:
    op.create_table(
        "fragments",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        *(sa.Column(name, INT, nullable=False) for name in ("number", "total", "at")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("fragments_whole", "fragments", ["kind", "owner", "whole", "number"], unique=True)
    op.create_index("fragments_at", "fragments", ["at"])


def _stops() -> None:
    op.create_table(
        "stops",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("marketing_only", FACT, nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.Column("reply_id", INT, nullable=True),
        sa.Column("mark", INT, nullable=False),
        sa.Column("dropped", FACT, nullable=False),
        sa.PrimaryKeyConstraint("project", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("stops_mark", "stops", ["mark"])


def _where_there(name: str, table: str, columns: list[str], there: str) -> None:
    where = sa.text(f"{there} IS NOT NULL")
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
