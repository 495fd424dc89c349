"""Which letters may a sender take now? As many as the account's allowance has room for, the most pressing first.

The allowance is counted from the outbox itself, so it survives a restart; whoever claims holds the account meanwhile,
so it holds across processes, and so does what a client may get in a day. What is on its way counts as gone. When nine
tenths of a day's allowance are used up, only what cannot wait goes: what is about sessions and promises, digests,
confirmations and notices; the rest waits until there is room again, or its time runs out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, literal, select, update

from mailer.model.outgoing import ClaimedLetter, OutboxState
from mailer.model.plan import Rank
from mailer.store import schema
from mailer.store.eligibility import (
    address_digest_of,
    counts_for_client,
    for_the_right_address,
    letters,
    objection,
    out_since,
)
from mailer.store.outbox import letter_of, priority_of_prompt
from mailer.store.rows import execute_many
from mailer.store.settlement import end
from mailer.store.vault import Vault

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
KEPT_BACK = 10  # one in so many letters of a day's allowance is for those that cannot wait
CANNOT_WAIT = priority_of_prompt(Rank.PROMISE)  # and everything before

a, x = schema.accounts.c, schema.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """What a claim obeys."""

    owner: str  # this process and worker
    lease_seconds: int
    limit: int
    client_letters_per_day: int  # the guard against loops
    letters_per_day: int | None = None  # of the account; None: any number
    letters_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """How many letters may go now."""

    pressing: int  # of those that cannot wait
    ordinary: int  # of all others


def claim(conn: Connection, vault: Vault, account_id: UUID, rules: ClaimRules, *, now: datetime) -> list[ClaimedLetter]:
    """Letters this sender may send now, most pressing first; those that may not go are settled on the way.

    1. holds the account, so that nobody else counts meanwhile
    2. takes what is ready, as far as there is room
    3. looks at each letter's client and coach once more
    4. leases those that may go
    """
    conn.execute(select(a.id).where(a.id == account_id).with_for_update(key_share=True))
    room = room_of(conn, account_id, rules, now=now)
    taken: list[Row[Any]] = []
    while not taken:
        rows = _ready(conn, account_id, room, now=now)
        if not rows:
            return []
        taken = _eligible(conn, vault, rows, per_day=rules.client_letters_per_day, now=now)
    lease = {"lease_owner": rules.owner, "lease_until": now + timedelta(seconds=rules.lease_seconds)}
    lease |= {"state": OutboxState.CLAIMED}
    leased = [{"letter": row.id, "recipient_digest": address_digest_of(row), **lease} for row in taken]
    execute_many(conn, _LEASE, leased)
    vault.warm([vault.key_of(row.client_name) for row in taken if row.client_name])
    return [letter_of(vault, row) for row in taken]


def room_of(conn: Connection, account_id: UUID, rules: ClaimRules, *, now: datetime) -> Room:
    """What the account's allowances leave of a claim's limit."""
    most = rules.limit
    if rules.letters_per_minute is not None:
        most = min(most, rules.letters_per_minute - sent_since(conn, account_id, now - MINUTE))
    if rules.letters_per_day is None:
        return Room(most, most)
    left = rules.letters_per_day - sent_since(conn, account_id, now - DAY)
    return Room(min(most, left), min(most, left - rules.letters_per_day // KEPT_BACK))


def sent_since(conn: Connection, account_id: UUID, since: datetime) -> int:
    """How many letters an account has sent, or is sending, unknown ones counted."""
    return conn.scalars(select(func.count()).where(x.account_id == account_id, out_since(since))).one()


def waiting(conn: Connection, account_id: UUID, *, now: datetime) -> int:
    """How many letters of an account may go now and have not been taken yet."""
    ready = _IN_QUEUE & (x.next_attempt_at <= now) & (x.account_id == account_id)
    return conn.scalars(select(func.count()).where(ready)).one()


def room_again_at(conn: Connection, account_id: UUID, *, now: datetime) -> datetime | None:
    """When the oldest letter of the last 24 hours will be a day old: a used-up day comes back from then on."""
    sent = x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN]) & (x.account_id == account_id)
    oldest: datetime | None = conn.scalar(select(func.min(x.settled_at)).where(sent, x.settled_at >= now - DAY))
    return oldest + DAY if oldest is not None else None


def _ready(conn: Connection, account_id: UUID, room: Room, *, now: datetime) -> Sequence[Row[Any]]:
    """Rows that wait and may go, locked; no more than there is room for."""
    if room.pressing <= 0:
        return []
    ready = _IN_QUEUE & (x.next_attempt_at <= now) & (x.account_id == account_id)
    if room.ordinary <= 0:
        ready &= x.priority <= CANNOT_WAIT
    query = letters().where(ready).order_by(x.priority, x.next_attempt_at, x.id).limit(room.pressing)
    rows = conn.execute(query.with_for_update(of=schema.outbox, skip_locked=True)).all()
    pressing = sum(row.priority <= CANNOT_WAIT for row in rows)
    return rows[: max(pressing, room.ordinary)]


def _eligible(
    conn: Connection, vault: Vault, rows: Sequence[Row[Any]], *, per_day: int, now: datetime
) -> list[Row[Any]]:
    """Those of the rows that may go; the others are settled."""
    today = _had_today(conn, rows, now=now)
    taken = []
    for row in rows:
        state, detail = objection(row, had_today=today[row.client_id], per_day=per_day, now=now)
        if state is not None:
            end(conn, vault, row, state, detail=detail, now=now)
            continue
        today[row.client_id] += counts_for_client(row)
        taken.append(for_the_right_address(conn, row, now=now))
    return taken


def _had_today(conn: Connection, rows: Sequence[Row[Any]], *, now: datetime) -> Counter[UUID]:
    """How many letters each client of these rows has had within a day, or may yet have had."""
    clients = {row.client_id for row in rows if counts_for_client(row)}
    if not clients:
        return Counter()
    query = select(x.client_id, func.count()).where(x.client_id.in_(clients), out_since(now - DAY))
    return Counter(dict(conn.execute(query.group_by(x.client_id)).all()))


_IN_QUEUE = x.state == literal(OutboxState.QUEUED, literal_execute=True)  # written out: see ix_outbox_queue
_LEASE = update(schema.outbox).where(x.id == bindparam("letter"))
