"""What a cron line means: five fields, as POSIX crontab and its common extensions have them.

Minute, hour, day of month, month, day of week; `*`, lists, ranges, steps and English names. Sunday is 0 or 7 and
Monday is 1. Where both day fields are restricted, either one is enough (POSIX.1-2017, crontab). Left out: seconds,
`@daily` and its like, `L`, `W` and `#`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class _Range:
    name: str
    low: int
    high: int
    names: dict[str, int] = field(default_factory=dict)


_RANGES = (
    _Range("minute", 0, 59),
    _Range("hour", 0, 23),
    _Range("day of the month", 1, 31),
    _Range("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Range("day of the week", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)


class CronError(ValueError):
    """One field is wrong: `index` says which, from 0."""

    def __init__(self, index: int, message: str) -> None:
        self.index = index
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class CronFields:
    """The five fields as written, in lower case, and what they select. Equal when written the same."""

    texts: tuple[str, str, str, str, str]
    times: tuple[time, ...] = field(compare=False, repr=False)
    month_days: frozenset[int] = field(compare=False, repr=False)
    months: frozenset[int] = field(compare=False, repr=False)
    week_days: frozenset[int] = field(compare=False, repr=False)  # Monday is 0, as date.weekday() counts

    def on(self, day: date) -> tuple[time, ...]:
        """The wall-clock times of that day, in order; () on a day that is not selected."""
        if day.month not in self.months:
            return ()
        by_month, by_week = day.day in self.month_days, day.weekday() in self.week_days
        both = self.texts[2].startswith("*") or self.texts[4].startswith("*")
        return self.times if (by_month and by_week if both else by_month or by_week) else ()

    def __str__(self) -> str:
        return " ".join(self.texts)


def read_cron(words: list[str]) -> CronFields:
    """The meaning of five fields; raises CronError at the first that has none, or that no date can meet."""
    if len(words) != len(_RANGES):
        raise CronError(
            min(len(words), 5), "a cron line has five fields: minute, hour, day of the month, month, weekday"
        )
    one, two, three, four, five = (word.lower() for word in words)
    minutes, hours, month_days, months, week_days = (
        _read_field(word, index) for index, word in enumerate((one, two, three, four, five))
    )
    impossible = all(min(month_days) > _LONGEST_MONTH[month - 1] for month in months)
    if impossible and (five.startswith("*") or three.startswith("*")):
        raise CronError(2, "no month selected has that day")
    return CronFields(
        (one, two, three, four, five),
        tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
        month_days,
        months,
        frozenset((day - 1) % 7 for day in week_days),
    )


def _read_field(word: str, index: int) -> frozenset[int]:
    return frozenset(number for part in word.split(",") for number in _read_part(part, index))


def _read_part(part: str, index: int) -> range:
    limits = _RANGES[index]
    body, slash, step_text = part.partition("/")
    step = _number(step_text, index) if slash else 1
    if step < 1:
        raise CronError(index, f'"{part}" has a step of nothing')
    if body == "*":
        return range(limits.low, limits.high + (0 if limits.high == 7 else 1), step)
    low_text, dash, high_text = body.partition("-")
    low = _number(low_text, index)
    high = _number(high_text, index) if dash else (limits.high if slash else low)
    if dash and limits.high == 7 and high == 0:  # fri-sun
        high = 7
    if not limits.low <= low <= high <= limits.high:
        raise CronError(index, f'"{part}" is no {limits.name} ({limits.low} to {limits.high})')
    return range(low, high + 1, step)


def _number(word: str, index: int) -> int:
    limits = _RANGES[index]
    if word in limits.names:
        return limits.names[word]
    if not (word.isascii() and word.isdigit()) or len(word) > 3:
        raise CronError(index, f'"{word}" is no {limits.name} ({limits.low} to {limits.high})')
    return int(word)
