"""Who is on which schedule, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select, update

from mailer.model.people import Client, Enrolment
from mailer.store import schema
from mailer.store.clients import clients
from mailer.store.columns import new_id
from mailer.store.practice import practice_id
from mailer.store.rows import insert_new
from mailer.store.vault import Vault

e = schema.enrolments.c


def join(
    conn: Connection, client_id: UUID, schedule: str, *, start: date, end: date | None = None, now: datetime
) -> bool:
    """Puts a client on a schedule; False if the client is on it already."""
    living = (e.client_id == client_id) & (e.schedule == schedule) & e.left_at.is_(None)
    if conn.scalar(select(e.id).where(living)):
        return False
    coach_id = conn.scalars(select(schema.clients.c.coach_id).where(schema.clients.c.id == client_id)).one()
    row = {"id": new_id(now), "client_id": client_id, "coach_id": coach_id, "schedule": schedule, "start_on": start}
    times = {"end_on": end, "started_at": now, "planned_until": now, "left_at": None, "next_due_at": None}
    if insert_new(conn, schema.enrolments, row | times):
        return True
    # The client left and comes back to the same start: the old enrolment lives again, its occurrences stay decided.
    again = (e.client_id == client_id) & (e.schedule == schedule) & (e.start_on == start) & e.left_at.is_not(None)
    return conn.execute(update(schema.enrolments).where(again).values(times)).rowcount == 1


def leave(conn: Connection, client_id: UUID, schedule: str, *, now: datetime) -> bool:
    """Takes a client off a schedule; False if the client was not on it."""
    living = (e.client_id == client_id) & (e.schedule == schedule) & e.left_at.is_(None)
    return conn.execute(update(schema.enrolments).where(living).values(left_at=now)).rowcount > 0


def enrolments(conn: Connection, *, client_id: UUID | None = None) -> list[Enrolment]:
    """Living enrolments, oldest first."""
    query = select(schema.enrolments).where(e.left_at.is_(None)).order_by(e.id)
    query = query if client_id is None else query.where(e.client_id == client_id)
    return [enrolment_of(row) for row in conn.execute(query)]


def enrol_audience(
    conn: Connection,
    vault: Vault,
    practice: str,
    schedule: str,
    includes: Callable[[Client, str], bool],
    *,
    now: datetime,
) -> int:
    """Enrols living clients the audience includes, from their own today on, unless they ever were on it. How many."""
    here = practice_id(conn, practice)
    known = set(conn.scalars(select(e.client_id).where(e.schedule == schedule)))
    slugs = dict(conn.execute(select(schema.coaches.c.id, schema.coaches.c.slug)).all())
    wanted = [
        one for one in clients(conn, vault, practice=here) if one.id not in known and includes(one, slugs[one.coach_id])
    ]
    for one in wanted:
        join(conn, one.id, schedule, start=now.astimezone(ZoneInfo(one.zone)).date(), now=now)
    return len(wanted)


def enrolment_of(row: Row[Any]) -> Enrolment:
    """The noun of a row."""
    return Enrolment(
        id=row.id,
        client_id=row.client_id,
        coach_id=row.coach_id,
        schedule=row.schedule,
        start=row.start_on,
        end=row.end_on,
        started_at=row.started_at,
    )
