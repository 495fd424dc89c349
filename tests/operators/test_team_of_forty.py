"""A team of forty, imported from a spreadsheet: three first days, six zones, days off, and three letters a week.

Thirty-eight people begin on 1, 4 and 8 March 2027 and two more on the 11th. Pilots also get a number on Thursdays, and
those who lead a letter every two weeks: where that is too much for a week, the plan says so beforehand.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.operators.conftest import Opens
from tests.operators.practice import STORIES, Letter, Practice, came, diary, lines

HERE = STORIES / "team-of-forty"
FRIDAY_BEFORE = datetime(2027, 2, 26, 9, tzinfo=UTC)
SECOND_TUESDAY = datetime(2027, 3, 9, 17, tzinfo=UTC)
THIRD_FRIDAY = datetime(2027, 3, 19, 22, tzinfo=UTC)


def roster(name: str) -> list[dict[str, str]]:
    """The rows of a spreadsheet."""
    return list(csv.DictReader((HERE / name).read_text("utf-8").splitlines()))


@pytest.fixture
def practice(opened: Opens) -> Practice:
    """The Friday before, with both spreadsheets in the folder."""
    rows = roster("roster.csv") + roster("two-more.csv")
    return opened("team-of-forty", at=FRIDAY_BEFORE, people=[row["email"].partition("@")[0] for row in rows])


def of(letters: list[Letter], client: str) -> list[str]:
    """What one of them got."""
    return came([one for one in letters if one.client == client])


def weeks(letters: list[Letter]) -> Counter[tuple[str, date]]:
    """How many letters each got in each week, Monday to Sunday where they live."""
    days = [(one.client, date.fromisoformat(one.day)) for one in letters]
    return Counter((client, day - timedelta(days=day.weekday())) for client, day in days)


def first_day(letters: list[Letter], name: str) -> str:
    """The day of somebody's first letter."""
    return min(one.day for one in letters if one.client == name.lower().replace(" ", "-"))


def test_a_team_that_starts_on_different_days_gets_what_was_shown(practice: Practice) -> None:
    # Given the spreadsheet, when it is tried and then imported, then everyone begins on a day of their own.
    tried = practice.done("client import roster.csv --dry-run").splitlines()
    assert tried[-1] == "nothing was written; without --dry-run: 38 added, 0 changed, 0 the same"
    taken = lines(practice.done("client import roster.csv"))
    assert taken[1] == "anke-brandt 2 add onboarding from 2027-03-01; week from 2027-03-01; pulse from 2027-03-01"
    assert taken[10] == "emil-huber 11 add onboarding from 2027-03-01 to 2027-03-12; week from 2027-03-01 to 2027-03-12"
    assert taken[-1] == "38 added, 0 changed, 0 the same"

    # When the operator looks at a pilot's first week, then the fourth letter stays away, and the plan says for what.
    assert lines(practice.done("plan --days 8 --client anke-brandt")) == ANKE
    # So it is for Beatriz, who leads as well: there the very first letter would be missing.
    assert diary(practice.plan(days=8, client="beatriz-lopes")) == [
        "Mon 2027-03-01 09:00  beatriz-lopes  hello  no: cap",
        "Tue 2027-03-02 16:00  beatriz-lopes  fortnight",
        "Wed 2027-03-03 09:00  beatriz-lopes  first-days  no: cap",
        "Thu 2027-03-04 12:00  beatriz-lopes  thursday",
        "Fri 2027-03-05 15:00  beatriz-lopes  friday",
    ]
    # And Carla, who has her Fridays off, would never get the letter of the week.
    assert [row["detail"] for row in practice.plan(days=20, client="carla-neves") if not row["send"]] == [
        "It falls into a day off, and may go 6 hours late at most."
    ] * 2

    # When the operator puts that right, then the plan is at once another one.
    practice.done("client leave beatriz-lopes leads")
    practice.done("client join beatriz-lopes leads --from 2027-03-09")
    practice.change("schedules/week.toml", 'id = "friday"\n', 'id = "friday"\nif_quiet = "earlier"\n')
    assert diary(practice.plan(days=14, client="beatriz-lopes")) == BEATRIZ
    assert diary(practice.plan(days=8, client="carla-neves")) == CARLA

    # When eleven days pass, then what came is what was shown, to each on their own clock.
    first = practice.pass_time(SECOND_TUESDAY)
    assert first.sent == first.shown
    assert of(first.sent, "beatriz-lopes") == [line for line in BEATRIZ[:6] if "no:" not in line]
    assert of(first.sent, "carla-neves") == [*CARLA, "Mon 2027-03-08 09:00  carla-neves  one-week"]
    assert of(first.sent, "dora-klein") == DORA
    assert of(first.sent, "isla-grant") == ISLA
    assert max(weeks(first.sent).values()) == 3

    # When two more are imported, Kai moves to New York, and four letters a week are allowed from now on,
    before = diary(practice.plan(days=4))
    practice.change("config.toml", "letters_per_week = 3", "letters_per_week = 4")
    assert practice.done("client import two-more.csv").splitlines()[-1] == "2 added, 1 changed, 0 the same"
    after = diary(practice.plan(days=4))
    # then the letters that had had to stay away go, and the new people are expected.
    assert {line for line in after if line not in before} == {*STAYED_AWAY, *NEW_PEOPLE}
    assert {line for line in before if line not in after} == {f"{line}  no: cap" for line in STAYED_AWAY}

    # When ten more days pass, over the change of clocks in America, then all of that has come.
    second = practice.pass_time(THIRD_FRIDAY)
    assert second.sent == second.shown
    assert [(str(one), f"{one.at:%H:%MZ}") for one in second.sent if one.client == "kai-winter"] == KAI_IN_NEW_YORK
    everything = first.sent + second.sent
    assert max(weeks(everything).values()) == 4
    people = roster("roster.csv") + roster("two-more.csv")[:2]
    assert {row["name"]: first_day(everything, row["name"]) for row in people} == {
        row["name"]: row["start"] for row in people
    }


ANKE = [
    "occurrence local time zone UTC why",
    '"anke-brandt/onboarding/hello/2027-03-01/day 1" '
    "Mon 2027-03-01 09:00 Europe/Berlin 2027-03-01 08:00Z send day 1 at 09:00",
    '"anke-brandt/onboarding/first-days/2027-03-01/day 3" '
    "Wed 2027-03-03 09:00 Europe/Berlin 2027-03-03 08:00Z no: cap 3 letters a week are allowed; "
    "this week has onboarding/hello (Monday), pulse/thursday (Thursday), week/friday (Friday).",
    "anke-brandt/pulse/thursday/2027-03-04 "
    "Thu 2027-03-04 12:00 Europe/Berlin 2027-03-04 11:00Z send every Thursday at 12:00",
    "anke-brandt/week/friday/2027-03-05 "
    "Fri 2027-03-05 15:00 Europe/Berlin 2027-03-05 14:00Z send every Friday at 15:00",
]
BEATRIZ = """
Mon 2027-03-01 09:00  beatriz-lopes  hello
Wed 2027-03-03 09:00  beatriz-lopes  first-days  no: cap
Thu 2027-03-04 12:00  beatriz-lopes  thursday
Fri 2027-03-05 15:00  beatriz-lopes  friday
Mon 2027-03-08 09:00  beatriz-lopes  one-week  no: cap
Tue 2027-03-09 16:00  beatriz-lopes  fortnight
Thu 2027-03-11 12:00  beatriz-lopes  thursday
""".strip().splitlines()
CARLA = """
Mon 2027-03-01 09:00  carla-neves  hello
Wed 2027-03-03 09:00  carla-neves  first-days
Thu 2027-03-04 15:00  carla-neves  friday
""".strip().splitlines()
DORA = """
Mon 2027-03-01 07:15  dora-klein  hello
Wed 2027-03-03 07:15  dora-klein  first-days
Fri 2027-03-05 07:15  dora-klein  friday
Mon 2027-03-08 07:15  dora-klein  one-week
""".strip().splitlines()
ISLA = """
Thu 2027-03-04 09:00  isla-grant  hello
Fri 2027-03-05 15:00  isla-grant  friday
Mon 2027-03-08 09:00  isla-grant  first-days
""".strip().splitlines()
STAYED_AWAY = """
Wed 2027-03-10 09:00  ruth-adler  first-days
Wed 2027-03-10 09:00  tim-falk  first-days
Wed 2027-03-10 09:00  paula-dias  first-days
Wed 2027-03-10 09:00  maya-ellis  first-days
Thu 2027-03-11 09:00  jack-reed  one-week
Thu 2027-03-11 09:00  gita-menon  one-week
Thu 2027-03-11 09:00  hana-weiss  one-week
""".strip().splitlines()
NEW_PEOPLE = """
Thu 2027-03-11 09:00  uma-pillai  hello
Thu 2027-03-11 09:00  vera-lenz  hello
Fri 2027-03-12 15:00  uma-pillai  friday
Fri 2027-03-12 15:00  vera-lenz  friday
""".strip().splitlines()
KAI_IN_NEW_YORK = [
    ("Thu 2027-03-11 09:00  kai-winter  one-week", "14:00Z"),
    ("Fri 2027-03-12 15:00  kai-winter  friday", "20:00Z"),
    ("Fri 2027-03-19 15:00  kai-winter  friday", "19:00Z"),  # the clocks went forward there on the 14th
]
