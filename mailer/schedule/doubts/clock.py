"""Which times of day are in doubt? An hour without minutes, midnight, a zone, a part of the day."""

from __future__ import annotations

import re

from mailer.schedule.doubts.rewriting import CLOCK, Answer, Found, Rule, pattern, rewritten

_ZONE = r"[A-Z][A-Za-z]+/[A-Za-z_/]+|[A-Z]{1,4}T|utc|gmt|UTC|GMT|Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|local\s+time"
_AFTER_TIME = r"(?:(?<=[:.]\d\d)(?=[+-])|(?<=[\s(]))"
_USUAL = {"morning": "09:00", "afternoon": "14:00", "evening": "18:00", "night": "20:00"}


def _midnight(found: Found) -> Answer:
    return f'"{found["here"]}" belongs to two days; 00:00 is the beginning of the day named', rewritten(found, "00:00")


def _bare_hour(found: Found) -> Answer:
    hour = int(found["hour"])
    if hour > 23:
        return f'"{found["here"]}" is not a time; write HH:MM, from 00:00 to 23:59', rewritten(found, "09:00")
    said = f'"{found["here"]}" may be morning or evening; write {hour:02d}:00 or {hour % 12 + 12}:00'
    if not 1 <= hour <= 12:
        said = f'"{found["here"]}" is an hour without minutes; write {hour:02d}:00'
    return said, rewritten(found, f"{hour:02d}:00")


def _zone(found: Found) -> Answer:
    said = f'every time is the client\'s own, so no zone stands here; leave "{found["here"]}" out'
    return said, rewritten(found, "").rstrip(" (")


def _part_of_day(found: Found) -> Answer:
    part = found["part"].lower()
    line = re.sub(rf"\s+(?:in\s+the\s+|at\s+)?{part}s?\b", "", found.string, flags=re.IGNORECASE).strip()
    line = re.sub(r"^(?:every|each)(?=\s*$|\s+at\b|\s+\d)", "every day", line, flags=re.IGNORECASE)
    clock = CLOCK.search(line)
    if clock is None:
        line = f"{line} at {_USUAL[part]}"
    elif clock[1] and part != "morning" and 1 <= int(clock[1]) < 12:
        line = f"{line[: clock.start()]}{int(clock[1]) + 12}:{clock[2]}{line[clock.end() :]}"
    return f'the time alone says which part of the day it is; leave "{found["part"]}" out', line


def _or(found: Found) -> Answer:
    return 'a letter goes at every time that is given; join them with "and"', rewritten(found, "and")


CLOCK_DOUBTS: tuple[Rule, ...] = (
    (pattern(r"(?P<here>midnight|\b24[:.]00)\b"), _midnight),
    (re.compile(rf"\d\s*(?:[ap]\.?m\.?)?\s*\(?(?P<here>{_AFTER_TIME}(?:{_ZONE}))\)?\s*$"), _zone),
    (pattern(r"(?P<here>\b(?P<part>morning|afternoon|evening|night)s?)\b"), _part_of_day),
    (pattern(r"[\dm]\s+(?P<here>or)\s+\d"), _or),
)
BARE_HOUR: Rule = (
    pattern(r"(?:\bat\s+|@\s*)(?P<here>(?P<hour>\d{1,2})(?:\s*h|\s*o.?clock|\s+sharp)?)\s*$"),
    _bare_hour,
)
