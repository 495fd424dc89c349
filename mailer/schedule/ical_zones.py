"""Which time zone does a calendar mean by a TZID? (RFC 5545 §3.2.19, §3.6.5)

Names of the tz database, bare or behind a maker's prefix; the names Windows has for zones; and whatever else a file
defines itself, as Exchange does for "Customized Time Zone". A definition is used for the time around the window only,
and never where the name is known: the tz database knows more of the past and is mended when parliaments change it.
"""

from __future__ import annotations

import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from mailer.schedule.ical_lines import Component, split_line
from mailer.schedule.recurrence import UnreadRule, occurrences, parse_rule

AROUND = timedelta(days=800)  # definitions are read so far before and after the window
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?", re.ASCII)
_LOCAL = re.compile(r"\d{8}T\d{6}", re.ASCII)


class UnknownZone(ValueError):
    """A TZID that nothing defines."""


@dataclass(frozen=True, slots=True)
class _Onset:
    """A change of the clocks: from this wall-clock time of the old offset on, the new one holds."""

    at: datetime
    before: timedelta
    after: timedelta


class DefinedZone(tzinfo):
    """A zone as a calendar defines it; what a gap leaves out counts by the offset before it (RFC 5545 §3.3.5)."""

    def __init__(self, name: str, onsets: Sequence[_Onset]) -> None:
        self._name = name
        self._onsets = sorted(onsets, key=lambda one: one.at)
        self._times = [one.at for one in self._onsets]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """The offset at a wall-clock time."""
        if moment is None:
            return self._onsets[-1].after
        wall = moment.replace(tzinfo=None, fold=0)
        place = bisect_right(self._times, wall) - 1
        if moment.fold and place + 1 < len(self._onsets):
            following = self._onsets[place + 1]
            if following.after < following.before and wall >= following.at + (following.after - following.before):
                return following.after
        if place < 0:
            return self._onsets[0].before
        onset = self._onsets[place]
        return onset.before if wall < onset.at + (onset.after - onset.before) else onset.after

    def dst(self, moment: datetime | None) -> timedelta:
        """Not told apart here."""
        return timedelta(0)

    def tzname(self, moment: datetime | None) -> str:
        """The name the calendar gives it."""
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        """The wall-clock time of an instant that is given as if it were one."""
        offsets = {one.after for one in self._onsets} | {one.before for one in self._onsets}
        found = [(moment + offset, offset) for offset in sorted(offsets)]
        for wall, offset in found:
            for fold in (0, 1):
                if self.utcoffset(wall.replace(fold=fold)) == offset:
                    return wall.replace(fold=fold)
        return found[0][0]


@dataclass
class Zones:
    """The zones a calendar speaks of, made as they are needed."""

    defined: Mapping[str, Component]
    begin: datetime  # wall clock, around the window
    end: datetime
    _made: dict[str, tzinfo] = field(default_factory=dict)

    def zone(self, name: str) -> tzinfo:
        """The zone a TZID names; UnknownZone says that there is none."""
        if name not in self._made:
            self._made[name] = _known(name) or self._from_definition(name)
        return self._made[name]

    def _from_definition(self, name: str) -> tzinfo:
        component = self.defined.get(name)
        if component is None:
            raise UnknownZone(f'its time zone "{name[:60]}" is not known')
        place = _known(component.value("X-LIC-LOCATION"))
        if place is not None:
            return place
        try:
            onsets = [onset for part in component.parts[:200] for onset in self._onsets(part)]
        except ValueError as error:
            raise UnknownZone(f'its time zone "{name[:60]}" is defined in a way not understood: {error}') from None
        if not onsets:
            raise UnknownZone(f'its time zone "{name[:60]}" is named and not defined')
        return DefinedZone(name[:60], onsets)

    def _onsets(self, part: Component) -> list[_Onset]:
        before, after = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
        start = _wall(part.value("DTSTART"))
        times = {start}
        for name, value in map(split_line, part.lines):
            if name == "RDATE":
                times |= {_wall(one) for one in value.split(",")}
            elif name == "RRULE":
                times |= self._ruled(value, start, before)
        return [_Onset(at, before, after) for at in times]

    def _ruled(self, text: str, start: datetime, offset: timedelta) -> set[datetime]:
        rule = parse_rule(text, start=start, zone=timezone(offset))
        end = min(self.end, rule.until or self.end)
        # Where the rule ended long ago its last time still holds.
        begin = min(self.begin, end - AROUND)
        return set(occurrences(rule, start=start, begin=begin, end=end))


def zones_of(components: Sequence[Component], *, begin: datetime, end: datetime) -> Zones:
    """The zones that a calendar's VTIMEZONE components define, for the time from `begin` to `end`."""
    defined = {component.value("TZID").strip(): component for component in components}
    margin = AROUND
    return Zones(
        defined=defined,
        begin=begin.astimezone(UTC).replace(tzinfo=None) - margin,
        end=end.astimezone(UTC).replace(tzinfo=None) + margin,
    )


@lru_cache(maxsize=256)
def _known(name: str) -> tzinfo | None:
    bare = name.strip().strip("/")
    parts = bare.split("/")
    names = [bare, WINDOWS_TO_OLSON.get(bare, ""), *("/".join(parts[at:]) for at in range(1, len(parts)))]
    found = next((one for one in names if one in _names()), None)
    if found is not None:
        return zoneinfo.ZoneInfo(found)
    return UTC if bare.upper() in ("Z", "GMT") else None


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        raise UnreadRule(f'"{text[:20]}" is no offset from UTC')
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if size >= timedelta(days=1):
        raise UnreadRule(f'"{text[:20]}" is no offset from UTC')
    return size if match[1] == "+" else -size


def _wall(text: str) -> datetime:
    bare = text.strip().rstrip("Z")
    if not _LOCAL.fullmatch(bare):
        raise UnreadRule(f'"{text[:20]}" is no time')
    return datetime.strptime(bare, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall clock
