"""A client's own time of day: which letters take it, and what never changes with it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from mailer.model.people import Habits
from mailer.schedule.own_time import at_own_time
from mailer.schedule.plan import plan_now
from mailer.schedule.when_parse import FORMS, parse_when
from tests.schedule.build import client, facts, prompt, schedule, told, utc
from tests.schedule.planned import lines, plan_from

EVENING = Habits(own_time=time(19, 30))

TAKEN = [
    ("every Friday at 08:30", "every Friday at 19:30"),
    ("every weekday at 07:15", "every weekday at 19:30"),
    ("every 3 days at 09:00", "every 3 days at 19:30"),
    ("every 2 weeks on Tuesday at 16:00", "every 2 weeks on Tuesday at 19:30"),
    ("first Monday of the month at 09:00", "first Monday of the month at 19:30"),
    ("on 2027-03-09 at 09:00", "on 2027-03-09 at 19:30"),
    ("day 1 at 09:00", "day 1 at 19:30"),
    ("week 3 on Tuesday at 09:00", "week 3 on Tuesday at 19:30"),
    ("2 days before session at 09:00", "2 days before session at 19:30"),
    ("on the day of promise at 08:30", "on the day of promise at 19:30"),
    ("14 days before end at 09:00", "14 days before end at 19:30"),
    ("after 5 days of silence at 10:00", "after 5 days of silence at 19:30"),
    ('4 days after "prep" at 10:00', '4 days after "prep" at 19:30'),
    ('1 day after answer to "prep" at 08:30', '1 day after answer to "prep" at 19:30'),
]
LEFT_ALONE = [
    "every day at 08:00 and 20:00",  # which of them would give way?
    "first Monday of the month at 09:00 and 17:00",
    "cron 30 8 * * fri",
    "2 days before session",
    "20 hours before session",
    "3 hours after session",
    "after 5 days of silence",
    '36 hours after "prep"',
    'after answer to "prep"',
]


@pytest.mark.parametrize(("when", "becomes"), TAKEN)
def test_a_form_with_one_time_of_day_takes_the_clients_own(when: str, becomes: str) -> None:
    assert str(at_own_time(parse_when(when), time(19, 30))) == becomes


@pytest.mark.parametrize("when", LEFT_ALONE)
def test_a_form_with_several_times_or_none_is_left_alone(when: str) -> None:
    assert at_own_time(parse_when(when), time(19, 30)) == parse_when(when)


@pytest.mark.parametrize("when", FORMS)
def test_without_a_time_of_their_own_everyone_gets_what_the_file_says(when: str) -> None:
    assert at_own_time(parse_when(when), None) == parse_when(when)


def test_the_plan_shows_the_clients_own_time_and_the_files_reason() -> None:
    weekly = schedule(prompt("every Friday at 08:30"))

    plan = plan_from("2027-03-01", "2027-03-08", (weekly, facts(dana=client(habits=EVENING))))

    assert lines(plan) == ["Fri 05 19:30 week send"]
    assert plan[0].due.reason == "every Friday at 08:30"


def test_a_time_of_day_changed_to_one_that_has_passed_releases_nothing_at_once() -> None:
    """Friday's letter was due at 19:30; at noon the client asks for 08:30 from now on."""
    weekly = schedule(prompt("every Friday at 19:30", max_late=timedelta(hours=12)))
    early = client(habits=Habits(own_time=time(8, 30)), habits_since=utc("2027-03-05 12:00"))

    decided = plan_now(weekly, facts(dana=early), since=utc("2027-03-05"), now=utc("2027-03-05 12:00"))

    assert told(decided) == [("week", "2027-03-05", "too-late")]
    assert decided[0].detail == "Its time had passed when the client's own time of day was changed."


def test_a_time_of_day_changed_to_one_still_to_come_is_kept_the_same_day() -> None:
    weekly = schedule(prompt("every Friday at 08:30"))
    late = client(habits=EVENING, habits_since=utc("2027-03-05 08:00"))

    assert lines(plan_from("2027-03-05 08:01", "2027-03-06", (weekly, facts(dana=late)))) == ["Fri 05 19:30 week send"]


def test_letters_that_take_no_own_time_are_not_held_back_by_a_change_of_it() -> None:
    twice = schedule(prompt("every day at 08:00 and 20:00", max_late=timedelta(hours=2)))
    dana = client(habits=EVENING, habits_since=utc("2027-03-05 09:00"))

    decided = plan_now(twice, facts(dana=dana), since=utc("2027-03-05"), now=utc("2027-03-05 09:30"))

    assert told(decided)[-1] == ("week", "2027-03-05", "send")


DAYS = schedule(
    prompt("day 1 at 09:00", name="one"),
    prompt("day 1 at 20:00", name="evening"),
    prompt("day 4 at 08:30", name="four"),
)


@pytest.mark.parametrize(
    ("enrolled", "expected"),
    [
        ("2027-03-01 08:45", ["Mon 01 09:00 one send", "Mon 01 20:00 evening send", "Thu 04 08:30 four send"]),
        ("2027-03-01 12:00", ["Tue 02 09:00 one send", "Tue 02 20:00 evening send", "Fri 05 08:30 four send"]),
    ],
)
def test_the_days_of_a_programme_are_counted_once_for_all_its_letters(enrolled: str, expected: list[str]) -> None:
    """Counted letter by letter, the evening letter of day 1 would go before the morning's."""
    known = facts(started_at=utc(enrolled))

    assert lines(plan_from(enrolled, "2027-03-10", (DAYS, known))) == expected


@pytest.mark.parametrize(
    ("since", "first_day"),
    [
        (None, "Mon 01"),  # 19:30 was theirs from the start, and had not passed at noon
        ("2027-02-01 12:00", "Mon 01"),
        ("2027-03-02 18:00", "Tue 02"),  # 09:00 held at noon on Monday, so Tuesday is day 1 and stays it
    ],
)
def test_a_changed_time_of_day_does_not_shift_the_days_of_a_programme_under_way(
    since: str | None, first_day: str
) -> None:
    dana = client(habits=EVENING, habits_since=None if since is None else utc(since))
    known = facts(started_at=utc("2027-03-01 12:00"), dana=dana)

    plan = lines(plan_from("2027-03-01 12:00", "2027-03-10", (DAYS, known)))

    assert plan[0] == f"{first_day} 19:30 one send"
    assert plan[-1] == f"{'Thu 04' if first_day == 'Mon 01' else 'Fri 05'} 19:30 four send"
