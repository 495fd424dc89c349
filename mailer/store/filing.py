"""Filing a letter for a client: the entry, the answers, the attachments, and all that follows, in one transaction.

The letter's key passes from the day's intake key to the client's own. A reply makes the client's schedules plan anew;
STOP, PAUSE and RESUME are obeyed here, before any later claim, and confirmed by one letter whose cause is this one; a
bounce or a word from the client says whether letters arrive.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from mailer.model.filing import Filing
from mailer.model.incoming import Answered, Attachment, Steering, Word
from mailer.model.outgoing import LetterKind
from mailer.model.people import ClientState
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import person_key, replan_client, set_state
from mailer.store.columns import new_id
from mailer.store.delivery import note_report, note_word
from mailer.store.inbox import rewrap
from mailer.store.outbox import NewLetter, put
from mailer.store.rows import insert_new
from mailer.store.schema import LetterState
from mailer.store.vault import Vault

WORDS = (EntryKind.REPLY, EntryKind.STEERING, EntryKind.AUTO_REPLY)  # what only comes from where letters arrive
CONFIRM_WITHIN = timedelta(hours=24)  # a confirmation that comes later confuses more than it helps


def file_letter(conn: Connection, vault: Vault, filing: Filing, *, message_id: str, now: datetime) -> bool:
    """Writes all of it; False if the letter was filed before (nothing is written twice)."""
    client_id, coach_id = filing.whose.client_id, filing.whose.coach_id
    if client_id is None or coach_id is None:
        return False
    key = person_key(conn, vault, client_id=client_id, coach_id=coach_id)
    entry_id = _entry(conn, vault, filing, key, now=now)
    if entry_id is None:
        return False
    row = _Row(client_id=client_id, coach_id=coach_id, entry_id=entry_id, key=key, at=filing.received_at, now=now)
    for answer in filing.answers:
        _answer(conn, vault, filing, answer, row)
    for attachment in filing.attachments:
        _attachment(conn, vault, attachment, row)
    _hand_over(conn, vault, filing, row, message_id=message_id)
    if filing.steering:
        _steer(conn, vault, filing, filing.steering, row, message_id=message_id)
    _note_delivery(conn, vault, filing, client_id, now=now)
    replan_client(conn, client_id)
    return True


class _Row:
    """What every row of one filing has in common."""

    __slots__ = ("at", "client_id", "coach_id", "entry_id", "key", "now")

    def __init__(
        self, *, client_id: UUID, coach_id: UUID, entry_id: UUID, key: UUID, at: datetime, now: datetime
    ) -> None:
        self.client_id, self.coach_id, self.entry_id = client_id, coach_id, entry_id
        self.key, self.at, self.now = key, at, now

    def columns(self) -> dict[str, Any]:
        return {"client_id": self.client_id, "coach_id": self.coach_id, "entry_id": self.entry_id}


def _entry(conn: Connection, vault: Vault, filing: Filing, key: UUID, *, now: datetime) -> UUID | None:
    identity, v, whose = new_id(now), schema.conversations.c, filing.whose
    conversation = whose.origin.conversation_id if whose.origin else None
    thread = conn.scalar(select(v.thread_id).where(v.id == conversation)) if conversation else None
    row = {
        "id": identity,
        "client_id": whose.client_id,
        "coach_id": whose.coach_id,
        "thread_id": thread,
        "conversation_id": conversation,
        "letter_id": filing.letter_id,
        "kind": filing.entry,
        "text": vault.seal(key, filing.text, place=f"entries.text:{identity}"),
        "free": vault.seal(key, filing.free, place=f"entries.free:{identity}"),
        "confidence": filing.confidence,
        "unconfirmed": not whose.is_confirmed,
        "note": filing.note[:300] or None,
        "at": filing.received_at,
        "away_until": filing.away_until,
        "repeated": False,
    }
    return identity if insert_new(conn, schema.entries, row) else None


def _answer(conn: Connection, vault: Vault, filing: Filing, answer: Answered, row: _Row) -> None:
    identity = new_id(row.now)
    origin = filing.whose.origin
    if origin is None:
        return
    value = None
    if answer.value is not None:
        value = vault.seal(row.key, json.dumps(answer.value), place=f"answers.value:{identity}")
    columns = {
        "id": identity,
        "outbox_id": origin.outbox_id,
        "question": answer.question,
        "kind": answer.kind,
        "text": vault.seal(row.key, answer.text, place=f"answers.text:{identity}"),
        "value": value,
        "at": row.at,
    }
    insert_new(conn, schema.answers, row.columns() | columns)


def _attachment(conn: Connection, vault: Vault, attachment: Attachment, row: _Row) -> None:
    """Name and size; the bytes stay in the raw letter, one step away."""
    identity = new_id(row.now)
    columns = {
        "id": identity,
        "name": vault.seal(row.key, attachment.name, place=f"attachments.name:{identity}"),
        "content_type": attachment.content_type[:300],
        "size": attachment.size,
        "content_digest": vault.look_up("attachment", attachment.content),
    }
    insert_new(conn, schema.attachments, row.columns() | columns)


def _hand_over(conn: Connection, vault: Vault, filing: Filing, row: _Row, *, message_id: str) -> None:
    values = {
        "state": LetterState.FILED,
        "kind": filing.kind,
        "reason": None,
        "client_id": row.client_id,
        "coach_id": row.coach_id,
        "data_key": rewrap(conn, vault, filing.letter_id, key=row.key),
        "intake_day": None,
        "message_id_digest": vault.look_up("message-id", message_id) if message_id else None,
    }
    conn.execute(update(schema.letters).where(schema.letters.c.id == filing.letter_id).values(**values))


def _steer(conn: Connection, vault: Vault, filing: Filing, steering: Steering, row: _Row, *, message_id: str) -> None:
    """Obeys, cancels what waits where needed (the claim looks again anyway), and wants one confirmation."""
    until = filing.pause_until
    match steering.word:
        case Word.STOP:
            set_state(conn, row.client_id, ClientState.STOPPED, now=row.now)
        case Word.PAUSE:
            set_state(conn, row.client_id, ClientState.PAUSED, until=until, now=row.now)
        case Word.RESUME:
            set_state(conn, row.client_id, ClientState.ACTIVE, now=row.now)
    cause = f"confirm:{filing.letter_id}"
    said: dict[str, object] = {"word": steering.word.value, "until": until.isoformat() if until else None}
    said |= {"subject": filing.subject, "message_id": message_id, "references": filing.references}
    letter = NewLetter(
        kind=LetterKind.CONFIRMATION,
        coach_id=row.coach_id,
        client_id=row.client_id,
        letter_id=filing.letter_id,
        cause=cause,
        due_at=row.now,
        expires_at=row.now + CONFIRM_WITHIN,
        content=vault.seal(row.key, json.dumps(said), place=f"outbox.content:{cause}"),
    )
    put(conn, letter, now=row.now)


def _note_delivery(conn: Connection, vault: Vault, filing: Filing, client_id: UUID, *, now: datetime) -> None:
    """What the letter says of whether letters reach the client."""
    verdict, origin = filing.failed, filing.whose.origin
    if verdict is not None and verdict.failure is not None:
        note_report(
            conn, vault, client_id, verdict.failure, about=origin.outbox_id if origin else None,
            recipients=verdict.recipients, names_other=bool(verdict.about), status=verdict.status, now=now,
        )  # fmt: skip
    if filing.entry in WORDS and filing.whose.is_confirmed:
        note_word(conn, vault, client_id, sender=filing.sender)
