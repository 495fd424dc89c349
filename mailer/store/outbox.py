"""Letters on their way out, one row each: queued -> claimed -> sending -> sent | unknown | refused | ...

Moves, in the order a sender makes them:
    put           a letter is wanted; one living row per cause
    claim         rows that may go now are leased, after their client was looked at once more
    fix           the bytes and the Message-ID, for good
    mark_sending  committed after RCPT and before DATA: from here on the outcome may become unknown
    settle, take_back   (settlement.py)
    hold, let_go        (held.py)
Every move is a conditional update; rowcount says whether this sender made it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update

from mailer.model.outgoing import ClaimedLetter, FixedBytes, LetterKind, OutboxState, WireLetter
from mailer.store import schema
from mailer.store.clients import person_key
from mailer.store.columns import new_id
from mailer.store.conversations import open_conversation
from mailer.store.eligibility import (
    REFERENCE_BYTES,
    address_digest_of,
    client_objects,
    for_the_right_address,
    objection,
    out_since,
)
from mailer.store.rows import insert_all
from mailer.store.settlement import end
from mailer.store.vault import Vault

PRIORITY = {LetterKind.NOTICE: 0, LetterKind.CONFIRMATION: 1, LetterKind.DIGEST: 2, LetterKind.PROMPT: 3}

x = schema.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter that is wanted, not yet written. `cause` is what makes it one letter: "occurrence:<id>"."""

    kind: LetterKind
    coach_id: UUID
    cause: str
    due_at: datetime
    expires_at: datetime
    client_id: UUID | None = None
    occurrence_id: UUID | None = None
    digest_id: UUID | None = None
    letter_id: UUID | None = None
    content: bytes | None = (
        None  # sealed under the key of the client, else of the coach; place "outbox.content:<cause>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """What a claim obeys."""

    owner: str  # this process and worker
    lease_seconds: int
    limit: int
    client_letters_per_day: int  # the guard against loops


def put(conn: Connection, letter: NewLetter, *, now: datetime) -> UUID | None:
    """The new row's id; None if a living letter of this cause is there already."""
    return next(iter(put_all(conn, [letter], now=now)), None)


def put_all(conn: Connection, letters: Sequence[NewLetter], *, now: datetime) -> set[UUID]:
    """The new rows' ids; a letter of whose cause a living one is there already is passed over."""
    accounts = _accounts(conn, {letter.coach_id for letter in letters})
    rows = [
        {
            "id": new_id(now),
            "kind": letter.kind,
            "account_id": accounts[letter.coach_id],
            "coach_id": letter.coach_id,
            "client_id": letter.client_id,
            "occurrence_id": letter.occurrence_id,
            "digest_id": letter.digest_id,
            "letter_id": letter.letter_id,
            "cause": letter.cause,
            "reference": os.urandom(REFERENCE_BYTES),
            "state": OutboxState.QUEUED,
            "priority": PRIORITY[letter.kind],
            "due_at": letter.due_at,
            "next_attempt_at": letter.due_at,
            "expires_at": letter.expires_at,
            "attempts": 0,
            "content": letter.content,
            "created_at": now,
        }
        for letter in letters
    ]
    return insert_all(conn, schema.outbox, rows)


def claim(conn: Connection, vault: Vault, account_id: UUID, rules: ClaimRules, *, now: datetime) -> list[ClaimedLetter]:
    """Letters this sender may send now, most pressing first; those that may not go are settled on the way."""
    ready = (x.state == OutboxState.QUEUED) & (x.next_attempt_at <= now) & (x.account_id == account_id)
    query = select(schema.outbox).where(ready).order_by(x.priority, x.next_attempt_at, x.id).limit(rules.limit)
    claimed = []
    for row in conn.execute(query.with_for_update(skip_locked=True)).all():
        state, detail = objection(conn, row, per_day=rules.client_letters_per_day, now=now)
        if state is not None:
            end(conn, vault, row, state, detail=detail, now=now)
            continue
        row = for_the_right_address(conn, row, now=now)  # noqa: PLW2901 - the row was replaced
        lease = {"lease_owner": rules.owner, "lease_until": now + timedelta(seconds=rules.lease_seconds)}
        taken = {"state": OutboxState.CLAIMED, "recipient_digest": address_digest_of(conn, row)} | lease
        conn.execute(update(schema.outbox).where(x.id == row.id).values(**taken))
        claimed.append(letter_of(conn, vault, row))
    return claimed


def fix(conn: Connection, vault: Vault, letter: ClaimedLetter, fixed: FixedBytes, *, owner: str, now: datetime) -> bool:
    """Writes bytes and Message-ID for good, and opens a prompt's conversation.

    False if the lease was lost, or the recipient's address changed since the claim: the bytes name the old one.
    """
    key = person_key(conn, vault, client_id=letter.client_id, coach_id=letter.coach_id)
    conversation = None
    if letter.kind is LetterKind.PROMPT:
        conversation = open_conversation(conn, vault, letter, subject=fixed.subject, key=key, now=now)

    def sealed(name: str, value: str | bytes) -> bytes:
        return vault.seal(key, value, place=f"outbox.{name}:{letter.id}")

    values = {
        "message_id": fixed.wire.message_id,
        "raw": sealed("raw", fixed.wire.raw),
        "recipient": sealed("recipient", f"{fixed.wire.envelope_from}\n{fixed.wire.recipient}"),
        "asked": sealed("asked", fixed.asked) if fixed.asked else None,
        "conversation_id": conversation,
    }
    mine = (x.id == letter.id) & (x.state == OutboxState.CLAIMED) & (x.lease_owner == owner)
    blank = x.raw.is_(None) & (x.recipient_digest == address_digest_of(conn, letter))
    return conn.execute(update(schema.outbox).where(mine, blank).values(**values)).rowcount == 1


def mark_sending(conn: Connection, letter_id: UUID, *, owner: str, lease_until: datetime) -> bool:
    """Commits that DATA comes next; False if the lease was lost, or the client may not be written to any more.

    A changed address counts as that: the next claim writes the letter anew.
    """
    mine = (x.id == letter_id) & (x.state == OutboxState.CLAIMED) & (x.lease_owner == owner)
    row = conn.execute(select(schema.outbox).where(mine).with_for_update()).one_or_none()
    if row is None or client_objects(conn, row) or row.recipient_digest != address_digest_of(conn, row):
        return False
    values = {"state": OutboxState.SENDING, "lease_until": lease_until}
    return conn.execute(update(schema.outbox).where(mine).values(**values)).rowcount == 1


def release(conn: Connection, letter_ids: Iterable[UUID], *, owner: str, next_attempt_at: datetime) -> None:
    """Gives claimed rows back untried: the account was the trouble, or the program stops."""
    mine = x.id.in_(list(letter_ids)) & (x.state == OutboxState.CLAIMED) & (x.lease_owner == owner)
    values = {"state": OutboxState.QUEUED, "lease_owner": None, "lease_until": None, "next_attempt_at": next_attempt_at}
    conn.execute(update(schema.outbox).where(mine).values(**values))


def next_attempt(conn: Connection, *, now: datetime) -> datetime | None:
    """When the earliest waiting letter may go."""
    earliest: datetime | None = conn.scalar(select(func.min(x.next_attempt_at)).where(x.state == OutboxState.QUEUED))
    return earliest


def sent_since(conn: Connection, account_id: UUID, since: datetime) -> int:
    """How many letters an account has sent, or is sending, unknown ones counted: an allowance survives a restart."""
    return conn.scalars(select(func.count()).where(x.account_id == account_id, out_since(since))).one()


def _accounts(conn: Connection, coach_ids: set[UUID]) -> dict[UUID, UUID]:
    """The account of each coach's practice."""
    if not coach_ids:
        return {}
    c, a = schema.coaches.c, schema.accounts.c
    query = select(c.id, a.id).join(schema.accounts, a.practice_id == c.practice_id).where(c.id.in_(coach_ids))
    return dict(conn.execute(query.order_by(a.id.desc())).all())  # of several the first one seeded stays


def letter_of(conn: Connection, vault: Vault, row: Row[Any]) -> ClaimedLetter:
    """The noun of a whole row."""
    o = schema.occurrences.c
    query = select(o.schedule, o.prompt, o.anchor, o.about_id).where(o.id == row.occurrence_id)
    schedule, prompt, anchor, about = conn.execute(query).one() if row.occurrence_id else ("", "", "", None)
    wire = None
    if row.raw is not None:
        sender, recipient = vault.read(row.recipient, place=f"outbox.recipient:{row.id}").split("\n")
        raw = vault.open(row.raw, place=f"outbox.raw:{row.id}")
        wire = WireLetter(message_id=row.message_id, envelope_from=sender, recipient=recipient, raw=raw)
    return ClaimedLetter(
        id=row.id,
        kind=LetterKind(row.kind),
        reference=bytes(row.reference),
        coach_id=row.coach_id,
        client_id=row.client_id,
        occurrence_id=row.occurrence_id,
        digest_id=row.digest_id,
        schedule=schedule,
        prompt=prompt,
        anchor=anchor,
        content=vault.read(row.content, place=f"outbox.content:{row.cause}") if row.content else "",
        due_at=row.due_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        wire=wire,
        about=about,
    )
