"""From schedules to letters that are wanted: who is on which schedule, what is due, what is written down."""

from __future__ import annotations

from datetime import datetime

from mailer.flow.office import Office
from mailer.model.plan import PlanFacts, Planned
from mailer.schedule.book import Book
from mailer.schedule.due import next_due
from mailer.schedule.plan import plan_now
from mailer.store import enrolments, outbox, planning
from mailer.store.planning import Planner


async def take_in_book(office: Office, *, now: datetime) -> None:
    """Makes the schedules known: new prompts count from now, changed schedules are planned anew, audiences enrolled.

    1. for each practice, notes its schedules and the prompts never seen before
    2. enrols every living client an audience includes and who was never on that schedule
    3. lets held letters be written again: what held them may be mended
    """
    for practice in office.practices:
        seen = {slug: _fingerprint(office, slug) for slug in schedules_of(office, practice)}
        prompts = {slug: [one.id for one in office.book.schedules[slug].prompts] for slug in seen}
        await office.db.run(planning.note_schedules, practice, seen, prompts, now=now)
        for slug in seen:
            schedule = office.book.schedules[slug]
            if schedule.enabled:
                await office.db.run(
                    enrolments.enrol_audience, office.vault, practice, slug, schedule.audience.includes, now=now
                )
    await office.db.run(outbox.retry_held, now=now)


async def plan_some(office: Office, *, now: datetime) -> bool:
    """Plans the enrolments that are due or were never looked at; True if there were any."""
    return await office.db.run(planning.plan_next, office.vault, planner(office.book, now=now), now=now) > 0


def planner(book: Book, *, now: datetime) -> Planner:
    """The pure planner over the schedules in force; None for a schedule that is gone or switched off."""

    def plan(facts: PlanFacts, since: datetime) -> Planned | None:
        schedule = book.schedules.get(facts.enrolment.schedule)
        if schedule is None or not schedule.enabled:
            return None
        decisions = plan_now(schedule, facts, since=since, now=now)
        following = next_due(schedule, facts, after=now)
        return Planned(
            enrolment_id=facts.enrolment.id, decisions=tuple(decisions), next_due_at=following.at if following else None
        )

    return plan


def schedules_of(office: Office, practice: str) -> list[str]:
    """Slugs of the schedules that belong to a practice: those that name it, and all others where it is the only one."""
    only = len(office.practices) == 1
    schedules = office.book.schedules.values()
    return sorted(one.slug for one in schedules if one.practice == practice or (one.practice is None and only))


def _fingerprint(office: Office, slug: str) -> str:
    schedule = office.book.schedules[slug]
    return schedule.fingerprint if schedule.enabled else f"off {schedule.fingerprint}"
