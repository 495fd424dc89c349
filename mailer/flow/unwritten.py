"""Which letters to come could not be written as things stand? They would be held, so the plan must not promise them.

A text that is missing in a client's language, a variable that a template asks for and nobody has set, a template that
is broken: each letter is written for a trial, once for a client and prompt and what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.planned import PlannedLine
from mailer.flow.write import posting_of, prompt_letter
from mailer.model.people import Coach, Session
from mailer.store import practice, promises, sessions

_REFERENCE = bytes(10)  # of no letter: nothing of this is ever sent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What many letters need, read once."""

    meetings: Mapping[UUID, Session]
    coaches: Mapping[UUID, Coach]


def with_held(office: Office, lines: Sequence[PlannedLine], *, now: datetime) -> list[PlannedLine]:
    """The same lines; those of letters that could not be written say why."""
    known = _Known(
        meetings={one.id: one for one in office.db.read(sessions.sessions)},
        coaches={
            one: office.db.read(practice.coach, office.vault, one) for one in {line.client.coach_id for line in lines}
        },
    )
    tried: dict[tuple[UUID, str, str, UUID | None], str] = {}
    found = []
    for line in lines:
        due = line.decision.due
        key = (line.client.id, due.schedule, due.prompt, due.about)
        if line.goes and key not in tried:
            tried[key] = _why_not(office, line, known, now=now)
        found.append(replace(line, held=tried[key]) if line.goes else line)
    return found


def _why_not(office: Office, line: PlannedLine, known: _Known, *, now: datetime) -> str:
    """Why the letter of a line could not be written; "" where it can."""
    due = line.decision.due
    schedule = office.book.schedules[due.schedule]
    coach = known.coaches[line.client.coach_id]
    session = known.meetings.get(due.about) if due.about else None
    promise = due.about if session is None else None
    try:
        prompt_letter(
            office,
            schedule.prompt(due.prompt),
            client=line.client,
            coach=coach,
            session=session,
            posting=posting_of(office, coach, _REFERENCE, now=now),
            fallback=schedule.fallback,
            promises=office.db.read(promises.promised_with, office.vault, promise) if promise else (),
        )
    except PermanentFailure as trouble:
        return str(trouble)
    return ""
