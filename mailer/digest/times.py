"""How is a moment told to a coach?

In the coach's zone, as "yesterday 21:40"; with the client's own time in brackets where it is another day or at least
two hours off, so that a letter written at midnight is seen as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.digest.phrases import Phrases, counted

_NOTICEABLE = timedelta(hours=2)
_HOURS_UNTIL = timedelta(hours=48)  # up to here a span is told in hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where and when the coach reads, and in which words times are told."""

    zone: ZoneInfo
    now: datetime  # aware
    words: Phrases

    @property
    def today(self) -> date:
        """The coach's date."""
        return self.now.astimezone(self.zone).date()

    def moment(self, at: datetime, *, client_zone: str) -> str:
        """A past moment: "yesterday 21:40 (Sat 23:50 in Los Angeles)"."""
        here = at.astimezone(self.zone)
        told = f"{self._day_told(here.date())} {here:%H:%M}"
        return told + self._elsewhere(here, client_zone)

    def hour(self, at: datetime, *, client_zone: str) -> str:
        """A time of today: "14:00 (08:00 in New York)"."""
        here = at.astimezone(self.zone)
        return f"{here:%H:%M}" + self._elsewhere(here, client_zone)

    def day(self, day: date) -> str:
        """A date: "3 March", with the year where it is another than today's."""
        form = self.words.date if day.year == self.today.year else self.words.date_year
        return form.format(day=day.day, month=self.words.months[day.month - 1], year=day.year)

    def age(self, at: datetime) -> str:
        """How long ago: "26 hours ago"."""
        span = self.now - at
        return self.words.just_now if span < timedelta(minutes=1) else self.words.ago.format(span=self.span(span))

    def span(self, span: timedelta) -> str:
        """A length of time, rounded down: minutes, hours up to two days, then days; never nothing."""
        minutes = max(int(span.total_seconds() // 60), 1)
        if minutes < 60:
            return counted(self.words.minutes, minutes)
        if span < _HOURS_UNTIL:
            return counted(self.words.hours, minutes // 60)
        return counted(self.words.days, minutes // (24 * 60))

    def usual(self, span: timedelta) -> str:
        """A length of time to wait for, rounded up: hours within a day, then days."""
        hours = max(-(-int(span.total_seconds()) // 3600), 1)
        return counted(self.words.hours, hours) if hours < 24 else counted(self.words.days, -(-hours // 24))

    def _day_told(self, day: date) -> str:
        distance = (self.today - day).days
        if distance in {0, 1}:
            return self.words.yesterday if distance else self.words.today
        return self.words.weekdays[day.weekday()] if 1 < distance < 7 else self.day(day)

    def _elsewhere(self, here: datetime, client_zone: str) -> str:
        there = here.astimezone(ZoneInfo(client_zone))
        other_day = there.date() != here.date()
        apart = abs((there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta()))
        if not other_day and apart < _NOTICEABLE:
            return ""
        told = f"{self.words.weekdays_short[there.weekday()]} {there:%H:%M}" if other_day else f"{there:%H:%M}"
        place = client_zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")
        return f" ({self.words.in_zone.format(moment=told, place=place)})"
