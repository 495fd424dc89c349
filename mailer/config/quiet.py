"""When do no letters go? [[quiet]] periods and the usual [quiet_times], from their tables to what planning gets.

A misspelt exception would silence the very letters it should let through, so each has to be a kind of letter or a
schedule that there is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Annotated

from mailer.config.spellings import Line
from mailer.errors import Problem
from mailer.model.people import QuietHours
from mailer.model.plan import Rank
from mailer.schedule.audience import Audience, parse_audience
from mailer.schedule.expression import ExpressionError
from mailer.schedule.quiet import QuietPeriod, QuietTimes, rank_named
from mailer.schedule.when import DAY_NAMES
from mailer.tomlfile import Field, Places, Spelling, Table

_HOURS = re.compile(r"\s*(\d{1,2})[:.](\d{2})\s*(?:to|until|-|–)\s*(\d{1,2})[:.](\d{2})\s*")

Hours = Annotated[str, Spelling(r"^$|^\d{1,2}[:.]\d{2} ?(to|until|-|–) ?\d{1,2}[:.]\d{2}$", "22:00 to 06:00")]
WeekDay = Annotated[str, Spelling("^[A-Za-z]{3,}$", *DAY_NAMES)]


class QuietTable(Table):
    """[[quiet]]"""

    first: date = Field(alias="from")
    """The first quiet day, on each client's own calendar."""
    until: date
    """The last quiet day."""
    audience: Line = Field(default="everyone", alias="for")
    """For whom: "everyone", "country DE", "tag acme and language de", "clients ana, bela"."""
    exceptions: tuple[Line, ...] = Field(default=(), alias="except")
    """What goes all the same: "session", "promise", "weekly", "other", or a schedule's id."""


class QuietTimesTable(Table):
    """[quiet_times]"""

    hours: Hours = "22:00 to 06:00"
    """The hours of a client's day in which no letter goes; "" for none."""
    days_off: tuple[WeekDay, ...] = ()
    """Days of the week on which no letter goes."""
    holidays: bool = False
    """true: no letter goes on a public holiday of the client's country."""


@dataclass(slots=True)
class QuietReading:
    """The quiet times on their way from their tables; gathers problems. `schedules` are the ids there are, if known."""

    places: Places
    schedules: Collection[str]
    problems: list[Problem] = field(default_factory=list)

    def times(self, periods: Iterable[tuple[int, QuietTable]], usual: QuietTimesTable) -> QuietTimes:
        """What planning gets; without what there are problems with."""
        read = [self._period(table, "quiet", index) for index, table in periods]
        return QuietTimes(
            hours=self._hours(usual.hours),
            days_off=self._days_off(usual.days_off),
            holidays=usual.holidays,
            periods=tuple(one for one in read if one is not None),
        )

    def _period(self, table: QuietTable, *loc: str | int) -> QuietPeriod | None:
        if table.first > table.until:
            said = f"the last day, {table.until}, lies before the first, {table.first}; exchange them or mend the year"
            self._problem(said, *loc, "until")
        for number, name in enumerate(table.exceptions):
            self._check_exception(name, *loc, "except", number)
        audience = self._audience(table.audience, *loc, "for")
        if audience is None:
            return None
        named = {name.lower() if rank_named(name) is not None else name for name in table.exceptions}
        return QuietPeriod(first=table.first, last=table.until, audience=audience, exceptions=frozenset(named))

    def _audience(self, text: str, *loc: str | int) -> Audience | None:
        try:
            return parse_audience(text)
        except ExpressionError as error:
            line, column = self.places.within(error.offset, *loc)
            self.problems.append(replace(self.places.problem(str(error), *loc), line=line, column=column))
            return None

    def _check_exception(self, name: str, *loc: str | int) -> None:
        ranks = [rank.name.lower() for rank in Rank]
        if rank_named(name) is not None or name in self.schedules or not self.schedules:
            return
        near = difflib.get_close_matches(name.lower(), [*ranks, *sorted(self.schedules)], n=1)
        listed = ", ".join(f'"{rank}"' for rank in ranks)
        hint = f'did you mean "{near[0]}"?' if near else f"write {listed} or the id of a schedule"
        self._problem(f'there is no kind of letter and no schedule "{name[:40]}"; {hint}', *loc)

    def _hours(self, text: str) -> QuietHours | None:
        try:
            return quiet_hours(text)
        except ValueError as error:
            self._problem(str(error), "quiet_times", "hours")
            return None

    def _days_off(self, names: Sequence[str]) -> frozenset[int]:
        found = set()
        for number, name in enumerate(names):
            try:
                found.add(week_day(name))
            except ValueError as error:
                self._problem(str(error), "quiet_times", "days_off", number)
        if len(found) == len(DAY_NAMES):
            said = "every day of the week is off, and nothing would ever be sent; leave at least one out"
            self._problem(said, "quiet_times", "days_off")
        return frozenset(found)

    def _problem(self, message: str, *loc: str | int) -> None:
        self.problems.append(self.places.problem(message, *loc))


def quiet_hours(text: str) -> QuietHours | None:
    """The hours that "22:00 to 06:00" means, None for ""; ValueError says how to write them."""
    if not text.strip():
        return None
    match = _HOURS.fullmatch(text)
    numbers = [int(one) for one in match.groups()] if match else []
    if not numbers or max(numbers[0::2]) > 23 or max(numbers[1::2]) > 59:
        raise ValueError(f'"{text[:40]}" is no stretch of hours; write it as "22:00 to 06:00", or "" for none')
    begin, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    if begin == end:
        raise ValueError(f'"{text[:40]}" begins when it ends; write two times that differ, or "" for none')
    return QuietHours(begin=begin, end=end)


def week_day(text: str) -> int:
    """The day of the week of that name, Monday as 0; ValueError names the nearest."""
    word = text.strip().lower().removesuffix("s") if len(text) > 3 else text.strip().lower()
    names = {name.lower(): number for number, name in enumerate(DAY_NAMES)}
    names |= {name[:3].lower(): number for number, name in enumerate(DAY_NAMES)}
    if word in names:
        return names[word]
    near = difflib.get_close_matches(word.title(), DAY_NAMES, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f'write "{DAY_NAMES[5]}", for example'
    raise ValueError(f'"{text[:20]}" is no day of the week; {hint}')
