"""How long is "6 hours"? The one way a length of time is written in every file.

Months and years have no fixed length and are refused; "1.5 hours" is "90 minutes".
"""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), "seconds"),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), "minutes"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), "hours"),
    **dict.fromkeys(("day", "days", "d"), "days"),
    **dict.fromkeys(("week", "weeks", "w"), "weeks"),
}
_DURATION = re.compile(r"\s*(\d{1,5}|an?|one)\s*([a-z]+)\s*", re.IGNORECASE)
LENGTH_PATTERN = (
    r"^\s*([0-9]{1,5}|[Aa][Nn]?|[Oo][Nn][Ee])\s*[SMHDWsmhdw][A-Za-z]*\s*$"  # for editors: all of these, and little else
)
_VALID = 'write a whole number and a unit, such as "20 minutes", "6 hours", "2 days" or "1 week"'


def parse_duration(text: str) -> timedelta:
    """The length that "20 minutes", "6 hours", "2 days" or "1 week" means; ValueError says how to write it."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text[:40]}" is not a length of time; {_VALID}')
    unit = _UNITS.get(match[2].lower())
    if unit is None:
        raise ValueError(f'"{match[2][:20]}" is not a unit of time here; {_VALID}')
    number = int(match[1]) if match[1].isdigit() else 1
    return timedelta(**{unit: number})


def say_duration(length: timedelta) -> str:
    """The canonical spelling, in the largest unit that needs no fraction: timedelta(days=2) is "2 days"."""
    seconds = round(length.total_seconds())
    for unit, size in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}{'' if seconds == size else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
