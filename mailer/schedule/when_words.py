"""What does one word of a `when` mean: a time of day, a number, a weekday, a date?"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, time

from lark import Token

LARGEST = 1000  # days, weeks, hours: enough for any programme, small enough for the calendar
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CLOCK = re.compile(r"(\d+)(?:[:.h](\d+))?(?::00)?\s*([ap]?)", re.IGNORECASE)


class Unmeant(Exception):
    """A sentence without meaning: from which token on, why, and the sentence that may have been meant."""

    def __init__(self, token: Token | None, message: str, instead: str = "") -> None:
        self.token = token
        self.message = message
        self.instead = instead
        super().__init__(message)


def time_of(token: Token) -> time:
    """The time of day; Unmeant where no day has it."""
    if token.lower().endswith(("noon", "midday")):
        return time(12)
    found = _CLOCK.match(token)
    hour, minute, half = (int(found[1]), int(found[2] or 0), found[3].lower()) if found else (24, 0, "")
    if minute > 59 or hour > 23 or (half == "a" and hour > 12) or (half == "p" and hour < 1):
        raise Unmeant(token, f'"{token}" is not a time; write HH:MM, from 00:00 to 23:59')
    return time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)  # 13:30 pm is 13:30


def number_of(token: Token) -> int:
    """The number, in figures or words; Unmeant where it is not from 1 to LARGEST."""
    word = token.lower()
    if word in ORDINALS:
        return ORDINALS[word]
    figures = re.match(r"\d{1,9}", word)
    number = int(figures[0]) if figures else _NUMBERS.index(word) + 1 if word in _NUMBERS else 1  # a, an
    if not 1 <= number <= LARGEST:
        raise Unmeant(token, f'"{token}" is not a number from 1 to {LARGEST}')
    return number


def count_of(token: Token) -> int:
    """How many days or weeks lie between two; "other" is every second one."""
    return 2 if token.type == "OTHER" else number_of(token)


def day_of(token: Token) -> int:
    """The weekday, Monday being 0."""
    return _DAYS.index(token.lower()[:3])


def date_of(parts: list[Token]) -> date:
    """The date that one ISO word or a day, a month and a year stand for."""
    if len(parts) == 1:
        year, month, day = map(int, re.split(r"[-/.]", parts[0]))
    else:
        name, number = sorted(parts[:2], key=lambda token: token.type != "MONTH")
        year, month, day = int(parts[2]), _MONTHS.index(name.lower()[:3]) + 1, number_of(number)
    try:
        return date(year, month, day)
    except ValueError as error:
        said = f'"{" ".join(parts)}" is not a date of the calendar; write YYYY-MM-DD'
        real = 1 <= month <= 12 and year >= 1 and day > 28
        instead = f"on {year:04d}-{month:02d}-{monthrange(year, month)[1]} at 09:00" if real else ""
        raise Unmeant(parts[0], said, instead) from error
