"""When does no letter go? Quiet hours, days off, public holidays and quiet periods, for one prompt of one client.

A moment inside such a time is moved out of it, earlier or later as its prompt says, or given up with its reason. Days
move on the client's calendar and keep their time of day; hours move to the edge of the quiet stretch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailer.durations import say_duration
from mailer.model.people import USUAL_HABITS, QuietHours
from mailer.model.plan import PlanClient, Rank
from mailer.schedule.audience import Audience
from mailer.schedule.book import IfQuiet, Prompt, Schedule
from mailer.schedule.clock import Moment, moment_at, wall_clock
from mailer.schedule.holidays import public_holiday

EARLIEST = timedelta(days=7)  # a letter that would have to go earlier than this says nothing sensible any more
_DAY, _MINUTE, _INSTANT = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)
_STEPS = 400  # a quiet stretch of more than a year has no end worth waiting for


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPeriod:
    """Days on which some clients get no letters, but for those of the `exceptions`: ranks in words, or schedules."""

    first: date
    last: date
    audience: Audience
    exceptions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietTimes:
    """What config.toml says of quiet times; clients may have hours and days off of their own."""

    hours: QuietHours | None = None
    days_off: frozenset[int] = frozenset()  # Monday is 0
    holidays: bool = False  # public holidays of the client's country
    periods: tuple[QuietPeriod, ...] = ()

    @property
    def asks_for_traits(self) -> bool:
        """Whether a period is for a tag or a client by name, which are sealed otherwise."""
        return any(period.audience.is_personal for period in self.periods)

    @property
    def is_empty(self) -> bool:
        """Whether config.toml names none."""
        return self.hours is None and not (self.days_off or self.holidays or self.periods)


NO_QUIET = QuietTimes()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """What holds for all clients of an installation, beside what their schedules say."""

    quiet: QuietTimes = NO_QUIET
    letters_per_week: int = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a moment came to lie; `why` it was moved, or may not go at all (`never`)."""

    moment: Moment
    why: str = ""
    never: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quiet times of one prompt for one client."""

    zone: ZoneInfo
    hours: QuietHours | None
    days_off: frozenset[int]
    country: str  # whose holidays count; "" for none
    periods: tuple[QuietPeriod, ...]

    @property
    def is_empty(self) -> bool:
        """Whether every moment is free."""
        return self.hours is None and not (self.days_off or self.country or self.periods)

    def day(self, day: date) -> str:
        """Why the whole day is quiet; "" where it is not."""
        if day.weekday() in self.days_off:
            return "a day off"
        holiday = public_holiday(self.country, day) if self.country else ""
        if holiday:
            return f"a public holiday ({holiday})"
        inside = next((one for one in self.periods if one.first <= day <= one.last), None)
        return f"a quiet time, {inside.first} to {inside.last}" if inside else ""

    def at(self, local: datetime) -> str:
        """Why a moment of the client's clock is quiet; "" where it is not."""
        found = self.day(local.date())
        if found or self.hours is None or local.time() not in self.hours:
            return found
        return f"quiet hours, {self.hours}"

    def place(
        self,
        moment: Moment,
        prompt: Prompt,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> Placed:
        """The moment, or where it moves to out of a quiet time: to nothing before or after these."""
        why = "" if self.is_empty else self.at(moment.local)
        if not why:
            return Placed(moment)
        if prompt.if_quiet is IfQuiet.SKIP:
            return Placed(moment, never=f"It falls into {why}.")
        if prompt.if_quiet is IfQuiet.EARLIER:
            earliest = moment.at - EARLIEST
            stop = earliest if not_before is None else max(earliest, not_before + _MINUTE)
            reach = f"and so do the {EARLIEST.days} days before" if stop == earliest else "and so does all before it"
        else:
            stop = min(filter(None, (moment.at + prompt.max_late, not_after and not_after - _MINUTE)))
            reach = f"and may go {say_duration(prompt.max_late)} late at most"
        found = self._out(moment, back=prompt.if_quiet is IfQuiet.EARLIER, stop=stop)
        if found is None:
            return Placed(moment, never=f"It falls into {why}, {reach}.")
        return Placed(found, f"moved out of {why}")

    def ends(self, moment: Moment, *, stop: datetime) -> datetime | None:
        """When the quiet stretch around a moment ends; None where that is after `stop`.

        The same from every moment of the stretch, however often it is asked.
        """
        day, at = moment.local.date(), moment.local.time()
        for _ in range(_STEPS):
            if self.day(day):
                day, at = day + _DAY, time.min
            elif self.hours is not None and (at in self.hours or at == self.hours.begin != self.hours.end):
                day, at = _edge(self.hours, day, at, back=False)
            else:
                found = wall_clock(day, at, self.zone)
                end = found and max(found.at, moment.at)  # it may have ended the first time this hour came
                return end if end and end <= stop else None
        return None

    def begins(self, after: datetime, *, stop: datetime) -> datetime | None:
        """When the next quiet stretch begins, before `stop`; None where none does. `after` is free, perhaps just so."""
        if self.is_empty:
            return None
        day = after.astimezone(self.zone).date()
        while datetime.combine(day, time.min, self.zone).astimezone(UTC) < stop:
            edge = time.min if self.day(day) else self.hours.begin if self.hours else None
            found = wall_clock(day, edge, self.zone) if edge is not None else None
            if found is not None and after <= found.at < stop:
                return found.at
            day += _DAY
        return None

    def _out(self, moment: Moment, *, back: bool, stop: datetime) -> Moment | None:
        day, at = moment.local.date(), moment.local.time()
        usual = at
        if self.hours is not None and at in self.hours:  # on any other day it is quiet as well
            usual = self.hours.begin if back else self.hours.end
        for _ in range(_STEPS):
            if self.day(day):
                day, at = day + (-_DAY if back else _DAY), usual
            elif self.hours is not None and at in self.hours:
                day, at = _edge(self.hours, day, at, back=back)
            else:
                found = wall_clock(day, at, self.zone)
                if found and not back and found.at < moment.at:
                    found = moment  # the quiet hours ended the first time this hour came
                return found if found and (stop <= found.at if back else found.at <= stop) else None
        return None


def quiet_of(schedule: Schedule, prompt: Prompt, client: PlanClient, times: QuietTimes, zone: ZoneInfo) -> Quiet:
    """The quiet times of a prompt for a client: those of config.toml and the client's own."""
    if times.is_empty and client.habits is USUAL_HABITS:
        return _free(zone)
    names = {prompt.rank.name.lower(), schedule.slug}
    return Quiet(
        zone=zone,
        hours=client.habits.quiet_hours or times.hours,
        days_off=times.days_off | client.habits.days_off,
        country=client.country if times.holidays else "",
        periods=tuple(
            one
            for one in times.periods
            if names.isdisjoint(one.exceptions) and one.audience.includes(client, client.coach)
        ),
    )


@lru_cache(maxsize=1024)
def _free(zone: ZoneInfo) -> Quiet:
    return Quiet(zone=zone, hours=None, days_off=frozenset(), country="", periods=())


def waits_until(quiet: Quiet, now: datetime, *, until: datetime) -> datetime | None:
    """When a letter that is due at a quiet moment may go; `now` where it is free, None where that is too late."""
    if quiet.is_empty:
        return now
    moment = moment_at(now, quiet.zone)
    if not quiet.at(moment.local + _INSTANT):  # the very beginning of quiet hours is no time to begin
        return now
    return quiet.ends(moment, stop=until - _MINUTE)


def rank_named(name: str) -> Rank | None:
    """The rank of that name, as exceptions say it; None where there is none."""
    return Rank.__members__.get(name.upper())


def _edge(hours: QuietHours, day: date, at: time, *, back: bool) -> tuple[date, time]:
    """The nearest end of quiet hours; where they span midnight it may lie on the day beside."""
    over_midnight = hours.begin > hours.end
    if back:
        return (day - _DAY if over_midnight and at < hours.end else day), hours.begin
    return (day + _DAY if over_midnight and at >= hours.begin else day), hours.end
