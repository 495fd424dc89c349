"""Give clients habits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward."""
    op.add_column("clients", sa.Column("variables", sa.LargeBinary(), nullable=True))
    op.add_column("clients", sa.Column("own_time", sa.String(length=300), nullable=True))
    op.add_column("clients", sa.Column("days_off", sa.String(length=300), nullable=True))
    op.add_column("clients", sa.Column("quiet_hours", sa.String(length=300), nullable=True))
    op.add_column("clients", sa.Column("habits_since", mailer.store.columns.Utc(timezone=True), nullable=True))
    op.add_column("clients", sa.Column("active_since", mailer.store.columns.Utc(timezone=True), nullable=True))
    op.add_column("occurrences", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.add_column("occurrences", sa.Column("withdrawn_at", mailer.store.columns.Utc(timezone=True), nullable=True))
    op.add_column("occurrences", sa.Column("closed_at", mailer.store.columns.Utc(timezone=True), nullable=True))
    op.create_index(op.f("ix_occurrences_about_id"), "occurrences", ["about_id"], unique=False)
    op.add_column("prompts_seen", sa.Column("timing", sa.String(length=300), nullable=True))
    op.add_column("prompts_seen", sa.Column("timed_since", mailer.store.columns.Utc(timezone=True), nullable=True))
    op.add_column("schedules_seen", sa.Column("source", sa.Text(), nullable=True))
    # What a client's occurrences are is told by their unique index alone, but for the few that were withdrawn.
    op.drop_index(op.f("ix_occurrences_client_id"), table_name="occurrences")
    op.create_index(
        "ix_occurrences_withdrawn",
        "occurrences",
        ["client_id"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    # Enrolments that ended are never due, however many there come to be.
    op.drop_index(op.f("ix_enrolments_next_due_at"), table_name="enrolments")
    op.create_index(
        "ix_enrolments_next_due_at",
        "enrolments",
        ["next_due_at"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    # SQLite changes a constraint by writing the table anew; nothing refers to sessions, so that is safe here.
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("source", sa.LargeBinary(length=32), nullable=True))
        sessions.add_column(sa.Column("sequence", sa.BigInteger(), nullable=True))
        sessions.drop_constraint("uq_sessions_client_id_starts_at", type_="unique")
        sessions.create_unique_constraint("uq_sessions_coach_id_source", ["coach_id", "source"])
    op.create_index(
        "uq_sessions_planned",
        "sessions",
        ["client_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
