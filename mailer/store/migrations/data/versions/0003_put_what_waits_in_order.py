"""Put what waits in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward."""
    # Thousands may wait for one account: a claim takes the first of them without looking at all others.
    op.create_index(
        "ix_outbox_queue",
        "outbox",
        ["account_id", "priority", "next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index("ix_outbox_ready", table_name="outbox")
    op.create_index("ix_outbox_state", "outbox", ["state"], unique=False)
