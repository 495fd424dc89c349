"""When do the clocks of a zone change? Found by asking for its offset day by day and halving: not by mailer itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones())
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """The first instant of a new offset, and the two offsets."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def times(self) -> list[time]:
        """Times of day before, in and after what is left out or comes twice, to the minute."""
        begins, ends = sorted(self.at.replace(tzinfo=None) + offset for offset in (self.before, self.after))
        middle = begins + (ends - begins) / 2
        found = (begins - _MINUTE, begins, begins + _MINUTE, middle, ends - _MINUTE, ends, ends + _MINUTE)
        return sorted({one.time().replace(second=0, microsecond=0) for one in found})

    def instant(self, day: date, at: time) -> datetime:
        """When a clock of the zone first shows that time on that day, or has just jumped over it; near the change."""
        asked = datetime.combine(day, at, UTC)
        early, late = asked - self.before, asked - self.after
        if early < self.at:
            return early
        return late if late >= self.at else self.at


@cache
def changes(name: str) -> tuple[Change, ...]:
    """Every change of the zone's clocks in these years, in order."""
    zone = ZoneInfo(name)
    return tuple(_changes(zone))


@cache
def one_of_each_kind() -> tuple[str, ...]:
    """One zone for every way in which clocks run in these years: what holds for it holds for all like it."""
    kinds = {(_offset(SINCE, ZoneInfo(name)), changes(name)): name for name in reversed(ZONES)}
    return tuple(sorted(kinds.values()))


def _changes(zone: ZoneInfo) -> Iterator[Change]:
    day, offset = SINCE, _offset(SINCE, zone)
    while day < UNTIL:
        day += _DAY
        following = _offset(day, zone)
        if following != offset:
            yield Change(_first(day - _DAY, day, offset, zone), offset, following)
            offset = following


def _first(low: datetime, high: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
