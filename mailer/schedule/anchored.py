"""When do the forms fall that hang on something else than a date: the enrolment, a session, a letter, silence?

Each anchor names the thing itself and never its time, so a moved session, a changed end or an edited time of day
repeats nothing that was decided. Cancelled sessions give nothing. Letters hang on the occurrence before them.

Days and weeks are counted on the client's calendar, hours and minutes on the clock. Without a time of day, "2 days"
keeps the wall-clock time of what it is counted from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.model.people import Session, SessionState
from mailer.model.plan import PlanFacts, PromptHistory
from mailer.schedule.calendars import Hit
from mailer.schedule.clock import Moment, moment_at, wall_clock
from mailer.schedule.when import (
    AfterAnswer,
    AfterPrompt,
    AfterSilence,
    Anchored,
    AroundPromise,
    AroundSession,
    BeforeEnd,
    ProgrammeDay,
    ProgrammeWeek,
    Side,
    Span,
    Which,
)

_ROUGHLY = timedelta(days=2)  # a time of day lies within a day of where its distance alone would lead, in any zone
THE_END = datetime(9999, 1, 1, tzinfo=UTC)


def anchored_hits(
    when: Anchored,
    facts: PlanFacts,
    *,
    zone: ZoneInfo,
    names: Mapping[str, frozenset[str]],
    quiet: frozenset[str],
    at_latest: AfterPrompt | None = None,
    day_one_at: time | None = None,
    since: datetime,
    until: datetime = THE_END,
) -> list[Hit]:
    """Every occurrence the facts call for between these moments, oldest first; perhaps some that lie just outside.

    `names` are all ids each prompt has had, by its present one; `quiet` are the prompts that answer silence themselves;
    `day_one_at` is the time of day of the programme's first letter.
    """
    match when:
        case ProgrammeDay():
            found = _programme_day(when, facts, zone, day_one_at or when.at)
        case ProgrammeWeek():
            found = _programme_week(when, facts, zone)
        case AroundSession():
            found = _around_sessions(when, facts, zone, since=since, until=until)
        case BeforeEnd():
            found = _before_end(when, facts, zone)
        case AfterSilence():
            found = _after_silence(when, facts, zone, quiet)
        case AfterPrompt() | AfterAnswer():
            found = _after_letter(when, facts, zone, names.get(when.prompt, frozenset()), at_latest)
        case AroundPromise():
            found = _around_promises(when, facts, zone)
    start, end = facts.enrolment.start, facts.enrolment.end or date.max
    within = [hit for hit in found if start <= hit.moment.local.date() <= end]
    return sorted(within, key=lambda hit: hit.moment.at)


def _programme_day(when: ProgrammeDay, facts: PlanFacts, zone: ZoneInfo, day_one_at: time) -> Iterator[Hit]:
    """Day 1 is the first day from the start on whose first letter was still to come when the enrolment was made.

    One day for the whole programme: counted letter by letter, "day 1 at 20:00" could go before "day 1 at 09:00".
    """
    enrolment = facts.enrolment
    first = max(enrolment.start, enrolment.started_at.astimezone(zone).date())
    moment = wall_clock(first, day_one_at, zone)
    if moment is None or moment.at < enrolment.started_at:
        first = _days_on(first, 1)
    yield from _one(f"{enrolment.start}/day {when.number}", _days_on(first, when.number - 1), when.at, zone)


def _programme_week(when: ProgrammeWeek, facts: PlanFacts, zone: ZoneInfo) -> Iterator[Hit]:
    start = facts.enrolment.start
    monday = _days_on(start, -start.weekday() % 7)
    day = _days_on(monday, 7 * (when.number - 1) + when.day)
    yield from _one(f"{start}/week {when.number}", day, when.at, zone)


def _before_end(when: BeforeEnd, facts: PlanFacts, zone: ZoneInfo) -> Iterator[Hit]:
    start, end = facts.enrolment.start, facts.enrolment.end
    if end is not None:
        yield from _one(f"{start}/end", _days_on(end, -(when.span.days or 0)), when.at, zone)


def _around_sessions(
    when: AroundSession, facts: PlanFacts, zone: ZoneInfo, *, since: datetime, until: datetime
) -> Iterator[Hit]:
    """A letter belongs between the session before its own and the one after."""
    planned = sorted(
        (one for one in facts.sessions if one.state is SessionState.PLANNED), key=lambda one: one.starts_at
    )
    before = when.side is Side.BEFORE
    length = when.span.clock if when.span.days is None else timedelta(days=when.span.days)
    away = -length if before else length
    for anchor, session in _chosen(when.which, planned, facts, zone):
        counted_from = session.starts_at if before else session.ends_at
        if not since - _ROUGHLY <= counted_from + away <= until + _ROUGHLY:
            continue
        moment = _offset(counted_from, when.span, when.at, zone, before=before)
        if moment is not None:
            preparing = before and moment.at < session.starts_at
            yield Hit(
                anchor,
                moment,
                not_before=None if before else session.ends_at,
                not_after=session.starts_at if preparing else None,
                about=session.id,
                overlap=_overlap(session, moment, planned, preparing=preparing),
            )


def _overlap(session: Session, moment: Moment, planned: list[Session], *, preparing: bool) -> str:
    place = next(n for n, one in enumerate(planned) if one is session)
    if preparing and place and planned[place - 1].ends_at > moment.at:
        return f"The session before it ({planned[place - 1].number}) is not over by then."
    following = planned[place + 1 : place + 2]
    if not preparing and following and following[0].starts_at <= moment.at:
        return f"The next session ({following[0].number}) has begun by then."
    return ""


def _chosen(which: Which | int, planned: list[Session], facts: PlanFacts, zone: ZoneInfo) -> list[tuple[str, Session]]:
    """The sessions meant, each with its anchor. Which one is the last is known only once the enrolment has an end.

    A session meant by its place ("session 6") is anchored by that: numbers move up when an earlier one is cancelled.
    """
    start, end = facts.enrolment.start, facts.enrolment.end
    match which:
        case Which.EVERY:
            return [(str(session.id), session) for session in planned]
        case Which.FIRST:
            found = planned[:1]
        case Which.LAST:
            found = [one for one in planned if end and one.ends_at.astimezone(zone).date() <= end][-1:]
        case int():
            found = [session for session in planned if session.number == which]
    name = which if isinstance(which, Which) else f"session {which}"
    return [(f"{start}/{name}", session) for session in found]


def _around_promises(when: AroundPromise, facts: PlanFacts, zone: ZoneInfo) -> Iterator[Hit]:
    """The client's own promises: what the coach promised is not asked of the client."""
    days = (when.span.days or 0) * (-1 if when.side is Side.BEFORE else 1)
    for promise in (one for one in facts.promises if not one.by_coach):
        moment = wall_clock(_days_on(promise.due_on, days), when.at, zone)
        if moment is not None and moment.at >= promise.made_at:
            yield Hit(str(promise.id), moment, not_before=promise.made_at, about=promise.id)


def _after_letter(
    when: AfterPrompt | AfterAnswer,
    facts: PlanFacts,
    zone: ZoneInfo,
    names: frozenset[str],
    at_latest: AfterPrompt | None,
) -> Iterator[Hit]:
    """After each letter, or each answer; with `at_latest` an answer that does not come is not waited for longer."""
    for letter in facts.history:
        if letter.prompt not in names:
            continue
        anchor = f"{letter.prompt}/{letter.anchor}"
        spans = [(letter.answered_at if isinstance(when, AfterAnswer) else letter.sent_at, when)]
        spans += [(letter.sent_at, at_latest)] if at_latest is not None else []
        hits = [
            Hit(anchor, moment, not_before=counted_from, about=letter.about)
            for counted_from, one in spans
            if counted_from is not None and (moment := _offset(counted_from, one.span, one.at, zone)) is not None
        ]
        if hits:
            yield min(hits, key=lambda hit: hit.moment.at)


def _after_silence(when: AfterSilence, facts: PlanFacts, zone: ZoneInfo, quiet: frozenset[str]) -> Iterator[Hit]:
    """Silence begins with the oldest letter that nothing has followed; letters about silence do not count."""
    opening = next((letter for letter in facts.history if letter.prompt not in quiet and _is_open(letter, facts)), None)
    if opening is not None:
        moment = _offset(opening.sent_at, when.span, when.at, zone)
        if moment is not None:
            yield Hit(f"silence/{opening.prompt}/{opening.anchor}", moment, not_before=opening.sent_at)


def _is_open(letter: PromptHistory, facts: PlanFacts) -> bool:
    last = facts.last_reply_at
    return letter.answered_at is None and (last is None or letter.sent_at > last)


def _offset(
    counted_from: datetime, span: Span, at: time | None, zone: ZoneInfo, *, before: bool = False
) -> Moment | None:
    sign = -1 if before else 1
    if span.days is None:
        return moment_at(counted_from + sign * span.clock, zone)
    local = counted_from.astimezone(zone)
    day = _days_on(local.date(), sign * span.days)
    return wall_clock(day, at or local.time().replace(tzinfo=None), zone)


def _one(anchor: str, day: date, at: time, zone: ZoneInfo) -> Iterator[Hit]:
    moment = wall_clock(day, at, zone)
    if moment is not None:
        yield Hit(anchor, moment)


def _days_on(day: date, days: int) -> date:
    """The day so many days later, or the calendar's own first or last day where that lies beyond it."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
