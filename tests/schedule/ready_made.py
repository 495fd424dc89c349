"""The shipped programmes, and the lives in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from mailer.defaults import shipped
from mailer.model.people import QuietHours
from mailer.model.plan import ClientFacts, Decision, DuePromise, PlanFacts
from mailer.schedule.book import Book, Schedule
from mailer.schedule.load import load_book
from mailer.schedule.plan import upcoming
from mailer.schedule.quiet import PlanRules, QuietTimes
from tests.schedule.build import enrolment, facts, session

BOOK = load_book(shipped("schedules"))
GERMAN = {"session-prep", "session-reflection", "weekly-checkin", "welcome"}
ENGLISH = {
    "closing", "commitment-followup", "good-things", "grow", "lapse-recovery", "one-month-on", "pulse", "values",
    "wheel",
}  # fmt: skip
PROGRAMMES = sorted(GERMAN | ENGLISH)
USUAL = PlanRules(quiet=QuietTimes(hours=QuietHours(begin=time(22), end=time(6))))  # as config.toml begins
QUARTER = timedelta(days=91)


def in_force(*slugs: str) -> Book:
    """These programmes alone, switched on."""
    return Book(schedules={slug: switched_on(slug) for slug in slugs})


def switched_on(slug: str) -> Schedule:
    return replace(BOOK.schedules[slug], enabled=True)


def life(slug: str, start: date, *, promised: Sequence[int] = (12, 40)) -> PlanFacts:
    """Dana on one programme from that day on: a session every two weeks, promises, an end after 60 days.

    `promised` are the days, counted from the start, for which she promised something.
    """
    begun = datetime.combine(start, time.min, UTC)
    meetings = [begun + timedelta(days=9 + 14 * number, hours=17) for number in range(4)]
    end = start + timedelta(days=60) if slug == "closing" else None
    return replace(
        facts(seen={}),
        enrolment=enrolment(
            id=UUID(int=1 + PROGRAMMES.index(slug)), schedule=slug, start=start, started_at=begun, end=end
        ),
        sessions=tuple(session(number, f"{at:%Y-%m-%d %H:%M}") for number, at in enumerate(meetings, 1)),
        promises=tuple(
            DuePromise(id=UUID(int=900 + number), due_on=start + timedelta(days=days), made_at=begun)
            for number, days in enumerate(promised)
        ),
    )


def quarter(*slugs: str, start: date, promised: Sequence[int] = (12, 40)) -> list[Decision]:
    """What comes of these programmes together in a quarter in which nobody answers."""
    lives = [life(slug, start, promised=promised) for slug in slugs]
    known = ClientFacts(client=lives[0].client, enrolments=tuple(lives))
    begun = lives[0].enrolment.started_at
    return upcoming(in_force(*slugs), USUAL, known, now=begun, until=begun + QUARTER)


def shown(decisions: list[Decision]) -> list[tuple[str, str]]:
    """Each letter that goes as (prompt, "Mon 01 09:00")."""
    going = sorted((one for one in decisions if one.skip is None), key=lambda one: one.due.at)
    return [(one.due.prompt, f"{one.due.local:%a %d %H:%M}") for one in going]


def by_day(decisions: list[Decision]) -> Mapping[date, list[str]]:
    """The prompts that go, by the client's local day."""
    days: dict[date, list[str]] = {}
    for one in decisions:
        if one.skip is None:
            days.setdefault(one.due.local.date(), []).append(one.due.prompt)
    return days
