"""What stands in a calendar file, from a moment on to another? (RFC 5545; RFC 5546 for METHOD)

Lines are sorted out first (ical_lines.py), zones are told apart here (ical_zones.py), and so are the dates of a rule
(recurrence.py, ical_series.py). Values are read by icalendar; which dates of a series are left out, added, moved or
changed is worked out by recurring-ical-events. So a file costs what it says about the window, whatever else it says.

Whole-day events are told as such; one without an end lasts an hour. What is not understood is listed with its reason
and stops nothing else; but as what seems to be missing may be there after all, such a calendar does not count as whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Event

from mailer.model.calendar import CalendarEvent, ReadCalendar, Trouble
from mailer.schedule.ical_lines import Component, Lines, NoCalendar, take_apart
from mailer.schedule.ical_series import ALL_DAY, DAY_ONLY, TRIPS, Broken, Reading, matters, prepared
from mailer.schedule.ical_zones import UnknownZone, Zones, zones_of
from mailer.schedule.recurrence import UnreadRule

MOST_HERE = 10_000  # events in the window, and occurrences of them
_TOO_MUCH = f"the calendar has more than {MOST_HERE} events in half a year; give one that has the sessions only"

__all__ = ["NoCalendar", "read_calendar", "stamp"]


def read_calendar(raw: bytes, *, zone: tzinfo, begin: datetime, end: datetime) -> ReadCalendar:
    """The events that start from `begin` to `end`; NoCalendar where the bytes are none, or too much of one.

    `zone` is where times without a zone are meant, unless the calendar says so itself.
    """
    lines = take_apart(raw)
    zones = zones_of(lines.zones, begin=begin, end=end)
    reading = Reading(begin=begin, end=end, floating=_floating(lines, zones) or zone, zones=zones)
    unread: list[tuple[Trouble, bool]] = []
    events = [event for found in _series(lines, reading, unread) for event in found]
    if len(events) > MOST_HERE:
        raise NoCalendar(_TOO_MUCH)
    events.sort(key=lambda one: (one.starts_at, one.uid, one.recurrence_id))
    whole = lines.methods <= {"PUBLISH"} and not any(broken for _, broken in unread)
    return ReadCalendar(events=tuple(events), whole=whole, unread=tuple(trouble for trouble, _ in unread))


def _series(lines: Lines, reading: Reading, unread: list[tuple[Trouble, bool]]) -> Iterator[list[CalendarEvent]]:
    """The events of each UID; what is not understood goes to `unread`, with whether a session may hide in it."""
    here = [component for component in lines.events if matters(component, reading)]
    if len(here) > MOST_HERE:
        raise NoCalendar(_TOO_MUCH)
    series: dict[str, list[Event]] = {}
    for component in here:
        try:
            event = prepared(component, reading)
        except UnreadRule as error:
            unread.append(((_name(component), str(error)), False))
        except (Broken, UnknownZone) as error:
            unread.append(((_name(component), str(error)), True))
        except TRIPS:
            unread.append(((_name(component), "its values are not understood"), True))
        else:
            series.setdefault(str(event["UID"]), []).append(event)
    for uid, members in series.items():
        try:
            yield list(_occurrences(uid, members, reading, off="CANCEL" in lines.methods))
        except TRIPS:
            title = str(members[0].get("SUMMARY", "")).strip()[:80] or "an event without a title"
            unread.append(((title, "its dates contradict each other"), True))


def _floating(lines: Lines, zones: Zones) -> tzinfo | None:
    try:
        return zones.zone(lines.zone) if lines.zone else None
    except UnknownZone:
        return None


def _occurrences(uid: str, members: Sequence[Event], reading: Reading, *, off: bool) -> Iterator[CalendarEvent]:
    """What one UID stands for in the window, each time of it once."""
    timed: list[Any] = [one for one in members if one[ALL_DAY] == "0" or "RECURRENCE-ID" in one]
    days: list[Any] = [one for one in members if one[ALL_DAY] == "1" and "RECURRENCE-ID" not in one]
    recurring = any("RECURRENCE-ID" in one or "RDATE" in one for one in members)
    core = next((one for one in timed if "RECURRENCE-ID" not in one), None)
    calendar = Calendar()
    for one in timed:
        _give_hour(one.get("RECURRENCE-ID"), core)
        calendar.add_component(one)
    seen: set[str] = set()
    for one in [*recurring_ical_events.of(calendar).between(reading.begin, reading.end), *days]:
        starts_at, ends_at = _span(one["DTSTART"].dt, one["DTEND"].dt)
        if not reading.begin <= starts_at <= reading.end:
            continue
        recurrence_id = _recurrence_id(one) if recurring else ""
        if recurrence_id in seen:  # of a change to this and all later ones each has the id of the first
            recurrence_id = stamp(starts_at)
        seen.add(recurrence_id)
        yield CalendarEvent(
            uid=uid,
            recurrence_id=recurrence_id,
            sequence=int(one["SEQUENCE"]),
            starts_at=starts_at,
            ends_at=ends_at,
            summary=" ".join(str(one.get("SUMMARY", "")).split())[:300],
            attendees=_attendees(one),
            cancelled=off or str(one.get("STATUS", "")).strip().upper() == "CANCELLED",
            all_day=one[ALL_DAY] == "1",
        )


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Both as instants; a start that the clocks jump over comes later than written, and its end with it."""
    starts_at, ends_at = start.astimezone(UTC), end.astimezone(UTC)
    return starts_at, ends_at if ends_at > starts_at else starts_at + (end - start)


def _give_hour(recurrence_id: Any, core: Any) -> None:
    """Some write only the day of the occurrence that is meant: then it is the one of that day."""
    if recurrence_id is not None and core is not None and recurrence_id.params[DAY_ONLY] == "1":
        usual = core["DTSTART"].dt
        recurrence_id.dt = datetime.combine(recurrence_id.dt.date(), usual.time(), usual.tzinfo)


def _recurrence_id(event: Any) -> str:
    return stamp((event.get("RECURRENCE-ID") or event["DTSTART"]).dt)


def stamp(moment: datetime) -> str:
    """How an occurrence is named by the time it was first meant for."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _attendees(event: Event) -> tuple[str, ...]:
    found: Any = event.get("ATTENDEE", [])
    named = [str(one).strip() for one in (found if isinstance(found, list) else [found])]
    return tuple(one[7:] if one[:7].lower() == "mailto:" else one for one in named)


def _name(component: Component) -> str:
    """How a person finds an event that was not understood."""
    title = component.value("SUMMARY").strip() or "an event without a title"
    start = component.value("DTSTART").strip()
    return " ".join(f"{title[:80]}{f' ({start[:20]})' if start else ''}".split())
