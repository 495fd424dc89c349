"""Letters to come as an iCalendar file, for the calendar a coach looks at anyway. Source: RFC 5545 §3.6.1, §3.8.

Times are in UTC, so that no calendar has to know a zone. An occurrence keeps its UID, so that a file read again moves
what it brought before. First names and titles of schedules only: a calendar is often seen by others, and often synced.
Left out: what will not be sent, and every question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from mailer.model.plan import Due

_OURS = UUID("6f1d7a52-5b0e-4c35-9d0c-1f8f4a9a2c11")  # the name space of our UIDs (RFC 9562 §5.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLetter:
    """A letter that will be sent."""

    client_id: UUID
    first_name: str
    zone: str
    title: str  # of its schedule
    due: Due


def calendar_file(letters: Iterable[PlannedLetter], *, now: datetime) -> bytes:
    """The letters as an iCalendar file, in the order given."""
    calendar = Calendar()
    calendar.add("prodid", "-//between-sessions//mailer plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Letters to come")
    for letter in letters:
        calendar.add_component(_event(letter, now=now))
    return bytes(calendar.to_ical())


def _event(letter: PlannedLetter, *, now: datetime) -> Event:
    due = letter.due
    event = Event()
    event.add("uid", f"{uuid5(_OURS, f'{letter.client_id}/{due.schedule}/{due.prompt}/{due.anchor}')}@between-sessions")
    event.add("dtstamp", now)
    event.add("dtstart", due.at)
    event.add("summary", f"{letter.first_name}: {letter.title}")
    event.add("description", f"Goes out at {due.local:%H:%M} on {due.local:%A %Y-%m-%d} in {letter.zone}.")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # nobody is busy while a program sends a letter
    return event
