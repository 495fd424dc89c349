"""Wall-clock times in places that change their clocks, at every hour and by every amount."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.schedule.clock import wall_clock
from tests.schedule.build import utc

GAPS = [
    # zone, local date, time asked for, the first instant after the gap
    ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28 01:00"),
    ("Europe/Berlin", "2027-03-28", "02:00", "2027-03-28 01:00"),
    ("America/New_York", "2027-03-14", "02:59", "2027-03-14 07:00"),
    ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02 15:30"),  # by half an hour
    ("America/Sao_Paulo", "2018-11-04", "00:30", "2018-11-04 03:00"),  # at midnight
    ("Africa/Cairo", "2027-04-30", "00:00", "2027-04-29 22:00"),
    ("America/Nuuk", "2027-03-27", "23:30", "2027-03-28 01:00"),  # the gap ends with the day
    ("Asia/Beirut", "2027-03-28", "00:10", "2027-03-27 22:00"),
]


@pytest.mark.parametrize(("place", "day", "at", "instant"), GAPS, ids=[f"{gap[0]} {gap[2]}" for gap in GAPS])
def test_a_time_the_clocks_jump_over_comes_right_after_the_jump(place: str, day: str, at: str, instant: str) -> None:
    moment = wall_clock(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(place))

    assert moment is not None
    assert (moment.at, moment.shifted) == (utc(instant), True)


TWICE = [
    ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31 00:30"),
    ("America/New_York", "2027-11-07", "01:30", "2027-11-07 05:30"),
    ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03 14:45"),
    ("America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18 01:30"),  # the last hour of a day, twice
]


@pytest.mark.parametrize(("place", "day", "at", "instant"), TWICE, ids=[f"{one[0]} {one[2]}" for one in TWICE])
def test_a_time_that_comes_twice_is_used_the_first_time(place: str, day: str, at: str, instant: str) -> None:
    moment = wall_clock(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(place))

    assert moment is not None
    assert (moment.at, moment.shifted) == (utc(instant), False)


@pytest.mark.parametrize(("place", "day"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")])
def test_a_day_a_zone_left_out_has_no_times(place: str, day: str) -> None:
    missing = date.fromisoformat(day)

    assert [wall_clock(missing, time(hour), ZoneInfo(place)) for hour in range(24)] == [None] * 24


days = st.dates(date(1990, 1, 1), date(2037, 12, 30))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59]))


@st.composite
def changes_of_clocks(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    """A zone of the tz database, and a day on which (or next to which) its clocks change, where they do that year."""
    zone = ZoneInfo(draw(st.sampled_from(sorted(available_timezones()))))
    year = draw(st.integers(1990, 2037))
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    turning = [noons[n].date() for n in range(1, 365) if offsets[n] != offsets[n - 1]]
    day = draw(st.sampled_from(turning) if turning else st.dates(date(year, 1, 1), date(year, 12, 31)))
    return zone, day + timedelta(days=draw(st.integers(-1, 1)))


@seed(20270328)
@settings(max_examples=400, deadline=None, database=None)
@given(changes_of_clocks(), clocks)
def test_a_moment_shows_the_time_asked_for_or_is_the_first_instant_after_a_gap(
    place: tuple[ZoneInfo, date], at: time
) -> None:
    zone, day = place
    moment = wall_clock(day, at, zone)

    shown = instants_showing(_plain(day, at), zone)
    if shown:
        assert moment is not None
        assert (moment.at, moment.shifted) == (shown[0], False)
    elif moment is not None:  # never shown: right before it the clock was earlier, at it the clock is later
        before = (moment.at - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert moment.shifted
        assert before < _plain(day, at) < moment.local.replace(tzinfo=None)


def instants_showing(asked: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every instant at which a clock in the zone shows that time, found from all offsets it has in those days."""
    around = (asked.replace(tzinfo=UTC) + timedelta(hours=n) for n in range(-48, 49))
    offsets = {instant.astimezone(zone).utcoffset() or timedelta() for instant in around}
    tried = sorted(asked.replace(tzinfo=UTC) - offset for offset in offsets)
    return [instant for instant in tried if instant.astimezone(zone).replace(tzinfo=None) == asked]


def _plain(day: date, at: time) -> datetime:
    return datetime.combine(day, at)
