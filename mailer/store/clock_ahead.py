"""What lies in the future although it has happened: the traces of a clock that ran ahead.

A prompt seen first in ten years would be silent for ten years, and so would a client planned until then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, exists, update

from mailer.model.outgoing import OutboxState
from mailer.store import schema

HAPPENED = (
    (schema.enrolments, "started_at"),
    (schema.enrolments, "planned_until"),
    (schema.prompts_seen, "first_seen_at"),
    (schema.prompts_seen, "timed_since"),
    (schema.clients, "habits_since"),
    (schema.clients, "active_since"),
)
LONGEST_WAIT = timedelta(days=1)  # no lease, pause or retry is longer


def bring_back(conn: Connection, *, now: datetime) -> None:
    """Makes everything that has happened lie before `now`, ends what waits for a far date, and plans all anew."""
    _begin_today(conn, now=now)
    for table, name in HAPPENED:
        _lower(conn, table, table.c[name], now=now, limit=now)
    for table, name in ((schema.account_ends, "paused_until"), (schema.letters, "next_try_at")):
        _lower(conn, table, table.c[name], now=now, limit=now + LONGEST_WAIT)
    x = schema.outbox.c
    far = (x.state == OutboxState.QUEUED) & (x.due_at <= now) & (x.next_attempt_at > now + LONGEST_WAIT)
    conn.execute(update(schema.outbox).where(far).values(next_attempt_at=now))
    _lower(conn, schema.outbox, x.lease_until, now=now, limit=now + LONGEST_WAIT)
    first = schema.coaches.c.digests_from
    conn.execute(update(schema.coaches).where(first > now.date()).values(digests_from=now.date()))
    conn.execute(update(schema.enrolments).values(next_due_at=None))


def _begin_today(conn: Connection, *, now: datetime) -> None:
    """Enrolments that were made later than now, and began then, begin today."""
    e, other = schema.enrolments.c, schema.enrolments.alias()
    taken = exists().where(
        other.c.client_id == e.client_id, other.c.schedule == e.schedule, other.c.start_on == now.date()
    )
    late = (e.started_at > now) & (e.start_on > now.date()) & e.left_at.is_(None) & ~taken
    conn.execute(update(schema.enrolments).where(late).values(start_on=now.date()))


def _lower(conn: Connection, table: Table, column: Column[datetime], *, now: datetime, limit: datetime) -> None:
    conn.execute(update(table).where(column > limit).values({column.name: now}))
