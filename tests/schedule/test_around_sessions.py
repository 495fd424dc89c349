"""Letters around sessions, and what becomes of them when sessions are moved, cancelled, or close to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailer.model.people import Session, SessionState
from mailer.model.plan import PlanFacts
from mailer.schedule.plan import plan_now
from tests.schedule.build import LONG_AGO, facts, prompt, rules, schedule, session, told, utc
from tests.schedule.planned import lines, plan_from

PREP = schedule(prompt("2 days before session at 09:00", name="prep"))
AFTER = schedule(prompt("3 days after session at 08:30", name="after"))
THIRD = schedule(prompt("1 day before session 3 at 09:00", name="prep"))
FOUR = [session(n, f"2027-03-{3 + 7 * n:02} 17:00") for n in (1, 2, 3)] + [session(4, "2027-04-07 16:00")]
WITHOUT_FIRST = [replace(FOUR[0], state=SessionState.CANCELLED), *FOUR[1:]]


def numbered(*sessions: Session) -> tuple[Session, ...]:
    """Sessions with their numbers as the store counts them: by start, cancelled ones left out."""
    planned = 0
    found = []
    for one in sorted(sessions, key=lambda each: each.starts_at):
        planned += one.state is SessionState.PLANNED
        found.append(replace(one, number=planned if one.state is SessionState.PLANNED else 0))
    return tuple(found)


def told_of(letters: Sequence[str], sessions: Sequence[Session], *, end: date | None = None) -> list[str]:
    one = schedule(*(prompt(when, name=f"p{n}") for n, when in enumerate(letters)))
    return lines(plan_from("2027-03-01", "2027-05-01", (one, facts(sessions=numbered(*sessions), end=end))))


def third_of(known: PlanFacts, now: str) -> list[tuple[str, str, str]]:
    return told(plan_now(THIRD, known, since=LONG_AGO, now=utc(now)))


def test_a_numbered_session_is_asked_about_once_although_another_takes_its_number() -> None:
    before = facts(sessions=numbered(*FOUR))

    sent = third_of(before, "2027-03-23 09:00")
    later = facts(sessions=numbered(*WITHOUT_FIRST), decided=[(prompt, anchor) for prompt, anchor, _ in sent])

    assert sent == [("prep", "2027-03-01/session 3", "send")]
    assert third_of(later, "2027-04-06 09:00") == []


def test_a_numbered_session_moves_up_when_an_earlier_one_is_cancelled_in_time() -> None:
    assert told_of(["1 day before session 3 at 09:00"], FOUR) == ["Tue 23 09:00 p0 send"]
    assert told_of(["1 day before session 3 at 09:00"], WITHOUT_FIRST) == ["Tue 06 09:00 p0 send"]
    assert told_of(["1 day before session 9 at 09:00"], FOUR) == []


def test_first_and_last_are_those_that_take_place_and_the_last_needs_an_end() -> None:
    both = ["1 day after first session at 09:00", "after last session"]

    assert told_of(both, FOUR, end=date(2027, 4, 30)) == ["Thu 11 09:00 p0 send", "Wed 07 18:00 p1 send"]
    assert told_of(both, WITHOUT_FIRST, end=date(2027, 4, 1)) == ["Thu 18 09:00 p0 send", "Wed 24 18:00 p1 send"]
    assert told_of(both, FOUR) == ["Thu 11 09:00 p0 send"]


def test_a_cancelled_session_takes_its_letters_with_it() -> None:
    gone = session(1, "2027-03-10 17:00", cancelled=True)

    assert lines(plan_from("2027-03-01", "2027-04-01", (PREP, facts(sessions=[gone])))) == []


CLOSE = [
    # the first session, the second, and what the letters before them do
    ("2027-03-09 17:00", "2027-03-11 17:00", ["Sun 07 09:00 prep send", "Tue 09 09:00 prep overlap"]),
    ("2027-03-09 08:00", "2027-03-11 17:00", ["Sun 07 09:00 prep send", "Tue 09 09:00 prep send"]),  # over at 09:00
    ("2027-03-09 08:01", "2027-03-11 17:00", ["Sun 07 09:00 prep send", "Tue 09 09:00 prep overlap"]),
    ("2027-03-09 17:00", "2027-03-12 17:00", ["Sun 07 09:00 prep send", "Wed 10 09:00 prep send"]),
]


@pytest.mark.parametrize(("first", "second", "expected"), CLOSE)
def test_a_letter_never_prepares_the_session_after_next(first: str, second: str, expected: list[str]) -> None:
    known = facts(sessions=[session(1, first), session(2, second)])

    assert lines(plan_from("2027-03-01", "2027-04-01", (PREP, known))) == expected


CLOSE_AFTER = [
    ("2027-03-09 17:00", "2027-03-11 17:00", ["Fri 12 08:30 after overlap", "Sun 14 08:30 after send"]),
    ("2027-03-09 17:00", "2027-03-12 08:30", ["Fri 12 08:30 after overlap", "Mon 15 08:30 after send"]),
    ("2027-03-09 17:00", "2027-03-12 08:31", ["Fri 12 08:30 after send", "Mon 15 08:30 after send"]),
]


@pytest.mark.parametrize(("first", "second", "expected"), CLOSE_AFTER)
def test_a_letter_never_looks_back_across_the_next_session(first: str, second: str, expected: list[str]) -> None:
    known = facts(sessions=[session(1, first), session(2, second)])

    assert lines(plan_from("2027-03-01", "2027-04-01", (AFTER, known))) == expected


def test_the_reason_for_an_overlap_names_the_session_in_the_way() -> None:
    known = facts(sessions=[session(1, "2027-03-09 17:00"), session(2, "2027-03-11 17:00")])

    before = plan_from("2027-03-01", "2027-03-10", (PREP, known))[-1]
    after = plan_from("2027-03-11", "2027-03-13", (AFTER, known))[0]

    assert before.detail == "The session before it (1) is not over by then."
    assert after.detail == "The next session (2) has begun by then."


def test_a_cancelled_session_is_in_nobodys_way() -> None:
    known = facts(sessions=[session(1, "2027-03-09 17:00", cancelled=True), session(2, "2027-03-11 17:00")])

    assert lines(plan_from("2027-03-01", "2027-04-01", (PREP, known))) == ["Tue 09 09:00 prep send"]


def test_a_moved_session_gets_the_letter_that_did_not_go_and_no_second_one_where_it_did() -> None:
    """Moving withdraws what did not go, so that the occurrence is open again."""
    moved = session(1, "2027-03-20 17:00")
    left_out, went = facts(sessions=[moved]), facts(sessions=[moved], decided=[("prep", str(moved.id))])

    assert told(plan_now(PREP, left_out, since=LONG_AGO, now=utc("2027-03-18 09:00"))) == [
        ("prep", str(moved.id), "send")
    ]
    assert plan_now(PREP, went, since=LONG_AGO, now=utc("2027-03-18 09:00")) == []


def test_a_session_noted_after_its_letters_time_gets_it_late_or_a_reason() -> None:
    known = facts(sessions=[session(1, "2027-03-10 17:00")])
    slow = schedule(prompt("2 days before session at 09:00", name="prep", max_late=timedelta(days=3)))

    late = plan_now(slow, known, since=utc("2027-03-09"), now=utc("2027-03-09"))
    too_late = plan_now(slow, known, since=utc("2027-03-08"), now=utc("2027-03-10 17:01"))

    assert [one.late for one in late] == [True]
    assert [(one.skip, one.detail) for one in too_late] == [
        ("too-late", "It was noticed 2 days after its time; the session has begun.")
    ]


def test_a_letter_for_the_very_start_of_a_session_goes_although_no_planner_is_there_on_the_dot() -> None:
    start = schedule(prompt("on the day of session at 17:00", name="prep"))
    known = facts(sessions=[session(1, "2027-03-10 17:00")])
    now = utc("2027-03-10 17:00") + timedelta(seconds=3)

    decided = plan_now(start, known, since=utc("2027-03-10 16:00"), now=now)

    assert told(decided) == [("prep", str(known.sessions[0].id), "send")]


def test_a_condition_is_judged_by_the_moment_the_plan_showed() -> None:
    """The session begins at the very minute of the letter: a planner that wakes a moment later must not differ."""
    spared = schedule(prompt("every Friday at 08:30", rules=rules(skip_if=["session within 24 hours"])))
    known = facts(sessions=[session(1, "2027-03-05 08:30")])

    shown = plan_from("2027-03-05 00:00", "2027-03-06", (spared, known))
    done = plan_now(spared, known, since=utc("2027-03-05"), now=utc("2027-03-05 08:30") + timedelta(seconds=1))

    assert told(shown) == told(done) == [("week", "2027-03-05", "condition")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("20 weeks after session", "2028-03-19 02:30"),
        ("21 weeks after session", "2028-03-26 03:00"),  # 02:30 is left out, and 03:00 comes right after
        ("22 weeks after session", "2028-04-02 02:30"),
        ("1 week before session", "2027-10-24 01:30"),
    ],
)
def test_a_session_in_the_hour_that_comes_twice_is_counted_from_as_any_other(when: str, expected: str) -> None:
    """In Berlin 02:00 to 03:00 comes twice on 31 October 2027: from 01:30 two hours are over at the second 02:30."""
    begins = session(1, "2027-10-30 23:30", minutes=120)
    late = schedule(prompt(when, name="after"))

    plan = plan_from("2027-10-01", "2028-12-01", (late, facts(zone="Europe/Berlin", sessions=[begins])))

    assert [f"{one.due.local:%Y-%m-%d %H:%M}" for one in plan] == [expected]
