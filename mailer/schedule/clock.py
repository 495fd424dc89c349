"""At which instant does a wall-clock time come on a given day in a given zone?

A time that the clocks jump over comes at the first instant after the jump; a time that comes twice counts the first
time; a day that a zone left out altogether (Samoa, 30 December 2011) has no times. Python's own arithmetic answers
such questions silently and otherwise: it takes 02:30 in a spring gap for 03:30 (PEP 495).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant, as the world and as a client's clock has it."""

    at: datetime  # aware UTC
    local: datetime  # aware, in the zone
    shifted: bool = False  # the time asked for does not exist; this is the first instant after it


def wall_clock(day: date, at: time, zone: ZoneInfo) -> Moment | None:
    """The instant at which a clock in `zone` shows that time on that day; None where the zone has no such day.

    The first and last year of the calendar stand for "never" in some people's files, and have no instants.
    """
    if day.year in (MINYEAR, MAXYEAR):
        return None
    asked = datetime.combine(day, at.replace(fold=0) if at.fold else at, zone)
    instant = asked.astimezone(UTC)
    if asked.utcoffset() == asked.replace(fold=1).utcoffset():  # neither left out nor there twice (PEP 495)
        return Moment(instant, asked)
    local = instant.astimezone(zone)
    if local.replace(tzinfo=None) == asked.replace(tzinfo=None):
        return Moment(instant, local)
    after = _after_gap(asked, zone).astimezone(zone)
    if after.date() != day and not _exists(day, zone):
        return None
    return Moment(after.astimezone(UTC), after, shifted=True)


def moment_at(instant: datetime, zone: ZoneInfo) -> Moment:
    """An instant as a clock in `zone` shows it."""
    return Moment(instant.astimezone(UTC), instant.astimezone(zone))


def _after_gap(asked: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the jump that leaves out `asked`, found by halving the span it must lie in."""
    offset_before = asked.utcoffset()
    low, high = asked.replace(fold=1).astimezone(UTC), asked.astimezone(UTC)  # before the jump; at it or after it
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset_before:
            low = middle
        else:
            high = middle
    return high


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether any part of a day exists; asked only where one of its times does not, so its two ends tell."""
    for at in (time.min, time.max):
        asked = datetime.combine(day, at, zone)
        if asked.astimezone(UTC).astimezone(zone).date() == day:
            return True
    return False
