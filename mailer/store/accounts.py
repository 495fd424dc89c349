"""Accounts as rows: seeded from the configuration, and how each of their two ends is doing.

An end in trouble is paused, not its letters: the queue stays. After three refused logins it waits for a person; changed
settings lift that, since what was wrong may be mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, select, update

from mailer.errors import AccountTrouble, PermanentFailure
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.practice import practice_id
from mailer.store.rows import insert_new
from mailer.store.schema import AccountEnd

REFUSALS = 3  # logins refused in a row before a person is needed

a, n = schema.accounts.c, schema.account_ends.c


@dataclass(frozen=True, slots=True, kw_only=True)
class EndState:
    """How one end of an account is doing."""

    account: str
    end: AccountEnd
    paused_until: datetime | None
    reason: str
    needs_person: bool
    worked_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it may be tried now."""
        return not self.needs_person and (self.paused_until is None or self.paused_until <= now)


def seed_account(conn: Connection, slug: str, practice: str, *, settings_digest: str | None, now: datetime) -> None:
    """Writes an account and its ends; changed settings lift every pause, unknown ones (None) leave all as it was.

    An account stays with its practice: the letters that came to it are that practice's alone.
    """
    owner = practice_id(conn, practice)
    row = {"id": new_id(now), "practice_id": owner, "slug": slug}
    insert_new(conn, schema.accounts, row | {"settings_digest": settings_digest})
    identity, holder, digest = conn.execute(select(a.id, a.practice_id, a.settings_digest).where(a.slug == slug)).one()
    if holder != owner:
        raise PermanentFailure(
            f'account "{slug}" holds the letters of another practice; give the account of "{practice}" an id of its own'
        )
    if settings_digest is not None and digest != settings_digest:
        conn.execute(update(schema.accounts).where(a.id == identity).values(settings_digest=settings_digest))
        conn.execute(delete(schema.account_ends).where(n.account_id == identity))
    for end in AccountEnd:
        ends = {"id": new_id(now), "account_id": identity, "end": end, "needs_person": False, "refusals": 0}
        insert_new(conn, schema.account_ends, ends)


def account_id(conn: Connection, slug: str) -> UUID:
    """The row of an account that was seeded."""
    found: UUID = conn.scalars(select(a.id).where(a.slug == slug)).one()
    return found


def end_states(conn: Connection) -> list[EndState]:
    """Every end of every account."""
    query = select(a.slug, schema.account_ends).join(schema.account_ends, n.account_id == a.id).order_by(a.slug, n.end)
    return [
        EndState(
            account=row.slug,
            end=AccountEnd(row.end),
            paused_until=row.paused_until,
            reason=row.reason or "",
            needs_person=row.needs_person,
            worked_at=row.worked_at,
        )
        for row in conn.execute(query)
    ]


def end_state(conn: Connection, account: str, end: AccountEnd) -> EndState:
    """One end."""
    return next(state for state in end_states(conn) if (state.account, state.end) == (account, end))


def note_worked(conn: Connection, account: str, end: AccountEnd, *, now: datetime) -> None:
    """The end did its work: nothing stands against it any more."""
    well = {"paused_until": None, "reason": None, "needs_person": False, "refusals": 0, "worked_at": now}
    conn.execute(update(schema.account_ends).where(_one(conn, account, end)).values(**well))


def note_trouble(conn: Connection, account: str, end: AccountEnd, trouble: AccountTrouble, *, now: datetime) -> None:
    """Pauses an end; a refused login counts, and the third one waits for a person."""
    here = _one(conn, account, end)
    refusals = conn.scalars(select(n.refusals).where(here)).one() + (1 if trouble.needs_person else 0)
    values = {
        "paused_until": now + timedelta(seconds=trouble.retry_seconds),
        "reason": trouble.reason[:300],
        "refusals": refusals,
        "needs_person": refusals >= REFUSALS,
    }
    conn.execute(update(schema.account_ends).where(here).values(**values))


def lift_pauses(conn: Connection) -> int:
    """A person says that the trouble is mended: every end may be tried again. How many were paused."""
    paused = n.paused_until.is_not(None) | n.needs_person
    values = {"paused_until": None, "needs_person": False, "refusals": 0}
    return conn.execute(update(schema.account_ends).where(paused).values(**values)).rowcount


def _one(conn: Connection, account: str, end: AccountEnd) -> ColumnElement[bool]:
    return (n.account_id == account_id(conn, account)) & (n.end == end)
