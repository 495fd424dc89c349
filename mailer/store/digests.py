"""One digest per coach and local date: claimed with the entries it will show, in one transaction.

The claim stamps every entry that stood in no digest yet; the letter goes through the outbox like any other. What the
digest is built from is read afterwards, by its stamp, as often as needed: the same digest gives the same entries.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, update

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.report import DigestFacts, EntryKind
from mailer.store import report, schema
from mailer.store.clients import clients
from mailer.store.columns import new_id
from mailer.store.outbox import NewLetter, put
from mailer.store.practice import coach
from mailer.store.rows import insert_new
from mailer.store.sessions import sessions
from mailer.store.vault import Vault

# Letters that gave their entries back.
LOST = (OutboxState.REFUSED, OutboxState.EXPIRED, OutboxState.CANCELLED, OutboxState.UNKNOWN)
SHOWN = (EntryKind.REPLY, EntryKind.AUTO_REPLY, EntryKind.BOUNCE, EntryKind.STEERING, EntryKind.OTHER)

d = schema.digests.c
e = schema.entries.c


def claim_digest(
    conn: Connection, coach_id: UUID, day: date, *, again: int = 0, expires_at: datetime, now: datetime
) -> UUID | None:
    """The digest's id, its entries stamped and its letter queued; None if this day's digest was claimed before."""
    identity = new_id(now)
    row = {"id": identity, "coach_id": coach_id, "day": day, "again": again, "claimed_at": now}
    if not insert_new(conn, schema.digests, row):
        return None
    unstamped = (e.coach_id == coach_id) & e.digest_id.is_(None) & e.kind.in_(SHOWN)
    conn.execute(update(schema.entries).where(unstamped).values(digest_id=identity))
    for client_id in conn.scalars(select(e.client_id).where(e.digest_id == identity).distinct()).all():
        link = {"id": new_id(now), "digest_id": identity, "client_id": client_id}
        insert_new(conn, schema.digest_clients, link)
    letter = NewLetter(
        kind=LetterKind.DIGEST,
        coach_id=coach_id,
        digest_id=identity,
        cause=f"digest:{identity}",
        due_at=now,
        expires_at=expires_at,
    )
    put(conn, letter, now=now)
    return identity


def last_digest_day(conn: Connection, coach_id: UUID) -> date | None:
    """The latest local date a digest was claimed for."""
    return conn.scalars(select(d.day).where(d.coach_id == coach_id).order_by(d.day.desc()).limit(1)).first()


def claimed_on(conn: Connection, coach_id: UUID, day: date) -> UUID | None:
    """The first digest of a day."""
    return conn.scalars(select(d.id).where(d.coach_id == coach_id, d.day == day).order_by(d.again)).first()


def times_claimed(conn: Connection, coach_id: UUID, day: date) -> int:
    """How many digests of this day there are: more than one where a person asked for it again."""
    return len(conn.scalars(select(d.id).where(d.coach_id == coach_id, d.day == day)).all())


def digest_facts(conn: Connection, vault: Vault, digest_id: UUID, *, now: datetime) -> DigestFacts:
    """What a claimed digest shows."""
    row = conn.execute(select(d.coach_id, d.day, d.claimed_at).where(d.id == digest_id)).one()
    before = _claimed_before(conn, row.coach_id, row.claimed_at)
    return _facts(
        conn,
        vault,
        row.coach_id,
        row.day,
        entries=e.digest_id == digest_id,
        since=before,
        until=row.claimed_at,
        now=now,
    )


def pending_facts(conn: Connection, vault: Vault, coach_id: UUID, day: date, *, now: datetime) -> DigestFacts:
    """What a digest would show if it were claimed now."""
    since = _claimed_before(conn, coach_id, now)
    unstamped = e.digest_id.is_(None) & (e.coach_id == coach_id) & e.kind.in_(SHOWN)
    return _facts(conn, vault, coach_id, day, entries=unstamped, since=since, until=now, now=now)


def _claimed_before(conn: Connection, coach_id: UUID, moment: datetime) -> datetime:
    """When the last digest that reached the coach, or may yet, was claimed: troubles count from there."""
    x = schema.outbox.c
    reaching = select(x.digest_id).where(x.coach_id == coach_id, x.digest_id.is_not(None), x.state.not_in(LOST))
    mine = (d.coach_id == coach_id) & (d.claimed_at < moment) & d.id.in_(reaching)
    query = select(d.claimed_at).where(mine).order_by(d.claimed_at.desc())
    return conn.scalars(query.limit(1)).first() or moment - timedelta(days=7)


def _facts(
    conn: Connection, vault: Vault, coach_id: UUID, day: date, *, entries: ColumnElement[Any],
    since: datetime, until: datetime, now: datetime,
) -> DigestFacts:  # fmt: skip
    who = coach(conn, vault, coach_id)
    known = tuple(clients(conn, vault, coach_id=coach_id))
    return DigestFacts(
        coach=who,
        day=day,
        now=now,
        clients=known,
        replies=report.replies(conn, vault, entries),
        sent=report.sent(conn, coach_id, since=now - timedelta(days=90)),
        ratings=report.ratings(conn, vault, coach_id, since=now - timedelta(days=90)),
        away=report.away(conn, coach_id, since=now - timedelta(days=90)),
        troubles=report.troubles(conn, coach_id, since=since, until=until),
        held=report.held(conn, vault, coach_id),
        answer_addresses={one.id: one.address for one in known},
        sessions=report.sessions_on(sessions(conn, coach_id=coach_id), day, zone=who.zone),
    )
