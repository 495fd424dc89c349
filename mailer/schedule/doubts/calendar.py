"""Which days are in doubt? "every second Tuesday", "biweekly", "on 3/12/2026", the 15th of every month."""

from __future__ import annotations

import re

from mailer.schedule.doubts.rewriting import DAY, EVERY, Answer, Found, Rule, minute_and_hour, pattern, rewritten
from mailer.schedule.when import DAY_NAMES

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|last)"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"


def _every_second(found: Found) -> Answer:
    which, day = found["which"].lower(), found["day"]
    weeks = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}.get(which)
    monthly = f"{found['which']} {day} of the month"
    if weeks is None:
        return f'"{which} {day}" needs to be told of what; write "{monthly}"', rewritten(found, monthly)
    said = f'"{found["here"]}" can mean every {weeks} weeks or once a month; write "every {weeks} weeks on {day}"'
    return f'{said} or "{monthly}"', rewritten(found, f"every {weeks} weeks on {day}")


def _biweekly(found: Found) -> Answer:
    said = f'"{found["here"]}" is twice a week to some and every 2 weeks to others'
    return said, rewritten(found, "every 2 weeks")


def _times_a_week(found: Found) -> Answer:
    lines = {
        "day": "every day at 09:00 and 18:00",
        "week": "every Monday and Thursday at 09:00",
        "month": "first Monday of the month at 09:00",
    }
    return f'"{found["here"]}" does not say which; name the days and times', lines[found["unit"].lower()]


def _date_in_figures(found: Found) -> Answer:
    first, second = int(found["first"]), int(found["second"])
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year'][-2:]}"
    days = [f"{year}-{month:02d}-{day:02d}" for day, month in ((first, second), (second, first)) if 1 <= month <= 12]
    days = list(dict.fromkeys(days)) or ["2027-03-01"]
    said = f'"{found["here"]}" is read in two ways' if len(days) > 1 else f'"{found["here"]}" is a date in figures'
    return f"{said}; write {' or '.join(days)}", rewritten(found, days[0])


def _tomorrow(found: Found) -> Answer:
    return f'"{found["here"]}" is another day whenever this is read; write the date', rewritten(found, "on 2027-03-01")


def _day_of_month(found: Found) -> Answer:
    line = f"cron {minute_and_hour(found.string)} {found['number']} * *"
    return "a day of the month is written as a cron line: minute, hour, day, * and *", line


def _yearly(found: Found) -> Answer:
    month = re.search(rf"\b({_MONTH})\b", found.string, re.IGNORECASE)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?![:.])", found.string)
    number = _MONTHS.index(month[1].lower()[:3]) + 1 if month else 12
    line = f"cron {minute_and_hour(found.string)} {day[1] if day else 1} {number} *"
    return "once a year is written as a cron line: minute, hour, day, month and *", line


def _quarterly(found: Found) -> Answer:
    line = f"cron {minute_and_hour(found.string)} 1 1,4,7,10 *"
    return "four times a year is written as a cron line: minute, hour, day, months and *", line


def _too_often(found: Found) -> Answer:
    said = f'"{found["here"]}" would be a stream of letters; write the times of the day'
    return said, "every day at 09:00 and 15:00"


def _no_year(found: Found) -> Answer:
    return f'the year is missing after "{found["here"]}"', rewritten(found, f"{found['here']} 2027")


def _one_weekday(found: Found) -> Answer:
    day = next(name for name in DAY_NAMES if name[:3].lower() == found["day"][:3].lower())
    said = f'"{found["here"]}" may be one {day} or all of them; write "every", or a date'
    return said, rewritten(found, f"every {found['day']}")


def _which_day(found: Found) -> Answer:
    weeks = re.sub(r"^(?:weekly|once a week)$", "every week", found["weeks"], flags=re.IGNORECASE)
    return "the day of the week is missing", rewritten(found, f"{weeks} on Friday")


def _except(found: Found) -> Answer:
    left_out = {name[:3].lower() for name in re.findall(DAY, found["days"], re.IGNORECASE)}
    first = DAY_NAMES[:5] if found["every"].lower().startswith("w") else DAY_NAMES
    days = [name for name in first if name[:3].lower() not in left_out]
    return "write the days on which it goes", rewritten(found, f"every {', '.join(days or DAY_NAMES)}")


def _month_alone(found: Found) -> Answer:
    return "the day of the month is missing", rewritten(found, "first Monday of the month")


def _empty_cron(_found: Found) -> Answer:
    return "a cron line has five fields: minute, hour, day of the month, month, weekday", "cron 30 8 * * fri"


def _never(found: Found) -> Answer:
    return f'"{found["here"]}" is no time; to send nothing, write enabled = false at the top', "every Friday at 08:30"


def _last_day(found: Found) -> Answer:
    said = 'months end on different days; write "last Friday of the month", or a day up to the 28th as a cron line'
    return said, rewritten(found, "last Friday of the month")


def _two_of_the_month(found: Found) -> Answer:
    said = "a line names one of them; give each a prompt of its own"
    return said, rewritten(found, f"{found['first']} {found['day']}")


def _from_until(found: Found) -> Answer:
    said = "a line has no first or last date; an enrolment has (--from, --until), and [[quiet]] makes pauses"
    return said, rewritten(found, "")


CALENDAR_DOUBTS: tuple[Rule, ...] = (
    (
        pattern(rf"^\s*(?P<here>{EVERY}\s+(?P<which>{_ORDINAL})\s+(?P<day>{DAY}))\b(?!\s+(?:of|in)\b)"),
        _every_second,
    ),
    (
        pattern(rf"(?P<here>\b(?P<first>{_ORDINAL})\s*(?:,|and|&)\s*(?:the\s+)?{_ORDINAL}\s+(?P<day>{DAY}))"),
        _two_of_the_month,
    ),
    (
        pattern(r"(?P<here>\blast\s+(?:(?:work|week|business|working)\s*)?day\s+of\s+(?:the|every|each)\s+month)\b"),
        _last_day,
    ),
    (pattern(r"(?P<here>\bbi-?weekly\b)"), _biweekly),
    (
        pattern(rf"(?P<here>\b(?:twice|\w+\s+times)\s+(?:a|per|{EVERY})\s+(?P<unit>day|week|month))\b"),
        _times_a_week,
    ),
    (
        pattern(
            rf"(?P<here>\bevery\s+(?P<every>day|weekday|working\s+day)\s+(?:except|but|without|not)\s+(?:on\s+)?"
            rf"(?P<days>{DAY}(?:(?:\s*,\s*|\s+and\s+|\s+or\s+){DAY})*))\b"
        ),
        _except,
    ),
    (pattern(r"(?P<here>,?\s*\b(?:until|till|from|starting(?:\s+on)?|except(?:\s+in)?)\s+\S+)"), _from_until),
    (
        pattern(r"(?P<here>\b(?P<first>\d{1,2})[./-](?P<second>\d{1,2})[./-](?P<year>\d{4}|\d{2}))\b"),
        _date_in_figures,
    ),
    (pattern(r"(?P<here>\b(?:tomorrow|today|tonight|(?:next|this)\s+[a-z]+day)\b)"), _tomorrow),
    (
        pattern(
            rf"(?P<here>\b(?P<number>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+)?(?:of|in)\s+(?:the|{EVERY})\s+month)\b"
        ),
        _day_of_month,
    ),
    (
        pattern(rf"\b(?:monthly|{EVERY}\s+month)\s+on\s+(?:the\s+)?(?P<here>(?P<number>\d{{1,2}})(?:st|nd|rd|th)?)\b"),
        _day_of_month,
    ),
    (
        pattern(rf"(?P<here>\b(?:hourly|{EVERY}\s+(?:\d+\s+|half\s+(?:an\s+)?|few\s+)?(?:hour|minute)s?))\b"),
        _too_often,
    ),
    (pattern(rf"(?P<here>\b(?:yearly|annually|{EVERY}\s+year))\b"), _yearly),
    (pattern(rf"(?P<here>\b(?:quarterly|{EVERY}\s+quarter))\b"), _quarterly),
    (
        pattern(
            rf"^\s*(?:on\s+)?(?:the\s+)?(?P<here>{_NTH}\s+{_MONTH}|{_MONTH}\s+{_NTH})(?=\s+at\b|\s+\d\d?[:.\s]|\s*$)"
        ),
        _no_year,
    ),
    (
        pattern(
            rf"(?P<here>\b(?P<weeks>{EVERY}\s+(?:\w+\s+)?weeks?|weekly|fortnightly|once\s+a\s+week|week\s+\d+))"
            r"(?=\s+at\b|\s+\d+[:.]|\s*$)"
        ),
        _which_day,
    ),
    (pattern(rf"(?P<here>\b(?:monthly|{EVERY}\s+month))(?=\s+at\b|\s+\d+[:.]|\s*$)"), _month_alone),
    (pattern(rf"^\s*(?P<here>(?:on\s+)?(?P<day>(?!\w+days\b){DAY}))\b(?!\s+(?:of|in)\b)"), _one_weekday),
    (pattern(r"^\s*cron\s*:?(?P<here>\s*)$"), _empty_cron),
    (pattern(r"^\s*(?P<here>never|none|off|no|manual(?:ly)?)\s*$"), _never),
)
