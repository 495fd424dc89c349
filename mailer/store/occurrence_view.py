"""An occurrence that was decided, and what became of its letters, as a person reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from mailer.model.outgoing import OutboxState
from mailer.store import schema

o, x = schema.occurrences.c, schema.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter of an occurrence: where it stands, and what the server last said."""

    id: UUID
    state: OutboxState
    attempts: int
    code: int | None
    detail: str
    next_attempt_at: datetime
    expires_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedOccurrence:
    """What was decided; `skipped` is the reason where there was to be no letter."""

    prompt: str
    anchor: str
    skipped: str
    detail: str
    due_at: datetime
    decided_at: datetime
    late: bool
    withdrawn_at: datetime | None  # what was decided does not count any more: what it hangs on moved
    letters: tuple[LetterRow, ...]  # oldest first


def decided_occurrences(
    conn: Connection, client_id: UUID, schedule: str, prompts: Collection[str]
) -> list[DecidedOccurrence]:
    """Every occurrence of these prompts that was decided for a client, in order of time."""
    mine = (o.client_id == client_id) & (o.schedule == schedule) & o.prompt.in_(prompts)
    rows = conn.execute(select(schema.occurrences).where(mine).order_by(o.due_at, o.id)).all()
    letters: dict[UUID, list[LetterRow]] = {row.id: [] for row in rows}
    query = select(schema.outbox).join(schema.occurrences, x.occurrence_id == o.id).where(mine).order_by(x.id)
    for letter in conn.execute(query):
        letters[letter.occurrence_id].append(
            LetterRow(
                id=letter.id,
                state=OutboxState(letter.state),
                attempts=letter.attempts,
                code=letter.code,
                detail=letter.detail or "",
                next_attempt_at=letter.next_attempt_at,
                expires_at=letter.expires_at,
                settled_at=letter.settled_at,
            )
        )
    return [
        DecidedOccurrence(
            prompt=row.prompt,
            anchor=row.anchor,
            skipped=row.reason if row.state == schema.OccurrenceState.SKIPPED else "",
            detail=row.detail or "",
            due_at=row.due_at,
            decided_at=row.decided_at,
            late=row.late,
            withdrawn_at=row.withdrawn_at,
            letters=tuple(letters[row.id]),
        )
        for row in rows
    ]
