"""The first tables: everything up to the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "balances",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("amount", INT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid_in", INT, nullable=False),
        sa.PrimaryKeyConstraint("project"),
    )
    op.create_table(
        "counts",
        sa.Column("bucket", INT, autoincrement=False, nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.Column("n", INT, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "at"),
        sqlite_with_rowid=False,
    )
    op.create_index("counts_at", "counts", ["at"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", INT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("entries_project", "entries", ["project", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("message_id", INT, nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("events_message_id", "events", ["message_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("message_id", INT, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("created_at", INT, nullable=False),
        sa.Column("clicks", INT, nullable=False),
        sa.Column("first_click_at", INT, nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index(
        "links_message_id",
        "links",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_table(
        "mailbox",
        sa.Column("id", INT, sa.Identity(always=False), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("message_id", INT, nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("mailbox_owner", "mailbox", ["project", "dialect", "id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("submission", INT, nullable=False),
        sa.Column("position", INT, nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("alphabet", sa.Text(), nullable=False),
        sa.Column("parts", INT, nullable=False),
        sa.Column("price", INT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("extend", sa.Text(), nullable=True),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("report_to", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_at", INT, nullable=False),
        sa.Column("due_at", INT, nullable=True),
        sa.Column("expires_at", INT, nullable=False),
        sa.Column("attempts", INT, nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("submitted_at", INT, nullable=True),
        sa.Column("done_at", INT, nullable=True),
        sa.Column("received_at", INT, nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("charge", INT, nullable=True),
        sa.Column("refund", INT, nullable=True),
        sa.Column("rendered_at", INT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "messages_client_id",
        "messages",
        ["project", "client_id"],
        unique=True,
        sqlite_where=sa.text("client_id IS NOT NULL"),
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_index(
        "messages_due",
        "messages",
        ["state", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "messages_provider_id",
        "messages",
        ["carrier", "provider_id"],
        unique=False,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index("messages_submission", "messages", ["submission"], unique=False)
    op.create_index("messages_to", "messages", ["project", "to", "id"], unique=False)
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("until", INT, nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
        sqlite_with_rowid=False,
    )
    op.create_index("nonces_until", "nonces", ["until"], unique=False)
    op.create_table(
        "pushes",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("message_id", INT, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_at", INT, nullable=False),
        sa.Column("tries", INT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pushes_due_at", "pushes", ["due_at"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("position", INT, nullable=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("refusals_request_id", "refusals", ["request_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("received_at", INT, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("submissions_request_id", "submissions", ["request_id"], unique=False)
    op.create_table(
        "unclaimed",
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("at", INT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("received_at", INT, nullable=False),
        sa.Column("rendered", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("carrier", "provider_id", "state"),
    )
    op.create_table(
        "world_items",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", INT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "project", "name"),
    )
    op.create_table(
        "world_version",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
