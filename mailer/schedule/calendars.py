"""On which days, and at what times, does a calendar form of `when` fall?

These forms hang on the client's local date. A second time on the same day is slot 2: the anchor of the first is the
plain date, so that adding a time to a prompt repeats nothing that has gone out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.schedule.clock import Moment, wall_clock
from mailer.schedule.when import Calendar, Cron, EveryDays, EveryWeeks, Monthly, OnDate, Weekly

HORIZON = timedelta(days=3700)  # ten years: beyond the rarest day a cron line can name (29 February)
ONE_DAY = timedelta(days=1)
_LAST_DAY = date(MAXYEAR, 12, 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence a form calls for, before it is known whether it is still open."""

    anchor: str
    moment: Moment
    not_before: datetime | None = None  # what it follows: no quiet time moves it to before that
    not_after: datetime | None = None  # it makes no sense later than this
    about: UUID | None = None  # the session or promise it hangs on
    overlap: str = ""  # why another session is in its way


def times_on(when: Calendar, day: date, *, start: date) -> tuple[time, ...]:
    """The wall-clock times of that day, in order; () on days the form leaves out. Counting begins at `start`."""
    match when:
        case Weekly():
            chosen = day.weekday() in when.days
        case EveryDays():
            chosen = (day - start).days % when.count == 0
        case EveryWeeks():
            chosen = day.weekday() in when.days and (day - start).days // 7 % when.count == 0
        case Monthly():
            chosen = day.weekday() == when.day and _is_nth(day, when.ordinal)
        case OnDate():
            chosen = day == when.day
        case Cron():
            return when.fields.on(day)
    return when.times if chosen else ()


def hits_from(when: Calendar, first: date, last: date | None, *, start: date, zone: ZoneInfo) -> Iterator[Hit]:
    """Every occurrence from `first` to `last` (or as far as anyone plans), oldest first."""
    day = max(first, start)
    horizon = _LAST_DAY if day > _LAST_DAY - HORIZON else day + HORIZON
    last = min(filter(None, [horizon, last, _only_day(when)]))
    while day <= last:
        if times := times_on(when, day, start=start):
            yield from _hits_on(day, times, zone)
        day += ONE_DAY


def hits_back(when: Calendar, first: date, last: date, *, start: date, zone: ZoneInfo) -> Iterator[Hit]:
    """Every occurrence from `last` back to `first`, newest first."""
    day, first = min(last, _only_day(when) or last), max(first, start)
    while day >= first:
        if times := times_on(when, day, start=start):
            yield from reversed(_hits_on(day, times, zone))
        day -= ONE_DAY


def _hits_on(day: date, times: tuple[time, ...], zone: ZoneInfo) -> list[Hit]:
    moments = ((slot, wall_clock(day, at, zone)) for slot, at in enumerate(times, 1))
    return [Hit(day.isoformat() + (f"#{slot}" if slot > 1 else ""), moment) for slot, moment in moments if moment]


def _only_day(when: Calendar) -> date | None:
    return when.day if isinstance(when, OnDate) else None


def _is_nth(day: date, ordinal: int) -> bool:
    if ordinal > 0:
        return (day.day - 1) // 7 + 1 == ordinal
    return (day + timedelta(days=7)).month != day.month
