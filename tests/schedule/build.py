"""Builds the people and schedules of these tests; what matters to a test is said in the test.

Dana lives in Lisbon and is on one schedule from Monday, 1 March 2027, enrolled at midnight UTC that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.model.people import Enrolment, Session, SessionState
from mailer.model.plan import ClientFacts, Decision, Due, PlanClient, PlanFacts, PromptHistory, SentPrompt
from mailer.schedule.audience import parse_audience
from mailer.schedule.book import Book, Prompt, Schedule, quiet_by_default
from mailer.schedule.conditions import Rules, parse_condition
from mailer.schedule.plan import upcoming
from mailer.schedule.quiet import PlanRules
from mailer.schedule.texts import QuestionText, Text
from mailer.schedule.when_parse import parse_when

DANA = UUID("00000000-0000-7000-8000-00000000000d")
PETRA = UUID("00000000-0000-7000-8000-00000000000c")
MONDAY = date(2027, 3, 1)
ENROLLED = datetime(2027, 3, 1, tzinfo=UTC)
FREE = PlanRules(letters_per_week=1000)  # no quiet times, no limit
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    """ "2027-03-28 01:00" as an aware instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def client(**changes: Any) -> PlanClient:
    return replace(PlanClient(id=DANA, zone="Europe/Lisbon", slug="dana", coach="petra"), **changes)


def enrolment(**changes: Any) -> Enrolment:
    plain = Enrolment(
        id=UUID(int=1), client_id=DANA, coach_id=PETRA, schedule="weekly", start=MONDAY, started_at=ENROLLED
    )
    return replace(plain, **changes)


def session(number: int, starts_at: str, *, minutes: int = 60, cancelled: bool = False) -> Session:
    start = utc(starts_at)
    return Session(
        id=UUID(int=100 + number),
        client_id=DANA,
        coach_id=PETRA,
        number=number,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        state=SessionState.CANCELLED if cancelled else SessionState.PLANNED,
    )


def rules(*, only_if: Sequence[str] = (), skip_if: Sequence[str] = (), stop_on: Sequence[str] = ()) -> Rules:
    return Rules(
        only_if=tuple(map(parse_condition, only_if)),
        skip_if=tuple(map(parse_condition, skip_if)),
        stop_on=tuple(map(parse_condition, stop_on)),
    )


def prompt(when: str, *, name: str = "week", max_late: timedelta = timedelta(hours=6), **changes: Any) -> Prompt:
    value = parse_when(when)
    plain = Prompt(
        id=name,
        when=value,
        max_late=max_late,
        if_quiet=quiet_by_default(value),
        subject=Text({"": "Your week"}),
        questions=(QuestionText(ask=Text({"": "How was it?"})),),
    )
    return replace(plain, **changes)


def schedule(*prompts: Prompt, **changes: Any) -> Schedule:
    plain = Schedule(
        slug="weekly", title="Weekly", audience=parse_audience("everyone"), prompts=prompts, fingerprint="1"
    )
    return replace(plain, **changes)


def facts(
    *,
    zone: str = "Europe/Lisbon",
    start: date = MONDAY,
    end: date | None = None,
    started_at: datetime = ENROLLED,
    sessions: Sequence[Session] = (),
    seen: Mapping[str, datetime] | None = None,
    decided: Sequence[tuple[str, str]] = (),
    history: Sequence[PromptHistory] = (),
    last_reply_at: datetime | None = None,
    dana: PlanClient | None = None,
) -> PlanFacts:
    """Every prompt these tests name was seen long ago, unless `seen` says otherwise."""
    long_seen = dict.fromkeys(("week", "prep", "nudge", "quiet", "again"), LONG_AGO)
    return PlanFacts(
        client=dana or client(zone=zone),
        enrolment=enrolment(start=start, end=end, started_at=started_at),
        sessions=tuple(sessions),
        first_seen=long_seen if seen is None else seen,
        decided=frozenset(decided),
        history=tuple(history),
        last_reply_at=last_reply_at,
    )


def all_facts(*each: PlanFacts, letters: Sequence[SentPrompt] = ()) -> ClientFacts:
    """One client on all these enrolments."""
    return ClientFacts(client=each[0].client, enrolments=each, sent=tuple(letters))


def book(*schedules: Schedule) -> Book:
    return Book(schedules={one.slug: one for one in schedules})


def to_come(
    one: Schedule, known: PlanFacts, *, now: datetime, until: datetime, rules: PlanRules = FREE
) -> list[Decision]:
    """What `plan` shows of one schedule."""
    return upcoming(book(one), rules, all_facts(known), now=now, until=until)


def sent(name: str, anchor: str, at: str, *, answered: str | None = None) -> PromptHistory:
    return PromptHistory(
        prompt=name, anchor=anchor, sent_at=utc(at), answered_at=None if answered is None else utc(answered)
    )


def in_utc(dues: Sequence[Due]) -> list[str]:
    return [f"{due.at:%Y-%m-%d %H:%M}" for due in dues]


def told(decisions: Sequence[Decision]) -> list[tuple[str, str, str]]:
    """Each decision as (prompt, anchor, "send" or the reason it is skipped)."""
    return [(one.due.prompt, one.due.anchor, "send" if one.skip is None else str(one.skip)) for one in decisions]


def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
