"""`mailer client edit`: what changes about a client, what is said of it, and what it does to the letters to come."""

from __future__ import annotations

import pytest

from tests.cli.operator import DANA, OMAR, Operator

WEEKLY = """title = "Every day"
for = "{audience}"
[[prompt]]
id = "line"
when = "every day at 09:00"
subject = "One line"
questions = ["How is it?"]
"""


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with one client, Dana in Lisbon."""
    assert operator.type(DANA).code == 0
    return operator


def dana(operator: Operator) -> dict[str, object]:
    found: dict[str, object] = operator.type("client show dana --json").json
    return found


def test_a_client_moves(keeper: Operator) -> None:
    said = keeper.type("client edit dana --zone Africa/Cairo --country EG")

    lines = said.out.splitlines()
    assert lines[:3] == ["changed dana", "  zone: Europe/Lisbon -> Africa/Cairo", "  country: none -> EG"]
    assert lines[3].startswith("  next letter: Fri ")
    assert lines[3].endswith(" 08:30 in Africa/Cairo, weekly-checkin/week")
    assert (dana(keeper)["zone"], dana(keeper)["country"]) == ("Africa/Cairo", "EG")


def test_what_is_private_is_only_said_to_have_changed(keeper: Operator) -> None:
    said = keeper.type("client edit dana --name 'Dana Sousa' --email sousa@example.net --set goal='Sleep more'")

    assert said.out == "changed dana\n  name: changed\n  address: changed\n  variable goal: changed\n"
    shown = dana(keeper)
    assert (shown["name"], shown["address"], shown["variables"]) == (
        "Dana Sousa", "sousa@example.net", {"goal": "Sleep more"},
    )  # fmt: skip


def test_habits_are_set_and_taken_away(keeper: Operator) -> None:
    put = keeper.type("client edit dana --at '7.30 pm' --day-off Sat --day-off Sunday --quiet '21:00 to 07:00'")
    shown = keeper.type("client show dana").out
    taken = keeper.type("client edit dana --at none --day-off none --quiet none")

    assert put.out.splitlines()[1:4] == [
        "  own time: none -> 19:30",
        "  days off: none -> Saturday, Sunday",
        "  quiet: none -> 21:00 to 07:00",
    ]
    assert put.out.splitlines()[4].endswith(" 19:30 in Europe/Lisbon, weekly-checkin/week")
    assert "own time   19:30\ndays off   Saturday, Sunday\nquiet      21:00 to 07:00\n" in shown
    assert taken.out.splitlines()[1:4] == [
        "  own time: 19:30 -> none",
        "  days off: Saturday, Sunday -> none",
        "  quiet: 21:00 to 07:00 -> none",
    ]


def test_tags_are_replaced_added_and_dropped(keeper: Operator) -> None:
    said = [
        keeper.type(f"client edit dana {options}").out.splitlines()[1]
        for options in ("--tag acme --tag pilot", "--add-tag vip --drop-tag acme", "--tag none")
    ]

    assert said == ["  tags: none -> acme, pilot", "  tags: acme, pilot -> pilot, vip", "  tags: pilot, vip -> none"]


def test_variables_are_set_and_unset(keeper: Operator) -> None:
    keeper.type("client edit dana --set goal=Sleep --set partner=Lee")

    said = keeper.type("client edit dana --set goal=Run --unset partner")

    assert said.out == "changed dana\n  variable goal: changed\n  variable partner: taken away\n"
    assert "variable   goal = Run\n" in keeper.type("client show dana").out


def test_a_client_can_begin_with_all_of_it(operator: Operator) -> None:
    said = operator.type(f"{OMAR} --country DE-BY --at 19:30 --day-off Friday --quiet '21:00 to 07:00' --set goal=Run")

    shown = operator.type("client show omar --json").json
    assert said.code == 0
    assert (shown["country"], shown["at"], shown["days_off"], shown["quiet"], shown["variables"]) == (
        "DE-BY", "19:30", ["Friday"], "21:00 to 07:00", {"goal": "Run"},
    )  # fmt: skip


def test_nothing_that_differs_changes_nothing(keeper: Operator) -> None:
    said = keeper.type("client edit dana --zone Europe/Lisbon --language en")

    assert (said.code, said.out) == (0, "dana is so already; nothing was changed\n")


def test_a_schedule_that_is_for_the_client_now_is_joined(keeper: Operator) -> None:
    keeper.write("schedules/acme.toml", WEEKLY.format(audience="tag acme"))

    said = keeper.type("client edit dana --add-tag acme")
    again = keeper.type("client edit dana --drop-tag acme")

    assert said.out == "changed dana\n  tags: none -> acme\n  joined acme\n"
    assert again.err == ("mailer: dana stays on acme, though it is for others now: `mailer client leave dana acme`\n")


def test_a_language_that_a_schedule_is_not_written_in_is_told_of(keeper: Operator) -> None:
    english = WEEKLY.format(audience="everyone").replace('"One line"', '{en = "One line"}')
    keeper.write("schedules/english.toml", english.replace('["How is it?"]', '[{ask = {en = "How is it?"}}]'))
    keeper.type("client join dana english")

    said = keeper.type("client edit dana --language de")

    assert said.err == (
        'mailer: dana reads "de", but there is no text for that in english/line; add it, or a fallback\n'
    )


REFUSED = [
    ("", "mailer: say what is to change, such as --zone Africa/Cairo; `mailer client edit --help` lists it\n", 2),
    ("--coach nina", "mailer: --coach: a client stays with their coach, for what was written to one is not another's "
     "to read; add them anew under another short name\n", 2),
    ("--zone Lisboa", 'mailer: --zone: "Lisboa" is not a time zone; did you mean "Europe/Lisbon"?\n', 2),
    ("--country Portugal", 'mailer: --country: "Portugal" is no country code; write its two letters, such as PT, or a '
     "region: DE-BY\n", 2),
    ("--at 25:00", 'mailer: --at: "25:00" is no time of day; write HH:MM, such as 19:30\n', 2),
    ("--day-off Caturday", 'mailer: --day-off: "Caturday" is no day of the week; write its name, such as Saturday, or '
     '"none"\n', 2),
    ("--day-off none --day-off Sat", "mailer: --day-off: none stands beside days; write either\n", 2),
    ("--day-off weekday --day-off Sat --day-off Sun", "mailer: --day-off: with every day off no letter would ever go; "
     "pause the client instead\n", 2),
    ("--quiet 21:00", 'mailer: --quiet: "21:00" names no quiet hours; write them as "21:00 to 07:00", or "none"\n', 2),
    ("--set goal", 'mailer: --set: "goal" sets nothing; write NAME=VALUE, such as goal="Sleep by eleven"\n', 2),
    ("--unset goal", 'mailer: --unset: dana has no variable "goal"; variables: none\n', 1),
    ("--drop-tag acme", 'mailer: --drop-tag: dana has no tag "acme"; tags: none\n', 1),
    ("--tag a --add-tag b", "mailer: --tag stands in place of all tags; leave --add-tag and --drop-tag out, or --tag\n",
     2),
    ("--add-tag 'a,b'", 'mailer: --add-tag: "a,b" cannot be named in a schedule\'s `for`; leave out , ; and quotes\n',
     2),
]  # fmt: skip


@pytest.mark.parametrize(("options", "said", "code"), REFUSED)
def test_what_cannot_be_meant_changes_nothing(keeper: Operator, options: str, said: str, code: int) -> None:
    before = dana(keeper)

    refused = keeper.type(f"client edit dana {options}")

    assert (refused.code, refused.out, refused.err) == (code, "", said)
    assert dana(keeper) == before


def test_an_address_that_another_client_has_is_refused_unless_it_is_shared(keeper: Operator) -> None:
    keeper.type(OMAR)

    refused = keeper.type("client edit dana --email omar@example.org --zone Africa/Cairo")
    shared = keeper.type("client edit dana --email omar@example.org --shared-address")

    assert (refused.code, refused.out) == (1, "")
    assert "another client has this address" in refused.err
    assert dana(keeper)["zone"] == "Europe/Lisbon"
    assert shared.out == "changed dana\n  address: changed\n  shared address: yes\n"
