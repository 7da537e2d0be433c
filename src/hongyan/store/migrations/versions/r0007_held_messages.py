"""Held messages are found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_HELD = sa.text("state = 'accepted' AND substr(cause, 1, 10) = 'ours|HELD|'")


def upgrade() -> None:
    """Make the index. Nothing is held before this version, so it is empty."""
    op.create_index("messages_held", "messages", ["id", "project"], sqlite_where=_HELD, postgresql_where=_HELD)
