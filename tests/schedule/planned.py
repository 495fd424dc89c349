"""What the plan says of a client from a moment on, everything before it being decided already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from mailer.model.plan import ClientFacts, Decision, PlanFacts, Planned, SentPrompt
from mailer.schedule.book import Schedule
from mailer.schedule.plan import plan_client, upcoming
from mailer.schedule.quiet import PlanRules
from tests.schedule.build import FREE, LONG_AGO, book, facts, utc


def on(schedule: Schedule, known: PlanFacts | None = None) -> PlanFacts:
    """The client of these facts on this schedule, all of whose prompts were seen long ago."""
    known = known or facts()
    identity = UUID(int=sum(schedule.slug.encode()))
    return replace(
        known,
        enrolment=replace(known.enrolment, id=identity, schedule=schedule.slug),
        first_seen=dict.fromkeys((one.id for one in schedule.prompts), LONG_AGO),
    )


def together(*each: PlanFacts, planned_until: str, letters: Sequence[SentPrompt] = ()) -> ClientFacts:
    """One client on all these, planned until then."""
    enrolments = tuple(replace(one, planned_until=utc(planned_until)) for one in each)
    return ClientFacts(client=each[0].client, enrolments=enrolments, sent=tuple(letters))


def plan_from(
    now: str,
    until: str,
    *pairs: tuple[Schedule, PlanFacts],
    rules: PlanRules = FREE,
    letters: Sequence[SentPrompt] = (),
) -> list[Decision]:
    """What `mailer plan` shows at `now`."""
    facts = together(*(on(*pair) for pair in pairs), planned_until=now, letters=letters)
    return upcoming(book(*(one for one, _ in pairs)), rules, facts, now=utc(now), until=utc(until))


def plan_at(now: datetime, *pairs: tuple[Schedule, PlanFacts], rules: PlanRules = FREE) -> tuple[Planned, ...]:
    """What a planner that was last here long ago decides at `now`, and when it would look again."""
    each = tuple(on(*pair) for pair in pairs)
    known = ClientFacts(client=each[0].client, enrolments=each)
    return plan_client(book(*(one for one, _ in pairs)), rules, known, now=now)


def lines(decisions: Sequence[Decision]) -> list[str]:
    """Each decision as "Fri 05 21:00 week send", in the client's local time."""
    return [f"{one.due.local:%a %d %H:%M} {one.due.prompt} {one.skip or 'send'}" for one in decisions]
