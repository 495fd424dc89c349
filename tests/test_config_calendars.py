"""Where config.toml says a coach's calendar is, and what it never shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.config import load_config
from mailer.errors import ConfigError
from mailer.model.calendar import CalendarPlace
from mailer.model.places import Secret

CONFIG = """[[practice]]
id = "vogl"
title = "Vogl Coaching"
[[coach]]
id = "petra"
name = "Petra Vogl"
email = "petra@example.org"
zone = "Europe/Berlin"
{keys}
[[account]]
id = "main"
address = "vogl.coaching@gmail.com"
password_env = "PW"
[keys]
master_env = "MASTER"
"""
ADDRESS = "https://calendar.example.org/private-0123456789/basic.ics"


def calendar(folder: Path, keys: str, *, connects: bool = True, address: str = ADDRESS) -> CalendarPlace | None:
    (folder / "config.toml").write_text(CONFIG.format(keys=keys))
    env = {"PW": "a", "MASTER": "A" * 43, "PETRA_CALENDAR": address}
    return load_config(folder / "config.toml", env=env, connects=connects).coaches[0].calendar


def test_a_coach_without_a_calendar_has_none(tmp_path: Path) -> None:
    assert calendar(tmp_path, "") is None


def test_a_calendar_file_stands_beside_the_configuration(tmp_path: Path) -> None:
    place = calendar(tmp_path, 'calendar = "petra.ics"\ncalendar_rule = "Coaching {name}"')

    assert place == CalendarPlace(coach="petra", path=tmp_path / "petra.ics", rule="Coaching {name}")


def test_a_private_address_comes_from_the_environment_or_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "petra.calendar").write_text(ADDRESS + "\n")
    (tmp_path / "petra.calendar").chmod(0o600)
    expected = CalendarPlace(coach="petra", url=Secret(ADDRESS))

    assert calendar(tmp_path, 'calendar_env = "PETRA_CALENDAR"') == expected
    assert calendar(tmp_path, 'calendar_file = "petra.calendar"') == expected
    assert "private" not in repr(expected)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            f'calendar = "{ADDRESS}"',
            "9:12: coach.calendar: who has a calendar's address reads the calendar, so it does not stand here; name "
            'where it is kept: calendar_env = "VARIABLE" or calendar_file = "path"',
        ),
        (
            'calendar = "a.ics"\ncalendar_env = "PETRA_CALENDAR"',
            "10:16: coach.calendar_env: a coach has one calendar; keep calendar or calendar_env",
        ),
        (
            'calendar_env = "NOWHERE"',
            "9:16: coach.calendar_env: the environment variable NOWHERE is not set; "
            "set it where the program is started",
        ),
        (
            'calendar_file = "nothing"',
            "9:17: coach.calendar_file: there is no file {folder}/nothing; write the calendar's private address into "
            "it, for your eyes only (chmod 600)",
        ),
        (
            'calendar_rule = "Coaching {name}"',
            "9:17: coach.calendar_rule: there is no calendar to use it on; "
            "write calendar, calendar_env or calendar_file",
        ),
        (
            'calendar = "a.ics"\ncalendar_rule = "Coaching {Name}"',
            '10:17: coach.calendar_rule: "{Name}" stands for nothing here; write the title as it stands in the '
            'calendar with {name}, {first_name} or {client}, such as "Coaching {name}"',
        ),
        (
            'calendar = "a.ics"\ncalendar_rule = "Coaching"',
            "10:17: coach.calendar_rule: it is the same for every client; write the title as it stands in the calendar "
            'with {name}, {first_name} or {client}, such as "Coaching {name}"',
        ),
        (
            'calendar = "a.ics"\ncalendar_rule = "Coaching {name"',
            "10:17: coach.calendar_rule: a brace is left over; write the title as it stands in the calendar with "
            '{name}, {first_name} or {client}, such as "Coaching {name}"',
        ),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_told_with_its_place(tmp_path: Path, keys: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        calendar(tmp_path, keys)

    expected = said.replace("{folder}", str(tmp_path))
    assert [str(one).removeprefix(f"{tmp_path}/config.toml:") for one in told.value.problems] == [expected]


@pytest.mark.parametrize("address", ["hunter2", "ftp://calendar.example.org/hunter2", "https:///hunter2", "https://[x"])
def test_what_is_no_address_is_refused_without_being_shown(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError) as told:
        calendar(tmp_path, 'calendar_env = "PETRA_CALENDAR"', address=address)

    assert "no address of a calendar; it begins with https:// or webcal://" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_whoever_connects_to_nothing_needs_no_address(tmp_path: Path) -> None:
    place = calendar(tmp_path, 'calendar_env = "NOWHERE"', connects=False)

    assert place is not None
    assert place.trouble.startswith("calendar_env: the environment variable NOWHERE is not set")
