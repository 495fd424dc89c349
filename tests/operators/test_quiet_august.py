"""A quiet August: no letters for Germany but round sessions, none on Sundays, holidays or late in the evening.

Lena and Uli are in Germany, Réka in Hungary, Tom in Ireland, Joyce in England. Each country has a public holiday of its
own in those weeks of 2027, Uli has hours and a day off of his own, and Lena meets Petra in the middle of the holidays.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.operators.conftest import Opens
from tests.operators.practice import Practice, came, diary, lines

LAST_MONDAY_OF_JULY = datetime(2027, 7, 26, 5, tzinfo=UTC)


@pytest.fixture
def practice(opened: Opens) -> Practice:
    """Five clients in four countries, and two sessions in August."""
    practice = opened("quiet-august", at=LAST_MONDAY_OF_JULY, people=["lena", "uli", "reka", "tom", "joyce"])
    practice.done("client import roster.csv")
    practice.done("session add lena 2027-08-17 19:00")
    practice.done("session add uli 2027-08-20 10:00")
    return practice


def utc(month: int, day: int, hour: int) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def of(found: list[str], client: str) -> list[str]:
    """The lines about one of them."""
    return [line for line in found if f"  {client} " in line]


def test_august_is_as_quiet_as_it_was_shown(practice: Practice) -> None:
    # Given five countries' worth of holidays, when the operator looks at six weeks, then every quiet day is in it.
    plan = diary(practice.plan(days=42))
    assert of(plan, "lena") == LENA
    assert of(plan, "uli") == ULI
    assert of(plan, "reka") == REKA
    assert of(plan, "tom") == TOM
    assert of(plan, "joyce") == JOYCE
    # And for each letter that is not where its schedule puts it, the plan says what is in the way.
    why = {row["detail"] for row in practice.plan(days=42)}
    assert why == REASONS
    shown = lines(practice.done("plan --days 28 --client reka"))
    assert [line for line in shown if "holiday" in line] == [
        "reka/week/friday/2027-08-20 Sat 2027-08-21 08:30 Europe/Budapest 2027-08-21 06:30Z send "
        "every Friday at 08:30; moved out of a public holiday (State Foundation Day)"
    ]

    # When three weeks pass, then what came is what was shown.
    first = practice.pass_time(utc(8, 16, 12))
    assert first.sent == first.shown
    assert of(came(first.sent), "lena") == [LENA[0], LENA[3]]

    # When Lena's session moves to Thursday after its letter went, then only the letter after it moves along.
    practice.done("session move lena/1 2027-08-19 10:00")
    assert of(diary(practice.plan(days=3)), "lena") == ["Thu 2027-08-19 14:00  lena    after"]
    # When the holidays are made longer meanwhile, then the Friday after them waits for the Saturday.
    practice.change("config.toml", "until = 2027-08-31", "until = 2027-09-03")
    assert of(diary(practice.plan(days=21)), "lena") == LENA_UNTIL_SEPTEMBER

    # When the rest of the summer passes, then it is just so: nothing comes on a quiet day, nothing beside it is lost.
    rest = practice.pass_time(utc(9, 6, 6))
    assert rest.sent == rest.shown
    everything = came(first.sent + rest.sent)
    assert of(everything, "lena") == [LENA[0], LENA[3], *[line for line in LENA_UNTIL_SEPTEMBER if "no:" not in line]]
    assert of(everything, "uli") == [
        *[line for line in ULI[:-1] if "no:" not in line],
        "Sat 2027-09-04 09:00  uli     friday",
    ]
    assert of(everything, "reka") == REKA
    assert of(everything, "tom") == TOM
    assert of(everything, "joyce") == JOYCE


LENA = """
Fri 2027-07-30 08:30  lena    friday
Fri 2027-08-06 08:30  lena    friday  no: quiet
Fri 2027-08-13 08:30  lena    friday  no: quiet
Sat 2027-08-14 09:00  lena    before
Wed 2027-08-18 07:00  lena    after
Fri 2027-08-20 08:30  lena    friday  no: quiet
Fri 2027-08-27 08:30  lena    friday  no: quiet
Fri 2027-09-03 08:30  lena    friday
""".strip().splitlines()
ULI = """
Fri 2027-07-30 09:00  uli     friday
Fri 2027-08-06 08:30  uli     friday  no: quiet
Fri 2027-08-13 08:30  uli     friday  no: quiet
Tue 2027-08-17 09:00  uli     before
Fri 2027-08-20 08:30  uli     friday  no: quiet
Fri 2027-08-20 14:00  uli     after
Fri 2027-08-27 08:30  uli     friday  no: quiet
Fri 2027-09-03 09:00  uli     friday
""".strip().splitlines()
REKA = """
Fri 2027-07-30 08:30  reka    friday
Fri 2027-08-06 08:30  reka    friday
Fri 2027-08-13 08:30  reka    friday
Sat 2027-08-21 08:30  reka    friday
Fri 2027-08-27 08:30  reka    friday
Fri 2027-09-03 08:30  reka    friday
""".strip().splitlines()
TOM = """
Mon 2027-07-26 08:30  tom     monday
Fri 2027-07-30 08:30  tom     friday
Tue 2027-08-03 08:30  tom     monday
Fri 2027-08-06 08:30  tom     friday
Mon 2027-08-09 08:30  tom     monday
Fri 2027-08-13 08:30  tom     friday
Mon 2027-08-16 08:30  tom     monday
Fri 2027-08-20 08:30  tom     friday
Mon 2027-08-23 08:30  tom     monday
Fri 2027-08-27 08:30  tom     friday
Mon 2027-08-30 08:30  tom     monday
Fri 2027-09-03 08:30  tom     friday
""".strip().splitlines()
JOYCE = [line.replace("tom  ", "joyce") for line in TOM]
JOYCE[2] = "Mon 2027-08-02 08:30  joyce   monday"
JOYCE[10] = "Tue 2027-08-31 08:30  joyce   monday"
REASONS = {
    "",
    "It falls into a quiet time, 2027-08-01 to 2027-08-31, and may go 4 days late at most.",
    "Moved out of quiet hours, 21:00 to 07:00.",
    "Moved out of quiet hours, 20:00 to 09:00.",
    "Moved out of a day off.",
    "Moved out of a public holiday (August Bank Holiday).",
    "Moved out of a public holiday (Late Summer Bank Holiday).",
    "Moved out of a public holiday (State Foundation Day).",
}
LENA_UNTIL_SEPTEMBER = """
Thu 2027-08-19 14:00  lena    after
Fri 2027-08-20 08:30  lena    friday  no: quiet
Fri 2027-08-27 08:30  lena    friday  no: quiet
Sat 2027-09-04 08:30  lena    friday
""".strip().splitlines()
