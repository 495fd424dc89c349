"""Which lines of a calendar file matter here? (RFC 5545 §3.1, §3.4, §3.6)

A calendar of some years is megabytes of descriptions, pictures and alarms. What is kept are the properties of events
that say when, what and who, and the definitions of time zones; whatever stands deeper or elsewhere is passed over. So
the parser behind this sees small and well-formed components, whatever was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.errors import PermanentFailure

MOST_BYTES = 10_000_000
MOST_EVENTS = 50_000
_LONGEST = 100_000  # characters of one line; a list of dates that were left out can be long
_DEEPEST = 10  # components within one another
_MOST_OF_ONE = 2_000  # lines of one component
_WANTED = frozenset(
    {"UID", "RECURRENCE-ID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "EXRULE"}
    | {"SUMMARY", "STATUS", "ATTENDEE", "ORGANIZER"}
)
_ZONE = frozenset({"TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_ZONED = re.compile(r";TZID=(\"[^\"]*\"|[^;:]*)", re.IGNORECASE)


class NoCalendar(PermanentFailure):
    """The bytes are no calendar, or too much of one; the message says which, for a person."""


@dataclass(slots=True)
class Component:
    """The lines of one event or of one part of a time zone, unfolded, "NAME;PARAMETER=...:value"."""

    lines: list[str] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    overfull: bool = False  # lines were left out

    def value(self, name: str) -> str:
        """The value of the first property of this name, or ""."""
        return next((value for one, value in map(split_line, self.lines) if one == name), "")


@dataclass(slots=True)
class Lines:
    """A calendar file, taken apart."""

    methods: set[str] = field(default_factory=set)
    zone: str = ""  # X-WR-TIMEZONE: where times without a zone are meant
    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)


def take_apart(raw: bytes) -> Lines:
    """The events and time zones of a file; NoCalendar where it is none, is cut short or has too many events."""
    if len(raw) > MOST_BYTES:
        raise NoCalendar(f"the calendar has more than {MOST_BYTES // 1_000_000} MB; export fewer years of it")
    text = raw.decode("utf-8-sig", "replace").replace("\0", "")
    found, open_ones, seen = Lines(), list[tuple[str, Component | None]](), False
    for line in _unfolded(text):
        name, value = split_line(line)
        if name == "BEGIN":
            kind = value.strip().upper()
            if len(open_ones) >= _DEEPEST:
                raise NoCalendar("the calendar has events inside events; it is damaged, so fetch it again")
            seen = seen or (kind == "VCALENDAR" and not open_ones)
            open_ones.append((kind, _begun(found, kind, [one for one, _ in open_ones])))
        elif name == "END":
            _close(open_ones, value.strip().upper())
        elif len(open_ones) == 1 and seen:
            _of_calendar(found, name, value)
        elif open_ones and (current := open_ones[-1][1]) is not None:
            _keep(current, name, line, _WANTED if open_ones[1][0] == "VEVENT" else _ZONE)
    if not seen:
        raise NoCalendar("this is no calendar: it has no BEGIN:VCALENDAR; give an iCalendar file (.ics)")
    if open_ones:
        raise NoCalendar(f"the calendar is cut short: its {open_ones[0][0][:20]} does not end; fetch it again")
    return found


def split_line(line: str) -> tuple[str, str]:
    """(name in capitals, value) of a line; parameters are passed over, quoted ones too."""
    head, value = _head(line)
    return head.partition(";")[0].strip().upper(), value


def with_own_zone(line: str) -> str:
    """The line with its TZID called X-ZONE: the parser behind is not to look zones up, or to remember them."""
    head, value = _head(line)
    return f"{_ZONED.sub(_renamed, head, count=1)}:{value}"


def _renamed(match: re.Match[str]) -> str:
    bare = match[1].strip('" ')
    return f';X-ZONE="{bare}"'


def _head(line: str) -> tuple[str, str]:
    """What stands before and after the colon that is in no quotes."""
    if '"' not in line:
        head, _, value = line.partition(":")
        return head, value
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:at], line[at + 1 :]
    return line, ""


def _begun(found: Lines, kind: str, around: list[str]) -> Component | None:
    """Where the lines of what begins here go; None where nobody reads them."""
    if around == ["VCALENDAR"] and kind == "VEVENT":
        if len(found.events) >= MOST_EVENTS:
            raise NoCalendar(f"the calendar has more than {MOST_EVENTS} events; export fewer years of it")
        found.events.append(Component())
        return found.events[-1]
    if around == ["VCALENDAR"] and kind == "VTIMEZONE":
        found.zones.append(Component())
        return found.zones[-1]
    if around == ["VCALENDAR", "VTIMEZONE"] and kind in ("STANDARD", "DAYLIGHT"):
        found.zones[-1].parts.append(Component())
        return found.zones[-1].parts[-1]
    return None


def _close(open_ones: list[tuple[str, Component | None]], kind: str) -> None:
    """Ends the nearest of this kind, and what somebody forgot to end within it."""
    kinds = [one for one, _ in open_ones]
    if kind in kinds:
        del open_ones[len(kinds) - 1 - kinds[::-1].index(kind) :]


def _of_calendar(found: Lines, name: str, value: str) -> None:
    if name == "METHOD":
        found.methods.add(value.strip().upper())
    elif name == "X-WR-TIMEZONE":
        found.zone = value.strip()


def _keep(current: Component, name: str, line: str, wanted: frozenset[str]) -> None:
    if name not in wanted:
        return
    if len(line) > _LONGEST or len(current.lines) >= _MOST_OF_ONE:
        current.overfull = True
    else:
        current.lines.append(line)


def _unfolded(text: str) -> Iterator[str]:
    """Lines as they were before they were folded; a blank or a tab at the start goes on with the line before."""
    parts: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line] if line.strip() else []
    if parts:
        yield "".join(parts)
