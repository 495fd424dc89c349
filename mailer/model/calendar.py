"""What a coach's calendar says, and what follows from it for sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from mailer.model.people import Client, Session
from mailer.model.places import Secret

Trouble = tuple[str, str]  # what, and why not


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPlace:
    """Where a coach's calendar is read, and which of its events are sessions with whom. Exactly one of path and url."""

    coach: str  # slug
    path: Path | None = None
    url: Secret | None = None  # whoever has it reads the calendar
    rule: str = ""  # "Coaching {name}"; "": only events with a client among the attendees
    trouble: str = ""  # why its address cannot be had now


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event at one time: a recurring one gives as many as fall into the window that was asked for."""

    uid: str
    recurrence_id: str = ""  # which of a recurring event, by the time it was first meant for: "2027-03-04T12:00:00Z"
    sequence: int = 0
    starts_at: datetime  # aware UTC
    ends_at: datetime  # aware UTC
    summary: str = ""
    attendees: tuple[str, ...] = ()  # addresses
    cancelled: bool = False
    all_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCalendar:
    """What could be read of a calendar file."""

    events: tuple[CalendarEvent, ...]  # in order of start
    whole: bool  # what does not stand in it does not exist; False for a message about single events
    unread: tuple[Trouble, ...] = ()  # events that could not be understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A client as calendars know people."""

    client: Client
    addresses: frozenset[str]  # the client's own and confirmed ones, as `address_key` gives them


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """A session as stored, with where it came from.

    `source` is the digest of a calendar event, None for a session noted by hand; `sequence` is the revision of the
    event it was last read in, None once a person moved or cancelled it: the calendar does not change it any more.
    """

    session: Session
    source: bytes | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An event that is a session with a client."""

    client_id: UUID
    source: bytes
    sequence: int
    starts_at: datetime
    ends_at: datetime
    what: str  # for a person: summary and time


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A session that takes the time and the revision of an event; one that was cancelled takes place again."""

    session: Session
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import does to the sessions of a coach."""

    added: tuple[Wanted, ...] = ()
    moved: tuple[Moved, ...] = ()
    cancelled: tuple[Session, ...] = ()
    noted: tuple[Moved, ...] = ()  # same time: only where they come from, and in which revision, is written down
    released: tuple[Session, ...] = ()  # their event stands for another session from now on
    unchanged: int = 0
    skipped: tuple[Trouble, ...] = ()
    refused: str = ""  # why nothing that vanished was cancelled ("": nothing stood in the way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or with a dry run would do."""

    added: tuple[Wanted, ...]
    moved: tuple[Moved, ...]
    cancelled: tuple[Session, ...]
    unchanged: int
    elsewhere: int  # events that are no sessions
    skipped: tuple[Trouble, ...]
    refused: str = ""
    names: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # client -> (short name, zone)
