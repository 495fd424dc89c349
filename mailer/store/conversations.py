"""A client's thread on one schedule, and the conversation each prompt opens in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from mailer.model.outgoing import ClaimedLetter
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import insert_new
from mailer.store.vault import Vault


def open_conversation(
    conn: Connection, vault: Vault, letter: ClaimedLetter, *, subject: str, key: UUID, now: datetime
) -> UUID:
    """The conversation of a prompt's occurrence, opened if this is the first letter of it."""
    v = schema.conversations.c
    known = select(v.id).where(v.occurrence_id == letter.occurrence_id)
    found: UUID | None = conn.scalar(known)
    if found:
        return found
    identity = new_id(now)
    row = {
        "id": identity,
        "thread_id": _thread(conn, letter, now=now),
        "client_id": letter.client_id,
        "coach_id": letter.coach_id,
        "occurrence_id": letter.occurrence_id,
        "subject": vault.seal(key, subject, place=f"conversations.subject:{identity}"),
        "opened_at": now,
    }
    insert_new(conn, schema.conversations, row)
    opened: UUID = conn.scalars(known).one()
    return opened


def _thread(conn: Connection, letter: ClaimedLetter, *, now: datetime) -> UUID:
    row = {"client_id": letter.client_id, "coach_id": letter.coach_id, "schedule": letter.schedule}
    insert_new(conn, schema.threads, row | {"id": new_id(now)})
    t = schema.threads.c
    found: UUID = conn.scalars(select(t.id).where(t.client_id == letter.client_id, t.schedule == letter.schedule)).one()
    return found
