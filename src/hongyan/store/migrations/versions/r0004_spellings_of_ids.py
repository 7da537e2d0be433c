"""Receipts that match nothing keep the other spellings of their id, and the handset's number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widen `unclaimed`."""
    op.add_column("unclaimed", sa.Column("spellings", sa.Text()))
    op.add_column("unclaimed", sa.Column("number", sa.Text()))
