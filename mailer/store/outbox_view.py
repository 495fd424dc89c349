"""The outbox as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, false, func, or_, select

from mailer.errors import PermanentFailure
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.store import schema
from mailer.store.vault import Vault

OPEN = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.HELD)
FAILED = (OutboxState.REFUSED, OutboxState.EXPIRED, OutboxState.CANCELLED)

x = schema.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One letter: for whom, where it stands, and what the server last said."""

    id: UUID
    kind: LetterKind
    state: OutboxState
    client: str  # short name, "" for a coach's letter
    coach: str  # short name
    due_at: datetime
    next_attempt_at: datetime
    expires_at: datetime
    attempts: int
    message_id: str
    detail: str
    prompt: str = ""  # "weekly-checkin/week" where it is one


def rows(
    conn: Connection, vault: Vault, *, everything: bool = False, failed_since: datetime | None = None
) -> list[OutboxRow]:
    """Letters in order of birth: those that are not settled, with those that did not go since a moment, or all."""
    c, h, o = schema.clients.c, schema.coaches.c, schema.occurrences.c
    query = (
        select(schema.outbox, c.slug.label("client"), h.slug.label("coach"), o.schedule, o.prompt)
        .join(schema.coaches, h.id == x.coach_id)
        .outerjoin(schema.clients, c.id == x.client_id)
        .outerjoin(schema.occurrences, o.id == x.occurrence_id)
        .order_by(x.id)
    )
    failed = x.state.in_(FAILED) & (x.settled_at >= failed_since) if failed_since is not None else false()
    query = query if everything else query.where(or_(x.state.in_(OPEN), failed))
    return [
        OutboxRow(
            id=row.id,
            kind=LetterKind(row.kind),
            state=OutboxState(row.state),
            client=vault.read(row.client, place=f"clients.slug:{row.client_id}") if row.client else "",
            coach=row.coach,
            due_at=row.due_at,
            next_attempt_at=row.next_attempt_at,
            expires_at=row.expires_at,
            attempts=row.attempts,
            message_id=row.message_id or "",
            detail=row.detail or "",
            prompt=f"{row.schedule}/{row.prompt}" if row.occurrence_id else "",
        )
        for row in conn.execute(query)
    ]


def counts(conn: Connection) -> dict[str, int]:
    """How many letters stand in each state."""
    return dict(conn.execute(select(x.state, func.count()).group_by(x.state).order_by(x.state)).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Letters that wait for one reason, and when the first of them is given up."""

    reason: str
    letters: int
    first_expires_at: datetime


def queued_at(conn: Connection, account: str) -> Waiting | None:
    """The letters that wait to leave by an account; None where there is none."""
    a = schema.accounts.c
    mine = (x.state == OutboxState.QUEUED) & (x.account_id == select(a.id).where(a.slug == account).scalar_subquery())
    number, first = conn.execute(select(func.count(), func.min(x.expires_at)).where(mine)).one()
    return Waiting(reason="", letters=number, first_expires_at=first) if number else None


def held_by_reason(conn: Connection) -> list[Waiting]:
    """The letters that cannot be written, by what is in the way; what holds most of them first."""
    query = select(x.detail, func.count(), func.min(x.expires_at)).where(x.state == OutboxState.HELD)
    grouped = query.group_by(x.detail).order_by(func.count().desc(), x.detail)
    return [
        Waiting(reason=reason or "", letters=number, first_expires_at=first)
        for reason, number, first in conn.execute(grouped)
    ]


def find(conn: Connection, prefix: str) -> UUID:
    """The letter whose id begins or ends so."""
    wanted = prefix.replace("-", "").lower()
    found: list[UUID] = [one for one in conn.scalars(select(x.id)) if wanted and one.hex.endswith(wanted)]
    found = found or [one for one in conn.scalars(select(x.id)) if wanted and one.hex.startswith(wanted)]
    if len(found) != 1:
        raise PermanentFailure(f'"{prefix}" names {len(found)} letters; `mailer outbox list` shows their ids')
    return found[0]
