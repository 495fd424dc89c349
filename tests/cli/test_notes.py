"""The notes of `mailer check`: what works, and is probably not meant."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.operator import DANA, Operator

EXAMPLES = [
    "petra@coach.example.org is an address for examples; nothing sent there arrives",
    "letters@example.org is an address for examples; nothing sent there arrives",
]
WEEKLY = "schedules/weekly-checkin.toml"


def notes_of(operator: Operator) -> list[str]:
    """The notes, but for those about the addresses of the tests themselves."""
    said = operator.type("check")

    assert (said.code, said.err) == (0, "")
    notes = [line.removeprefix("note: ") for line in said.out.splitlines() if line.startswith("note: ")]
    assert notes[:2] == EXAMPLES
    return notes[2:]


def test_nothing_is_noted_of_a_practice_in_order(operator: Operator) -> None:
    operator.type(DANA)

    assert notes_of(operator) == []


def test_without_clients_that_alone_is_noted(operator: Operator) -> None:
    assert notes_of(operator) == ["there are no clients yet; `mailer client add` makes one"]


def test_check_needs_no_database_and_makes_none(operator: Operator) -> None:
    for file in (operator.folder / "data").iterdir():
        file.unlink()

    assert notes_of(operator) == []
    assert list((operator.folder / "data").iterdir()) == []


def test_check_changes_nothing_in_a_database(operator: Operator) -> None:
    operator.type(DANA)
    before = sqlite3.connect(operator.folder / "data/mailer.db")
    dump = list(before.iterdump())
    before.close()

    notes_of(operator)

    after = sqlite3.connect(operator.folder / "data/mailer.db")
    assert list(after.iterdump()) == dump
    after.close()


MAILBOXES = [
    ("dana+weekly@example.org", True),
    ("Dana+Weekly@EXAMPLE.org", True),
    ("dana@example.com", False),
    ("da.na@example.org", False),  # only Gmail takes dots away
]


@pytest.mark.parametrize(("address", "same"), MAILBOXES)
def test_one_mailbox_under_two_ids(operator: Operator, address: str, same: bool) -> None:
    operator.type(DANA)
    operator.type(f'client add ana --name "Ana Reis" --email {address} --zone Europe/Lisbon')

    noted = ["clients ana and dana have one mailbox: whoever reads it gets the letters of each"]
    assert notes_of(operator) == (noted if same else [])


def test_one_mailbox_of_gmail_with_and_without_dots(operator: Operator) -> None:
    for slug, address in (
        ("ana", "ana.reis@gmail.com"),
        ("bela", "anareis@googlemail.com"),
        ("chen", "AnaReis@gmail.com"),
    ):
        assert operator.type(f'client add {slug} --name "{slug}" --email {address} --zone Europe/Lisbon').code == 0

    assert notes_of(operator) == [
        "clients ana, bela and chen have one mailbox: whoever reads it gets the letters of each"
    ]


def test_a_schedule_nobody_is_on(operator: Operator) -> None:
    operator.type(DANA)
    operator.change(WEEKLY, 'for = "everyone"', 'for = "tag acme"')
    operator.type("client leave dana weekly-checkin")

    assert notes_of(operator) == [
        'nobody is on weekly-checkin: it is for "tag acme"; '
        "`mailer client join CLIENT weekly-checkin` puts somebody on it",
        "dana is on no schedule that is in force",
    ]


def test_a_schedule_that_somebody_joined_is_not_for_nobody(operator: Operator) -> None:
    operator.type(DANA)  # joins it at once
    operator.change(WEEKLY, 'for = "everyone"', 'for = "tag acme"')

    assert notes_of(operator) == []


def test_a_schedule_whose_file_is_gone(operator: Operator) -> None:
    operator.type(DANA)
    (operator.folder / WEEKLY).unlink()

    assert notes_of(operator) == [
        "dana is on no schedule that is in force",
        "dana is on weekly-checkin, and its file is gone: nothing of it is sent",
    ]


def test_a_schedule_for_people_who_are_not_there(operator: Operator) -> None:
    operator.type(DANA)
    operator.change(WEEKLY, 'for = "everyone"', 'for = "coach petar or client danna or client dana"')
    shown = 'weekly-checkin is for "coach petar or client danna or client dana", and there is no'

    assert notes_of(operator) == [f"{shown} coach petar in config.toml", f"{shown} client danna"]


NIGHTS = [
    ("every Friday at 23:30", "23:30", "", "it goes after they end, if that is soon enough for its max_late"),
    ("every Friday at 08:30 and 03:00", "03:00", "", "it goes after they end, if that is soon enough for its max_late"),
    ("2 days before session at 05:30", "05:30", "", "it goes before they begin"),
    ("cron 0 1,9 * * *", "01:00", 'if_quiet = "skip"', "it never goes"),
    ("day 3 at 00:15", "00:15", 'if_quiet = "earlier"', "it goes before they begin"),
]


@pytest.mark.parametrize(("when", "at", "rule", "becomes"), NIGHTS)
def test_a_letter_planned_for_the_night(operator: Operator, when: str, at: str, rule: str, becomes: str) -> None:
    operator.type(DANA)
    operator.change(WEEKLY, 'when = "every Friday at 08:30"', f'when = "{when}"\n{rule}')

    assert notes_of(operator) == [
        f"weekly-checkin/week is planned for {at}, in the quiet hours (22:00 to 06:00): {becomes}"
    ]


@pytest.mark.parametrize("when", ["every Friday at 22:00", "every Friday at 06:00", "3 hours after session"])
def test_a_letter_at_the_edge_of_the_night_is_not_noted(operator: Operator, when: str) -> None:
    operator.type(DANA)
    operator.change(WEEKLY, "every Friday at 08:30", when)

    assert notes_of(operator) == []


def test_no_night_where_there_are_no_quiet_hours(operator: Operator) -> None:
    operator.type(DANA)
    operator.change(WEEKLY, "every Friday at 08:30", "every Friday at 03:00")
    operator.change("config.toml", "[[practice]]", '[quiet_times]\nhours = ""\n\n[[practice]]')

    assert notes_of(operator) == []


def test_a_zone_by_its_old_name(operator: Operator) -> None:
    operator.type(DANA)
    operator.change("config.toml", "Europe/Berlin", "Asia/Calcutta")

    assert notes_of(operator) == [
        'coach petra: Asia/Calcutta is called Asia/Kolkata today; write zone = "Asia/Kolkata"'
    ]


def test_people_who_cannot_be_looked_at_do_not_stop_check(operator: Operator) -> None:
    operator.type(DANA)
    operator.write("master.key", "A" * 43 + "=\n")

    assert notes_of(operator) == [
        "the clients were not looked at: the master key does not open the key store; "
        "put back the master key this store was made with"
    ]
