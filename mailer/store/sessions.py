"""When coach and client meet, as written down: numbers count a client's sessions in order of start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from mailer.errors import PermanentFailure
from mailer.model.people import Session, SessionState
from mailer.store import schema
from mailer.store.clients import find_client, replan_client
from mailer.store.columns import new_id
from mailer.store.occurrences import withdraw
from mailer.store.rows import insert_new
from mailer.store.vault import Vault

s = schema.sessions.c


class Overlap(PermanentFailure):
    """The client has another session at that time."""

    def __init__(self, starts_at: datetime, ends_at: datetime, *, other: Session) -> None:
        self.other = other
        span = f"{starts_at:%Y-%m-%d %H:%MZ} to {ends_at:%H:%MZ}"
        there = f"{other.starts_at:%Y-%m-%d %H:%MZ} to {other.ends_at:%H:%MZ}"
        super().__init__(
            f"{span} overlaps session {other.number}, {there} ({other.id.hex[-8:]}); move or cancel it first"
        )


def add_session(conn: Connection, client_id: UUID, starts_at: datetime, ends_at: datetime, *, now: datetime) -> Session:
    """Writes a session down. PermanentFailure if it ends before it starts, Overlap if another is in its way."""
    coach_id = lock_client(conn, client_id)
    check_free(conn, client_id, starts_at, ends_at)
    before = numbers(conn, client_id)
    again = (s.client_id == client_id) & (s.starts_at == starts_at) & (s.state == SessionState.CANCELLED)
    identity = conn.scalar(select(s.id).where(again, s.source.is_(None)).order_by(s.id).limit(1))
    if identity is None:
        identity = new_id(now)
        row = {"id": identity, "client_id": client_id, "coach_id": coach_id, "state": SessionState.PLANNED}
        insert_new(conn, schema.sessions, row | {"starts_at": starts_at, "ends_at": ends_at})
    else:
        values = {"state": SessionState.PLANNED, "ends_at": ends_at}
        conn.execute(update(schema.sessions).where(s.id == identity).values(**values))
        withdraw(conn, identity, reason="its session takes place after all", now=now, reopen=True)
    renumbered(conn, client_id, before, now=now)
    return session(conn, identity)


def session(conn: Connection, identity: UUID) -> Session:
    """One session, with its number among the client's."""
    owner = conn.scalars(select(s.client_id).where(s.id == identity)).one()
    return next(one for one in sessions(conn, client_id=owner) if one.id == identity)


def sessions(conn: Connection, *, client_id: UUID | None = None, coach_id: UUID | None = None) -> tuple[Session, ...]:
    """Sessions in order of start; numbers count each client's sessions that were not cancelled."""
    query = select(schema.sessions).order_by(s.starts_at, s.id)
    query = query if client_id is None else query.where(s.client_id == client_id)
    query = query if coach_id is None else query.where(s.coach_id == coach_id)
    counts: dict[UUID, int] = {}
    return tuple(session_of(row, counts) for row in conn.execute(query))


def find_session(conn: Connection, vault: Vault, name: str) -> Session:
    """The session a person means by "dana/3" (client and number) or by the end of its id, as `list` shows it."""
    slug, slash, number = name.strip().rpartition("/")
    if slash:
        return _numbered(conn, vault, slug.strip(), number.strip())
    wanted = name.strip().lower().replace("-", "")
    if not re.fullmatch(r"[0-9a-f]{8,32}", wanted):
        said = 'name a session by client and number, such as "dana/3", or by its id in `mailer session list`'
        raise PermanentFailure(f'"{name}" is no session; {said}')
    found = [identity for identity in conn.scalars(select(s.id)) if identity.hex.endswith(wanted)]
    if len(found) == 1:
        return session(conn, found[0])
    known = "there is no session" if not found else f"{len(found)} sessions have an id that ends in"
    raise PermanentFailure(f'{known} "{name}"; `mailer session list` shows them all')


def _numbered(conn: Connection, vault: Vault, slug: str, number: str) -> Session:
    owner = find_client(conn, vault, slug)
    known = [one for one in sessions(conn, client_id=owner.id) if one.state is SessionState.PLANNED]
    found = next((one for one in known if str(one.number) == number), None)
    if found is None:
        has = f"has {len(known)}" if known else "has none"
        raise PermanentFailure(f'{slug} {has}, and no session "{number}"; `mailer session list {slug}` shows them')
    return found


def lock_client(conn: Connection, client_id: UUID) -> UUID:
    """Lets nobody else change the client's sessions in the meantime; gives the coach.

    Rows that refer to the client can still be written: a planner who holds the enrolments must not wait for us.
    """
    mine = select(schema.clients.c.coach_id).where(schema.clients.c.id == client_id).with_for_update(key_share=True)
    coach_id: UUID = conn.scalars(mine).one()
    return coach_id


def check_free(
    conn: Connection, client_id: UUID, starts_at: datetime, ends_at: datetime, *, but: UUID | None = None
) -> None:
    """PermanentFailure where a session cannot be then: it ends before it starts, or another than `but` is there."""
    if ends_at <= starts_at:
        raise PermanentFailure("a session must end after it starts")
    for other in sessions(conn, client_id=client_id):
        planned = other.state is SessionState.PLANNED and other.id != but
        if planned and other.starts_at < ends_at and other.ends_at > starts_at:
            raise Overlap(starts_at, ends_at, other=other)


def numbers(conn: Connection, client_id: UUID) -> dict[UUID, int]:
    """The number of each of a client's sessions, before something changes."""
    return {one.id: one.number for one in sessions(conn, client_id=client_id)}


def renumbered(conn: Connection, client_id: UUID, before: Mapping[UUID, int], *, now: datetime) -> None:
    """After a change: what is planned for "session 6" follows its number, and the client is planned anew."""
    for one in sessions(conn, client_id=client_id):
        if one.ends_at > now and one.number and before.get(one.id, one.number) not in (0, one.number):
            withdraw(conn, one.id, reason="its session has another number now", now=now, reopen=True)
    replan_client(conn, client_id)


def session_of(row: Row[Any], counts: dict[UUID, int]) -> Session:
    """The noun of a row; `counts` goes on counting each client's sessions."""
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
