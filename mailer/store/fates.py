"""What became of a letter that the program cannot know of by itself? Proof that it went out, and a person's word.

    unsettled     letters of unknown fate, to be looked for where the provider keeps what it sent
    unknown_among, prove   one was found there, answered or reported on: it was sent
    send_again    a person knows that it did not arrive, and wants it to go
    cancel        a person takes back a letter that waits
That a letter was not found proves nothing: most hosts keep no copy of what programs send.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, or_, select, update

from mailer.errors import PermanentFailure
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.store import schema
from mailer.store.settlement import end
from mailer.store.vault import Vault

AGAIN_WITHIN = timedelta(hours=6)  # how long a letter that a person sends again is tried
BY_HAND = "taken back by hand"

e, x = schema.entries.c, schema.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A letter of unknown fate, and what it can be recognised by."""

    id: UUID
    message_id: str
    reference: bytes  # what the tokens in it carry
    raw: bytes
    since: datetime  # when its fate became unknown


def unsettled(conn: Connection, vault: Vault, account_id: UUID) -> list[Unsettled]:
    """The letters of unknown fate that left, or did not, through this account; oldest first."""
    query = select(x.id, x.message_id, x.reference, x.raw, x.settled_at)
    return [
        Unsettled(
            id=row.id,
            message_id=row.message_id,
            reference=bytes(row.reference),
            raw=vault.open(row.raw, place=f"outbox.raw:{row.id}"),
            since=row.settled_at,
        )
        for row in conn.execute(query.where(x.account_id == account_id, _is_unknown()).order_by(x.id))
    ]


def unknown_among(conn: Connection, letters: Collection[UUID], message_id: str) -> list[UUID]:
    """Which of these letters of ours, or the one with this Message-ID, are of unknown fate."""
    named = or_(x.id.in_(list(letters)), x.message_id == message_id) if message_id else x.id.in_(list(letters))
    return list(conn.scalars(select(x.id).where(named, _is_unknown()).order_by(x.id)))


def prove(conn: Connection, vault: Vault, letters: Collection[UUID], how: str) -> list[UUID]:
    """Settles letters of unknown fate as sent; those that were. `how` says what proved it, without private words."""
    query = select(schema.outbox).where(x.id.in_(list(letters)), _is_unknown()).order_by(x.id)
    proven = conn.execute(query.with_for_update()).all()
    for row in proven:
        end(conn, vault, row, OutboxState.SENT, detail=how, now=row.settled_at)  # it went out then
        if row.kind == LetterKind.DIGEST:
            _was_read(conn, row)
    return [row.id for row in proven]


def send_again(conn: Connection, letter_id: UUID, *, now: datetime) -> datetime:
    """Queues a letter of unknown fate once more; until when it is tried.

    The same bytes under the same Message-ID: should it have arrived after all, mail programs show it once.
    """
    row = _row(conn, letter_id)
    if row.state != OutboxState.UNKNOWN:
        raise PermanentFailure(f"only a letter whose fate is unknown is sent again by hand; this one is {row.state}")
    until: datetime = max(row.expires_at, now + AGAIN_WITHIN)
    values = {"state": OutboxState.QUEUED, "next_attempt_at": now, "expires_at": until, "settled_at": None}
    conn.execute(update(schema.outbox).where(x.id == letter_id).values(**values, detail="sent again by hand"))
    conn.execute(delete(schema.entries).where(e.outbox_id == letter_id))
    return until


def cancel(conn: Connection, vault: Vault, letter_id: UUID, *, now: datetime) -> None:
    """Takes back a letter that waits or is held; PermanentFailure where it is too late for that."""
    row = _row(conn, letter_id)
    if row.state not in (OutboxState.QUEUED, OutboxState.HELD):
        late = "is going out just now" if row.state in (OutboxState.CLAIMED, OutboxState.SENDING) else f"is {row.state}"
        raise PermanentFailure(f"only a letter that waits can be taken back; this one {late}")
    end(conn, vault, row, OutboxState.CANCELLED, detail=BY_HAND, now=now)


def _was_read(conn: Connection, row: Row[Any]) -> None:
    """The entries of a digest that did arrive need not be repeated, where no other digest has them by now.

    Ids are in order of birth: what is older than the digest was stamped by it.
    """
    given_back = (e.coach_id == row.coach_id) & e.digest_id.is_(None) & e.repeated & (e.id < row.digest_id)
    conn.execute(update(schema.entries).where(given_back).values(digest_id=row.digest_id))


def _row(conn: Connection, letter_id: UUID) -> Row[Any]:
    row = conn.execute(select(schema.outbox).where(x.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise PermanentFailure("there is no such letter; `mailer outbox list --all` shows their ids")
    return row


def _is_unknown() -> Any:
    return x.state == OutboxState.UNKNOWN
