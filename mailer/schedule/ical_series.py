"""How does an event of a calendar file become one whose dates are few, plain and in zones we know?

Times get the zone that is meant; a recurrence rule becomes the list of its dates in the window; whole days become
their midnights, marked. What the file leaves open is not filled in: an event that is not understood is Broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Event
from icalendar.prop import vDDDLists, vDDDTypes

from mailer.schedule.ical_lines import Component, split_line, with_own_zone
from mailer.schedule.ical_zones import Zones
from mailer.schedule.recurrence import UnreadRule, occurrences, parse_rule

ALL_DAY, DAY_ONLY = "X-ALL-DAY", "X-DAY-ONLY"
USUAL_LENGTH = timedelta(hours=1)  # of an event without an end
MOST_RULES = 3
MOST_DAYS = 4_000_000  # ten seconds
MOST_DATES = 5_000  # that one series lists itself
MARGIN = timedelta(days=32)  # occurrences so far outside may have been moved into the window
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "EXDATE", "RDATE")
_DAY = re.compile(r"\s*(\d{4})(\d{2})(\d{2})")
# What parsers of other people's bytes raise, as seen: it says that the bytes are odd and not that the program is.
TRIPS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)


class Broken(ValueError):
    """An event that is not understood; the message says why, for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """From when to when a calendar is read, and where its times are meant."""

    begin: datetime  # aware UTC
    end: datetime  # aware UTC
    floating: tzinfo  # of times without a zone
    zones: Zones
    days_left: list[int] = field(default_factory=lambda: [MOST_DAYS])  # to look at, for all series together


def matters(component: Component, reading: Reading) -> bool:
    """False where an event can have nothing to do with the window; looks at its dates without understanding them."""
    first, last = (reading.begin - MARGIN).date(), (reading.end + MARGIN).date()
    days = [day for name in ("DTSTART", "RECURRENCE-ID") if (day := _day(component.value(name))) is not None]
    rules = [value for name, value in map(split_line, component.lines) if name in ("RRULE", "RDATE")]
    if not days or component.overfull:
        return True
    if not rules:
        return any(first <= day <= last for day in days)
    ends = [re.search(r"UNTIL=(\d{8})", rule.upper()) for rule in rules]
    over = [_day(end[1]) if end else None for end in ends]
    return days[0] <= last and any(day is None or day >= first for day in over)


def prepared(component: Component, reading: Reading) -> Event:
    """The event in plain dates; Broken says why it cannot be had."""
    if component.overfull or sum(line.count(",") for line in component.lines if line[1:6] == "XDATE") > MOST_DATES:
        raise Broken("it is too large to be read")
    raw = _parsed(component)
    if any(name in _TIMES for name, _ in raw.errors):
        name = next(name for name, _ in raw.errors if name in _TIMES)
        raise Broken(f"its {name} is not understood")
    begins = raw.get("DTSTART")
    if not isinstance(begins, vDDDTypes):
        raise Broken("it has no start, or several")
    start, all_day = _moment(begins, reading)
    event = Event()
    event["UID"], event["SEQUENCE"] = _uid(raw), _sequence(raw)
    for name in ("SUMMARY", "STATUS", "ATTENDEE"):
        if name in raw:
            event[name] = raw[name]
    event[ALL_DAY] = "1" if all_day else "0"
    event["DTSTART"] = _plain(start)
    event["DTEND"] = _plain(_end(raw, start, reading))
    if "RECURRENCE-ID" in raw:
        _set_recurrence_id(event, raw, reading)
    elif not all_day:
        _set_dates(event, raw, component, start, reading)
    return event


def _parsed(component: Component) -> Event:
    kept = [line for line in component.lines if split_line(line)[0] not in ("RRULE", "EXRULE", "ORGANIZER")]
    text = "\r\n".join(["BEGIN:VEVENT", *map(with_own_zone, kept), "END:VEVENT", ""])
    try:
        event = Event.from_ical(text)
    except TRIPS:
        raise Broken("it is malformed") from None
    if not isinstance(event, Event):
        raise Broken("it is malformed")
    return event


def _uid(raw: Event) -> str:
    uid = raw.get("UID")
    if uid is None or isinstance(uid, list) or not str(uid).strip():
        raise Broken("it has no UID, so it could not be known again")
    return str(uid).strip()


def _sequence(raw: Event) -> int:
    try:
        return max(0, min(int(raw.get("SEQUENCE", 0)), 2**31))
    except TRIPS:
        return 0


def _moment(value: vDDDTypes, reading: Reading, zone: str | None = None) -> tuple[datetime, bool]:
    """(aware time in the zone that is meant, whether it is a whole day)."""
    moment, name = value.dt, zone if zone is not None else str(value.params.get("X-ZONE", ""))
    if isinstance(moment, datetime):
        if moment.tzinfo is not None:
            return moment.replace(tzinfo=UTC), False  # ends in Z; no other zone gets past `with_own_zone`
        return moment.replace(tzinfo=reading.zones.zone(name) if name else reading.floating), False
    if isinstance(moment, date):
        return datetime.combine(moment, time(0), reading.floating), True
    raise Broken("one of its times is a length")


def _end(raw: Event, start: datetime, reading: Reading) -> datetime:
    end, length = raw.get("DTEND"), raw.get("DURATION")
    if isinstance(end, list) or isinstance(length, list):
        raise Broken("it has several ends")
    if end is not None:
        moment, _ = _moment(end, reading)
        span = moment.astimezone(UTC) - start.astimezone(UTC)
        moment = start + span if moment.tzinfo is not start.tzinfo else moment
    elif length is not None and isinstance(length.dt, timedelta):
        span, moment = length.dt, start + length.dt
    else:
        span, moment = USUAL_LENGTH, start + USUAL_LENGTH
    if span < timedelta(0):
        raise Broken("it ends before it starts")
    return moment if span else start + USUAL_LENGTH


def _set_recurrence_id(event: Event, raw: Event, reading: Reading) -> None:
    value = raw["RECURRENCE-ID"]
    if not isinstance(value, vDDDTypes):
        raise Broken("it has several RECURRENCE-IDs")
    moment, whole_day = _moment(value, reading)
    plain = _plain(moment)
    plain.params[DAY_ONLY] = "1" if whole_day else "0"
    if str(value.params.get("RANGE", "")).upper() == "THISANDFUTURE":
        plain.params["RANGE"] = "THISANDFUTURE"
    event["RECURRENCE-ID"] = plain


def _set_dates(event: Event, raw: Event, component: Component, start: datetime, reading: Reading) -> None:
    """RDATE and EXDATE, with what the rules give in the window among them."""
    rules = {name: [v for n, v in map(split_line, component.lines) if n == name] for name in ("RRULE", "EXRULE")}
    if max(map(len, rules.values())) > MOST_RULES:
        raise Broken(f"it has more than {MOST_RULES} rules")
    added = {moment for rule in rules["RRULE"] for moment in _ruled(rule, start, reading)}
    taken = {moment for rule in rules["EXRULE"] for moment in _ruled(rule, start, reading)}
    listed = list(_listed(raw, "RDATE", start, reading))
    if rules["RRULE"] or listed:
        event["RDATE"] = _dates([*sorted(added), *listed])
    without = [*sorted(taken), *_listed(raw, "EXDATE", start, reading)]
    if without:
        event["EXDATE"] = _dates(without)


def _ruled(text: str, start: datetime, reading: Reading) -> list[datetime]:
    wall, zone = start.replace(tzinfo=None), start.tzinfo
    rule = parse_rule(text, start=wall, zone=zone)
    begin = (reading.begin - MARGIN).astimezone(zone).replace(tzinfo=None)
    end = (reading.end + MARGIN).astimezone(zone).replace(tzinfo=None)
    reading.days_left[0] -= max(0, (end - (wall if rule.count else begin)).days)
    if reading.days_left[0] < 0:
        raise UnreadRule("the calendar has too many series that began long ago to count them all")
    return [moment.replace(tzinfo=zone) for moment in occurrences(rule, start=wall, begin=begin, end=end)]


def _listed(raw: Event, name: str, start: datetime, reading: Reading) -> Iterator[Any]:
    """The dates that a property lists, in order of writing; a period as (start, length)."""
    found = raw.get(name)
    for some in found if isinstance(found, list) else [found] if found is not None else []:
        zone = str(some.params.get("X-ZONE", ""))
        for one in some.dts:
            value, length = (one.dt[0], one.dt[1]) if isinstance(one.dt, tuple) else (one.dt, None)
            moment, whole_day = _moment(vDDDTypes(value), reading, zone)
            if whole_day:
                moment = moment.replace(hour=start.hour, minute=start.minute, second=start.second, tzinfo=start.tzinfo)
            if isinstance(length, datetime):
                length = length.replace(tzinfo=None) - value.replace(tzinfo=None)
            yield moment if length is None else (moment, length)


def _plain(moment: datetime) -> vDDDTypes:
    """A value that holds a time as it is; the class's own way would look for the zone's name first."""
    value = vDDDTypes(moment.replace(tzinfo=None))
    value.dt = moment
    return value


def _dates(moments: Iterable[Any]) -> vDDDLists:
    """A list of times, or of (time, length)."""
    listed = vDDDLists([])
    for one in moments:
        value = _plain(one[0] if isinstance(one, tuple) else one)
        value.dt = one
        listed.dts.append(value)
    return listed


def _day(text: str) -> date | None:
    match = _DAY.match(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
