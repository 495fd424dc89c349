"""How many letters a client gets in a week, and which go where there are more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from mailer.model.people import ClientState
from mailer.model.plan import DuePromise, PlanFacts, Rank, SentPrompt
from mailer.schedule.book import Schedule
from mailer.schedule.quiet import PlanRules
from tests.schedule.build import client, facts, prompt, rules, schedule, session, utc
from tests.schedule.planned import lines, plan_from


def at_most(number: int) -> PlanRules:
    return PlanRules(letters_per_week=number)


def one(when: str, name: str, *, slug: str = "", **changes: Any) -> Schedule:
    return schedule(prompt(when, name=name, max_late=timedelta(hours=3), **changes), slug=slug or name)


def the_week(
    number: int,
    *schedules: Schedule,
    known: PlanFacts | None = None,
    letters: Sequence[SentPrompt] = (),
    until: str = "2027-03-08",
) -> list[str]:
    """The plan of the week from Monday, 1 March, with at most so many letters."""
    pairs = [(each, known or facts()) for each in schedules]
    return lines(plan_from("2027-03-01", until, *pairs, rules=at_most(number), letters=letters))


CHECK_IN = one("every Friday at 08:30", "week")
DAILY = one("cron 0 20 * * *", "daily")
PULSE = one("every 2 days at 12:00", "pulse")
PREP = one("2 days before session at 09:00", "prep")
PROMISED = one("on the day of promise at 09:00", "promise")


def promise(number: int, day: str) -> DuePromise:
    return DuePromise(id=UUID(int=200 + number), due_on=date.fromisoformat(day))


@pytest.mark.parametrize(
    ("when", "rank"),
    [
        ("2 days before session at 09:00", Rank.SESSION),
        ("after last session", Rank.SESSION),
        ("1 day after promise at 09:00", Rank.PROMISE),
        ("every Friday at 08:30", Rank.WEEKLY),
        ("every 2 weeks on Tuesday at 16:00", Rank.WEEKLY),
        ("week 3 on Tuesday at 09:00", Rank.WEEKLY),
        ("every 3 days at 09:00", Rank.OTHER),
        ("first Monday of the month at 09:00", Rank.OTHER),
        ("on 2027-03-03 at 09:00", Rank.OTHER),
        ("day 1 at 09:00", Rank.OTHER),
        ("after 5 days of silence at 10:00", Rank.OTHER),
        ('1 day after answer to "week" at 08:30', Rank.OTHER),
        ("cron 30 8 * * fri", Rank.OTHER),
    ],
)
def test_every_form_has_its_rank(when: str, rank: Rank) -> None:
    assert prompt(when).rank is rank


def test_three_letters_go_and_the_rest_of_the_week_names_them() -> None:
    plan = plan_from("2027-03-01", "2027-03-08", (PULSE, facts()), (CHECK_IN, facts()), rules=at_most(3))

    assert lines(plan) == [
        "Mon 01 12:00 pulse send",
        "Wed 03 12:00 pulse send",
        "Fri 05 08:30 week send",
        "Fri 05 12:00 pulse cap",
        "Sun 07 12:00 pulse cap",
    ]
    assert plan[3].detail == (
        "3 letters a week are allowed; this week has pulse/pulse (Monday), pulse/pulse (Wednesday), week/week (Friday)."
    )


def test_what_is_to_come_and_more_pressing_keeps_its_place() -> None:
    known = facts(sessions=[session(1, "2027-03-07 15:00")])  # prepared on Friday

    assert the_week(2, DAILY, CHECK_IN, PREP, known=known, until="2027-03-06") == [
        "Mon 01 20:00 daily cap",
        "Tue 02 20:00 daily cap",
        "Wed 03 20:00 daily cap",
        "Thu 04 20:00 daily cap",
        "Fri 05 08:30 week send",
        "Fri 05 09:00 prep send",
        "Fri 05 20:00 daily cap",
    ]


def test_the_reason_names_what_is_still_to_come_instead() -> None:
    known = facts(sessions=[session(1, "2027-03-07 15:00")])
    pairs = [(each, known) for each in (DAILY, CHECK_IN, PREP)]

    refused = plan_from("2027-03-01", "2027-03-02", *pairs, rules=at_most(2))[0]

    assert refused.detail == "2 letters a week are allowed; this week has prep/prep (Friday), week/week (Friday)."


def test_the_reason_names_no_more_letters_than_the_week_may_have() -> None:
    """Five are more pressing; the two that go are named."""
    days = ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    weekly = [one(f"every {day} at 08:30", f"w{n}") for n, day in enumerate(days)]

    refused = plan_from("2027-03-01", "2027-03-02", *((each, facts()) for each in (DAILY, *weekly)), rules=at_most(2))

    assert refused[0].detail == "2 letters a week are allowed; this week has w0/w0 (Tuesday), w1/w1 (Wednesday)."


def test_session_goes_before_promise_before_weekly_before_all_else_at_the_same_moment() -> None:
    session_letter = one("on the day of session at 09:00", "prep")
    weekly = one("every Friday at 09:00", "week")
    other = one("on 2027-03-05 at 09:00", "other")
    known = replace(facts(sessions=[session(1, "2027-03-05 15:00")]), promises=(promise(1, "2027-03-05"),))
    letters = [other, weekly, PROMISED, session_letter]

    sent = [[line.split()[3] for line in the_week(n, *letters, known=known) if "send" in line] for n in (1, 2, 3, 4)]

    assert sent == [
        ["prep"],
        ["promise", "prep"],
        ["week", "promise", "prep"],
        ["other", "week", "promise", "prep"],
    ]


def test_among_equals_the_earlier_goes() -> None:
    later, earlier = one("every Friday at 17:00", "later"), one("every Tuesday at 17:00", "earlier")

    assert the_week(1, later, earlier) == ["Tue 02 17:00 earlier send", "Fri 05 17:00 later cap"]


def test_promises_of_one_day_take_one_place_in_the_week() -> None:
    known = replace(facts(), promises=tuple(promise(n, "2027-03-05") for n in (1, 2, 3)))
    weekly = one("every Wednesday at 08:30", "week")

    assert the_week(2, weekly, PROMISED, known=known) == [
        "Wed 03 08:30 week send",
        "Fri 05 09:00 promise send",
        "Fri 05 09:00 promise shared",
        "Fri 05 09:00 promise shared",
    ]


def test_promises_whose_common_letter_gives_way_all_say_so() -> None:
    known = replace(
        facts(sessions=[session(1, "2027-03-07 15:00")]), promises=tuple(promise(n, "2027-03-04") for n in (1, 2))
    )

    assert the_week(1, PROMISED, PREP, known=known) == [
        "Thu 04 09:00 promise cap",
        "Thu 04 09:00 promise cap",
        "Fri 05 09:00 prep send",
    ]


def test_what_would_not_go_anyway_keeps_no_place() -> None:
    spared = one("every Friday at 08:30", "week", rules=rules(skip_if=["session within 24 hours"]))
    known = facts(sessions=[session(1, "2027-03-05 15:00")])

    assert the_week(1, one("every 3 days at 12:00", "pulse"), spared, known=known)[:2] == [
        "Mon 01 12:00 pulse send",
        "Thu 04 12:00 pulse cap",
    ]


def test_letters_of_a_schedule_the_client_has_left_count() -> None:
    gone = [SentPrompt(schedule="old", prompt="x", at=utc("2027-03-01 00:00") + timedelta(hours=n)) for n in (1, 2)]

    assert the_week(3, PULSE, letters=gone) == [
        "Mon 01 12:00 pulse send",
        "Wed 03 12:00 pulse cap",
        "Fri 05 12:00 pulse cap",
        "Sun 07 12:00 pulse cap",
    ]


def test_letters_of_last_week_do_not_count() -> None:
    sunday = [SentPrompt(schedule="old", prompt="x", at=utc("2027-02-28 23:59"))] * 3

    assert the_week(3, CHECK_IN, letters=sunday) == ["Fri 05 08:30 week send"]


@pytest.mark.parametrize(
    ("zone", "sent"),
    [
        # 2027-03-07 10:30 UTC: Sunday in Pago Pago (23:30 on Saturday), the new week in Kiritimati (00:30 on Monday)
        ("Pacific/Pago_Pago", "cap"),
        ("Europe/Lisbon", "cap"),
        ("Pacific/Kiritimati", "send"),
    ],
)
def test_the_week_is_the_clients_own_on_either_side_of_the_date_line(zone: str, sent: str) -> None:
    at_that_moment = utc("2027-03-07 10:30")
    local = at_that_moment.astimezone(facts(zone=zone).enrolment.started_at.tzinfo)
    assert local == at_that_moment
    here = schedule(prompt(_daily_at(zone), name="pulse", max_late=timedelta(hours=3)), slug="pulse")
    thrice = [SentPrompt(schedule="old", prompt="x", at=utc("2027-03-04 12:00"))] * 3

    plan = plan_from("2027-03-07 10:29", "2027-03-07 10:31", (here, facts(zone=zone)), rules=at_most(3), letters=thrice)

    assert [(each.due.at, str(each.skip or "send")) for each in plan] == [(at_that_moment, sent)]


def _daily_at(zone: str) -> str:
    hour = {"Pacific/Pago_Pago": "23:30", "Europe/Lisbon": "10:30", "Pacific/Kiritimati": "00:30"}[zone]
    return f"every day at {hour}"


def test_a_letter_that_goes_late_on_monday_counts_in_the_new_week() -> None:
    sunday = schedule(prompt("every Sunday at 23:00", name="week", max_late=timedelta(hours=12)), slug="week")
    thrice = [SentPrompt(schedule="old", prompt="x", at=utc("2027-03-04 12:00"))] * 3

    on_time = plan_from("2027-03-07 23:00", "2027-03-07 23:01", (sunday, facts()), rules=at_most(3), letters=thrice)
    late = plan_from("2027-03-08 08:00", "2027-03-08 08:01", (sunday, facts()), rules=at_most(3), letters=thrice)

    assert [lines(on_time), lines(late)] == [["Sun 07 23:00 week cap"], ["Sun 07 23:00 week send"]]


def test_a_limit_of_one_is_said_in_the_singular() -> None:
    plan = plan_from("2027-03-01", "2027-03-04", (PULSE, facts()), rules=at_most(1))

    assert lines(plan) == ["Mon 01 12:00 pulse send", "Wed 03 12:00 pulse cap"]
    assert plan[1].detail == "1 letter a week is allowed; this week has pulse/pulse (Monday)."


def test_nobody_who_gets_no_letters_anyway_is_told_of_a_limit() -> None:
    known = facts(dana=client(state=ClientState.STOPPED))

    assert the_week(1, DAILY, CHECK_IN, known=known, until="2027-03-02") == ["Mon 01 20:00 daily stopped"]
