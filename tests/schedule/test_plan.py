"""What is written down for a client now, what is not and why, and that what was shown beforehand is what happens."""

from __future__ import annotations

import time as stopwatch
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.model.people import ClientState, Delivery
from mailer.model.plan import Decision, PlanFacts, PromptHistory
from mailer.schedule.book import Schedule
from mailer.schedule.due import dues
from mailer.schedule.plan import plan_now
from tests.schedule.build import (
    ENROLLED,
    LONG_AGO,
    client,
    facts,
    prompt,
    rules,
    schedule,
    sent,
    session,
    to_come,
    told,
    utc,
)

FRIDAY = "2027-03-05"
WEEKLY = schedule(prompt("every Friday at 08:30"))


def test_a_due_prompt_is_sent_on_time() -> None:
    decisions = plan_now(WEEKLY, facts(), since=utc("2027-03-05 08:29"), now=utc("2027-03-05 08:30"))

    assert told(decisions) == [("week", FRIDAY, "send")]
    assert not decisions[0].late


def test_nothing_is_decided_a_minute_early_or_a_second_time() -> None:
    decided = facts(decided=[("week", FRIDAY)])

    assert plan_now(WEEKLY, facts(), since=ENROLLED, now=utc("2027-03-05 08:29")) == []
    assert plan_now(WEEKLY, decided, since=ENROLLED, now=utc("2027-03-05 08:30")) == []


@pytest.mark.parametrize(
    ("woken", "outcome", "late"),
    [
        ("2027-03-05 08:40", "send", False),
        ("2027-03-05 09:10", "send", True),
        ("2027-03-05 14:30", "send", True),
        ("2027-03-05 14:31", "too-late", False),
        ("2027-03-05 23:30", "too-late", False),
    ],
)
def test_a_machine_that_slept_sends_once_marked_late_or_reports_the_letter_as_missed(
    woken: str, outcome: str, late: bool
) -> None:
    decisions = plan_now(WEEKLY, facts(), since=utc("2027-03-05 07:50"), now=utc(woken))

    assert told(decisions) == [("week", FRIDAY, outcome)]
    assert decisions[0].late is late
    assert bool(decisions[0].detail) is (late or outcome != "send")


def test_after_ten_days_off_one_letter_goes_and_the_missed_ones_are_named() -> None:
    daily = schedule(prompt("every day at 08:30"))
    known = facts(decided=[("week", "2027-03-01")])

    decisions = plan_now(daily, known, since=utc("2027-03-01 12:00"), now=utc("2027-03-11 09:00"))

    assert [outcome for _, _, outcome in told(decisions)] == ["too-late"] * 9 + ["send"]


def test_a_jump_of_ten_years_is_cheap_and_names_only_the_newest_of_what_was_missed() -> None:
    often = schedule(prompt("cron */5 * * * *"), prompt("every day at 08:30", name="prep"))
    begun = stopwatch.perf_counter()

    decisions = plan_now(often, facts(), since=ENROLLED, now=utc("2037-03-05 09:00"))

    assert stopwatch.perf_counter() - begun < 1
    assert [sum(one.due.prompt == name for one in decisions) for name in ("week", "prep")] == [31, 31]
    assert [one.due.prompt for one in decisions if one.skip is None] == ["prep", "week"]


def test_what_a_long_downtime_left_behind_is_decided_once_and_not_dug_up_again() -> None:
    daily = schedule(prompt("every day at 08:30"))
    now = utc("2037-03-05 09:00")
    first = plan_now(daily, facts(), since=ENROLLED, now=now)
    written = facts(decided=[(one.due.prompt, one.due.anchor) for one in first])

    assert plan_now(daily, written, since=ENROLLED, now=now) == []


def test_of_several_letters_of_one_prompt_that_may_still_go_only_the_newest_does() -> None:
    thrice = schedule(prompt("every day at 08:00, 10:00 and 12:00"))

    decisions = plan_now(thrice, facts(), since=utc("2027-03-05"), now=utc("2027-03-05 12:30"))

    assert told(decisions) == [
        ("week", "2027-03-05", "superseded"),
        ("week", "2027-03-05#2", "superseded"),
        ("week", "2027-03-05#3", "send"),
    ]


def test_a_time_edited_before_it_came_is_used_the_same_day() -> None:
    edited = schedule(prompt("every day at 08:00"))  # it was 19:00 until 07:30
    known = facts(decided=[("week", "2027-03-04")])

    decisions = plan_now(edited, known, since=utc("2027-03-05 07:30"), now=utc("2027-03-05 08:00"))

    assert told(decisions) == [("week", "2027-03-05", "send")]


def test_a_time_edited_after_it_came_repeats_nothing_that_day() -> None:
    edited = schedule(prompt("every day at 08:05"))  # it was 08:00, and that letter has gone
    known = facts(decided=[("week", "2027-03-05")])

    assert plan_now(edited, known, since=utc("2027-03-05 08:02"), now=utc("2027-03-05 08:05")) == []


def test_an_earlier_time_added_to_a_day_whose_letter_has_gone_repeats_nothing() -> None:
    edited = schedule(prompt("every day at 07:00 and 08:00"))  # it was 08:00 alone, and that letter has gone
    known = facts(decided=[("week", "2027-03-05")], history=[sent("week", "2027-03-05", "2027-03-05 08:00")])

    decisions = plan_now(edited, known, since=utc("2027-03-05 08:02"), now=utc("2027-03-05 08:05"))

    assert told(decisions) == [("week", "2027-03-05#2", "superseded")]


def test_a_renamed_prompt_repeats_nothing_and_misses_nothing() -> None:
    renamed = schedule(prompt("every Friday at 08:30", name="four-lines", formerly=("week",)))
    known = facts(decided=[("week", FRIDAY)])

    assert plan_now(renamed, known, since=ENROLLED, now=utc("2027-03-05 09:00")) == []
    assert told(plan_now(renamed, known, since=ENROLLED, now=utc("2027-03-12 09:00"))) == [
        ("four-lines", "2027-03-12", "send")
    ]


def test_a_moved_session_is_not_prepared_twice() -> None:
    prep = schedule(prompt("2 days before session at 09:00", name="prep"))
    before, after = session(1, "2027-03-10 17:00"), session(1, "2027-03-12 17:00")
    first = plan_now(prep, facts(sessions=[before]), since=ENROLLED, now=utc("2027-03-08 09:00"))
    decided = [(one.due.prompt, one.due.anchor) for one in first]

    again = plan_now(prep, facts(sessions=[after], decided=decided), since=ENROLLED, now=utc("2027-03-10 09:00"))

    assert (told(first), again) == ([("prep", str(before.id), "send")], [])


def test_a_letter_before_a_session_is_too_late_once_the_session_has_begun() -> None:
    prep = schedule(prompt("1 hour before session", name="prep"))

    decisions = plan_now(
        prep, facts(sessions=[session(1, "2027-03-10 17:00")]), since=ENROLLED, now=utc("2027-03-10 17:01")
    )

    assert [(one.skip, one.detail) for one in decisions] == [
        ("too-late", "It was noticed 1 hour after its time; the session has begun.")
    ]


def test_a_prompt_seen_for_the_first_time_fires_for_nothing_that_lies_behind() -> None:
    new = facts(seen={})

    assert plan_now(WEEKLY, new, since=ENROLLED, now=utc("2027-03-05 08:31")) == []
    assert told(plan_now(WEEKLY, new, since=ENROLLED, now=utc("2027-03-05 08:30"))) == [("week", FRIDAY, "send")]


def test_a_client_enrolled_at_noon_gets_nothing_for_the_morning() -> None:
    noon = facts(started_at=utc("2027-03-05 12:00"))

    assert plan_now(WEEKLY, noon, since=LONG_AGO, now=utc("2027-03-05 12:01")) == []


STATES = [
    (client(state=ClientState.PAUSED), "paused"),
    (client(state=ClientState.PAUSED, paused_until=utc("2027-03-05 08:31")), "paused"),
    (client(state=ClientState.PAUSED, paused_until=utc("2027-03-05 08:30")), "send"),
    (client(state=ClientState.STOPPED), "stopped"),
    (client(state=ClientState.LEFT), "left"),
    (client(state=ClientState.FORGOTTEN), "left"),
    (client(delivery=Delivery.DEAD), "address-dead"),
    (client(delivery=Delivery.FAILING), "send"),
]


@pytest.mark.parametrize(("dana", "outcome"), STATES, ids=[f"{one.state} {one.delivery}" for one, _ in STATES])
def test_a_client_who_may_not_be_written_to_is_not_and_the_reason_is_a_sentence(dana: object, outcome: str) -> None:
    decisions = plan_now(WEEKLY, facts(dana=dana), since=ENROLLED, now=utc("2027-03-05 08:30"))  # type: ignore[arg-type]

    assert told(decisions) == [("week", FRIDAY, outcome)]
    assert (decisions[0].detail.endswith(".")) is (outcome != "send")


def test_nothing_of_a_pause_is_released_when_it_ends() -> None:
    daily = schedule(prompt("every day at 08:30"))
    back = client(state=ClientState.PAUSED, paused_until=utc("2027-03-15 10:00"))

    decisions = plan_now(daily, facts(dana=back), since=ENROLLED, now=utc("2027-03-15 10:00"))
    tomorrow = facts(dana=back, decided=[(one.due.prompt, one.due.anchor) for one in decisions])

    assert {outcome for _, _, outcome in told(decisions)} == {"paused"}
    assert told(plan_now(daily, tomorrow, since=utc("2027-03-15 10:00"), now=utc("2027-03-16 08:30"))) == [
        ("week", "2027-03-16", "send")
    ]


def test_a_session_close_by_spares_the_client_the_weekly_letter() -> None:
    spared = schedule(prompt("every Friday at 08:30", rules=rules(skip_if=["session within 24 hours"])))
    for starts_at, outcome in [
        ("2027-03-05 17:00", "condition"),
        ("2027-03-06 08:30", "condition"),
        ("2027-03-06 09:00", "send"),
        ("2027-03-05 08:00", "send"),
    ]:
        known = facts(sessions=[session(1, starts_at)])

        decisions = plan_now(spared, known, since=ENROLLED, now=utc("2027-03-05 08:30"))

        assert told(decisions) == [("week", FRIDAY, outcome)]


def test_the_nudge_before_a_session_asks_only_those_who_have_not_answered_for_that_session() -> None:
    nudging = schedule(
        prompt("2 days before session at 09:00", name="prep"),
        prompt("20 hours before session", name="nudge", rules=rules(only_if=['no answer to "prep"'])),
    )
    first, second = session(1, "2027-03-10 17:00"), session(2, "2027-03-17 17:00")
    answered = sent("prep", str(first.id), "2027-03-08 09:00", answered="2027-03-08 10:00")
    open_ = sent("prep", str(second.id), "2027-03-15 09:00")
    decided = [("prep", str(first.id)), ("prep", str(second.id))]

    after_first = plan_now(
        nudging,
        facts(sessions=[first, second], history=[answered], decided=decided),
        since=ENROLLED,
        now=utc("2027-03-09 21:00"),
    )
    after_second = plan_now(
        nudging,
        facts(sessions=[first, second], history=[answered, open_], decided=[*decided, ("nudge", str(first.id))]),
        since=ENROLLED,
        now=utc("2027-03-16 21:00"),
    )

    assert told(after_first) == [("nudge", str(first.id), "condition")]
    assert told(after_second) == [("nudge", str(second.id), "send")]


def test_a_series_that_an_answer_stops_never_goes_on() -> None:
    stopping = schedule(
        prompt("every Friday at 08:30", name="week", rules=rules(stop_on=["any reply"])),
        prompt("every Friday at 08:30", name="prep", rules=rules(stop_on=['answer to "week"'])),
    )
    replied = facts(
        history=[sent("week", "2027-02-26", "2027-02-26 08:30", answered="2027-03-02 09:00")],
        last_reply_at=utc("2027-03-02 09:00"),
    )

    decisions = plan_now(stopping, replied, since=utc("2027-03-04"), now=utc("2027-03-05 08:30"))

    assert told(decisions) == [("week", FRIDAY, "condition"), ("prep", FRIDAY, "condition")]


def test_a_schedule_that_is_off_decides_nothing() -> None:
    off = replace(WEEKLY, enabled=False)

    assert plan_now(off, facts(), since=ENROLLED, now=utc("2027-03-05 08:30")) == []
    assert to_come(off, facts(), now=ENROLLED, until=utc("2027-04-01")) == []


def test_the_plan_shows_sends_and_non_sends_with_their_reasons() -> None:
    spared = schedule(prompt("every Friday at 08:30", rules=rules(skip_if=["session within 24 hours"])))
    known = facts(sessions=[session(1, "2027-03-12 17:00")])

    shown = to_come(spared, known, now=ENROLLED, until=utc("2027-03-20"))

    assert [(one.due.anchor, one.skip and str(one.skip), one.detail) for one in shown] == [
        ("2027-03-05", None, ""),
        ("2027-03-12", "condition", "It is skipped in this case (skip_if: session within 24 hours)."),
        ("2027-03-19", None, ""),
    ]


def test_the_plan_begins_with_what_is_open_at_this_moment() -> None:
    shown = to_come(WEEKLY, facts(), now=utc("2027-03-05 09:00"), until=utc("2027-03-06"))

    assert told(shown) == [("week", FRIDAY, "send")]
    assert shown[0].late


def test_the_plan_follows_letters_that_hang_on_letters_yet_to_be_sent() -> None:
    chain = schedule(
        prompt("day 1 at 09:00", name="week"),
        prompt('2 days after "week" at 10:00', name="nudge", rules=rules(only_if=['no answer to "week"'])),
        prompt("after 5 days of silence at 10:00", name="quiet"),
    )

    shown = to_come(chain, facts(), now=ENROLLED, until=utc("2027-04-01"))

    assert told(shown) == [
        ("week", "2027-03-01/day 1", "send"),
        ("nudge", "week/2027-03-01/day 1", "send"),
        ("quiet", "silence/week/2027-03-01/day 1", "send"),
    ]


WHENS = [
    "every day at 08:30",
    "every day at 02:30 and 03:00",
    "every weekday at 00:15 and 23:45",
    "every 3 days at 09:00",
    "every 2 weeks on Tuesday at 16:00",
    "day 2 at 09:00",
    "week 1 on Tuesday at 09:00",
    "2 days before session at 09:00",
    "20 hours before session",
    "after last session",
    '1 day after "week" at 10:00',
    '30 minutes after "week"',
    '1 day after answer to "week" at 08:30',
    "after 3 days of silence at 10:00",
    "4 days before end at 09:00",
    "cron 0,15 2,3 * * *",
]
RULES = [{}, {"skip_if": ["session within 24 hours"]}, {"only_if": ['no answer to "week"']}, {"stop_on": ["any reply"]}]
PLACES = ["Europe/Berlin", "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"]
TICK = timedelta(minutes=15)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Schedule, PlanFacts, datetime]:
    """A schedule of three prompts, a client somewhere with two sessions, and a moment near a change of clocks."""
    names = ("week", "prep", "nudge")
    prompts = [
        prompt(
            draw(st.sampled_from([when for when in WHENS if name != "week" or '"week"' not in when])),
            name=name,
            rules=rules(**draw(st.sampled_from(RULES))),
            max_late=timedelta(hours=draw(st.integers(1, 30))),
        )
        for name in names
    ]
    begin = utc(draw(st.sampled_from(["2027-03-25", "2027-04-27", "2027-09-30", "2027-10-28"])))
    quarters = st.integers(0, 14 * 96)
    sessions = [
        session(n, f"{begin + TICK * draw(quarters):%Y-%m-%d %H:%M}", cancelled=draw(st.booleans())) for n in (1, 2)
    ]
    dana = client(
        zone=draw(st.sampled_from(PLACES)),
        state=draw(st.sampled_from([ClientState.ACTIVE, ClientState.ACTIVE, ClientState.PAUSED])),
        paused_until=begin + TICK * draw(quarters),
    )
    history = [sent("week", "earlier", "2027-03-01 08:30", answered=draw(st.sampled_from([None, "2027-03-02 08:30"])))]
    known = facts(
        dana=dana,
        start=begin.date() - timedelta(days=draw(st.integers(0, 9))),
        end=begin.date() + timedelta(days=draw(st.integers(5, 20))),
        started_at=begin - TICK * draw(st.integers(0, 40)),
        sessions=sessions,
        history=history,
        last_reply_at=draw(st.sampled_from([None, utc("2027-03-02 08:30"), begin])),
        seen={name: begin - TICK * draw(st.integers(0, 40)) for name in names},
    )
    return schedule(*prompts), known, begin


@seed(20270328)
@settings(max_examples=60, deadline=None, database=None)
@given(worlds())
def test_what_the_plan_shows_is_what_a_clock_that_ticks_decides(world: tuple[Schedule, PlanFacts, datetime]) -> None:
    plan, known, begin = world
    until = begin + timedelta(days=8)
    shown = to_come(plan, known, now=begin, until=until)

    happened: list[Decision] = []
    now = begin
    while now <= until:
        step = plan_now(plan, known, since=now - TICK, now=now)
        happened += step
        known = _written_down(known, step, now)
        now += TICK

    assert [replace(one, late=False, detail="") for one in happened] == [
        replace(one, late=False, detail="") for one in shown
    ]
    assert [one.late for one in happened] == [one.late for one in shown]


@seed(20270328)
@settings(max_examples=60, deadline=None, database=None)
@given(worlds(), st.lists(st.integers(1, 30 * 60), min_size=3, max_size=40))
def test_however_the_clock_jumps_every_occurrence_is_decided_once_and_never_early(
    world: tuple[Schedule, PlanFacts, datetime], jumps: list[int]
) -> None:
    plan, known, begin = world
    before = known.decided
    now, since = begin, begin
    for minutes in jumps:
        step = plan_now(plan, known, since=since, now=now)
        keys = {(one.due.prompt, one.due.anchor) for one in step}
        assert len(keys) == len(step)
        assert keys.isdisjoint(known.decided)
        assert all(one.due.at <= now for one in step)
        assert all(now <= one.due.until for one in step if one.skip is None)
        known = _written_down(known, step, now)
        since, now = now, now + timedelta(minutes=minutes)

    calendar = [one for one in plan.prompts if one.id == "week" and "day" in one.reason and "every" in one.reason]
    for one in calendar:
        opening = max(known.first_seen["week"], known.enrolment.started_at, begin)
        owed = dues(plan, one, known, after=opening, until=since)
        assert {(due.prompt, due.anchor) for due in owed[-31:]} <= known.decided
    assert before <= known.decided


def _written_down(known: PlanFacts, step: list[Decision], now: datetime) -> PlanFacts:
    letters = [
        PromptHistory(prompt=one.due.prompt, anchor=one.due.anchor, sent_at=now) for one in step if one.skip is None
    ]
    return replace(
        known,
        decided=known.decided | {(one.due.prompt, one.due.anchor) for one in step},
        history=(*known.history, *letters),
    )
