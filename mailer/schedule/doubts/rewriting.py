"""What is a doubt, and how is a line put right?

A doubt is a pattern whose group "here" is what is in doubt, and a function from what was found to a message and the
whole line that may have been meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Found = re.Match[str]
Answer = tuple[str, str]
Rule = tuple[re.Pattern[str], Callable[[Found], Answer]]

DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
EVERY = r"(?:every|each)"
CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})|(\d{1,2})(?=\s*[ap]\.?m)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where a line is in doubt (from 0), why, and the line that may have been meant."""

    position: int
    message: str
    instead: str


def pattern(text: str) -> re.Pattern[str]:
    """A pattern that does not look at capitals."""
    return re.compile(text, re.IGNORECASE)


def rewritten(found: Found, new: str) -> str:
    """The line with what is in doubt replaced."""
    text = found.string
    return f"{text[: found.start('here')]}{new}{text[found.end('here') :]}"


def minute_and_hour(text: str) -> str:
    """The first two fields of a cron line for the time of day in a line; nine o'clock where there is none."""
    clock = CLOCK.search(text)
    if clock is None:
        return "0 9"
    hour = int(clock[1] or clock[3]) % 24
    later = 12 if hour < 12 and re.search(r"\d\s*p\.?m", text, re.IGNORECASE) else 0
    return f"{int(clock[2] or 0)} {hour + later}"
