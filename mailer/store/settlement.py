"""What became of a letter, written down with everything that follows from it, in one transaction.

A prompt that was sent becomes an entry of its conversation. A dead address stops a client's prompts. A digest that was
refused or expired gives its entries back to the next one; one whose fate is unknown repeats them there, marked.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update

from mailer.errors import AccountTrouble, PermanentFailure
from mailer.model.outgoing import Deferred, LetterKind, OutboxState, Outcome, Refused, Sent, Unknown
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import replan_client
from mailer.store.columns import new_id
from mailer.store.delivery import note_refusal
from mailer.store.eligibility import why_expired
from mailer.store.rows import insert_new
from mailer.store.vault import Vault

x = schema.outbox.c
BY_HAND = (OutboxState.SENT, OutboxState.CANCELLED)
GIVEN_UP = "settled by hand"  # of a letter whose fate was unknown: it may have arrived
ADDRESS = re.compile(r"<?[^\s<>@,;:()]+@[^\s<>@,;:()]+>?")


def settle(
    conn: Connection, vault: Vault, letter_id: UUID, outcome: Outcome, *, owner: str, retry_at: datetime, now: datetime
) -> bool:
    """Writes the outcome of an attempt; False if the row was not this sender's any more."""
    held = x.state.in_([OutboxState.CLAIMED, OutboxState.SENDING])
    row = conn.execute(
        select(schema.outbox).where(x.id == letter_id, held, x.lease_owner == owner).with_for_update()
    ).one_or_none()
    if row is None:
        return False
    if not isinstance(outcome, AccountTrouble):
        conn.execute(update(schema.outbox).where(x.id == letter_id).values(attempts=x.attempts + 1))
    match outcome:
        case Sent():
            end(conn, vault, row, OutboxState.SENT, code=outcome.code, detail=outcome.reply, now=now)
        case Unknown():
            end(conn, vault, row, OutboxState.UNKNOWN, detail=outcome.reason, now=now)
        case Refused():
            end(
                conn, vault, row, OutboxState.REFUSED,
                code=outcome.code, status=outcome.status, detail=outcome.reply, now=now,
            )  # fmt: skip
            said = f"{outcome.code} {outcome.status}".strip()
            note_refusal(conn, vault, row, is_dead=outcome.address_dead, said=said, now=now)
        case Deferred():
            _try_again(conn, vault, row, outcome, retry_at=retry_at, now=now)
        case _:
            _back_to_queue(conn, row, retry_at=retry_at, detail=outcome.reason)
    return True


def expire(conn: Connection, vault: Vault, *, now: datetime) -> int:
    """Letters whose time ran out while they waited; how many."""
    waiting = x.state.in_([OutboxState.QUEUED, OutboxState.HELD]) & (x.expires_at < now)
    rows = conn.execute(select(schema.outbox).where(waiting).limit(100).with_for_update(skip_locked=True)).all()
    for row in rows:
        end(conn, vault, row, OutboxState.EXPIRED, detail=why_expired(row), now=now)
    return len(rows)


def take_back(conn: Connection, vault: Vault, *, now: datetime) -> int:
    """What a dead process left: claimed rows are queued again, those that were sending are unknown. How many."""
    dead = x.lease_until < now
    free = {"state": OutboxState.QUEUED, "lease_owner": None, "lease_until": None}
    claimed = conn.execute(update(schema.outbox).where(x.state == OutboxState.CLAIMED, dead).values(**free)).rowcount
    lost = select(schema.outbox).where(x.state == OutboxState.SENDING, dead).with_for_update(skip_locked=True)
    rows = conn.execute(lost).all()
    for row in rows:
        end(conn, vault, row, OutboxState.UNKNOWN, detail="the program ended while the letter went out", now=now)
    return claimed + len(rows)


def settle_by_hand(conn: Connection, vault: Vault, letter_id: UUID, state: OutboxState, *, now: datetime) -> None:
    """A person says what became of an unknown letter: it arrived (sent) or it is given up (cancelled)."""
    row = conn.execute(select(schema.outbox).where(x.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise PermanentFailure("there is no such letter; `mailer outbox list` shows their ids")
    if row.state != OutboxState.UNKNOWN or state not in BY_HAND:
        raise PermanentFailure(f"only a letter whose fate is unknown can be settled; this one is {row.state}")
    end(conn, vault, row, state, detail=GIVEN_UP, now=row.settled_at)  # it went out then, if it did
    if state is OutboxState.CANCELLED:
        conn.execute(delete(schema.entries).where(schema.entries.c.outbox_id == letter_id))


def end(
    conn: Connection, vault: Vault, row: Row[Any], state: OutboxState, *,
    code: int | None = None, status: str = "", detail: str, now: datetime,
) -> None:  # fmt: skip
    """Settles a row for good, with all that follows from it."""
    values = {"state": state, "code": code, "status": status or None, "detail": _spoken(detail), "settled_at": now}
    free = {"lease_owner": None, "lease_until": None}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**values, **free))
    if row.kind == LetterKind.PROMPT and state in (OutboxState.SENT, OutboxState.UNKNOWN):
        _enter_thread(conn, vault, row, at=now, now=now)
        replan_client(conn, row.client_id)  # what hangs on this prompt can be planned now
    if row.kind == LetterKind.DIGEST and state in (OutboxState.REFUSED, OutboxState.EXPIRED, OutboxState.CANCELLED):
        _give_entries_back(conn, row.digest_id, repeated=False)
    if row.kind == LetterKind.DIGEST and state is OutboxState.UNKNOWN:
        _give_entries_back(conn, row.digest_id, repeated=True)


def _try_again(
    conn: Connection, vault: Vault, row: Row[Any], outcome: Deferred, *, retry_at: datetime, now: datetime
) -> None:
    if retry_at > row.expires_at:
        said = f"its time ran out: {outcome.reply or 'the server did not answer'}"
        end(
            conn,
            vault,
            row,
            OutboxState.EXPIRED,
            code=outcome.code or None,
            status=outcome.status,
            detail=said,
            now=now,
        )
        if outcome.code:
            note_refusal(conn, vault, row, is_dead=False, said=f"{outcome.code} {outcome.status}".strip(), now=now)
        return
    _back_to_queue(conn, row, retry_at=retry_at, detail=outcome.reply, code=outcome.code, status=outcome.status)


def _back_to_queue(
    conn: Connection, row: Row[Any], *, retry_at: datetime, detail: str, code: int | None = None, status: str = ""
) -> None:
    values = {"state": OutboxState.QUEUED, "next_attempt_at": retry_at, "lease_owner": None, "lease_until": None}
    said = {"detail": _spoken(detail), "code": code or None, "status": status or None}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**values, **said))


def _spoken(reply: str) -> str:
    """A server's words without addresses, which it likes to repeat: they stand unsealed."""
    return ADDRESS.sub("<…>", reply)[:300]


def _enter_thread(conn: Connection, vault: Vault, row: Row[Any], *, at: datetime, now: datetime) -> None:
    """The prompt as an entry of its conversation: what was asked, as it was sent."""
    e = schema.entries.c
    if row.asked is None or conn.scalar(select(e.id).where(e.outbox_id == row.id)):
        return
    asked = json.loads(vault.read(row.asked, place=f"outbox.asked:{row.id}"))
    identity, v = new_id(now), schema.conversations.c
    thread = conn.scalars(select(v.thread_id).where(v.id == row.conversation_id)).one()
    sealed = vault.seal(vault.key_of(row.asked), asked["text"], place=f"entries.text:{identity}")
    entry = {
        "id": identity,
        "client_id": row.client_id,
        "coach_id": row.coach_id,
        "thread_id": thread,
        "conversation_id": row.conversation_id,
        "outbox_id": row.id,
        "kind": EntryKind.PROMPT,
        "text": sealed,
        "confidence": 1.0,
        "at": at,
    }
    insert_new(conn, schema.entries, entry | {"unconfirmed": False, "repeated": False})


def _give_entries_back(conn: Connection, digest_id: UUID, *, repeated: bool) -> None:
    e = schema.entries.c
    values: dict[str, Any] = {"digest_id": None, "repeated": True} if repeated else {"digest_id": None}
    conn.execute(update(schema.entries).where(e.digest_id == digest_id).values(**values))
