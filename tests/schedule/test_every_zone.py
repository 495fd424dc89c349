"""In every zone of the tz database, at each change of its clocks in the next ten years: one letter a day, at its time.

What is expected comes from tests/schedule/changes.py, which knows the instants of the changes and the offsets on either
side, and nothing of mailer's own arithmetic.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.model.plan import Due, PlanFacts
from mailer.schedule.book import Schedule
from mailer.schedule.due import dues, next_due
from mailer.schedule.when import EVERY_DAY, Weekly
from tests.schedule.build import LONG_AGO, facts, prompt, schedule, utc
from tests.schedule.changes import ZONES, Change, changes, one_of_each_kind

AROUND = timedelta(days=2)
DAILY = prompt("every day at 08:30")
ODD = [
    "America/Asuncion", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/El_Aaiun",
    "America/Nuuk", "America/Scoresbysund", "Antarctica/Troll", "Asia/Gaza", "America/Havana", "America/Santiago",
    "Asia/Tehran", "Pacific/Chatham", "Atlantic/Azores", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Dublin",
]  # fmt: skip


def daily(*times: time) -> Schedule:
    return schedule(replace(DAILY, when=Weekly(days=EVERY_DAY, times=times)))


def of_old(zone: str, *, start: date = date(2025, 1, 1)) -> PlanFacts:
    """A client who has been on the schedule for long."""
    return facts(zone=zone, start=start, started_at=LONG_AGO)


def around(change: Change, plan: Schedule, zone: str) -> list[Due]:
    return dues(plan, plan.prompts[0], of_old(zone), after=change.at - AROUND, until=change.at + AROUND)


def one_letter_a_day(zone: str) -> None:
    """Every local date in reach of a change has its letter once, at the first instant the clock shows its time."""
    for change in changes(zone):
        begin, end = change.at - AROUND, change.at + AROUND
        days = [(begin - timedelta(days=1)).date() + timedelta(days=n) for n in range(8)]
        for at in change.times:
            expected = {day.isoformat(): change.instant(day, at) for day in days}

            found = around(change, daily(at), zone)

            assert [due.anchor for due in found] == [day for day, instant in expected.items() if begin < instant <= end]
            for due in found:
                left_out = due.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != _asked(due, at)
                assert (due.at, due.shifted) == (expected[due.anchor], left_out), f"{zone} {at} on {due.anchor}"
                assert due.local.astimezone(UTC) == due.at
                assert due.until > due.at


def _asked(due: Due, at: time) -> datetime:
    return datetime.combine(date.fromisoformat(due.anchor), at)


@pytest.mark.parametrize("zone", one_of_each_kind())
def test_every_local_date_has_its_letter_once_at_its_time_or_right_after_a_gap(zone: str) -> None:
    one_letter_a_day(zone)


@pytest.mark.prove
def test_every_local_date_has_its_letter_once_in_all_zones_by_any_name() -> None:
    assert len(ZONES) > 590
    for zone in ZONES:
        one_letter_a_day(zone)


def test_the_zones_at_hand_change_at_midnight_and_by_half_an_hour_and_twice_a_year_and_four_times() -> None:
    """Otherwise the tests here would prove little."""
    at_midnight = {zone for zone in ODD for one in changes(zone) if (one.at + one.before).time() == time(0)}
    half_an_hour = {
        zone for zone in ODD for one in changes(zone) if abs(one.after - one.before) == timedelta(minutes=30)
    }
    two_hours = {zone for zone in ODD for one in changes(zone) if abs(one.after - one.before) == timedelta(hours=2)}

    assert {"Africa/Cairo", "Asia/Beirut", "America/Havana"} <= at_midnight
    assert half_an_hour == {"Australia/Lord_Howe"}
    assert two_hours == {"Antarctica/Troll"}
    assert len(changes("Africa/Casablanca")) > 20
    assert changes("Asia/Kathmandu") == ()


LEFT_OUT = [
    # a zone, the day it left out, the last moment before, and the first after, in UTC
    ("Pacific/Apia", "2011-12-30", "2011-12-30 09:59", "2011-12-30 10:00"),
    ("Pacific/Fakaofo", "2011-12-30", "2011-12-30 10:59", "2011-12-30 11:00"),
    ("Pacific/Kwajalein", "1993-08-21", "1993-08-21 11:59", "1993-08-21 12:00"),
]


@pytest.mark.parametrize(("zone", "day", "last", "first"), LEFT_OUT)
def test_a_day_the_zone_leaves_out_has_no_letter_and_its_neighbours_have_theirs(
    zone: str, day: str, last: str, first: str
) -> None:
    before, after = (date.fromisoformat(day) + timedelta(days=n) for n in (-1, 1))
    plan = daily(time(0, 0), time(12, 0), time(23, 59))
    known = facts(zone=zone, start=date(1990, 1, 1), started_at=utc("1990-01-01"))
    middle = utc(first)

    found = dues(
        plan, plan.prompts[0], known, after=middle - timedelta(hours=25), until=middle + timedelta(hours=23, minutes=59)
    )

    anchors = [due.anchor for due in found]
    assert [one for one in anchors if one.startswith(day)] == []
    assert [due.anchor for due in found if due.at == utc(last)] == [f"{before}#3"]
    assert [due.anchor for due in found if due.at == utc(first)] == [f"{after}"]


instants = st.integers(0, 20 * 24 * 60)
times = st.lists(st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59])), min_size=1, max_size=3)


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, Schedule, datetime, datetime, datetime]:
    """A zone, a plan, and two windows that touch, near a change of the clocks where there is one."""
    zone = draw(st.sampled_from(ZONES))
    near = [one.at for one in changes(zone)] or [utc("2030-06-01")]
    plan = daily(*sorted(set(draw(times))))
    begin = draw(st.sampled_from(near)) - timedelta(days=3) - timedelta(minutes=draw(st.integers(0, 1440)))
    end = begin + timedelta(days=7)
    whole = dues(plan, plan.prompts[0], of_old(zone), after=begin, until=end)
    cut = draw(st.sampled_from([due.at for due in whole] + [begin + timedelta(minutes=draw(st.integers(0, 7 * 1440)))]))
    return zone, plan, begin, cut, end


@seed(20260328)
@settings(max_examples=300, deadline=None, database=None)
@given(spans())
def test_two_windows_that_touch_hold_what_one_holds(world: tuple[str, Schedule, datetime, datetime, datetime]) -> None:
    zone, plan, begin, cut, end = world
    known = of_old(zone)

    whole = dues(plan, plan.prompts[0], known, after=begin, until=end)
    parts = [dues(plan, plan.prompts[0], known, after=a, until=b) for a, b in pairwise((begin, cut, end))]

    assert [*parts[0], *parts[1]] == whole


@seed(20261025)
@settings(max_examples=300, deadline=None, database=None)
@given(spans())
def test_the_next_letter_is_always_the_first_of_those_to_come(
    world: tuple[str, Schedule, datetime, datetime, datetime],
) -> None:
    zone, plan, begin, cut, end = world
    known = of_old(zone)
    whole = dues(plan, plan.prompts[0], known, after=begin, until=end)

    walked, at = [], begin
    while (due := next_due(plan, known, after=at)) is not None and due.at <= end:
        walked.append(due.at)
        at = due.at
    following = next_due(plan, known, after=cut)

    assert walked == sorted({due.at for due in whole})
    assert following is not None
    assert following.at == min((due.at for due in whole if due.at > cut), default=following.at)


@contextmanager
def machine_in(zone: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is this one, for a while."""
    with patch.context() as here:
        here.setenv("TZ", zone)
        stopwatch.tzset()
        yield
    stopwatch.tzset()


def test_the_machines_own_zone_never_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for machine in ("UTC", "Pacific/Auckland", "America/Los_Angeles", "Africa/Cairo", ":no/such/zone"):
        with machine_in(machine, monkeypatch):
            found.append(
                [
                    around(change, daily(at), zone)
                    for zone in ODD
                    for change in changes(zone)[:4]
                    for at in change.times
                ]
            )  # fmt: skip

    assert all(one == found[0] for one in found)
    assert sum(map(len, found[0])) > 1000


def test_an_instant_written_in_another_zone_is_the_same_instant() -> None:
    """Nothing compares clocks: what comes in need not be written in UTC to be right."""
    plan = daily(time(2, 30))
    known = of_old("Europe/Berlin")
    begin, end = datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 30, tzinfo=UTC)
    elsewhere = ZoneInfo("Asia/Kathmandu")

    there = dues(plan, plan.prompts[0], known, after=begin.astimezone(elsewhere), until=end.astimezone(elsewhere))

    assert there == dues(plan, plan.prompts[0], known, after=begin, until=end)
