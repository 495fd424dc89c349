"""What may stand in `when`: one value per form, and the one spelling each is shown in.

`str(when)` is the canonical line; reading it gives the same value again. The grammar that reads people's spellings
is in when_grammar.py, what a value means on a calendar in calendar.py and anchored.py.

Days of the week count from Monday = 0, as `date.weekday()` does. Tuples of days and times are sorted and free of
repeats, and never empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from mailer.schedule.cron import CronFields

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = tuple(range(7))
WORKING_DAYS = tuple(range(5))
WEEKEND = (5, 6)
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}


class Unit(StrEnum):
    """What a distance is counted in. Days and weeks follow the calendar, the others the clock."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class Side(StrEnum):
    """Which side of its anchor an occurrence lies on."""

    BEFORE = "before"
    AFTER = "after"


class Which(StrEnum):
    """Which of a client's sessions is meant where no number says so."""

    EVERY = "session"
    FIRST = "first session"
    LAST = "last session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A distance from an anchor: "2 days". Zero days is the anchor's own day, zero minutes the anchor itself."""

    amount: int
    unit: Unit

    @property
    def days(self) -> int | None:
        """Calendar days, or None where the clock counts."""
        return {Unit.DAY: self.amount, Unit.WEEK: 7 * self.amount}.get(self.unit)

    @property
    def clock(self) -> timedelta:
        """The exact distance of minutes or hours."""
        return timedelta(hours=self.amount) if self.unit is Unit.HOUR else timedelta(minutes=self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


AT_ONCE = Span(amount=0, unit=Unit.MINUTE)
SAME_DAY = Span(amount=0, unit=Unit.DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Named days of every week: "every Friday at 08:30"."""

    days: tuple[int, ...]
    times: tuple[time, ...]

    def __str__(self) -> str:
        return f"every {_days(self.days)} {_at(*self.times)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryDays:
    """Every so many days, counted from the enrolment's start: "every 3 days at 09:00"."""

    count: int  # 2 or more
    times: tuple[time, ...]

    def __str__(self) -> str:
        return f"every {self.count} days {_at(*self.times)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryWeeks:
    """Named days of every so many weeks, counted from the enrolment's start: "every 2 weeks on Tuesday at 16:00"."""

    count: int  # 2 or more
    days: tuple[int, ...]
    times: tuple[time, ...]

    def __str__(self) -> str:
        return f"every {self.count} weeks on {_listed([DAY_NAMES[day] for day in self.days])} {_at(*self.times)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """One weekday of every month: "first Monday of the month at 09:00"."""

    ordinal: int  # 1 to 4, or -1 for the last
    day: int
    times: tuple[time, ...]

    def __str__(self) -> str:
        return f"{ORDINALS[self.ordinal]} {DAY_NAMES[self.day]} of the month {_at(*self.times)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDate:
    """One date: "on 2026-12-03 at 09:00"."""

    day: date
    times: tuple[time, ...]

    def __str__(self) -> str:
        return f"on {self.day.isoformat()} {_at(*self.times)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A standard cron line, for what words cannot say: "cron 30 8 * * fri"."""

    fields: CronFields

    def __str__(self) -> str:
        return f"cron {self.fields}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDay:
    """A day of the enrolment, from 1: "day 1 at 09:00"."""

    number: int
    at: time

    def __str__(self) -> str:
        return f"day {self.number} {_at(self.at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeWeek:
    """A weekday in a week of the enrolment, from 1: "week 3 on Tuesday at 09:00"."""

    number: int
    day: int
    at: time

    def __str__(self) -> str:
        return f"week {self.number} on {DAY_NAMES[self.day]} {_at(self.at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundSession:
    """Before the start or after the end of a session: "2 days before session at 09:00"."""

    span: Span
    side: Side
    which: Which | int  # a number is the session's own
    at: time | None = None  # only with calendar days; None: the wall-clock time of the anchor

    def __str__(self) -> str:
        which = self.which if isinstance(self.which, Which) else f"session {self.which}"
        return _around(self.span, self.side, which, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundPromise:
    """Before or after the day a promise is due: "1 day after promise at 08:30"."""

    span: Span
    side: Side
    at: time

    def __str__(self) -> str:
        return _around(self.span, self.side, "promise", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeEnd:
    """Before the last day of the enrolment: "14 days before end at 09:00"."""

    span: Span
    at: time

    def __str__(self) -> str:
        if self.span == SAME_DAY:
            return f"on the last day {_at(self.at)}"
        return _around(self.span, Side.BEFORE, "end", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSilence:
    """So long after the oldest letter the client has left unanswered: "after 5 days of silence at 10:00"."""

    span: Span
    at: time | None = None

    def __str__(self) -> str:
        return f"after {self.span} of silence{_maybe_at(self.at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterPrompt:
    """So long after another prompt of the schedule went out: '4 days after "prep" at 10:00'."""

    span: Span
    prompt: str
    at: time | None = None

    def __str__(self) -> str:
        return f'{self.span} after "{self.prompt}"{_maybe_at(self.at)}'


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterAnswer:
    """So long after the client answered another prompt: '1 day after answer to "prep" at 08:30'."""

    span: Span
    prompt: str
    at: time | None = None

    def __str__(self) -> str:
        return _around(self.span, Side.AFTER, f'answer to "{self.prompt}"', self.at)


Calendar = Weekly | EveryDays | EveryWeeks | Monthly | OnDate | Cron
Anchored = (
    ProgrammeDay | ProgrammeWeek | AroundSession | AroundPromise | BeforeEnd | AfterSilence | AfterPrompt | AfterAnswer
)
When = Calendar | Anchored


def _around(span: Span, side: Side, anchor: str, at: time | None) -> str:
    if span == SAME_DAY:
        return f"on the day of {anchor}{_maybe_at(at)}"
    distance = "" if span == AT_ONCE else f"{span} "
    return f"{distance}{side} {anchor}{_maybe_at(at)}"


def _days(days: tuple[int, ...]) -> str:
    if days == EVERY_DAY:
        return "day"
    if days == WORKING_DAYS:
        return "weekday"
    return _listed([DAY_NAMES[day] for day in days])


def _at(*times: time) -> str:
    return "at " + _listed([f"{at:%H:%M}" for at in times])


def _maybe_at(at: time | None) -> str:
    return "" if at is None else f" {_at(at)}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
