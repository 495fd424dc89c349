"""When coach and client meet, as written down: numbers count a client's sessions in order of start."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from mailer.errors import PermanentFailure
from mailer.model.people import Session, SessionState
from mailer.store import schema
from mailer.store.clients import replan_client
from mailer.store.columns import new_id
from mailer.store.rows import insert_new

s = schema.sessions.c


def add_session(conn: Connection, client_id: UUID, starts_at: datetime, ends_at: datetime, *, now: datetime) -> Session:
    """Writes a session down. PermanentFailure if it ends before it starts or the client has one at that time."""
    if ends_at <= starts_at:
        raise PermanentFailure("a session must end after it starts")
    overlap = (s.client_id == client_id) & (s.state == SessionState.PLANNED)
    if conn.scalar(select(s.id).where(overlap, s.starts_at < ends_at, s.ends_at > starts_at)):
        raise PermanentFailure("the client has a session at that time already; `mailer session list` shows it")
    coach_id = conn.scalars(select(schema.clients.c.coach_id).where(schema.clients.c.id == client_id)).one()
    row = {"id": new_id(now), "client_id": client_id, "coach_id": coach_id, "starts_at": starts_at, "ends_at": ends_at}
    again = (s.client_id == client_id) & (s.starts_at == starts_at) & (s.state == SessionState.CANCELLED)
    revived = {"state": SessionState.PLANNED, "ends_at": ends_at}
    if not conn.execute(update(schema.sessions).where(again).values(**revived)).rowcount:
        insert_new(conn, schema.sessions, row | {"state": SessionState.PLANNED})
    replan_client(conn, client_id)
    return next(one for one in sessions(conn, client_id=client_id) if one.starts_at == starts_at)


def sessions(conn: Connection, *, client_id: UUID | None = None, coach_id: UUID | None = None) -> tuple[Session, ...]:
    """Sessions in order of start; numbers count each client's sessions that were not cancelled."""
    query = select(schema.sessions).order_by(s.starts_at, s.id)
    query = query if client_id is None else query.where(s.client_id == client_id)
    query = query if coach_id is None else query.where(s.coach_id == coach_id)
    counts: dict[UUID, int] = {}
    return tuple(_session(row, counts) for row in conn.execute(query))


def _session(row: Row[Any], counts: dict[UUID, int]) -> Session:
    if row.state == SessionState.PLANNED:
        counts[row.client_id] = counts.get(row.client_id, 0) + 1
    return Session(
        id=row.id,
        client_id=row.client_id,
        coach_id=row.coach_id,
        number=counts.get(row.client_id, 0) if row.state == SessionState.PLANNED else 0,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=SessionState(row.state),
    )
