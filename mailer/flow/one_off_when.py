"""When is a question asked that is asked once? "tomorrow at 09:00" -> a day and a time."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mailer.schedule.when import DAY_NAMES, OnDate
from mailer.schedule.when_parse import WhenError, parse_when

WAYS = '"today at 18:00", "tomorrow at 09:00", "on Friday at 09:00" or "on 2027-03-05 at 09:00"'
FURTHEST = timedelta(days=366)  # a question further away is a slip of the finger
_DAY = timedelta(days=1)
_RELATIVE = re.compile(r"(?:(?:on|next)\s+)?([a-z]+)[\s,]+(?:at\s+)?(.+)", re.IGNORECASE)


def read_when(text: str, *, today: date) -> OnDate:
    """The day and time a person means; ValueError says how to write it.

    A day of the week is the next one, and never today. The file is to hold the date, whenever it is read.
    """
    relative = _RELATIVE.fullmatch(text.strip())
    day = _named_day(relative[1], today) if relative else None
    line = f"on {day} at {relative[2]}" if relative and day else text.strip()
    try:
        when = parse_when(line)
    except WhenError:
        raise ValueError(f'"{text[:60]}" names no day and time; write {WAYS}') from None
    if not isinstance(when, OnDate) or len(when.times) > 1:
        raise ValueError(f'"{text[:60]}" is more than one day and one time; write {WAYS}')
    if when.day < today - _DAY:
        raise ValueError(f'"{text[:60]}" has passed; name a day to come')
    if when.day > today + FURTHEST:
        raise ValueError(f'"{text[:60]}" is more than a year ahead; name a nearer day')
    return when


def _named_day(word: str, today: date) -> date | None:
    word = word.lower()
    if word in ("today", "tomorrow"):
        return today if word == "today" else today + _DAY
    names = {name.lower(): number for number, name in enumerate(DAY_NAMES)}
    names |= {name[:length].lower(): number for number, name in enumerate(DAY_NAMES) for length in (3, 4)}
    number = names.get(word)
    return None if number is None else today + ((number - today.weekday() - 1) % 7 + 1) * _DAY
