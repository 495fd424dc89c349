"""Time zones: which names are taken, and what is said of the others."""

from __future__ import annotations

import zoneinfo

import pytest

from mailer.zones import valid_zone


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "UTC"])
def test_a_name_of_the_tz_database_is_taken_as_it_stands(name: str) -> None:
    assert valid_zone(name) == name


NEAREST = [
    ("europe/berlin", "Europe/Berlin"),
    ("Europe/Belrin", "Europe/Berlin"),
    ("Berlin", "Europe/Berlin"),
    ("new york", "America/New_York"),
    ("America/New York", "America/New_York"),
    ("America/Buenos-Aires", "America/Buenos_Aires"),
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
