"""What changes when a session moves or is cancelled: the session, the letters that hang on it, the plan.

Letters that went out stay as they are and are not repeated; those still to come are withdrawn and planned anew. A
session that came from a calendar and is changed by hand keeps its source and loses its sequence: the calendar does not
change it any more. `apply` is an import, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from mailer.addresses import address_key
from mailer.errors import PermanentFailure
from mailer.model.calendar import Attendee, Changes, KnownSession, Wanted
from mailer.model.people import Session, SessionState
from mailer.store import schema
from mailer.store.clients import clients
from mailer.store.columns import new_id
from mailer.store.occurrences import withdraw
from mailer.store.rows import insert_new
from mailer.store.sessions import check_free, lock_client, numbers, renumbered, session, session_of
from mailer.store.vault import Vault

s = schema.sessions.c
Decide = Callable[[Sequence[KnownSession], Sequence[Attendee]], Changes]
MOVED, CANCELLED = "its session was moved", "its session was cancelled"


def move_session(
    conn: Connection, identity: UUID, starts_at: datetime, ends_at: datetime, *, over: bool = False, now: datetime
) -> Session:
    """Gives a session another time. Overlap if another is in its way; PermanentFailure if it is over or cancelled."""
    before = _changeable(conn, identity, over=over, now=now)
    check_free(conn, before.client_id, starts_at, ends_at, but=identity)
    if (before.starts_at, before.ends_at) != (starts_at, ends_at):
        known = numbers(conn, before.client_id)
        values = {"starts_at": starts_at, "ends_at": ends_at, "sequence": None}
        conn.execute(update(schema.sessions).where(s.id == identity).values(**values))
        withdraw(conn, identity, reason=MOVED, now=now, reopen=True)
        renumbered(conn, before.client_id, known, now=now)
    return session(conn, identity)


def cancel_session(conn: Connection, identity: UUID, *, over: bool = False, now: datetime) -> Session:
    """Takes a session off. PermanentFailure if it is over or cancelled already."""
    before = _changeable(conn, identity, over=over, now=now)
    known = numbers(conn, before.client_id)
    values = {"state": SessionState.CANCELLED, "sequence": None}
    conn.execute(update(schema.sessions).where(s.id == identity).values(**values))
    withdraw(conn, identity, reason=CANCELLED, now=now, reopen=False)
    renumbered(conn, before.client_id, known, now=now)
    return before


def import_sessions(conn: Connection, vault: Vault, coach_id: UUID, decide: Decide, *, now: datetime) -> Changes:
    """Reads a coach's sessions and clients, and does what `decide` makes of them, in this transaction."""
    mine = select(schema.clients.c.id).where(schema.clients.c.coach_id == coach_id).order_by(schema.clients.c.id)
    conn.execute(mine.with_for_update(key_share=True)).all()
    changes = decide(known_sessions(conn, coach_id), attendees(conn, vault, coach_id))
    apply(conn, coach_id, changes, now=now)
    return changes


def foresee_import(conn: Connection, vault: Vault, coach_id: UUID, decide: Decide, *, now: datetime) -> Changes:
    """What an import would do, without doing it."""
    return decide(known_sessions(conn, coach_id), attendees(conn, vault, coach_id))


def apply(conn: Connection, coach_id: UUID, changes: Changes, *, now: datetime) -> None:
    """Does all of it. What moves leaves its old place first, so that two sessions can change places."""
    touched = {one.client_id for one in changes.cancelled} | {one.client_id for one in changes.added}
    touched |= {move.session.client_id for move in changes.moved}
    before = {client_id: numbers(conn, client_id) for client_id in touched}
    for one in changes.released:
        conn.execute(update(schema.sessions).where(s.id == one.id).values(source=None, sequence=None))
    leaving = [one.id for one in (*changes.cancelled, *(move.session for move in changes.moved))]
    conn.execute(update(schema.sessions).where(s.id.in_(leaving)).values(state=SessionState.CANCELLED))
    for move in (*changes.moved, *changes.noted):
        conn.execute(update(schema.sessions).where(s.id == move.session.id).values(**_values(move.wanted)))
    for wanted in changes.added:
        row = {"id": new_id(now), "client_id": wanted.client_id, "coach_id": coach_id}
        insert_new(conn, schema.sessions, row | _values(wanted))
    for move in changes.moved:
        withdraw(conn, move.session.id, reason=MOVED, now=now, reopen=True)
    for one in changes.cancelled:
        withdraw(conn, one.id, reason=CANCELLED, now=now, reopen=False)
    for client_id, known in before.items():
        renumbered(conn, client_id, known, now=now)


def known_sessions(conn: Connection, coach_id: UUID) -> list[KnownSession]:
    """A coach's sessions in order of start, with where they came from."""
    counts: dict[UUID, int] = {}
    rows = conn.execute(select(schema.sessions).where(s.coach_id == coach_id).order_by(s.starts_at, s.id))
    return [
        KnownSession(
            session=session_of(row, counts),
            source=bytes(row.source) if row.source is not None else None,
            sequence=row.sequence,
        )
        for row in rows
    ]


def from_calendars(conn: Connection) -> set[UUID]:
    """Ids of the sessions that a calendar still changes."""
    return set(conn.scalars(select(s.id).where(s.source.is_not(None), s.sequence.is_not(None))))


def attendees(conn: Connection, vault: Vault, coach_id: UUID) -> list[Attendee]:
    """A coach's living clients, each with every address known to be the client's own."""
    a = schema.aliases.c
    others: dict[UUID, set[str]] = {}
    for row in conn.execute(select(schema.aliases).where(a.coach_id == coach_id, a.confirmed_at.is_not(None))):
        address = vault.read(row.address, place=f"aliases.address:{row.id}")
        others.setdefault(row.client_id, set()).add(address_key(address))
    return [
        Attendee(client=one, addresses=frozenset({address_key(one.address), *others.get(one.id, ())}))
        for one in clients(conn, vault, coach_id=coach_id)
    ]


def _values(wanted: Wanted) -> dict[str, Any]:
    times = {"starts_at": wanted.starts_at, "ends_at": wanted.ends_at, "state": SessionState.PLANNED}
    return times | {"source": wanted.source, "sequence": wanted.sequence}


def _changeable(conn: Connection, identity: UUID, *, over: bool, now: datetime) -> Session:
    lock_client(conn, session(conn, identity).client_id)
    known = session(conn, identity)
    if known.state is SessionState.CANCELLED:
        raise PermanentFailure("the session is cancelled; `mailer session add` notes one anew")
    if known.ends_at <= now and not over:
        raise PermanentFailure(
            f"session {known.number} is over, and letters may have spoken of it; if it did not take place as written "
            "down, say --over"
        )
    return known
