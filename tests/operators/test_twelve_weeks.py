"""Twelve weeks with one client: numbered sessions, a letter before each, one at half time, and a goodbye.

Dana in Lisbon meets Petra every Tuesday at five from 2 March to 18 May 2027. One session moves, one is cancelled, the
clocks change, and Dana answers when she feels like it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.operators.conftest import Opens
from tests.operators.practice import Practice, came, diary, lines

FRIDAY_BEFORE = datetime(2027, 2, 26, 9, tzinfo=UTC)
HALF_TIME = '"dana/twelve-weeks/half-time/2027-03-01/session 6"'
TUESDAYS = [date(2027, 3, 2) + timedelta(weeks=week) for week in range(12)]


@pytest.fixture
def practice(opened: Opens) -> Practice:
    """Dana joined on the Friday before, with all of her sessions."""
    practice = opened("twelve-weeks", at=FRIDAY_BEFORE, people=["dana"])
    practice.done('client add dana --name "Dana Reis" --email dana@example.org --zone Europe/Lisbon')
    practice.done("client join dana twelve-weeks --from 2027-03-01 --until 2027-05-21")
    for tuesday in TUESDAYS:
        practice.done(f"session add dana {tuesday} 17:00")
    return practice


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def test_a_programme_of_twelve_weeks_goes_as_it_was_shown_while_sessions_move(practice: Practice) -> None:
    # Given the Friday before, when the coach looks at all of it, the whole programme can be read.
    assert diary(practice.plan(days=90)) == WHOLE
    assert lines(practice.done("plan --days 4")) == [
        "occurrence local time zone UTC why",
        '"dana/twelve-weeks/welcome/2027-03-01/day 1" '
        "Mon 2027-03-01 10:00 Europe/Lisbon 2027-03-01 10:00Z send day 1 at 10:00",
        "dana/twelve-weeks/one-line/(session) "
        "Mon 2027-03-01 17:30 Europe/Lisbon 2027-03-01 17:30Z send 1 day before session at 17:30",
    ]

    # When the first week passes, then what came is what was shown.
    week = practice.pass_time(utc(3, 7, 12))
    assert week.sent == week.shown
    assert came(week.sent) == WHOLE[:3]

    # When Dana answers the letter before her second session, then the reminder on Monday falls away, and says why.
    practice.answer("dana", "twelve-weeks/prep", "A little. I would like to talk about sleep.")
    assert practice.once() == []
    [reminder] = [row for row in practice.plan(days=2) if not row["send"]]
    assert diary([reminder]) == ["Mon 2027-03-08 17:30  dana    one-line  no: condition"]
    assert reminder["detail"] == 'It goes out in another case only (only_if: no answer to "prep").'

    # When the third session moves after its letter went out, then nothing is asked twice; the reminder moves along.
    days = practice.pass_time(utc(3, 15, 12))
    assert days.sent == days.shown
    assert came(days.sent) == ["Thu 2027-03-11 08:30  dana    week-two", "Sun 2027-03-14 09:00  dana    prep"]
    practice.done("session move dana/3 2027-03-18 17:00")
    assert diary(practice.plan(days=4)) == ["Wed 2027-03-17 17:30  dana    one-line"]

    # When the fourth is cancelled, then its letters go with it, and the sixth is a week later: so is half time.
    days = practice.pass_time(utc(3, 19, 12))
    assert days.sent == days.shown
    practice.done("session cancel dana/4")
    assert diary(practice.plan(days=90)) == AFTER_THE_CHANGES

    # When the rest of the weeks pass, over the change of clocks and to the last day, then all of it comes like that.
    rest = practice.pass_time(utc(5, 24, 12))
    assert rest.sent == rest.shown
    assert came(rest.sent) == AFTER_THE_CHANGES
    assert practice.done("plan --days 90") == "nothing in the next 90 days\n"


WHOLE = """
Mon 2027-03-01 10:00  dana    welcome
Mon 2027-03-01 17:30  dana    one-line
Sun 2027-03-07 09:00  dana    prep
Mon 2027-03-08 17:30  dana    one-line
Thu 2027-03-11 08:30  dana    week-two
Sun 2027-03-14 09:00  dana    prep
Mon 2027-03-15 17:30  dana    one-line
Sun 2027-03-21 09:00  dana    prep
Mon 2027-03-22 17:30  dana    one-line
Sun 2027-03-28 09:00  dana    prep
Mon 2027-03-29 17:30  dana    one-line
Thu 2027-04-01 08:30  dana    week-five
Sun 2027-04-04 09:00  dana    prep
Mon 2027-04-05 17:30  dana    one-line
Wed 2027-04-07 08:30  dana    half-time
Sun 2027-04-11 09:00  dana    prep
Mon 2027-04-12 17:30  dana    one-line
Sun 2027-04-18 09:00  dana    prep
Mon 2027-04-19 17:30  dana    one-line
Sun 2027-04-25 09:00  dana    prep
Mon 2027-04-26 17:30  dana    one-line
Thu 2027-04-29 08:30  dana    week-nine
Sun 2027-05-02 09:00  dana    prep
Mon 2027-05-03 17:30  dana    one-line
Fri 2027-05-07 09:00  dana    looking-back
Sun 2027-05-09 09:00  dana    prep
Mon 2027-05-10 17:30  dana    one-line
Sun 2027-05-16 09:00  dana    prep
Mon 2027-05-17 17:30  dana    one-line
Tue 2027-05-18 21:00  dana    afterwards
Fri 2027-05-21 09:00  dana    goodbye
""".strip().splitlines()

MOVED_UP = """
Sun 2027-03-28 09:00  dana    prep
Mon 2027-03-29 17:30  dana    one-line
Thu 2027-04-01 08:30  dana    week-five
Sun 2027-04-04 09:00  dana    prep
Mon 2027-04-05 17:30  dana    one-line
Sun 2027-04-11 09:00  dana    prep
Mon 2027-04-12 17:30  dana    one-line
Wed 2027-04-14 08:30  dana    half-time
""".strip().splitlines()
AFTER_THE_CHANGES = MOVED_UP + WHOLE[17:]
