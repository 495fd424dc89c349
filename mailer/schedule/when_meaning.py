"""What a sentence of the `when` grammar stands for: its parse tree turned into one of the values of when.py.

Sentences that are grammatical and mean nothing (25:00, the 30th of February, hours with a time of day) raise Unmeant,
which knows the place and, where there is one, the whole sentence that could have been meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import Any, TypeVar

from lark import Token, Transformer

from mailer.schedule.cron import CronError, read_cron
from mailer.schedule.when import (
    AT_ONCE,
    EVERY_DAY,
    SAME_DAY,
    WEEKEND,
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
from mailer.schedule.when_words import ORDINALS, Unmeant, count_of, date_of, day_of, number_of, time_of

_UNITS = {"m": Unit.MINUTE, "h": Unit.HOUR, "d": Unit.DAY, "w": Unit.WEEK}
_CRON = ("30", "8", "*", "*", "fri")  # what stands in for a field that means nothing
_TYPES = {"FIRST": "first", "LAST": "last"}
_Timed = TypeVar("_Timed", AroundSession, AfterSilence, AfterPrompt, AfterAnswer)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day and where it stands."""

    at: time
    token: Token


class Meaning(Transformer[Token, When]):
    """One method per rule of the grammar; each gets what stands below it, noise left out."""

    def weekly(self, parts: list[Any]) -> When:
        times, days = sorted(parts, key=lambda part: isinstance(part[0], int))  # "at 8:30 every Friday" too
        return Weekly(days=days, times=times)

    def every_days(self, parts: list[Any]) -> When:
        number, times = parts
        count = count_of(number)
        return EveryDays(count=count, times=times) if count > 1 else Weekly(days=EVERY_DAY, times=times)

    def every_weeks(self, parts: list[Any]) -> When:
        number, days, times = parts
        count = count_of(number)
        return EveryWeeks(count=count, days=days, times=times) if count > 1 else Weekly(days=days, times=times)

    def fortnightly(self, parts: list[Any]) -> When:
        days, times = parts
        return EveryWeeks(count=2, days=days, times=times)

    def monthly(self, parts: list[Any]) -> When:
        ordinal, day, times = parts
        return Monthly(ordinal=ORDINALS[ordinal.lower()], day=day_of(day), times=times)

    def on_date(self, parts: list[Any]) -> When:
        *day, times = parts
        return OnDate(day=date_of(day), times=times)

    def programme_day(self, parts: list[Any]) -> When:
        number, at = parts
        return ProgrammeDay(number=number_of(number), at=time_of(at))

    def first_day(self, parts: list[Any]) -> When:
        return ProgrammeDay(number=1, at=time_of(parts[1]))

    def programme_week(self, parts: list[Any]) -> When:
        number, day, at = sorted(parts, key=lambda token: ("NUMBER", "DAY", "TIME").index(token.type))
        return ProgrammeWeek(number=number_of(number), day=day_of(day), at=time_of(at))

    def cron(self, parts: list[Any]) -> When:
        words = [token.strip("\"'") for token in parts]
        if words[0] == "*":
            said = '"*" is every minute, 60 letters an hour; write which minute'
            raise Unmeant(parts[0], said, f"cron {' '.join(['0', *words[1:5]])}")
        try:
            return Cron(fields=read_cron(words))
        except CronError as wrong:
            token = parts[wrong.index] if wrong.index < len(parts) else None
            mended = [*words[: wrong.index], *_CRON[wrong.index : wrong.index + 1], *words[wrong.index + 1 :]]
            raise Unmeant(token, str(wrong), f"cron {' '.join(mended)}") from wrong

    def around_session(self, parts: list[Any]) -> When:
        which = next(part for part in parts if isinstance(part, Which | int))
        form = AroundSession(span=_span(parts), side=_side(parts), which=which, at=_at(parts))
        return _sensibly_timed(form, parts, instead=replace(form, span=SAME_DAY, side=Side.BEFORE))

    def session_day(self, parts: list[Any]) -> When:
        return AroundSession(span=SAME_DAY, side=Side.BEFORE, which=Which.EVERY, at=_at(parts))

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
        token = parts[0]
        return Which(f"{_TYPES[token.type]} session") if token.type in _TYPES else number_of(token)

    def same_day(self, _parts: list[Token]) -> Span:
        return SAME_DAY

    def span(self, parts: list[Token]) -> Span:
        if parts[0].type == "HALF_HOUR":
            return Span(amount=30, unit=Unit.MINUTE)
        *number, unit = parts
        return Span(amount=number_of(number[0]) if number else 1, unit=_UNITS[unit[0].lower()])

    def clock(self, parts: list[Token]) -> _Clock:
        return _Clock(time_of(parts[0]), parts[0])

    def times(self, parts: list[Token]) -> tuple[time, ...]:
        return tuple(sorted({time_of(token) for token in parts}))

    def days(self, parts: list[tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(sorted({day for part in parts for day in part}))

    plural = days

    def one_day(self, parts: list[Token]) -> tuple[int, ...]:
        return (day_of(parts[0]),)

    def from_to(self, parts: list[Token]) -> tuple[int, ...]:
        first, last = map(day_of, parts)
        return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))

    def working_days(self, _parts: list[Token]) -> tuple[int, ...]:
        return WORKING_DAYS

    def any_day(self, _parts: list[Token]) -> tuple[int, ...]:
        return EVERY_DAY

    def weekend(self, _parts: list[Token]) -> tuple[int, ...]:
        return WEEKEND

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
