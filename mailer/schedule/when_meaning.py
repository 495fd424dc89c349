"""What a sentence of the `when` grammar stands for: its parse tree turned into one of the values of when.py.

Sentences that are grammatical and mean nothing (25:00, the 30th of February, hours with a time of day) raise Unmeant,
which knows the place and, where there is one, the whole sentence that could have been meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, TypeVar

from lark import Token, Transformer

from mailer.schedule.cron import CronError, read_cron
from mailer.schedule.when import (
    AT_ONCE,
    EVERY_DAY,
    SAME_DAY,
    WORKING_DAYS,
    AfterAnswer,
    AfterPrompt,
    AfterSilence,
    AroundPromise,
    AroundSession,
    BeforeEnd,
    Cron,
    EveryDays,
    EveryWeeks,
    Monthly,
    OnDate,
    ProgrammeDay,
    ProgrammeWeek,
    Side,
    Span,
    Unit,
    Weekly,
    When,
    Which,
)

LARGEST = 1000  # days, weeks, hours: enough for any programme, small enough for the calendar

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {"m": Unit.MINUTE, "h": Unit.HOUR, "d": Unit.DAY, "w": Unit.WEEK}
_CRON = ("30", "8", "*", "*", "fri")  # what stands in for a field that means nothing
_TYPES = {"FIRST": "first", "LAST": "last"}
_CLOCK = re.compile(r"(\d+)(?:[:.h](\d+))?\s*([ap]?)", re.IGNORECASE)


class Unmeant(Exception):
    """A sentence without meaning: from which token on, why, and the sentence that may have been meant."""

    def __init__(self, token: Token | None, message: str, instead: str = "") -> None:
        self.token = token
        self.message = message
        self.instead = instead
        super().__init__(message)


_Timed = TypeVar("_Timed", AroundSession, AfterSilence, AfterPrompt, AfterAnswer)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day and where it stands."""

    at: time
    token: Token


class Meaning(Transformer[Token, When]):
    """One method per rule of the grammar; each gets what stands below it, noise left out."""

    def weekly(self, parts: list[Any]) -> When:
        days, times = parts
        return Weekly(days=days, times=times)

    def every_days(self, parts: list[Any]) -> When:
        number, times = parts
        count = _count(number)
        return EveryDays(count=count, times=times) if count > 1 else Weekly(days=EVERY_DAY, times=times)

    def every_weeks(self, parts: list[Any]) -> When:
        number, days, times = parts
        count = _count(number)
        return EveryWeeks(count=count, days=days, times=times) if count > 1 else Weekly(days=days, times=times)

    def monthly(self, parts: list[Any]) -> When:
        ordinal, day, times = parts
        return Monthly(ordinal=_ORDINALS[ordinal.lower()], day=_day(day), times=times)

    def on_date(self, parts: list[Any]) -> When:
        *day, times = parts
        return OnDate(day=_date(day), times=times)

    def programme_day(self, parts: list[Any]) -> When:
        number, at = parts
        return ProgrammeDay(number=_number(number), at=_time(at))

    def programme_week(self, parts: list[Any]) -> When:
        number, day, at = parts
        return ProgrammeWeek(number=_number(number), day=_day(day), at=_time(at))

    def cron(self, parts: list[Any]) -> When:
        try:
            return Cron(fields=read_cron([str(token) for token in parts]))
        except CronError as wrong:
            token = parts[wrong.index] if wrong.index < len(parts) else None
            mended = [*parts[: wrong.index], *_CRON[wrong.index : wrong.index + 1], *parts[wrong.index + 1 :]]
            raise Unmeant(token, str(wrong), f"cron {' '.join(mended)}") from wrong

    def around_session(self, parts: list[Any]) -> When:
        which = next(part for part in parts if isinstance(part, Which | int))
        form = AroundSession(span=_span(parts), side=_side(parts), which=which, at=_at(parts))
        return _sensibly_timed(form, parts, instead=replace(form, span=SAME_DAY, side=Side.BEFORE))

    def around_promise(self, parts: list[Any]) -> When:
        return AroundPromise(span=_whole_days(parts), side=_side(parts), at=_clock(parts).at)

    def before_end(self, parts: list[Any]) -> When:
        return BeforeEnd(span=_whole_days(parts), at=_clock(parts).at)

    def silence(self, parts: list[Any]) -> When:
        return _sensibly_timed(AfterSilence(span=_span(parts), at=_at(parts)), parts)

    def after_prompt(self, parts: list[Any]) -> When:
        return _sensibly_timed(AfterPrompt(span=_span(parts), prompt=_prompt(parts), at=_at(parts)), parts)

    def after_answer(self, parts: list[Any]) -> When:
        form = AfterAnswer(span=_span(parts), prompt=_prompt(parts), at=_at(parts))
        return _sensibly_timed(form, parts, instead=replace(form, span=Span(amount=1, unit=Unit.DAY)))

    def which(self, parts: list[Token]) -> Which | int:
        if not parts:
            return Which.EVERY
        return _number(parts[0]) if parts[0].type == "NUMBER" else Which(f"{_TYPES[parts[0].type]} session")

    def same_day(self, _parts: list[Token]) -> Span:
        return SAME_DAY

    def span(self, parts: list[Token]) -> Span:
        *number, unit = parts
        return Span(amount=_number(number[0]) if number else 1, unit=_UNITS[unit[0].lower()])

    def clock(self, parts: list[Token]) -> _Clock:
        return _Clock(_time(parts[0]), parts[0])

    def times(self, parts: list[Token]) -> tuple[time, ...]:
        return tuple(sorted({_time(token) for token in parts}))

    def days(self, parts: list[tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(sorted({day for part in parts for day in part}))

    plural = days

    def one_day(self, parts: list[Token]) -> tuple[int, ...]:
        return (_day(parts[0]),)

    def from_to(self, parts: list[Token]) -> tuple[int, ...]:
        first, last = map(_day, parts)
        return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))

    def working_days(self, _parts: list[Token]) -> tuple[int, ...]:
        return WORKING_DAYS

    def any_day(self, _parts: list[Token]) -> tuple[int, ...]:
        return EVERY_DAY

    plural_day, workdays, daily = one_day, working_days, any_day


def _span(parts: list[Any]) -> Span:
    return next((part for part in parts if isinstance(part, Span)), AT_ONCE)


def _side(parts: list[Any]) -> Side:
    return Side.AFTER if any(isinstance(part, Token) and part.type == "AFTER" for part in parts) else Side.BEFORE


def _at(parts: list[Any]) -> time | None:
    return next((part.at for part in parts if isinstance(part, _Clock)), None)


def _clock(parts: list[Any]) -> _Clock:
    return next(part for part in parts if isinstance(part, _Clock))


def _prompt(parts: list[Any]) -> str:
    quoted = next(part for part in parts if isinstance(part, Token) and part.type == "PROMPT")
    return str(quoted)[1:-1].strip()


def _whole_days(parts: list[Any]) -> Span:
    """The span of a form that hangs on a date, where hours have nothing to count from."""
    span = next((part for part in parts if isinstance(part, Span)), SAME_DAY)
    if span.days is None:
        days = Span(amount=max(1, span.clock.days), unit=Unit.DAY)
        raise Unmeant(_clock(parts).token, f"{span} cannot be counted from a date; write days, such as {days}")
    return span


def _sensibly_timed(form: _Timed, parts: list[Any], *, instead: When | None = None) -> _Timed:
    """The form, unless it gives a time of day to a distance the clock already counts out."""
    if form.at is None or form.span.days is not None:
        return form
    token = _clock(parts).token
    if form.span == AT_ONCE and instead is not None:
        raise Unmeant(token, "a time of day needs a day to stand on", str(instead))
    raise Unmeant(token, f"{form.span} are counted exactly and take no time of day", str(replace(form, at=None)))


def _time(token: Token) -> time:
    if token.lower() in {"noon", "midday"}:
        return time(12)
    found = _CLOCK.match(token)
    hour, minute, half = (int(found[1]), int(found[2] or 0), found[3].lower()) if found else (24, 0, "")
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Unmeant(token, f'"{token}" is not a time; write HH:MM, from 00:00 to 23:59')
    return time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)


def _number(token: Token) -> int:
    word = token.lower()
    number = _NUMBERS.index(word) + 1 if word in _NUMBERS else 1 if word in {"a", "an"} else int(word[:9])
    if not 1 <= number <= LARGEST:
        raise Unmeant(token, f'"{token}" is not a number from 1 to {LARGEST}')
    return number


def _count(token: Token) -> int:
    return 2 if token.type == "OTHER" else _number(token)


def _day(token: Token) -> int:
    return _DAYS.index(token.lower()[:3])


def _date(parts: list[Token]) -> date:
    try:
        if len(parts) == 1:
            year, month, day = map(int, parts[0].split("-"))
        else:
            day, month, year = int(parts[0][:9]), _MONTHS.index(parts[1].lower()[:3]) + 1, int(parts[2])
        return date(year, month, day)
    except ValueError as error:
        raise Unmeant(parts[0], f'"{" ".join(parts)}" is not a date of the calendar; write YYYY-MM-DD') from error
