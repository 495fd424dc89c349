"""Letters that cannot be written as things stand: parked with the reason, until a person mends what is in the way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, select, update

from mailer.model.outgoing import ClaimedLetter, OutboxState
from mailer.store import schema
from mailer.store.eligibility import letters
from mailer.store.outbox import letter_of
from mailer.store.vault import Vault

LONGEST_REASON = 300

x = schema.outbox.c


def hold(conn: Connection, letter_id: UUID, *, owner: str, detail: str, until: datetime | None = None) -> None:
    """Parks a claimed letter that could not be composed; with `until` it is timely at least so long."""
    mine = (x.id == letter_id) & (x.state == OutboxState.CLAIMED) & (x.lease_owner == owner)
    values = {"state": OutboxState.HELD, "lease_owner": None, "lease_until": None, "detail": detail[:LONGEST_REASON]}
    is_mine = conn.execute(update(schema.outbox).where(mine).values(**values)).rowcount == 1
    if is_mine and until is not None:
        longer = case((x.expires_at < until, until), else_=x.expires_at)
        conn.execute(update(schema.outbox).where(x.id == letter_id, _is_held()).values(expires_at=longer))


def timely(conn: Connection, *, now: datetime) -> list[UUID]:
    """Held letters whose time has not run out, oldest first."""
    return list(conn.scalars(select(x.id).where(_is_held(), x.expires_at > now).order_by(x.id)))


def held_letter(conn: Connection, vault: Vault, letter_id: UUID) -> tuple[ClaimedLetter, str]:
    """A letter and why it is held. Nobody has a lease of it."""
    row = conn.execute(letters().where(x.id == letter_id)).one()
    return letter_of(vault, row), row.detail or ""


def let_go(conn: Connection, letter_id: UUID, *, now: datetime) -> bool:
    """Queues a held letter that can be written now; False if it was not held any more, or is out of time."""
    timely = (x.id == letter_id) & _is_held() & (x.expires_at > now)
    return conn.execute(update(schema.outbox).where(timely).values(**_queued(now))).rowcount == 1


def say_why(conn: Connection, letter_id: UUID, detail: str) -> None:
    """Another reason than before why a held letter cannot be written."""
    conn.execute(update(schema.outbox).where(x.id == letter_id, _is_held()).values(detail=detail[:LONGEST_REASON]))


def retry_held(conn: Connection, *, now: datetime) -> int:
    """A person wants all held letters that are still timely to be tried again; how many."""
    return conn.execute(update(schema.outbox).where(_is_held(), x.expires_at > now).values(**_queued(now))).rowcount


def _is_held() -> ColumnElement[bool]:
    return x.state == OutboxState.HELD


def _queued(now: datetime) -> dict[str, object]:
    return {"state": OutboxState.QUEUED, "next_attempt_at": now, "detail": None}
