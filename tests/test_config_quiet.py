"""Quiet times in config.toml: what planning gets of them, and what is said where they cannot be meant."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from mailer.config import load_config
from mailer.errors import ConfigError
from mailer.model.people import QuietHours
from mailer.schedule.quiet import PlanRules, QuietTimes
from tests.test_config import COACH, GMAIL, PRACTICE, folder, load, problems_of

__all__ = ["folder"]

AUGUST = "[[quiet]]\nfrom = 2027-08-01\nuntil = 2027-08-31\n"


def rules(folder: Path, text: str) -> PlanRules:
    return load(folder, PRACTICE + COACH + GMAIL + text).rules


def test_nights_are_quiet_and_three_letters_a_week_are_the_limit_where_nothing_is_said(folder: Path) -> None:
    nights = QuietHours(begin=time(22), end=time(6))

    assert rules(folder, "") == PlanRules(quiet=QuietTimes(hours=nights), letters_per_week=3)


def test_every_quiet_time_reaches_planning(folder: Path) -> None:
    text = AUGUST + 'for = "country DE"\nexcept = ["Session", "news"]\n' + AUGUST.replace("08-", "12-")
    text += '[quiet_times]\nhours = "21:30 to 7.15"\ndays_off = ["Sundays", "sat"]\nholidays = true\n'
    (folder / "schedules").mkdir()
    (folder / "schedules" / "news.toml").touch()

    quiet = rules(folder, text).quiet

    assert quiet.hours == QuietHours(begin=time(21, 30), end=time(7, 15))
    assert (quiet.days_off, quiet.holidays) == (frozenset({5, 6}), True)
    august, december = quiet.periods
    assert (august.first, august.last) == (date(2027, 8, 1), date(2027, 8, 31))
    assert (august.audience.text, august.exceptions) == ("country DE", frozenset({"session", "news"}))
    assert (december.audience.text, december.exceptions) == ("everyone", frozenset())


def test_no_hours_are_quiet_where_the_text_is_empty(folder: Path) -> None:
    assert rules(folder, '[quiet_times]\nhours = ""\n').quiet.hours is None


TOLD = [
    (
        AUGUST.replace("2027-08-31", "2026-08-31"),
        "15:9: quiet.until: the last day, 2026-08-31, lies before the first, 2027-08-01; exchange them or mend the "
        "year",
    ),
    (
        AUGUST + 'for = "tog acme"\n',
        '16:8: quiet.for: "tog" is not understood; did you mean "tag"?',
    ),
    (
        AUGUST + 'except = ["session", "promisse"]\n',
        '16:22: quiet.except: there is no kind of letter and no schedule "promisse"; did you mean "promise"?',
    ),
    (
        AUGUST + 'except = ["newz"]\n',
        '16:11: quiet.except: there is no kind of letter and no schedule "newz"; did you mean "news"?',
    ),
    (
        AUGUST + 'except = ["x"]\n',
        '16:11: quiet.except: there is no kind of letter and no schedule "x"; write "session", "promise", "weekly", '
        '"other" or the id of a schedule',
    ),
    (
        AUGUST.replace("until = 2027-08-31\n", ""),
        "13:1: quiet.until: until is missing; write it under this [[quiet]]",
    ),
    (
        AUGUST.replace("2027-08-31", '"2027-08-31"'),
        "15:9: quiet.until: must be a date without quotes, such as 2027-01-31, not text in quotes",
    ),
    (
        '[quiet_times]\nhours = "at night"\n',
        '14:9: quiet_times.hours: "at night" is no stretch of hours; write it as "22:00 to 06:00", or "" for none',
    ),
    (
        '[quiet_times]\nhours = "22:00 to 25:00"\n',
        '14:9: quiet_times.hours: "22:00 to 25:00" is no stretch of hours; write it as "22:00 to 06:00", or "" for '
        "none",
    ),
    (
        '[quiet_times]\nhours = "06:00 to 06:00"\n',
        '14:9: quiet_times.hours: "06:00 to 06:00" begins when it ends; write two times that differ, or "" for none',
    ),
    (
        '[quiet_times]\ndays_off = ["Sunday", "Satuday"]\n',
        '14:23: quiet_times.days_off: "Satuday" is no day of the week; did you mean "Saturday"?',
    ),
    (
        '[quiet_times]\ndays_off = ["Samstag"]\n',
        '14:13: quiet_times.days_off: "Samstag" is no day of the week; write "Saturday", for example',
    ),
    (
        '[quiet_times]\ndays_off = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]\n',
        "14:12: quiet_times.days_off: every day of the week is off, and nothing would ever be sent; "
        "leave at least one out",
    ),
    ("[limits]\nletters_per_week = 22\n", "14:20: limits.letters_per_week: must be 21 or less, not 22"),
    (
        '[limits]\nlonget_gap = "2 days"\n',
        '14:1: limits.longet_gap: unknown key "longet_gap"; did you mean "longest_gap"?',
    ),
]


@pytest.mark.parametrize(("text", "told"), TOLD)
def test_a_quiet_time_that_cannot_be_meant_is_told_with_its_place_and_remedy(
    folder: Path, text: str, told: str
) -> None:
    (folder / "schedules").mkdir()
    (folder / "schedules" / "news.toml").touch()

    assert problems_of(folder, PRACTICE + COACH + GMAIL + text) == [told]


def test_the_operator_is_a_coach_who_is_there(folder: Path) -> None:
    text = PRACTICE + COACH + GMAIL

    assert load(folder, text).operator == "petra"
    assert load(folder, '[operator]\ncoach = "petra"\n' + text).operator == "petra"
    assert problems_of(folder, '[operator]\ncoach = "petr"\n' + text) == [
        '2:9: operator.coach: there is no coach "petr"; did you mean "petra"?'
    ]


def test_a_password_that_is_not_found_closes_the_account_and_nothing_else(folder: Path) -> None:
    (folder / "config.toml").write_text(PRACTICE + COACH + GMAIL)

    settings = load_config(folder / "config.toml", env={}, connects=False)

    assert str(settings.closed["main"]).removeprefix(f"{folder}/") == (
        "config.toml:12:16: account.password_env: the environment variable PW is not set; "
        "set it where the program is started"
    )
    assert settings.accounts[0].smtp.password is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GMAIL + 'password_file = "x"\n', "a secret has one source, not 2; keep one of password_env, password_file"),
        (GMAIL.replace('password_env = "PW"\n', ""), "no password is named for smtp and imap; write "),
    ],
)
def test_a_password_that_is_named_wrongly_is_a_problem_for_everyone(folder: Path, text: str, told: str) -> None:
    (folder / "config.toml").write_text(PRACTICE + COACH + text)

    with pytest.raises(ConfigError) as caught:
        load_config(folder / "config.toml", env={}, connects=False)

    assert told in str(caught.value)
