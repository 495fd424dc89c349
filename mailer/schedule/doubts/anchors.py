"""What cannot be counted, or not from there? Days after the start, months, fractions, before another letter."""

from __future__ import annotations

from mailer.schedule.doubts.rewriting import Answer, Found, Rule, pattern, rewritten

_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}


def _after_start(found: Found) -> Answer:
    number = _NUMBERS.get(found["number"].lower()) or int(found["number"])
    days = number * (7 if found["unit"][0] in "wW" else 1)
    said = f"the day of the start is day 1, so this is day {days + 1}"
    return said, rewritten(found, f"day {days + 1}")


def _after_end(found: Found) -> Answer:
    return "after the end nothing is sent any more", rewritten(found, "on the last day")


def _fraction(found: Found) -> Answer:
    smaller, size = {"h": ("minutes", 60), "d": ("hours", 24), "w": ("days", 7)}[found["unit"].lower()[0]]
    amount = round(float(found["number"].replace(",", ".")) * size)
    return f"numbers are whole; write {amount} {smaller}", rewritten(found, f"{amount} {smaller}")


def _after_silence(found: Found) -> Answer:
    return "silence is counted in its own form", rewritten(found, f"after {found['span']} of silence")


def _not_from_nought(found: Found) -> Answer:
    return f"{found['what']}s are counted from 1", rewritten(found, "1")


def _months(found: Found) -> Answer:
    weeks = 4 * (_NUMBERS.get(found["number"].lower()) or int(found["number"]))
    return f"months differ in length; write {weeks} weeks", rewritten(found, f"{weeks} weeks")


def _wrong_edge(found: Found) -> Answer:
    said = "before a session is counted from its start, after it from its end"
    return said, rewritten(found, found["here"].split()[0])


def _before_prompt(found: Found) -> Answer:
    return "a letter can follow another, not go before it", rewritten(found, "after")


ANCHOR_DOUBTS: tuple[Rule, ...] = (
    (pattern(r"(?P<here>before\s+(?:the\s+)?end\s+of|after\s+(?:the\s+)?(?:start|beginning)\s+of)\b"), _wrong_edge),
    (
        pattern(
            r"(?P<here>\b(?P<number>\d{1,3}|an?|one|two|three)\s+(?P<unit>days?|weeks?)\s+after\s+(?:the\s+)?"
            r"(?:start|enrol(?:l?ment)?|joining|beginning|sign-?up))\b"
        ),
        _after_start,
    ),
    (pattern(r"(?P<here>(?:\w+\s+\w+\s+)?after\s+(?:the\s+)?end\b(?!\s+of))"), _after_end),
    (pattern(r"(?P<here>\b(?P<span>\w+\s+(?:days?|weeks?|hours?))\s+after\s+(?:the\s+)?silence)\b"), _after_silence),
    (pattern(r"(?P<here>\b(?P<number>\d+[.,]\d+)\s*(?P<unit>hours?|days?|weeks?|h|d|w)\b)"), _fraction),
    (pattern(r"(?P<here>\b(?P<number>\d{1,3}|an?|one|two|three)\s+months?)(?=\s+(?:before|after|of)\b)"), _months),
    (pattern(r"(?P<here>\bbefore)\s+(?:answer\s+to\s+|the\s+answer\s+to\s+)?[\"'“„]"), _before_prompt),
    (pattern(r"\b(?P<what>day|week|session)\s+(?P<here>0)\b(?![:.])"), _not_from_nought),
)
