"""A client's letters in order: threads, their conversations, and what was said in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from mailer.model.failure import failure_of_status
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.report import ReplyRow
from mailer.store import report, schema
from mailer.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One prompt and all that was said about it; `subject` is "" for letters that answer none."""

    id: UUID | None
    schedule: str
    subject: str
    opened_at: datetime | None
    entries: tuple[ReplyRow, ...]
    fate: str = ""  # of its prompt, where it is not known to have gone out: one line


def conversations(conn: Connection, vault: Vault, client_id: UUID) -> list[Conversation]:
    """A client's conversations, oldest first; at the end the letters that answer no prompt."""
    v, t, e = schema.conversations.c, schema.threads.c, schema.entries.c
    query = select(v.id, v.subject, v.opened_at, t.schedule).join(schema.threads, t.id == v.thread_id)
    found = [
        Conversation(
            id=row.id,
            schedule=row.schedule,
            subject=vault.read(row.subject, place=f"conversations.subject:{row.id}"),
            opened_at=row.opened_at,
            entries=report.replies(conn, vault, e.conversation_id == row.id),
            fate=_fate(conn, row.id),
        )
        for row in conn.execute(query.where(v.client_id == client_id).order_by(v.opened_at, v.id))
    ]
    loose = report.replies(conn, vault, (e.client_id == client_id) & e.conversation_id.is_(None))
    if loose:
        found.append(Conversation(id=None, schedule="", subject="", opened_at=None, entries=loose))
    return found


def _fate(conn: Connection, conversation_id: UUID) -> str:
    x = schema.outbox.c
    letters = select(x.state, x.status, x.detail).where(
        x.conversation_id == conversation_id, x.kind == LetterKind.PROMPT
    )
    row = conn.execute(letters.order_by(x.id.desc())).first()
    if row is None:
        return ""
    match row.state:
        case OutboxState.REFUSED:
            return f"did not arrive: {failure_of_status(row.status or '') or row.detail}"
        case OutboxState.EXPIRED | OutboxState.CANCELLED:
            return f"was not sent: {row.detail}"
        case OutboxState.UNKNOWN:
            return "may or may not have arrived; `mailer outbox list` has it"
        case _:
            return ""
