"""Callers' own ids are unique within an application, no longer within a whole project."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the index."""
    op.drop_index("messages_client_id", table_name="messages")
    op.create_index(
        "messages_client_id",
        "messages",
        ["project", "client_id", "app"],
        unique=True,
        sqlite_where=sa.text("client_id IS NOT NULL"),
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
