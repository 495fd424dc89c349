"""When each form of `when` falls: in every zone, over changes of clocks, and around everything it may hang on."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.errors import PermanentFailure
from mailer.schedule.due import dues, next_due
from mailer.schedule.when_parse import FORMS
from tests.schedule.build import ENROLLED, MONDAY, facts, in_utc, prompt, schedule, sent, session, utc

CALENDAR = [
    # when, from, until, instants in UTC (Lisbon is UTC in winter, an hour ahead from 28 March 2027)
    ("every Friday at 08:30", "2027-03-01", "2027-03-31", ["2027-03-05 08:30", "2027-03-12 08:30", "2027-03-19 08:30",
                                                          "2027-03-26 08:30"]),
    ("every weekday at 07:15", "2027-03-05", "2027-03-10", ["2027-03-05 07:15", "2027-03-08 07:15",
                                                           "2027-03-09 07:15"]),
    ("every 3 days at 09:00", "2027-03-01", "2027-03-10", ["2027-03-01 09:00", "2027-03-04 09:00", "2027-03-07 09:00"]),
    ("every 2 weeks on Tuesday at 16:00", "2027-03-01", "2027-04-01", ["2027-03-02 16:00", "2027-03-16 16:00",
                                                                     "2027-03-30 15:00"]),
    ("first Monday of the month at 09:00", "2027-03-01", "2027-05-10", ["2027-03-01 09:00", "2027-04-05 08:00",
                                                                      "2027-05-03 08:00"]),
    ("last Friday of the month at 09:00", "2027-03-01", "2027-05-01", ["2027-03-26 09:00", "2027-04-30 08:00"]),
    ("on 2027-03-09 at 09:00", "2027-03-01", "2027-12-31", ["2027-03-09 09:00"]),
    ("cron 30 8 * * 1", "2027-03-01", "2027-03-10", ["2027-03-01 08:30", "2027-03-08 08:30"]),  # 1 is Monday
    ("cron 30 8 * * 0,7", "2027-03-01", "2027-03-10", ["2027-03-07 08:30"]),
    ("cron 0 9 13 * fri", "2027-03-01", "2027-03-15", ["2027-03-05 09:00", "2027-03-12 09:00", "2027-03-13 09:00"]),
    ("cron 0 9 29 2 *", "2027-03-01", "2033-01-01", ["2028-02-29 09:00", "2032-02-29 09:00"]),
    ("day 1 at 09:00", "2027-03-01", "2027-12-31", ["2027-03-01 09:00"]),
    ("day 3 at 09:00", "2027-03-01", "2027-12-31", ["2027-03-03 09:00"]),
    ("week 3 on Tuesday at 09:00", "2027-03-01", "2027-12-31", ["2027-03-16 09:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("when", "after", "until", "expected"), CALENDAR, ids=[case[0] for case in CALENDAR])
def test_a_calendar_form_falls_on_its_days(when: str, after: str, until: str, expected: list[str]) -> None:
    week = prompt(when)

    found = dues(schedule(week), week, facts(), after=utc(after), until=utc(until))

    assert in_utc(found) == expected


SESSIONS = [
    session(1, "2027-03-10 17:00"),
    session(2, "2027-03-24 17:00", cancelled=True),
    session(3, "2027-03-31 16:00"),  # 17:00 in Lisbon, in summer time
]
AROUND_SESSIONS = [
    ("2 days before session at 09:00", ["2027-03-08 09:00", "2027-03-29 08:00"]),
    ("2 days before session", ["2027-03-08 17:00", "2027-03-29 16:00"]),
    ("20 hours before session", ["2027-03-09 21:00", "2027-03-30 20:00"]),
    ("on the day of session at 08:00", ["2027-03-10 08:00", "2027-03-31 07:00"]),
    ("3 hours after session", ["2027-03-10 21:00", "2027-03-31 20:00"]),
    ("3 days after session at 08:30", ["2027-03-13 08:30", "2027-04-03 07:30"]),
    ("1 week before session 3 at 09:00", ["2027-03-24 09:00"]),
    ("2 days before session 2 at 09:00", []),
    ("1 day after first session at 09:00", ["2027-03-11 09:00"]),
    ("after last session", ["2027-03-31 17:00"]),
    ("14 days before end at 09:00", ["2027-04-16 08:00"]),
    ("on the last day at 09:00", ["2027-04-30 08:00"]),
]


@pytest.mark.parametrize(("when", "expected"), AROUND_SESSIONS, ids=[case[0] for case in AROUND_SESSIONS])
def test_before_counts_from_the_start_after_from_the_end_and_cancelled_sessions_give_nothing(
    when: str, expected: list[str]
) -> None:
    week = prompt(when)

    found = dues(
        schedule(week), week, facts(sessions=SESSIONS, end=date(2027, 4, 30)), after=ENROLLED, until=utc("2028-01-01")
    )

    assert in_utc(found) == expected


def test_nothing_follows_the_last_session_while_nobody_knows_which_is_the_last() -> None:
    week = prompt("after last session")

    found = dues(schedule(week), week, facts(sessions=SESSIONS, end=None), after=ENROLLED, until=utc("2028-01-01"))

    assert found == []


def test_days_before_a_session_are_counted_on_the_clients_calendar() -> None:
    late_in_tokyo = session(1, "2027-03-10 15:30")  # 00:30 on the 11th in Tokyo
    week = prompt("1 day before session at 09:00")

    found = dues(
        schedule(week),
        week,
        facts(zone="Asia/Tokyo", sessions=[late_in_tokyo]),
        after=ENROLLED,
        until=utc("2027-04-01"),
    )

    assert in_utc(found) == ["2027-03-10 00:00"]


def test_letters_and_answers_are_counted_from_when_they_came() -> None:
    history = [sent("prep", "2027-03-05", "2027-03-05 22:30", answered="2027-03-07 12:00")]
    cases = {
        '4 days after "prep" at 10:00': ["2027-03-09 10:00"],
        '36 hours after "prep"': ["2027-03-07 10:30"],
        '1 day after answer to "prep" at 08:30': ["2027-03-08 08:30"],
        'after answer to "prep"': ["2027-03-07 12:00"],
    }
    for when, expected in cases.items():
        nudge = prompt(when, name="nudge")
        both = schedule(prompt("every Friday at 22:30", name="prep"), nudge)

        found = dues(both, nudge, facts(history=history), after=ENROLLED, until=utc("2028-01-01"))

        assert (in_utc(found), [due.anchor for due in found]) == (expected, ["prep/2027-03-05"])


def test_silence_is_counted_from_the_oldest_letter_nothing_has_followed() -> None:
    quiet = prompt("after 5 days of silence at 10:00", name="quiet")
    both = schedule(prompt("every Friday at 08:30"), quiet)
    history = [
        sent("week", "2027-03-05", "2027-03-05 08:30", answered="2027-03-05 09:00"),
        sent("week", "2027-03-12", "2027-03-12 08:30"),
        sent("week", "2027-03-19", "2027-03-19 08:30"),
    ]
    silent = facts(history=history, last_reply_at=utc("2027-03-05 09:00"))
    spoke = facts(history=history, last_reply_at=utc("2027-03-20 09:00"))

    found = dues(both, quiet, silent, after=ENROLLED, until=utc("2028-01-01"))

    assert [(due.anchor, *in_utc([due])) for due in found] == [("silence/week/2027-03-12", "2027-03-17 10:00")]
    assert dues(both, quiet, spoke, after=ENROLLED, until=utc("2028-01-01")) == []


def test_a_letter_about_silence_does_not_begin_a_silence() -> None:
    quiet = prompt("after 5 days of silence at 10:00", name="quiet")
    both = schedule(prompt("every Friday at 08:30"), quiet)
    history = [sent("quiet", "silence/week/2027-03-12", "2027-03-17 10:00")]

    found = dues(both, quiet, facts(history=history), after=ENROLLED, until=utc("2028-01-01"))

    assert found == []


DAY_ONE = [
    # enrolled at, start, when, expected
    ("2027-03-01 08:59", "2027-03-01", "day 1 at 09:00", "2027-03-01 09:00"),
    ("2027-03-01 09:00", "2027-03-01", "day 1 at 09:00", "2027-03-01 09:00"),
    ("2027-03-01 09:01", "2027-03-01", "day 1 at 09:00", "2027-03-02 09:00"),
    ("2027-03-01 09:01", "2027-03-01", "day 3 at 09:00", "2027-03-04 09:00"),
    ("2027-03-01 09:01", "2027-03-10", "day 1 at 09:00", "2027-03-10 09:00"),
    ("2027-03-01 09:01", "2027-03-03", "week 1 on Tuesday at 09:00", "2027-03-09 09:00"),
    ("2027-03-01 09:01", "2027-03-01", "week 1 on Tuesday at 09:00", "2027-03-02 09:00"),
]


@pytest.mark.parametrize(("enrolled", "start", "when", "expected"), DAY_ONE)
def test_day_one_is_the_first_whose_time_has_not_passed_and_week_one_begins_on_a_monday(
    enrolled: str, start: str, when: str, expected: str
) -> None:
    known = facts(started_at=utc(enrolled), start=date.fromisoformat(start))

    due = next_due(schedule(prompt(when)), known, after=utc("2027-02-01"))

    assert due is not None
    assert in_utc([due]) == [expected]


def test_a_time_in_the_spring_gap_is_sent_once_right_after_it_and_says_so() -> None:
    week = prompt("every day at 02:30")

    found = dues(
        schedule(week), week, facts(zone="Europe/Berlin"), after=utc("2027-03-27 20:00"), until=utc("2027-03-29")
    )

    assert [(due.anchor, due.shifted, *in_utc([due])) for due in found] == [("2027-03-28", True, "2027-03-28 01:00")]
    assert found[0].local.isoformat() == "2027-03-28T03:00:00+02:00"


def test_a_time_that_comes_twice_in_autumn_is_one_occurrence() -> None:
    week = prompt("every day at 02:30")
    known = facts(zone="Europe/Berlin", decided=[("week", "2027-10-31")])

    found = dues(schedule(week), week, known, after=utc("2027-10-30 12:00"), until=utc("2027-10-31 12:00"))
    following = next_due(schedule(week), known, after=utc("2027-10-31 01:10"))

    assert in_utc(found) == ["2027-10-31 00:30"]
    assert following is not None
    assert in_utc([following]) == ["2027-11-01 01:30"]


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("America/Sao_Paulo", "2027-01-15 10:00", "2027-07-15 10:00"),
        ("Asia/Kolkata", "2027-01-15 01:30", "2027-07-15 01:30"),
        ("Europe/Berlin", "2027-01-15 06:00", "2027-07-15 05:00"),
    ],
)
def test_only_the_clients_zone_decides_never_the_machines(
    zone: str, winter: str, summer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = prompt("every day at 07:00")
    known = facts(zone=zone, start=date(2027, 1, 1))
    found = []
    for machine in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", machine)
        stopwatch.tzset()
        for around in (winter, summer):
            noon = utc(around).replace(hour=12)
            found += dues(schedule(week), week, known, after=noon - timedelta(days=1), until=noon)
    monkeypatch.undo()
    stopwatch.tzset()

    assert in_utc(found) == [winter, summer] * 3


def test_an_interval_counts_from_the_stored_start_whenever_it_is_asked() -> None:
    week = prompt("every 3 days at 08:00")
    known = facts(start=date(2027, 2, 1), started_at=utc("2027-01-20"))

    asked_daily = {
        due.anchor
        for day in range(9)
        if (due := next_due(schedule(week), known, after=utc("2027-01-31 12:00") + timedelta(days=day)))
    }

    assert asked_daily == {"2027-02-01", "2027-02-04", "2027-02-07", "2027-02-10"}


def test_several_times_a_day_are_told_apart_and_the_first_keeps_the_plain_date() -> None:
    week = prompt("every day at 20:00, 08:00 and 13:00")

    found = dues(schedule(week), week, facts(), after=ENROLLED, until=utc("2027-03-02"))

    assert [due.anchor for due in found] == ["2027-03-01", "2027-03-01#2", "2027-03-01#3"]


def test_a_letter_before_a_session_is_of_no_use_once_the_session_has_begun() -> None:
    week = prompt("2 hours before session")

    found = dues(schedule(week), week, facts(sessions=SESSIONS), after=ENROLLED, until=utc("2027-03-11"))

    assert [due.until for due in found] == [utc("2027-03-10 17:00")]


def test_nothing_falls_before_the_start_or_after_the_end_of_an_enrolment() -> None:
    week = prompt("every day at 09:00")
    known = facts(start=date(2027, 3, 3), end=date(2027, 3, 5))

    found = dues(schedule(week), week, known, after=utc("2027-01-01"), until=utc("2028-01-01"))

    assert [due.anchor for due in found] == ["2027-03-03", "2027-03-04", "2027-03-05"]


@pytest.mark.parametrize("when", FORMS)
@pytest.mark.parametrize(("start", "end"), [(MONDAY, date.max), (date.max, None), (date.min, date(1, 1, 5))])
def test_a_date_that_stands_for_never_breaks_no_form(when: str, start: date, end: date | None) -> None:
    week = prompt(when)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        known = facts(zone=zone, start=start, end=end, sessions=SESSIONS)

        found = dues(schedule(week), week, known, after=ENROLLED, until=utc("2028-01-01"))

        assert all(due.at > ENROLLED for due in found)


def test_next_due_is_the_earliest_open_occurrence_of_any_prompt() -> None:
    plan = schedule(prompt("every Friday at 08:30"), prompt("every Wednesday at 09:00", name="prep"))
    after_sending = facts(decided=[("prep", "2027-03-03")])

    first = next_due(plan, facts(), after=ENROLLED)
    second = next_due(plan, after_sending, after=ENROLLED)

    assert [(due.prompt, due.anchor) for due in (first, second) if due] == [
        ("prep", "2027-03-03"),
        ("week", "2027-03-05"),
    ]


def test_next_due_is_none_where_nothing_is_ahead_or_the_schedule_is_off() -> None:
    over = schedule(prompt("on 2027-03-09 at 09:00"))
    off = schedule(prompt("every Friday at 08:30"), enabled=False)

    assert next_due(over, facts(), after=utc("2027-03-10")) is None
    assert next_due(off, facts(), after=ENROLLED) is None


def test_a_prompt_that_was_never_seen_is_not_due_before_it_was() -> None:
    week = prompt("every Friday at 08:30")
    unseen = facts(seen={})
    seen_on_saturday = facts(seen={"week": utc("2027-03-13 12:00")})

    assert [due and due.anchor for due in (
        next_due(schedule(week), unseen, after=utc("2027-03-12 08:30")),
        next_due(schedule(week), seen_on_saturday, after=ENROLLED),
    )] == ["2027-03-19", "2027-03-19"]  # fmt: skip


@pytest.mark.parametrize("zone", ["europe/berlin ", "Mars/Olympus_Mons", "", "../../etc/passwd"])
def test_a_client_in_a_zone_nobody_knows_is_a_failure_with_a_remedy(zone: str) -> None:
    with pytest.raises(PermanentFailure, match="is not in the tz database; change it"):
        next_due(schedule(prompt("every Friday at 08:30")), facts(zone=zone), after=ENROLLED)


def test_ten_thousand_next_times_take_well_under_a_second() -> None:
    plan = schedule(prompt("every Friday at 08:30"))
    known = facts(zone="Europe/Berlin")
    begun = stopwatch.perf_counter()

    found = [next_due(plan, known, after=ENROLLED + timedelta(hours=n)) for n in range(10_000)]

    assert all(found)
    assert stopwatch.perf_counter() - begun < 1.5  # 0.2 s on an idle core; room for a busy one


ZONES = sorted(available_timezones())
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@seed(20271031)
@settings(max_examples=150, deadline=None, database=None)
@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2037, 1, 1)), clocks)
def test_every_local_date_of_any_zone_has_exactly_one_send_and_only_shifted_ones_at_another_time(
    zone: str, start: date, at: time
) -> None:
    week = prompt(f"every day at {at:%H:%M}")
    known = facts(zone=zone, start=start, started_at=utc("1999-01-01"))
    begin = datetime.combine(start, time(), UTC) - timedelta(days=2)

    found = dues(schedule(week), week, known, after=begin, until=begin + timedelta(days=370))

    place = ZoneInfo(zone)
    local_dates = {(begin + timedelta(hours=n)).astimezone(place).date() for n in range(48, 24 * 370 + 1)}
    anchors = [due.anchor for due in found]
    assert len(anchors) == len(set(anchors))
    assert {day.isoformat() for day in local_dates if day >= start} - set(anchors) <= {max(local_dates).isoformat()}
    assert set(anchors) <= {day.isoformat() for day in local_dates}
    assert all(due.local.timetz().replace(tzinfo=None) == at or due.shifted for due in found)
    assert all(one.at <= two.at for one, two in pairwise(found))


def test_the_first_monday_of_these_tests_is_a_monday() -> None:
    assert MONDAY.weekday() == 0
