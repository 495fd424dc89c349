"""However often and whenever the planner is called: nothing twice, nothing early, and nothing that was not shown.

A client somewhere in the world, near a change of clocks, is on several schedules with quiet times and a weekly limit.
The planner comes when it said it would look again, a moment late as planners do, and also out of turn, and sometimes
hours or days later.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from mailer.model.people import Habits, QuietHours
from mailer.model.plan import ClientFacts, Decision, DuePromise, PlanClient, PlanFacts, PromptHistory, SentPrompt
from mailer.schedule.audience import parse_audience
from mailer.schedule.book import Book, IfQuiet, Schedule
from mailer.schedule.decide import LATE
from mailer.schedule.due import place_of
from mailer.schedule.plan import plan_client, upcoming
from mailer.schedule.quiet import PlanRules, QuietPeriod, QuietTimes
from tests.schedule.build import book, client, enrolment, prompt, rules, schedule, session
from tests.schedule.changes import ZONES, changes

QUARTER = timedelta(minutes=15)
SEVEN = timedelta(minutes=7)  # no session begins at the very moment a late letter may go: seconds would tell
DAYS = timedelta(days=18)
WHENS = [
    "every day at 08:30",
    "every day at 07:00, 13:00 and 22:15",
    "every weekday at 00:15",
    "every Friday at 08:30",
    "every Sunday at 02:30",
    "every 3 days at 23:45",
    "every 2 weeks on Tuesday at 16:00",
    "first Monday of the month at 09:00",
    "cron 0,15 2,3 * * *",
    "day 1 at 09:00",
    "day 4 at 02:15",
    "week 1 on Tuesday at 09:00",
    "2 days before session at 09:00",
    "20 hours before session",
    "3 hours after session",
    "3 days after session at 08:30",
    "on the day of promise at 08:30",
    "1 day after promise at 08:30",
    "3 days before end at 09:00",
]
FOLLOWING = ['1 day after "first" at 10:00', '30 minutes after "first"', "after 3 days of silence at 10:00"]
HOURS = [None, QuietHours(begin=time(21), end=time(7)), QuietHours(begin=time(0), end=time(7, 30)),
         QuietHours(begin=time(8), end=time(17))]  # fmt: skip


@dataclass
class World:
    """One client and what has happened so far."""

    book: Book
    rules: PlanRules
    facts: ClientFacts
    now: datetime
    sent: list[tuple[datetime, Decision]] = field(default_factory=list)

    def shown(self, until: datetime) -> list[Decision]:
        return upcoming(self.book, self.rules, self.facts, now=self.now, until=until)

    def plan(self, now: datetime) -> tuple[list[Decision], datetime | None]:
        """Decides, and writes it all down as the store does; when to look again."""
        planned = plan_client(self.book, self.rules, self.facts, now=now)
        decisions = [one for each in planned for one in each.decisions]
        letters = [one.due for one in decisions if one.skip is None]
        each = [
            _written_down(one, plan.decisions, now) for one, plan in zip(self.facts.enrolments, planned, strict=True)
        ]
        went = tuple(SentPrompt(schedule=due.schedule, prompt=due.prompt, at=now) for due in letters)
        self.facts = replace(self.facts, enrolments=tuple(each), sent=(*self.facts.sent, *went))
        self.sent += [(now, one) for one in decisions if one.skip is None]
        self.now = now
        return decisions, min((one.next_due_at for one in planned if one.next_due_at is not None), default=None)


def _written_down(known: PlanFacts, decisions: tuple[Decision, ...], now: datetime) -> PlanFacts:
    letters = tuple(
        PromptHistory(prompt=one.due.prompt, anchor=one.due.anchor, sent_at=now, about=one.due.about)
        for one in decisions
        if one.skip is None
    )
    return replace(
        known,
        planned_until=max(now, known.planned_until),
        decided=known.decided | {(one.due.prompt, one.due.anchor) for one in decisions},
        history=(*known.history, *letters),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    zone = draw(st.sampled_from(ZONES))
    near = [one.at for one in changes(zone)] or [datetime(2030, 6, 1, tzinfo=UTC)]
    begin = draw(st.sampled_from(near)) - timedelta(
        days=draw(st.integers(0, 15)), minutes=15 * draw(st.integers(0, 96))
    )
    begin = begin.replace(second=0)
    dana = client(
        zone=zone,
        habits=Habits(
            own_time=draw(st.sampled_from([None, None, time(6, 45)])),
            days_off=draw(st.sampled_from([frozenset[int](), frozenset({5, 6}), frozenset({4})])),
            quiet_hours=draw(st.sampled_from(HOURS)),
        ),
    )
    today = begin.date()
    plans = [_schedule(draw, f"s{n}") for n in range(draw(st.integers(1, 3)))]
    sessions = tuple(
        session(n, f"{begin + QUARTER * draw(st.integers(0, 18 * 96)) + SEVEN:%Y-%m-%d %H:%M}") for n in range(1, 4)
    )
    promises = tuple(
        DuePromise(id=UUID(int=200 + n), due_on=today + timedelta(days=draw(st.integers(0, 15)))) for n in range(3)
    )
    known = tuple(
        PlanFacts(
            client=dana,
            enrolment=replace(
                enrolment(),
                id=UUID(int=300 + n),
                schedule=plan.slug,
                start=today,
                end=draw(st.sampled_from([None, today + timedelta(days=9)])),
                started_at=begin,
            ),
            planned_until=begin,
            sessions=sessions,
            promises=promises,
            first_seen={one.id: begin for one in plan.prompts},
        )
        for n, plan in enumerate(plans)
    )
    facts = ClientFacts(client=dana, enrolments=known)
    return World(book=book(*plans), rules=_rules(draw, today), facts=facts, now=begin)


def _schedule(draw: st.DrawFn, slug: str) -> Schedule:
    first = draw(st.sampled_from(WHENS))
    others = draw(st.lists(st.sampled_from([*WHENS, *FOLLOWING]), max_size=2))
    return schedule(
        *(
            prompt(
                when,
                name="first" if n == 0 else f"p{n}",
                max_late=timedelta(hours=draw(st.sampled_from([1, 6, 24, 80]))),
                if_quiet=IfQuiet(draw(st.sampled_from(["earlier", "later", "skip"]))),
                rules=rules(**draw(st.sampled_from([{}, {}, {"skip_if": ["session within 24 hours"]}]))),
            )
            for n, when in enumerate([first, *others])
        ),
        slug=slug,
    )


def _rules(draw: st.DrawFn, today: date) -> PlanRules:
    begins = today + timedelta(days=draw(st.integers(0, 15)))
    period = QuietPeriod(
        first=begins,
        last=begins + timedelta(days=draw(st.integers(0, 5))),
        audience=parse_audience("everyone"),
        exceptions=draw(st.sampled_from([frozenset[str](), frozenset({"session"})])),
    )
    quiet = QuietTimes(
        hours=draw(st.sampled_from(HOURS)),
        days_off=draw(st.sampled_from([frozenset[int](), frozenset({6})])),
        periods=draw(st.sampled_from([(), (), (period,)])),
    )
    return PlanRules(quiet=quiet, letters_per_week=draw(st.sampled_from([1, 2, 3, 100])))


visits = st.lists(
    # how the planner comes next: when it said, a few seconds late; out of turn, so many quarters on; or long after
    st.one_of(
        st.tuples(st.just("in turn"), st.integers(0, 9)),
        st.tuples(st.just("out of turn"), st.integers(1, 200)),
        st.tuples(st.just("long after"), st.integers(1, 400)),
    ),
    min_size=5,
    max_size=30,
)


def walk(world: World, steps: list[tuple[str, int]]) -> None:
    """Lets the planner come as the steps say, and looks at all it does."""
    end = world.now + DAYS
    decided: set[tuple[str, str, str]] = set()
    first, _ = world.plan(world.now)
    decided |= {(one.due.schedule, one.due.prompt, one.due.anchor) for one in first}
    _, following = world.plan(world.now)
    for how, number in steps:
        now = _comes(world, how, number, following)
        if now is None or now > end:
            break
        shown = world.shown(now)
        on_time = how == "in turn" or following is None or now < following
        before = world.now
        decisions, following = world.plan(now)

        keys = {(one.due.schedule, one.due.prompt, one.due.anchor) for one in decisions}
        assert len(keys) == len(decisions)
        assert keys.isdisjoint(decided)
        decided |= keys
        for one in decisions:
            assert one.due.at <= now
            if one.skip is None:
                assert now <= one.due.until or now - one.due.at < timedelta(seconds=10)
                assert one.expires_at is None or now < one.expires_at <= one.due.until
                assert not _is_quiet(world, one, now), f"{one} at {now}"
            else:
                assert one.detail.endswith(".")
        if on_time:
            assert _outcomes(decisions) == _outcomes(shown), f"{before} to {now}"
        assert following is None or following > now
        again, following = world.plan(now)  # as it is planned again once letters have gone
        assert again == []
    _within_limit(world)


def _comes(world: World, how: str, number: int, following: datetime | None) -> datetime | None:
    if how == "in turn":
        return None if following is None else following + timedelta(seconds=number)
    later = world.now + QUARTER * number
    if how == "out of turn" and following is not None:
        return (
            min(later, following - timedelta(seconds=1)) if following - world.now > timedelta(seconds=2) else following
        )
    return later


def _outcomes(decisions: list[Decision]) -> list[tuple[str, str, str, datetime, str]]:
    return sorted(
        (one.due.schedule, one.due.prompt, one.due.anchor, one.due.at, str(one.skip or "send")) for one in decisions
    )


def _is_quiet(world: World, decision: Decision, now: datetime) -> bool:
    """Whether a letter goes at a quiet moment: its own where it is on time, else that of the sending."""
    due = decision.due
    plan = world.book.schedules[due.schedule]
    known = next(one for one in world.facts.enrolments if one.enrolment.schedule == due.schedule)
    quiet = place_of(plan, plan.prompt(due.prompt), known, world.rules).quiet
    return bool(quiet.at((now if now - due.at > LATE else due.at).astimezone(quiet.zone)))


def _within_limit(world: World) -> None:
    weeks = Counter(_week(now, world.facts.client) for now, _ in world.sent)
    assert all(number <= world.rules.letters_per_week for number in weeks.values())


def _week(at: datetime, of: PlanClient) -> tuple[int, int]:
    year, week, _ = at.astimezone(ZoneInfo(of.zone)).isocalendar()
    return year, week


@seed(20270328)
@settings(max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), visits)
def test_nothing_goes_twice_or_early_or_quietly_or_beyond_the_limit_or_unshown(
    world: World, steps: list[tuple[str, int]]
) -> None:
    walk(world, steps)


@pytest.mark.prove
@seed(20271031)
@settings(max_examples=2000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), visits)
def test_nothing_goes_twice_or_early_or_quietly_or_beyond_the_limit_or_unshown_in_thousands_of_worlds(
    world: World, steps: list[tuple[str, int]]
) -> None:
    walk(world, steps)
