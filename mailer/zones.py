"""Which time zone is meant? Only names of the tz database that say where a person lives are taken.

CET, EST5EDT, +02:00 and Etc/GMT-2 are refused although some of them would load: an abbreviation or an offset does not
know its place's summer time, or the next time a parliament changes it, and Etc/GMT-2 is east of Greenwich. Names that
the database has given up (Asia/Calcutta, US/Pacific) are taken as those that stand in their place: some systems still
have them, some do not any more, and nobody's clients should notice. Source: zone.tab and tzdata.zi, RFC 6557.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from functools import lru_cache
from importlib.resources import files

_ABBREVIATIONS = {
    "BST": "Europe/London",
    "GMT": "Europe/London",
    "WET": "Europe/Lisbon",
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "MET": "Europe/Berlin",
    "EET": "Europe/Helsinki",
    "EEST": "Europe/Helsinki",
    "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "AWST": "Australia/Perth",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "MST7MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "PST8PDT": "America/Los_Angeles",
    "HST": "Pacific/Honolulu",
    "BRT": "America/Sao_Paulo",
}
_RENAMED = {  # towns as people and older systems write them
    "kiev": "Europe/Kyiv",
    "calcutta": "Asia/Kolkata",
    "bombay": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "saigon": "Asia/Ho_Chi_Minh",
    "rangoon": "Asia/Yangon",
    "katmandu": "Asia/Kathmandu",
    "peking": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "godthab": "America/Nuuk",
    "munich": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "san_francisco": "America/Los_Angeles",
    "washington": "America/New_York",
}
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*[+-]?\d{1,2}(?::?\d{2})?", re.IGNORECASE)


def valid_zone(text: str) -> str:
    """The name of the zone, today's where the one given is an old one; ValueError names the nearest right one."""
    if text in _known():
        return current_name(text)
    if (reason := _refused_kind(text)) is not None:
        raise ValueError(reason)
    near = current_name(_nearest(text) or "")
    hint = f'did you mean "{near}"?' if near else 'write Continent/City, such as "Europe/Berlin"'
    raise ValueError(f'"{text[:40]}" is not a time zone; {hint}')


def current_name(zone: str) -> str:
    """The name that the tz database uses for a zone's place today; most are their own.

    Names that only share their clock with another are left alone: Europe/Copenhagen keeps the time of Europe/Berlin,
    and is where people in Denmark live.
    """
    return _renamed().get(zone, zone)


@lru_cache(maxsize=1)
def _renamed() -> dict[str, str]:
    """Old names and today's: links that no country has any more, where it is sure which place they stood for."""
    data = files("tzdata") / "zoneinfo"
    lines = (data / "zone.tab").read_text("utf-8").splitlines()
    places = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    links = [line.split()[1:] for line in (data / "tzdata.zi").read_text("utf-8").splitlines() if line.startswith("L ")]
    same_clock: dict[str, list[str]] = {}
    for target, name in links:
        same_clock.setdefault(target, [target]).append(name)
    found = {}
    for target, name in (link for link in links if link[1] not in places and "/" in link[1]):
        near = [one for one in same_clock[target] if one in places]
        meant = near if len(near) == 1 else difflib.get_close_matches(name, near, n=1, cutoff=0.9)
        if meant:
            found[name] = meant[0]
    return found


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    places = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return frozenset({"UTC", *places})


def _refused_kind(text: str) -> str | None:
    word = text.strip().upper()
    if word in _ABBREVIATIONS:
        example = _ABBREVIATIONS[word]
        return f'"{text}" is an abbreviation, which has no summer time of its own; write a city, such as "{example}"'
    if word.endswith(" TIME"):
        return f'"{text[:40]}" is not a name of the tz database; write Continent/City, such as "Europe/Berlin"'
    if word.startswith("ETC/") or _OFFSET.fullmatch(word):
        return f'"{text[:40]}" is an offset, without summer time; write a city, such as "Europe/Berlin", or "UTC"'
    return None


def _nearest(text: str) -> str | None:
    """The zone most like what was written: by whole name, by city, then by likeness."""
    wanted = re.sub(r"[\s_-]+", "_", text.strip()).lower()
    city = wanted.rpartition("/")[2]
    if city in _RENAMED:
        return _RENAMED[city]
    folded = {re.sub(r"-", "_", name).lower(): name for name in sorted(_known())}
    if wanted in folded:
        return folded[wanted]
    by_city = {fold.rpartition("/")[2]: name for fold, name in folded.items()}
    if city in by_city:
        return by_city[city]
    found = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.7)
    if found:
        return folded[found[0]]
    found = difflib.get_close_matches(city, by_city, n=1, cutoff=0.75)
    return by_city[found[0]] if found else None
