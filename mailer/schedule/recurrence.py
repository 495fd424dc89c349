"""When does a recurring event of a calendar come, within a window? (RFC 5545 §3.3.10)

Answered by looking at the days of the window and not by walking there from the first occurrence: a rule that began long
ago, or never comes at all, costs no more than any other. Only a rule with COUNT is walked from its start, for as many
days as `DAYS_WALKED` allows. Wall-clock times without a zone; whoever asks knows the zone.

Left out, and refused in words: rules that repeat within a day, and by week of the year, which no calendar offers.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

MOST = 2_000  # occurrences in one window: more is no plan of a person
TIMES_A_DAY = 24
DAYS_WALKED = 150_000  # four centuries of a rule with COUNT
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY"}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")


class UnreadRule(ValueError):
    """A rule that is not understood or not sensible; the message says why, for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule; empty tuples where it says nothing."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None  # on the event's own clock, included
    week_start: int = 0
    days: tuple[tuple[int, int], ...] = ()  # (which of its kind in the month or year, 0: each; weekday)
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    times: tuple[time, ...] = field(default=())  # of the day; (): that of the start


def parse_rule(text: str, *, start: datetime, zone: tzinfo | None = None) -> Rule:
    """The rule that a line such as "FREQ=WEEKLY;BYDAY=TU" means for an event that starts then, on the zone's clock."""
    parts: dict[str, str] = {}
    for part in text.strip().rstrip(";").upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise UnreadRule(f'its rule "{text[:60]}" is malformed')
        parts[name.strip()] = value.strip()
    if parts.get("FREQ") in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise UnreadRule(f"it comes {parts['FREQ'].lower()}, which no session does")
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise UnreadRule(f'its rule "{text[:60]}" has no known FREQ')
    unknown = [name for name in parts if name not in _KNOWN and name not in _TIMES and not name.startswith("X-")]
    if unknown:
        raise UnreadRule(f"its rule has {unknown[0][:20]}, which is not read here")
    return Rule(
        freq=parts["FREQ"],
        interval=_one(parts, "INTERVAL", 1, least=1) or 1,
        count=_one(parts, "COUNT", None, least=1),
        until=_until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        week_start=_weekday(parts.get("WKST", "MO")),
        days=tuple(_day(one) for one in _list(parts, "BYDAY")),
        month_days=_numbers(parts, "BYMONTHDAY", 31),
        year_days=_numbers(parts, "BYYEARDAY", 366),
        months=tuple(one for one in _numbers(parts, "BYMONTH", 12) if one > 0),
        positions=_numbers(parts, "BYSETPOS", 366),
        times=_times(parts, start.time()),
    )


def occurrences(rule: Rule, *, start: datetime, begin: datetime, end: datetime) -> list[datetime]:
    """Wall-clock times from `begin` to `end` at which the rule comes, in order; UnreadRule where there are too many."""
    last = min(end, rule.until) if rule.until is not None else end
    found = _counted(rule, start, last) if rule.count else _from(rule, start, begin, last)
    within = list(islice((at for at in found if at >= begin), MOST + 1))
    if len(within) > MOST:
        raise UnreadRule(f"it comes more than {MOST} times in half a year")
    return within


def _counted(rule: Rule, start: datetime, last: datetime) -> Iterator[datetime]:
    if (last - start).days > DAYS_WALKED:
        raise UnreadRule(f"it began in {start.year}, too long ago to count from there")
    yield from islice(_from(rule, start, start, last), rule.count)


def _from(rule: Rule, start: datetime, begin: datetime, last: datetime) -> Iterator[datetime]:
    """What comes from the later of `start` and `begin` up to `last`."""
    first = max(start, begin)
    index = max(0, _periods_before(rule, start.date(), first.date()) // rule.interval - 1)
    while (span := _period(rule, start.date(), index)) is not None and span[0] <= last.date():
        for at in _in_period(rule, start, *span):
            if first <= at <= last:
                yield at
        index += 1


def _periods_before(rule: Rule, start: date, day: date) -> int:
    """How many periods of the rule's kind lie between two days."""
    match rule.freq:
        case "DAILY":
            return (day - start).days
        case "WEEKLY":
            return (day - start).days // 7
        case "MONTHLY":
            return (day.year - start.year) * 12 + day.month - start.month
        case _:
            return day.year - start.year


def _period(rule: Rule, start: date, index: int) -> tuple[date, date] | None:
    """First and last day of a period, the one with the start being number 0; None beyond the calendar's end."""
    step = index * rule.interval
    try:
        match rule.freq:
            case "DAILY":
                day = start + timedelta(days=step)
                return day, day
            case "WEEKLY":
                first = date.fromordinal(max(1, start.toordinal() - (start.weekday() - rule.week_start) % 7 + 7 * step))
                return first, first + timedelta(days=6)
            case "MONTHLY":
                months = start.year * 12 + start.month - 1 + step
                year, month = months // 12, months % 12 + 1
                return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            case _:
                return date(start.year + step, 1, 1), date(start.year + step, 12, 31)
    except (ValueError, OverflowError):
        return None


def _in_period(rule: Rule, start: datetime, first: date, last: date) -> Iterator[datetime]:
    days = [day for day in _each(first, last) if _includes(rule, start.date(), day)]
    times = rule.times or (start.time(),)
    every = [datetime.combine(day, at) for day in days for at in times]
    if rule.positions:
        count = len(every)
        places = {one - 1 if one > 0 else count + one for one in rule.positions}
        every = [every[place] for place in sorted(places) if 0 <= place < count]
    yield from every


def _includes(rule: Rule, start: date, day: date) -> bool:
    """Whether a day of a period is one of the rule's; what the rule does not say is as it was at the start."""
    says_days = rule.days or rule.month_days or rule.year_days
    months = rule.months
    month_days = rule.month_days
    if not says_days and rule.freq in ("MONTHLY", "YEARLY"):
        month_days = (start.day,)
        if rule.freq == "YEARLY" and not months:
            months = (start.month,)
    if not says_days and rule.freq == "WEEKLY" and day.weekday() != start.weekday():
        return False
    if months and day.month not in months:
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if month_days and day.day not in month_days and day.day - length - 1 not in month_days:
        return False
    of_year, year_length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    if rule.year_days and of_year not in rule.year_days and of_year - year_length - 1 not in rule.year_days:
        return False
    in_month = rule.freq == "MONTHLY" or bool(months)
    place, size = (day.day, length) if in_month else (of_year, year_length)
    return not rule.days or any(_is_day(one, day, place, size) for one in rule.days)


def _is_day(wanted: tuple[int, int], day: date, place: int, size: int) -> bool:
    which, weekday = wanted
    if day.weekday() != weekday:
        return False
    return not which or (place - 1) // 7 + 1 == which or -((size - place) // 7 + 1) == which


def _each(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _list(parts: dict[str, str], name: str) -> list[str]:
    return [one.strip() for one in parts.get(name, "").split(",") if one.strip()]


def _one(parts: dict[str, str], name: str, default: int | None, *, least: int) -> int | None:
    text = parts.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) < least:
        raise UnreadRule(f"{name} of its rule is {text[:20]}, not a number from {least} on")
    return int(text)


def _until(text: str, zone: tzinfo | None) -> datetime:
    """The end of a rule on the event's own clock; a day alone is meant to its end."""
    match = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z)?)?", text, re.ASCII)
    if match is None:
        raise UnreadRule(f"UNTIL of its rule is {text[:20]}, no time")
    try:
        until = datetime.strptime(f"{match[1]}{match[2] or '235959'}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - a wall clock
    except ValueError:
        raise UnreadRule(f"UNTIL of its rule is {text[:20]}, no time") from None
    if not match[3] or zone is None or until.year >= 9999:
        return until
    return until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def _numbers(parts: dict[str, str], name: str, most: int) -> tuple[int, ...]:
    found = _list(parts, name)
    if not all(re.fullmatch(r"[+-]?\d{1,3}", one, re.ASCII) and 1 <= abs(int(one)) <= most for one in found):
        raise UnreadRule(f"{name} of its rule is {parts[name][:20]}, not numbers from 1 to {most}")
    return tuple(int(one) for one in found)


def _weekday(text: str) -> int:
    if text not in _DAYS:
        raise UnreadRule(f'"{text[:10]}" in its rule is no day of the week')
    return _DAYS.index(text)


def _day(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([+-]?\d{1,2})?([A-Z]{2})", text, re.ASCII)
    if match is None or (match[1] is not None and not int(match[1])):
        raise UnreadRule(f'"{text[:10]}" in its rule is no day of the week')
    return int(match[1] or 0), _weekday(match[2])


def _times(parts: dict[str, str], usual: time) -> tuple[time, ...]:
    if not any(name in parts for name in _TIMES):
        return ()
    most, default = (23, 59, 59), (usual.hour, usual.minute, usual.second)
    lists = []
    for name, top, own in zip(_TIMES, most, default, strict=True):
        found = _list(parts, name)
        if not all(re.fullmatch(r"\d{1,2}", one, re.ASCII) and int(one) <= top for one in found):
            raise UnreadRule(f"{name} of its rule is {parts[name][:20]}, not numbers up to {top}")
        lists.append(sorted({int(one) for one in found}) or [own])
    if len(lists[0]) * len(lists[1]) * len(lists[2]) > TIMES_A_DAY:
        raise UnreadRule(f"it comes more than {TIMES_A_DAY} times a day, which no session does")
    return tuple(time(h, m, s) for h in lists[0] for m in lists[1] for s in lists[2])
