"""What became of a letter, written down with everything that follows from it, in one transaction.

A prompt that was sent becomes an entry of its conversation. A dead address stops a client's prompts. A digest that was
refused or expired gives its entries back to the next one; one whose fate is unknown repeats them there, marked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, select, update

from mailer.errors import AccountTrouble, PermanentFailure
from mailer.model.outgoing import Deferred, LetterKind, OutboxState, Outcome, Refused, Sent, Unknown
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import replan_clients
from mailer.store.columns import new_id
from mailer.store.delivery import note_refusal
from mailer.store.eligibility import OUT_OF_TIME, why_expired
from mailer.store.rows import execute_many, insert_all
from mailer.store.vault import Vault

e, v, x = schema.entries.c, schema.conversations.c, schema.outbox.c
MAY_HAVE_GONE = (OutboxState.SENT, OutboxState.UNKNOWN)
BY_HAND = (OutboxState.SENT, OutboxState.CANCELLED)
GIVEN_UP = "settled by hand"  # of a letter whose fate was unknown: it may have arrived
ADDRESS = re.compile(r"<?[^\s<>@,;:()]+@[^\s<>@,;:()]+>?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of trying to send a letter; where it is to be tried again, not before `retry_at`."""

    letter_id: UUID
    outcome: Outcome
    retry_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A letter's row, and the state it comes to rest in."""

    row: Row[Any]
    state: OutboxState
    detail: str
    code: int | None = None
    status: str = ""
    tried: bool = False  # an attempt came to this


def settle(conn: Connection, vault: Vault, attempts: Sequence[Attempt], *, owner: str, now: datetime) -> set[UUID]:
    """Writes the outcomes of attempts; gives the letters that were still this sender's.

    A sender that slept past its lease and then heard that a letter was taken is believed: the letter is not unknown.
    """
    outcomes = {one.letter_id: one for one in attempts}
    rows = conn.execute(_HELD, {"letters": list(outcomes), "owner": owner}).all()
    endings = []
    for row in rows:
        attempt = outcomes[row.id]
        ending = _ending(row, attempt)
        if ending is None:
            _back_to_queue(conn, row, attempt)
        else:
            endings.append(ending)
    end_all(conn, vault, endings, now=now)
    for ending in endings:
        if ending.code and ending.state in (OutboxState.REFUSED, OutboxState.EXPIRED):
            dead = getattr(outcomes[ending.row.id].outcome, "address_dead", False)
            said = f"{ending.code} {ending.status}".strip()
            note_refusal(conn, vault, ending.row, is_dead=dead, said=said, now=now)
    settled = {row.id for row in rows}
    _believe_late(conn, vault, [one for one in attempts if one.letter_id not in settled])
    return settled


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
        conn.execute(delete(schema.entries).where(e.outbox_id == letter_id))


def end(
    conn: Connection, vault: Vault, row: Row[Any], state: OutboxState, *,
    code: int | None = None, status: str = "", detail: str, now: datetime,
) -> None:  # fmt: skip
    """Settles a row for good, with all that follows from it."""
    end_all(conn, vault, [Ending(row=row, state=state, detail=detail, code=code, status=status)], now=now)


def end_all(conn: Connection, vault: Vault, endings: Sequence[Ending], *, now: datetime) -> None:
    """Settles rows for good, with all that follows from it."""
    if not endings:
        return
    execute_many(conn, _END, [_settled(one, now=now) for one in endings])
    prompts = [one.row for one in endings if one.row.kind == LetterKind.PROMPT and one.state in MAY_HAVE_GONE]
    if prompts:
        _enter_threads(conn, vault, prompts, now=now)
        replan_clients(conn, {row.client_id for row in prompts})  # what hangs on these prompts can be planned now
    for one in endings:
        if one.row.kind == LetterKind.DIGEST and one.state is not OutboxState.SENT:
            _give_entries_back(conn, one.row.digest_id, repeated=one.state is OutboxState.UNKNOWN)


def _settled(ending: Ending, *, now: datetime) -> dict[str, Any]:
    return {
        "letter": ending.row.id,
        "state": ending.state,
        "code": ending.code or None,
        "status": ending.status or None,
        "detail": _spoken(ending.detail),
        "settled_at": now,
        "attempts": ending.row.attempts + ending.tried,
        "lease_owner": None,
        "lease_until": None,
    }


def _ending(row: Row[Any], attempt: Attempt) -> Ending | None:
    """Where an attempt leaves a letter for good; None: it is to be tried again."""
    match attempt.outcome:
        case Sent(code=code, reply=reply):
            return Ending(row=row, state=OutboxState.SENT, code=code, detail=reply, tried=True)
        case Unknown(reason=reason):
            return Ending(row=row, state=OutboxState.UNKNOWN, detail=reason, tried=True)
        case Refused(code=code, status=status, reply=reply):
            return Ending(row=row, state=OutboxState.REFUSED, code=code, status=status, detail=reply, tried=True)
        case Deferred(code=code, status=status, reply=reply) if attempt.retry_at > row.expires_at:
            said = f"{OUT_OF_TIME}{reply or 'the server did not answer'}"
            return Ending(row=row, state=OutboxState.EXPIRED, code=code, status=status, detail=said, tried=True)
        case _:
            return None


def _back_to_queue(conn: Connection, row: Row[Any], attempt: Attempt) -> None:
    """The account's own trouble is no attempt of the letter's."""
    values: dict[str, Any] = {"state": OutboxState.QUEUED, "next_attempt_at": attempt.retry_at}
    match attempt.outcome:
        case Deferred(code=code, status=status, reply=reply):
            values |= {"detail": _spoken(reply), "code": code or None, "status": status or None}
            values |= {"attempts": row.attempts + 1}
        case AccountTrouble(reason=reason):
            values |= {"detail": _spoken(reason), "code": None, "status": None}
    free = {"lease_owner": None, "lease_until": None}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**values, **free))


def _believe_late(conn: Connection, vault: Vault, attempts: Sequence[Attempt]) -> None:
    sent = {one.letter_id: one.outcome for one in attempts if isinstance(one.outcome, Sent)}
    for row in conn.execute(_UNKNOWN, {"letters": list(sent)}).all() if sent else ():
        took = sent[row.id]
        end(conn, vault, row, OutboxState.SENT, code=took.code, detail=took.reply, now=row.settled_at)


def _spoken(reply: str) -> str:
    """A server's words without addresses, which it likes to repeat: they stand unsealed."""
    return ADDRESS.sub("<…>", reply)[:300]


def _enter_threads(conn: Connection, vault: Vault, rows: Sequence[Row[Any]], *, now: datetime) -> None:
    """Prompts as entries of their conversations: what was asked, as it was sent."""
    found = {row.id: row for row in conn.execute(_THREADS, {"letters": [row.id for row in rows]})}
    new = [row for row in rows if row.asked is not None and found[row.id].entry_id is None]
    vault.warm([vault.key_of(row.asked) for row in new])
    insert_all(conn, schema.entries, [_entry(vault, row, found[row.id].thread_id, now=now) for row in new])


def _entry(vault: Vault, row: Row[Any], thread: UUID, *, now: datetime) -> dict[str, Any]:
    identity = new_id(now)
    asked = json.loads(vault.read(row.asked, place=f"outbox.asked:{row.id}"))
    return {
        "id": identity,
        "client_id": row.client_id,
        "coach_id": row.coach_id,
        "thread_id": thread,
        "conversation_id": row.conversation_id,
        "outbox_id": row.id,
        "kind": EntryKind.PROMPT,
        "text": vault.seal(vault.key_of(row.asked), asked["text"], place=f"entries.text:{identity}"),
        "confidence": 1.0,
        "at": now,
        "unconfirmed": False,
        "repeated": False,
    }


def _give_entries_back(conn: Connection, digest_id: UUID, *, repeated: bool) -> None:
    values: dict[str, Any] = {"digest_id": None, "repeated": True} if repeated else {"digest_id": None}
    conn.execute(update(schema.entries).where(e.digest_id == digest_id).values(**values))


_END = update(schema.outbox).where(x.id == bindparam("letter"))
_LETTERS: BindParameter[Any] = bindparam("letters", expanding=True)
# What settling needs of a letter; not its bytes, which are long.
_NEEDED: Select[Any] = (
    select(
        x.id, x.kind, x.client_id, x.coach_id, x.occurrence_id, x.digest_id, x.conversation_id, x.expires_at,
        x.attempts, x.asked, x.recipient, x.recipient_digest, x.settled_at,
    )
    .where(x.id.in_(_LETTERS))
    .order_by(x.id)
    .with_for_update()
)  # fmt: skip
_HELD = _NEEDED.where(x.state.in_([OutboxState.CLAIMED, OutboxState.SENDING]), x.lease_owner == bindparam("owner"))
_UNKNOWN = _NEEDED.where(x.state == OutboxState.UNKNOWN)
_THREADS = (
    select(x.id, v.thread_id, e.id.label("entry_id"))
    .select_from(
        schema.outbox.outerjoin(schema.conversations, v.id == x.conversation_id).outerjoin(
            schema.entries, e.outbox_id == x.id
        )
    )
    .where(x.id.in_(_LETTERS))
)
