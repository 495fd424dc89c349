"""From schedules to letters that are wanted: who is on which schedule, what is due, what is written down."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from mailer.errors import MailerError
from mailer.flow.office import Office
from mailer.model.plan import ClientFacts, Planned
from mailer.schedule.book import Book, Schedule
from mailer.schedule.plan import plan_client
from mailer.schedule.quiet import PlanRules
from mailer.store import enrolments, heartbeats, planning
from mailer.store.planning import Planner, SeenSchedule

log = logging.getLogger(__name__)

PUT_ASIDE = timedelta(hours=1)  # for whom planning failed; the others go on


async def take_in_book(office: Office, *, now: datetime) -> None:
    """Makes the schedules known: new prompts count from now, changed schedules are planned anew, audiences enrolled.

    1. for each practice, notes its schedules and the prompts never seen before
    2. enrols every living client an audience includes and who was never on that schedule
    """
    for practice in office.practices:
        schedules = [office.book.schedules[slug] for slug in schedules_of(office, practice)]
        await office.db.run(planning.note_schedules, practice, [_seen(office, one) for one in schedules], now=now)
        for schedule in schedules:
            if schedule.enabled:
                audience = schedule.audience.includes
                await office.db.run(enrolments.enrol_audience, office.vault, practice, schedule.slug, audience, now=now)


async def plan_some(office: Office, *, now: datetime) -> bool:
    """Plans the clients of whom something is due or who were never looked at; True if there were any.

    A client for whom planning fails is put aside, which `status` shows: the others must not wait for them.
    """
    failed: dict[UUID, str] = {}
    plan = _sparing(planner(office.book, office.rules, now=now), failed, now=now)
    traits = office.rules.quiet.asks_for_traits
    planned = await office.db.run(planning.plan_next, office.vault, plan, now=now, traits=traits)
    for client, why in failed.items():
        await office.db.run(heartbeats.put_aside, client, why, now=now)
    return planned > 0


def planner(book: Book, rules: PlanRules, *, now: datetime) -> Planner:
    """The pure planner over the schedules in force."""
    return lambda facts: plan_client(book, rules, facts, now=now)


def _sparing(plan: Planner, failed: dict[UUID, str], *, now: datetime) -> Planner:
    """A planner that raises nothing: whom it cannot plan is noted, left undecided, and tried again later."""

    def sparing(facts: ClientFacts) -> tuple[Planned, ...]:
        try:
            return plan(facts)
        except Exception as error:  # whatever is wrong with one client is no reason to keep the others waiting
            log.exception("put aside client=%s", facts.client.id)
            known = isinstance(error, MailerError)
            failed[facts.client.id] = str(error) if known else f"{type(error).__name__}, the log has the details"
            return tuple(
                Planned(enrolment_id=one.enrolment.id, decisions=(), next_due_at=now + PUT_ASIDE, failed=True)
                for one in facts.enrolments
            )

    return sparing


def schedules_of(office: Office, practice: str) -> list[str]:
    """Slugs of the schedules that belong to a practice: those that name it, and all others where it is the only one."""
    only = len(office.practices) == 1
    schedules = office.book.schedules.values()
    return sorted(one.slug for one in schedules if one.practice == practice or (one.practice is None and only))


def _seen(office: Office, schedule: Schedule) -> SeenSchedule:
    return SeenSchedule(
        slug=schedule.slug,
        fingerprint=schedule.fingerprint,
        enabled=schedule.enabled,
        prompts={prompt.id: prompt.reason for prompt in schedule.prompts},
        formerly={name: prompt.id for prompt in schedule.prompts for name in prompt.formerly},
        source=office.sources.get(schedule.slug, ""),
        written_at=office.written_at.get(schedule.slug),
    )
