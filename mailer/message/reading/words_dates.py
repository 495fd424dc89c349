"""For how long does a client want a pause: "2 weeks", "until 3 May", "bis 03.05."?

Dates without a year are the next such day. A numeric date is read day first, save in English where 3/5 may mean both
and is left unread; the 13th of anything is clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.message.reading.tables.steering import COUNTS, FOR, MONTHS, UNITS, UNTIL, WEEKDAYS

_LONGEST_DAYS = 366
_MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_WEEKDAY_OF = {name: number for number, names in enumerate(WEEKDAYS) for name in names}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})(?:[./-]\s?(\d{2,4}))?\.?")
_DAY = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?")
_YEAR = re.compile(r"(?:20)\d\d")
_FILLER = frozenset({"the", "of", "de", "den", "dem", "der", "le", "el", "il", "del", "om", "on", "next", "nächsten"})


@dataclass(frozen=True, slots=True)
class Span:
    """How long a pause holds: a number of days, or up to a day; both None where that could not be told apart."""

    days: int | None = None
    until: date | None = None


def span(text: str, *, language: str, today: date) -> Span | None:
    """The span a text names, or None where it names none."""
    for word in UNTIL[language]:
        if text.startswith(word) and text[len(word) : len(word) + 1] in ("", " ") and text != word:
            return _until(text[len(word) :].strip(), language=language, today=today)
    for word in FOR[language]:
        if text.startswith(word + " "):
            text = text[len(word) + 1 :]
            break
    return _days(text, UNITS[language])


def _days(text: str, units: dict[str, int]) -> Span | None:
    words = [word for word in text.split() if word not in ("of", "de")]
    if len(words) == 3 and words[0] in ("a", "ein", "een", "un"):
        words = words[1:]
    if len(words) != 2 or words[1].rstrip(".") not in units:
        return None
    count = int(words[0]) if words[0].isdigit() and len(words[0]) < 4 else COUNTS.get(words[0])
    if not count:
        return None
    return Span(days=min(count * units[words[1].rstrip(".")], _LONGEST_DAYS))


def _until(text: str, *, language: str, today: date) -> Span | None:
    iso = _ISO.fullmatch(text)
    if iso is not None:
        return _checked(int(iso[1]), int(iso[2]), int(iso[3]), today)
    numeric = _NUMERIC.fullmatch(text)
    if numeric is not None:
        return _numeric(numeric, language=language, today=today)
    words = [word.rstrip(",") for word in text.split() if word not in _FILLER]
    if len(words) == 1 and words[0] in _WEEKDAY_OF:
        return Span(until=today + timedelta(days=(_WEEKDAY_OF[words[0]] - today.weekday() - 1) % 7 + 1))
    return _spelled(words, today)


def _numeric(found: re.Match[str], *, language: str, today: date) -> Span | None:
    day, month = int(found[1]), int(found[3])
    if language == "en" and found[2] == "/":
        if day <= 12 and month <= 12 and day != month:
            return Span()
        if month > 12:
            day, month = month, day
    year = int(found[4]) if found[4] else None
    return _checked(year + 2000 if year is not None and year < 100 else year, month, day, today)


def _spelled(words: list[str], today: date) -> Span | None:
    """ "3 May", "May 3rd", "3. Mai 2027", "June"."""
    words = [word for word in words if word not in _WEEKDAY_OF or word in _MONTH_OF or len(words) == 1]
    months = [word.rstrip(".") for word in words if word.rstrip(".") in _MONTH_OF]
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    days = [int(found[1]) for word in words if (found := _DAY.fullmatch(word))]
    if len(months) != 1 or len(years) > 1 or len(days) > 1 or len(months + years + days) != len(words):
        return None
    return _checked(years[0] if years else None, _MONTH_OF[months[0]], days[0] if days else 1, today)


def _checked(year: int | None, month: int, day: int, today: date) -> Span | None:
    """The span up to a day that exists and lies ahead; without a year, the next such day."""
    for candidate in (year,) if year is not None else (today.year, today.year + 1):
        try:
            until = date(candidate, month, day)
        except ValueError:
            continue
        if until > today:
            return Span(until=until)
    return Span()
