"""Letters on their way out, one row each: queued -> claimed -> sending -> sent | unknown | refused | ...

Moves, in the order a sender makes them:
    put           a letter is wanted; one living row per cause
    claim         rows that may go now are leased, after their client was looked at once more   (claiming.py)
    fix           the bytes and the Message-ID, for good
    mark_sending  committed after RCPT and before DATA: from here on the outcome may become unknown
    settle, take_back   (settlement.py)
    hold, let_go        (held.py)
A move is made by whoever holds the row and finds it as it must be; many letters make one move in one transaction, and
each gets its own answer.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select, update

from mailer.model.outgoing import ClaimedLetter, FixedBytes, LetterKind, OutboxState, WireLetter
from mailer.model.plan import Rank
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.conversations import Opening, open_conversations
from mailer.store.eligibility import REFERENCE_BYTES, STANDING, WITH_STANDING, address_digest_of, client_objects
from mailer.store.rows import execute_many, insert_all
from mailer.store.vault import Vault

PRIORITY = {LetterKind.NOTICE: 0, LetterKind.CONFIRMATION: 1, LetterKind.DIGEST: 2, LetterKind.PROMPT: 3}  # and rank

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
    content: bytes | None = None  # sealed by the key of the client, else of the coach; place "outbox.content:<cause>"
    rank: Rank = Rank.OTHER  # of a prompt


def priority_of_prompt(rank: Rank) -> int:
    """Where a prompt of this rank stands in the order of letters that are ready at once; lower goes first."""
    return PRIORITY[LetterKind.PROMPT] + rank


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
            "priority": priority_of_prompt(letter.rank) if letter.kind is LetterKind.PROMPT else PRIORITY[letter.kind],
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


def fix(conn: Connection, vault: Vault, written: Mapping[UUID, FixedBytes], *, owner: str, now: datetime) -> set[UUID]:
    """Writes bytes and Message-IDs for good, and opens the prompts' conversations; gives the letters that got theirs.

    Not among them: letters whose lease was lost, or whose recipient's address changed since the claim, so that the
    bytes name the old one.
    """
    held = conn.execute(_BLANK, {"letters": list(written), "owner": owner}).all()
    rows = [row for row in held if row.recipient_digest == address_digest_of(row)]
    openings = [
        Opening(row=row, subject=written[row.id].subject, key=_key(vault, row))
        for row in rows
        if row.kind == LetterKind.PROMPT
    ]
    conversations = open_conversations(conn, vault, openings, now=now)
    values = [_sealed(vault, row, written[row.id], conversations.get(row.occurrence_id)) for row in rows]
    if values:
        execute_many(conn, _FIX, values)
    return {row.id for row in rows}


def mark_sending(conn: Connection, letter_ids: Collection[UUID], *, owner: str, lease_until: datetime) -> set[UUID]:
    """Commits that DATA comes next; gives the letters for which it may.

    Not among them: those whose lease was lost, and those to clients who may not be written to any more. A changed
    address counts as that: the next claim writes the letter anew.
    """
    rows = conn.execute(_MINE, {"letters": list(letter_ids), "owner": owner}).all()
    sending = [row.id for row in rows if not client_objects(row) and row.recipient_digest == address_digest_of(row)]
    if sending:
        conn.execute(_BEGIN, {"letters": sending, "until": lease_until})
    return set(sending)


def release(conn: Connection, letter_ids: Iterable[UUID], *, owner: str, next_attempt_at: datetime) -> None:
    """Gives claimed rows back untried: the account was the trouble, or the program stops."""
    mine = x.id.in_(list(letter_ids)) & (x.state == OutboxState.CLAIMED) & (x.lease_owner == owner)
    values = {"state": OutboxState.QUEUED, "lease_owner": None, "lease_until": None, "next_attempt_at": next_attempt_at}
    conn.execute(update(schema.outbox).where(mine).values(**values))


def _accounts(conn: Connection, coach_ids: set[UUID]) -> dict[UUID, UUID]:
    """The account of each coach's practice."""
    if not coach_ids:
        return {}
    c, a = schema.coaches.c, schema.accounts.c
    query = select(c.id, a.id).join(schema.accounts, a.practice_id == c.practice_id).where(c.id.in_(coach_ids))
    return dict(conn.execute(query.order_by(a.id.desc())).all())  # of several the first one seeded stays


def letter_of(vault: Vault, row: Row[Any]) -> ClaimedLetter:
    """The noun of a whole row with its standing."""
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
        schedule=row.schedule or "",
        prompt=row.prompt or "",
        anchor=row.anchor or "",
        content=vault.read(row.content, place=f"outbox.content:{row.cause}") if row.content else "",
        due_at=row.due_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        wire=wire,
        about=row.about_id,
    )


def _key(vault: Vault, row: Row[Any]) -> UUID:
    """The key of the person a letter belongs to."""
    return vault.key_of(row.coach_name if row.client_id is None else row.client_name)


def _sealed(vault: Vault, row: Row[Any], fixed: FixedBytes, conversation: UUID | None) -> dict[str, Any]:
    key = _key(vault, row)

    def sealed(name: str, value: str | bytes) -> bytes:
        return vault.seal(key, value, place=f"outbox.{name}:{row.id}")

    return {
        "letter": row.id,
        "message_id": fixed.wire.message_id,
        "raw": sealed("raw", fixed.wire.raw),
        "recipient": sealed("recipient", f"{fixed.wire.envelope_from}\n{fixed.wire.recipient}"),
        "asked": sealed("asked", fixed.asked) if fixed.asked else None,
        "conversation_id": conversation,
    }


_FIX = update(schema.outbox).where(x.id == bindparam("letter"))
_LETTERS: BindParameter[Any] = bindparam("letters", expanding=True)
# Letters this sender has the lease of, with their standing; nobody else moves them until the commit.
_MINE: Select[Any] = (
    select(x.id, x.kind, x.client_id, x.coach_id, x.occurrence_id, x.recipient_digest, *STANDING)
    .select_from(WITH_STANDING)
    .where(x.id.in_(_LETTERS), x.state == OutboxState.CLAIMED, x.lease_owner == bindparam("owner"))
    .order_by(x.id)
    .with_for_update(of=schema.outbox)
)
_BLANK = _MINE.where(x.raw.is_(None))
_BEGIN = (
    update(schema.outbox).where(x.id.in_(_LETTERS)).values(state=OutboxState.SENDING, lease_until=bindparam("until"))
)
