"""Letters about promises, about answers that come or do not come, and what lies behind when something changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from mailer.model.people import ClientState, Habits
from mailer.model.plan import THE_BEGINNING, DuePromise, PlanFacts
from mailer.schedule.book import Schedule
from mailer.schedule.plan import plan_now
from mailer.schedule.when import AfterPrompt
from mailer.schedule.when_parse import parse_when
from tests.schedule.build import client, facts, prompt, schedule, sent, session, told, utc
from tests.schedule.planned import lines, plan_at, plan_from

BEFORE = prompt("1 day before promise at 09:00", name="before")
THAT_DAY = prompt("on the day of promise at 08:30", name="day")
AFTER = prompt("1 day after promise at 08:30", name="after")


def promise(number: int, day: str, *, made: datetime = THE_BEGINNING, by_coach: bool = False) -> DuePromise:
    return DuePromise(id=UUID(int=200 + number), due_on=date.fromisoformat(day), made_at=made, by_coach=by_coach)


def promised(*promises: DuePromise, zone: str = "Europe/Lisbon") -> PlanFacts:
    return replace(facts(zone=zone), promises=promises)


def test_a_promise_is_asked_about_before_on_and_after_its_day() -> None:
    one = promised(promise(1, "2027-03-10"))

    assert lines(plan_from("2027-03-01", "2027-03-20", (schedule(BEFORE, THAT_DAY, AFTER), one))) == [
        "Tue 09 09:00 before send",
        "Wed 10 08:30 day send",
        "Thu 11 08:30 after send",
    ]


def test_its_day_is_a_day_of_the_clients_calendar() -> None:
    in_tokyo = promised(promise(1, "2027-03-10"), zone="Asia/Tokyo")

    plan = plan_from("2027-03-01", "2027-03-20", (schedule(THAT_DAY), in_tokyo))

    assert [one.due.at for one in plan] == [utc("2027-03-09 23:30")]


def test_promises_of_one_day_share_the_letter_of_the_first_and_say_so() -> None:
    three = promised(promise(1, "2027-03-10"), promise(2, "2027-03-10"), promise(3, "2027-03-11"))

    plan = plan_from("2027-03-01", "2027-03-20", (schedule(THAT_DAY), three))

    assert [(one.due.about and one.due.about.int, str(one.skip or "send")) for one in plan] == [
        (201, "send"),
        (202, "shared"),
        (203, "send"),
    ]
    assert plan[1].detail == "It is asked about in the letter of another promise of that day."


def test_promises_of_two_days_that_come_late_are_not_thrown_together() -> None:
    late = schedule(replace(THAT_DAY, max_late=timedelta(days=3)))
    two = promised(promise(1, "2027-03-10"), promise(2, "2027-03-11"))

    planned = plan_at(utc("2027-03-11 12:00"), (late, two))[0]

    assert [outcome for _, _, outcome in told(planned.decisions)] == ["send", "send"]


def test_what_the_coach_promised_is_not_asked_of_the_client() -> None:
    coachs = promised(promise(1, "2027-03-10", by_coach=True))

    assert plan_from("2027-03-01", "2027-03-20", (schedule(BEFORE, THAT_DAY, AFTER), coachs)) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("2027-03-09 08:59", ["Tue 09 09:00 before send", "Thu 11 08:30 after send"]),
        ("2027-03-09 09:00", ["Tue 09 09:00 before send", "Thu 11 08:30 after send"]),
        ("2027-03-09 09:01", ["Thu 11 08:30 after send"]),
        ("2027-03-12 09:00", []),  # a day that lies behind
    ],
)
def test_a_promise_made_after_a_letters_time_is_not_asked_about_by_that_letter(made: str, expected: list[str]) -> None:
    known = promised(promise(1, "2027-03-10", made=utc(made)))

    assert lines(plan_from("2027-03-01", "2027-03-20", (schedule(BEFORE, AFTER), known))) == expected


def goal_and_next(ceiling: str | None) -> Schedule:
    """The second letter comes a day after the answer to the first, or when the ceiling is reached."""
    at_latest = None if ceiling is None else parse_when(ceiling)
    assert at_latest is None or isinstance(at_latest, AfterPrompt)
    return schedule(
        prompt("every Friday at 08:30", name="goal"),
        prompt(
            '1 day after answer to "goal" at 08:30',
            name="next",
            at_latest=at_latest,
            supersedes=frozenset({"goal"}),
        ),
    )


FIVE_DAYS = '5 days after "goal" at 09:00'
ANSWERS = [
    # answered, the ceiling, when the next letter goes
    (None, None, []),
    (None, FIVE_DAYS, ["Wed 10 09:00 next send"]),
    ("2027-03-06 12:00", FIVE_DAYS, ["Sun 07 08:30 next send"]),  # the answer comes first
    ("2027-03-09 12:00", FIVE_DAYS, ["Wed 10 08:30 next send"]),
    ("2027-03-10 08:00", FIVE_DAYS, ["Wed 10 09:00 next send"]),  # the ceiling comes first
    ("2027-03-10 08:00", None, ["Thu 11 08:30 next send"]),
]


@pytest.mark.parametrize(("answered", "ceiling", "expected"), ANSWERS)
def test_a_letter_follows_the_answer_and_waits_for_it_no_longer_than_its_ceiling(
    answered: str | None, ceiling: str | None, expected: list[str]
) -> None:
    letter = sent("goal", "2027-03-05", "2027-03-05 08:30", answered=answered)
    known = facts(decided=[("goal", "2027-03-05")], history=[letter])

    plan = lines(plan_from("2027-03-06", "2027-03-12", (goal_and_next(ceiling), known)))

    assert [one for one in plan if "next" in one] == expected


def test_an_answer_after_the_ceiling_brings_no_second_letter() -> None:
    answered = sent("goal", "2027-03-05", "2027-03-05 08:30", answered="2027-03-11 12:00")
    known = facts(
        decided=[("goal", "2027-03-05"), ("goal", "2027-03-12"), ("next", "goal/2027-03-05")],
        history=[answered, sent("next", "goal/2027-03-05", "2027-03-10 09:00")],
    )

    assert plan_from("2027-03-11 12:01", "2027-03-19", (goal_and_next(FIVE_DAYS), known)) == []


def test_a_letter_that_goes_says_whose_unanswered_letters_it_takes_the_place_of() -> None:
    known = facts(decided=[("goal", "2027-03-05")], history=[sent("goal", "2027-03-05", "2027-03-05 08:30")])

    plan = plan_from("2027-03-06", "2027-03-11", (goal_and_next(FIVE_DAYS), known))

    assert [(one.due.prompt, one.closes) for one in plan] == [("next", frozenset({"goal"}))]


def test_of_two_letters_at_one_moment_the_one_that_takes_the_others_place_goes_alone() -> None:
    """A client whose time is 19:30 would get both: the second closes the first, so the first need not go."""
    both = schedule(
        prompt("2 days before session at 09:00", name="prep"),
        prompt("2 days before session at 17:30", name="one-line", supersedes=frozenset({"prep"})),
    )
    evening = client(habits=Habits(own_time=time(19, 30)))
    known = facts(dana=evening, sessions=[session(1, "2027-03-10 17:00")])

    plan = plan_from("2027-03-01", "2027-03-11", (both, known))

    assert lines(plan) == ["Mon 08 19:30 prep superseded", "Mon 08 19:30 one-line send"]
    assert plan[0].detail == 'The letter "one-line" goes at the same moment and takes its place.'


def test_a_late_letter_does_not_go_beside_the_one_that_takes_its_place() -> None:
    both = schedule(
        prompt("every Friday at 08:00", name="goal", max_late=timedelta(days=2)),
        prompt("every Friday at 09:00", name="next", supersedes=frozenset({"goal"})),
    )

    planned = plan_at(utc("2027-03-05 10:00"), (both, facts(started_at=utc("2027-03-04"))))[0]

    assert told(planned.decisions) == [("goal", "2027-03-05", "superseded"), ("next", "2027-03-05", "send")]


DAILY = schedule(prompt("every day at 08:30", max_late=timedelta(days=2)))


def test_what_fell_due_before_a_pause_ended_stays_unsent() -> None:
    back = facts(dana=client(state=ClientState.ACTIVE, active_since=utc("2027-03-15 10:00")))

    decided = plan_now(DAILY, back, since=utc("2027-03-14"), now=utc("2027-03-15 10:01"))

    assert {(one.skip, one.detail) for one in decided} == {("paused", "The client was paused at that time.")}
    assert lines(plan_from("2027-03-15 10:01", "2027-03-17", (DAILY, back)))[-1] == "Tue 16 08:30 week send"


def test_a_time_edited_to_one_that_has_passed_releases_nothing_and_says_so() -> None:
    """The letter was due at 19:00; at noon the file is changed to 08:30."""
    edited = replace(facts(), timed_since={"week": utc("2027-03-05 12:00")})

    decided = plan_now(DAILY, edited, since=utc("2027-03-05"), now=utc("2027-03-05 12:00"))

    assert told(decided)[-1] == ("week", "2027-03-05", "too-late")
    assert decided[-1].detail == "Its time had passed when the schedule was changed."


def test_a_time_edited_under_a_new_name_counts_from_the_newest_edit() -> None:
    renamed = schedule(prompt("every day at 08:30", name="new", formerly=("week",)))
    edited = replace(facts(), timed_since={"week": utc("2027-03-01"), "new": utc("2027-03-05 12:00")})

    decided = plan_now(renamed, edited, since=utc("2027-03-05"), now=utc("2027-03-05 12:00"))

    assert told(decided) == [("new", "2027-03-05", "too-late")]


def test_a_time_edited_to_one_still_to_come_is_used_the_same_day() -> None:
    edited = replace(facts(), timed_since={"week": utc("2027-03-05 07:30")})

    assert lines(plan_from("2027-03-05 07:30", "2027-03-05 23:00", (DAILY, edited)))[-1] == "Fri 05 08:30 week send"
