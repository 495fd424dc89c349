"""From a coach's calendar to sessions: which events are sessions with whom, and what changes.

One calendar is one transaction. What is not understood, fits several clients or overlaps is listed with its reason and
changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.errors import MailerError, PermanentFailure, TemporaryFailure
from mailer.flow.office import Office
from mailer.model.calendar import (
    Attendee,
    CalendarEvent,
    CalendarPlace,
    Changes,
    Imported,
    KnownSession,
    ReadCalendar,
    Trouble,
    Wanted,
)
from mailer.model.people import Coach, SessionState
from mailer.schedule.ical import NoCalendar, read_calendar, stamp
from mailer.schedule.reconcile import Told, reconcile
from mailer.schedule.whose_event import Ambiguous, whose
from mailer.store import practice, rescheduling
from mailer.store.vault import Vault

log = logging.getLogger(__name__)

BEFORE, AHEAD = timedelta(days=1), timedelta(days=180)  # how much of a calendar is read

Fetch = Callable[[CalendarPlace], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How an import is meant."""

    rule: str = ""  # how an event's title says with whom: "Coaching {name}"
    force: bool = False  # also where every session would be cancelled
    by_hand: bool = False  # the file was named at the prompt: it may be one event, saved from a letter
    dry_run: bool = False  # say what would change, and change nothing


async def import_calendars(office: Office, fetch: Fetch, *, now: datetime) -> bool:
    """Takes in every configured calendar; True where sessions changed.

    1. each calendar by itself: the trouble of one stops no other
    2. then a TemporaryFailure that tells all of them, for `status` to show
    """
    changed, troubles = False, []
    for place in office.calendars:
        try:
            done = await import_calendar(office, place, fetch, now=now)
        except MailerError as error:
            troubles.append(str(error))
            continue
        changed = changed or bool(done.added or done.moved or done.cancelled)
        troubles += [f"the calendar of {place.coach}: {done.refused}"] if done.refused else []
    if troubles:
        raise TemporaryFailure("; ".join(troubles))
    return changed


async def import_calendar(
    office: Office, place: CalendarPlace, fetch: Fetch, *, ask: Ask | None = None, now: datetime
) -> Imported:
    """Fetches one coach's calendar and takes it in."""
    coach = await coach_named(office, place.coach)
    raw = await fetch(place)
    try:
        # A large one takes seconds, in which letters are to go on.
        zone, begin, end = ZoneInfo(coach.zone), now - BEFORE, now + AHEAD
        read = await asyncio.to_thread(read_calendar, raw, zone=zone, begin=begin, end=end)
    except NoCalendar as error:
        raise PermanentFailure(f"the calendar of {place.coach}: {error}") from None
    return await take_in(office, coach, read, ask=ask or Ask(rule=place.rule), now=now)


async def coach_named(office: Office, slug: str) -> Coach:
    """The coach with this id; PermanentFailure names those there are."""
    known = {one.slug: one for one in await office.db.look(practice.coaches, office.vault)}
    if slug not in known:
        raise PermanentFailure(f'there is no coach "{slug}"; config.toml has: {", ".join(sorted(known))}')
    return known[slug]


async def take_in(office: Office, coach: Coach, read: ReadCalendar, *, ask: Ask, now: datetime) -> Imported:
    """Makes a coach's sessions those of a calendar, in one transaction, or says what that would change."""
    taking = _TakingIn(coach, read, ask, office.vault, now)
    run = office.db.look if ask.dry_run else office.db.run
    function = rescheduling.foresee_import if ask.dry_run else rescheduling.import_sessions
    changes = await run(function, office.vault, coach.id, taking.decide, now=now)
    if changes.added or changes.moved or changes.cancelled:
        log.info(
            "imported coach=%s added=%s moved=%s cancelled=%s dry_run=%s",
            coach.slug, len(changes.added), len(changes.moved), len(changes.cancelled), ask.dry_run,
        )  # fmt: skip
    return Imported(
        added=changes.added,
        moved=changes.moved,
        cancelled=changes.cancelled,
        unchanged=changes.unchanged,
        elsewhere=taking.elsewhere,
        skipped=(*read.unread, *taking.doubts, *changes.skipped),
        refused=changes.refused,
        names=taking.names,
    )


class _TakingIn:
    """One calendar on its way; what is decided in the transaction is left here for the report."""

    def __init__(self, coach: Coach, read: ReadCalendar, ask: Ask, vault: Vault, now: datetime) -> None:
        self._coach, self._read, self._ask, self._vault, self._now = coach, read, ask, vault, now
        self.elsewhere = 0
        self.doubts: list[Trouble] = []
        self._doubtful: set[bytes] = set()
        self.names: dict[UUID, tuple[str, str]] = {}

    def decide(self, known: Sequence[KnownSession], people: Sequence[Attendee]) -> Changes:
        """What follows from the calendar, for a coach with these sessions and clients."""
        self.elsewhere, self.doubts, self._doubtful = 0, [], set()
        self.names = {one.client.id: (one.client.slug, one.client.zone) for one in people}
        off = [event for event in self._read.events if event.cancelled]
        on = [event for event in self._read.events if not event.cancelled]
        wanted = [one for event in on if (one := self._wanted(event, people)) is not None]
        told = Told(
            wanted=wanted,
            cancelled={source: event.sequence for event in off for source in self._sources(event, known)},
            doubtful=self._doubtful,
            whole=self._read.whole,
            until=self._now + AHEAD,
            in_doubt=self._ask.by_hand,
        )
        return reconcile(known, told, now=self._now, force=self._ask.force)

    def _wanted(self, event: CalendarEvent, people: Sequence[Attendee]) -> Wanted | None:
        """The session an event is; None where it is none, or could be several."""
        source, what = self._source(event.uid, event.recurrence_id), _what(event, self._coach.zone)
        try:
            client = whose(event, people, rule=self._ask.rule)
        except Ambiguous as error:
            self.doubts.append((what, str(error)))
            self._doubtful.add(source)
            return None
        if client is None:
            self.elsewhere += 1
            return None
        times = {"starts_at": event.starts_at, "ends_at": event.ends_at}
        return Wanted(client_id=client.id, source=source, sequence=event.sequence, what=what, **times)

    def _sources(self, event: CalendarEvent, known: Sequence[KnownSession]) -> list[bytes]:
        """What an event that is called off stood for.

        A message that calls off a whole series names no occurrence: those are told by the time they stand at.
        """
        found = [self._source(event.uid, event.recurrence_id)]
        if not event.recurrence_id and not self._read.whole:
            ahead = [one for one in known if one.source is not None and one.session.state is SessionState.PLANNED]
            times = {one.source: self._source(event.uid, stamp(one.session.starts_at)) for one in ahead}
            found += [source for source, expected in times.items() if source is not None and source == expected]
        return found

    def _source(self, uid: str, recurrence_id: str) -> bytes:
        return self._vault.look_up("event", f"{self._coach.slug}/{uid}/{recurrence_id}")


def _what(event: CalendarEvent, zone: str) -> str:
    """An event as its coach finds it in the calendar."""
    at = event.starts_at.astimezone(ZoneInfo(zone))
    return f"{event.summary or 'an event without a title'} ({at:%a %Y-%m-%d %H:%M})"
