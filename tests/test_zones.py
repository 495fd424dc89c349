"""Time zones: which names are taken, and what is said of the others."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime

import pytest

from mailer.zones import current_name, valid_zone


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "UTC"])
def test_a_name_of_the_tz_database_is_taken_as_it_stands(name: str) -> None:
    assert valid_zone(name) == name


OLD_NAMES = [
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("US/Pacific", "America/Los_Angeles"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("Africa/Asmera", "Africa/Asmara"),
]


@pytest.mark.parametrize(("old", "today"), OLD_NAMES)
def test_a_name_the_database_has_given_up_is_taken_as_the_one_in_its_place(old: str, today: str) -> None:
    assert valid_zone(old) == today


@pytest.mark.parametrize("name", ["Europe/Copenhagen", "Europe/Vienna", "Africa/Accra", "Atlantic/Jan_Mayen"])
def test_a_place_that_keeps_the_time_of_another_keeps_its_name(name: str) -> None:
    assert valid_zone(name) == name


def test_todays_name_of_a_zone_has_the_same_clock() -> None:
    winter, summer = datetime(2027, 1, 15, tzinfo=UTC), datetime(2027, 7, 15, tzinfo=UTC)

    for name in zoneinfo.available_timezones():
        today = zoneinfo.ZoneInfo(current_name(name))
        for moment in (winter, summer):
            assert moment.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() == moment.astimezone(today).utcoffset(), name


NEAREST = [
    ("europe/berlin", "Europe/Berlin"),
    ("Europe/Belrin", "Europe/Berlin"),
    ("Berlin", "Europe/Berlin"),
    ("new york", "America/New_York"),
    ("America/New York", "America/New_York"),
    ("America/Buenos-Aires", "America/Argentina/Buenos_Aires"),
    ("Europe/Calcutta", "Asia/Kolkata"),
    ("Kiev", "Europe/Kyiv"),
    ("Asia/Peking", "Asia/Shanghai"),
    ("Lisboa", "Europe/Lisbon"),
    ("CET", "Europe/Berlin"),
    ("EST", "America/New_York"),
    ("mesz", "Europe/Berlin"),
    ("GMT", "Europe/London"),
    ("Europe/Berlin ", "Europe/Berlin"),
]


@pytest.mark.parametrize(("written", "meant"), NEAREST)
def test_a_misspelt_renamed_or_abbreviated_zone_is_answered_with_the_right_name(written: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f'"{meant}"'):
        valid_zone(written)


@pytest.mark.parametrize("written", ["+02:00", "UTC+2", "GMT-5", "Etc/GMT-2", "W. Europe Standard Time", "", "qqq"])
def test_an_offset_or_nonsense_is_answered_with_the_form_of_a_name(written: str) -> None:
    with pytest.raises(ValueError, match='such as "Europe/Berlin"'):
        valid_zone(written)


def test_every_suggestion_is_itself_a_zone() -> None:
    from mailer import zones

    suggested = {*zones._ABBREVIATIONS.values(), *zones._RENAMED.values()}

    assert suggested <= zoneinfo.available_timezones()
