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
_LAST_DAY = date(MAXYEAR, 12, 1)
_MONDAY = 6  # day 1 of the calendar was one: date.fromordinal(n).weekday() is (n + 6) % 7


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence a form calls for, before it is known whether it is still open."""

    anchor: str
    moment: Moment
    not_before: datetime | None = None  # what it follows: no quiet time moves it to before that
    not_after: datetime | None = None  # it makes no sense later than this
    about: UUID | None = None  # the session or promise it hangs on
    overlap: str = ""  # why another session is in its way


def hits_from(when: Calendar, first: date, last: date | None, *, start: date, zone: ZoneInfo) -> Iterator[Hit]:
    """Every occurrence from `first` to `last` (or as far as anyone plans), oldest first. Counting begins at `start`."""
    first = max(first, start)
    horizon = _LAST_DAY if first > _LAST_DAY - HORIZON else first + HORIZON
    for number in _days(when, first, min(last or horizon, horizon), start=start):
        if times := _times_on(when, number, start=start):
            yield from _hits_on(date.fromordinal(number), times, zone)


def hits_back(when: Calendar, first: date, last: date, *, start: date, zone: ZoneInfo) -> Iterator[Hit]:
    """Every occurrence from `last` back to `first`, newest first."""
    for number in reversed(_days(when, max(first, start), last, start=start)):
        if times := _times_on(when, number, start=start):
            yield from reversed(_hits_on(date.fromordinal(number), times, zone))


def _days(when: Calendar, first: date, last: date, *, start: date) -> range:
    """The days to look at, as ordinals: where a form names them outright, those alone."""
    begin, end = first.toordinal(), last.toordinal()
    match when:
        case OnDate():
            only = when.day.toordinal()
            return range(max(begin, only), min(end, only) + 1)
        case Weekly() if len(when.days) == 1:
            return range(begin + (when.days[0] - begin - _MONDAY) % 7, end + 1, 7)
        case EveryDays():
            return range(begin + (start.toordinal() - begin) % when.count, end + 1, when.count)
        case _:
            return range(begin, end + 1)


def _times_on(when: Calendar, number: int, *, start: date) -> tuple[time, ...]:
    """The wall-clock times of that day, in order; () on days the form leaves out."""
    week_day = (number + _MONDAY) % 7
    match when:
        case Weekly():
            chosen = week_day in when.days
        case EveryDays() | OnDate():
            chosen = True
        case EveryWeeks():
            chosen = week_day in when.days and (number - start.toordinal()) // 7 % when.count == 0
        case Monthly():
            chosen = week_day == when.day and _is_nth(date.fromordinal(number), when.ordinal)
        case Cron():
            return when.fields.on(date.fromordinal(number))
    return when.times if chosen else ()


def _hits_on(day: date, times: tuple[time, ...], zone: ZoneInfo) -> list[Hit]:
    hits = []
    for slot, at in enumerate(times, 1):
        moment = wall_clock(day, at, zone)
        if moment is not None:
            hits.append(Hit(day.isoformat() if slot == 1 else f"{day.isoformat()}#{slot}", moment))
    return hits


def _is_nth(day: date, ordinal: int) -> bool:
    if ordinal > 0:
        return (day.day - 1) // 7 + 1 == ordinal
    return (day + timedelta(days=7)).month != day.month
