"""When no letter goes, and what becomes of one that falls there: hours, days off, holidays and quiet periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from mailer.model.people import Habits, QuietHours
from mailer.model.plan import PlanFacts
from mailer.schedule.audience import parse_audience
from mailer.schedule.book import IfQuiet, Prompt
from mailer.schedule.holidays import knows, public_holiday
from mailer.schedule.plan import plan_now
from mailer.schedule.quiet import PlanRules, QuietPeriod, QuietTimes
from tests.schedule.build import LONG_AGO, client, facts, prompt, schedule, session, to_come, told, utc
from tests.schedule.build import rules as rules_of
from tests.schedule.planned import plan_at, plan_from

NIGHT = QuietHours(begin=time(21, 0), end=time(7, 30))
SIESTA = QuietHours(begin=time(12, 0), end=time(15, 0))
WEEKEND = frozenset({5, 6})
A_MOMENT = timedelta(seconds=2)  # a planner is never there on the dot


def quiet(**times: Any) -> PlanRules:
    return PlanRules(quiet=QuietTimes(**times), letters_per_week=1000)


def shown(one: Prompt, rules: PlanRules, *, until: str = "2027-03-08", **known: Any) -> list[str]:
    """What the plan of the first week says, in Lisbon, where the clocks show UTC in winter."""
    decisions = to_come(schedule(one), facts(**known), now=utc("2027-03-01"), until=utc(until), rules=rules)
    return [f"{each.due.local:%a %d %H:%M} {each.skip or 'send'}" for each in decisions]


HOURS = [
    # when, hours, max_late, if_quiet, what the plan shows for Friday, 5 March
    ("every Friday at 21:00", NIGHT, 12, "later", ["Fri 05 21:00 send"]),  # the edges are free
    ("every Friday at 07:30", NIGHT, 12, "later", ["Fri 05 07:30 send"]),
    ("every Friday at 21:01", NIGHT, 12, "later", ["Sat 06 07:30 send"]),
    ("every Friday at 07:29", NIGHT, 12, "later", ["Fri 05 07:30 send"]),
    ("every Friday at 00:00", NIGHT, 12, "later", ["Fri 05 07:30 send"]),
    ("every Friday at 21:01", NIGHT, 12, "earlier", ["Fri 05 21:00 send"]),
    ("every Friday at 07:29", NIGHT, 12, "earlier", ["Thu 04 21:00 send"]),
    ("every Friday at 23:59", NIGHT, 12, "skip", ["Fri 05 23:59 quiet"]),
    ("every Friday at 23:00", NIGHT, 8, "later", ["Fri 05 23:00 quiet"]),  # eight and a half hours too long
    ("every Friday at 23:30", NIGHT, 8, "later", ["Sat 06 07:30 send"]),  # exactly eight are allowed
    ("every Friday at 13:00", SIESTA, 6, "later", ["Fri 05 15:00 send"]),
    ("every Friday at 13:00", SIESTA, 6, "earlier", ["Fri 05 12:00 send"]),
    ("every Friday at 22:00", SIESTA, 6, "later", ["Fri 05 22:00 send"]),
    ("every Friday at 22:00", QuietHours(begin=time(8), end=time(8)), 6, "skip", ["Fri 05 22:00 send"]),
]


@pytest.mark.parametrize(("when", "hours", "max_late", "if_quiet", "expected"), HOURS)
def test_a_letter_in_quiet_hours_moves_to_their_edge_or_stays_away(
    when: str, hours: QuietHours, max_late: int, if_quiet: str, expected: list[str]
) -> None:
    letter = prompt(when, max_late=timedelta(hours=max_late), if_quiet=IfQuiet(if_quiet))

    assert shown(letter, quiet(hours=hours)) == expected


DAYS_OFF = [
    # when, days of lateness allowed, if_quiet, the plan from Monday, 1 March to Monday, 8 March
    ("every Saturday at 09:00", 3, "later", ["Mon 08 09:00 send"]),  # a day keeps its time of day
    ("every Saturday at 09:00", 1, "later", ["Sat 06 09:00 quiet"]),
    ("every Saturday at 09:00", 1, "earlier", ["Fri 05 09:00 send"]),
    ("every Sunday at 09:00", 1, "earlier", ["Fri 05 09:00 send"]),
    ("every Sunday at 09:00", 1, "skip", ["Sun 07 09:00 quiet"]),
    ("every Friday at 09:00", 1, "later", ["Fri 05 09:00 send"]),
    ("every Saturday at 22:00", 3, "later", ["Mon 08 07:30 send"]),  # the first moment free of both
    ("every Saturday at 02:00", 3, "later", ["Mon 08 07:30 send"]),
    ("every Sunday at 02:00", 3, "earlier", ["Fri 05 21:00 send"]),
    ("every Friday at 22:00", 3, "later", ["Mon 08 07:30 send"]),
    ("every Monday at 06:00", 3, "earlier", ["Mon 08 06:00 send"]),
]


@pytest.mark.parametrize(("when", "max_late", "if_quiet", "expected"), DAYS_OFF)
def test_a_letter_on_a_day_off_keeps_its_time_on_the_next_or_the_last_free_day(
    when: str, max_late: int, if_quiet: str, expected: list[str]
) -> None:
    letter = prompt(when, max_late=timedelta(days=max_late), if_quiet=IfQuiet(if_quiet))
    rules = quiet(days_off=WEEKEND, hours=None if "06:00" in when else NIGHT)
    first = "Mon 01 06:00 send"  # the very first morning, of no interest here

    assert [one for one in shown(letter, rules, until="2027-03-08 12:00") if one != first] == expected


def test_of_a_daily_letter_whose_weekend_is_quiet_only_mondays_goes_on_monday() -> None:
    daily = prompt("every day at 09:00", max_late=timedelta(days=3))

    decisions = plan_from(
        "2027-03-05 08:00", "2027-03-08 12:00", (schedule(daily), facts()), rules=quiet(days_off=WEEKEND)
    )

    assert [one for one in told(decisions) if one[1] >= "2027-03-05"] == [
        ("week", "2027-03-05", "send"),
        ("week", "2027-03-06", "superseded"),
        ("week", "2027-03-07", "superseded"),
        ("week", "2027-03-08", "send"),
    ]


HOLIDAYS = [
    ("DE", "2027-05-06", "Ascension Day"),
    ("DE", "2027-01-06", ""),  # Epiphany is a holiday in some parts only
    ("DE-BY", "2027-01-06", "Epiphany"),
    ("de-by", "2027-01-06", "Epiphany"),
    ("DE-XX", "2027-05-06", "Ascension Day"),  # an unknown part has the holidays of the whole
    ("PT", "2027-04-25", "Freedom Day"),
    ("PT", "2027-04-26", ""),
    ("XX", "2027-12-25", ""),
    ("", "2027-12-25", ""),
]


@pytest.mark.parametrize(("country", "day", "name"), HOLIDAYS)
def test_public_holidays_are_those_of_the_country_and_its_part_under_an_english_name(
    country: str, day: str, name: str
) -> None:
    assert public_holiday(country, date.fromisoformat(day)) == name


@pytest.mark.parametrize(("country", "known"), [("DE", True), ("DE-BY", True), ("DE-XX", False), ("XX", False)])
def test_a_country_whose_holidays_nobody_knows_can_be_told_beforehand(country: str, known: bool) -> None:
    assert knows(country) is known


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("DE", "Tue 30 09:00 send"),  # Good Friday, 26 March, to Easter Monday, the 29th
        ("PT", "Sat 27 09:00 send"),  # Good Friday alone, Easter Monday is a working day
        ("XX", "Fri 26 09:00 send"),
        ("", "Fri 26 09:00 send"),
    ],
)
def test_a_letter_on_a_public_holiday_waits_for_the_first_day_free_of_all_quiet_times(
    country: str, expected: str
) -> None:
    letter = prompt("on 2027-03-26 at 09:00", max_late=timedelta(days=5))
    days_off = WEEKEND if country == "DE" else frozenset[int]()

    plan = shown(letter, quiet(holidays=True, days_off=days_off), dana=client(country=country), until="2027-04-02")

    assert plan == [expected]


def test_holidays_count_only_where_the_deployment_says_so() -> None:
    letter = prompt("on 2027-03-26 at 09:00")

    assert shown(letter, quiet(), dana=client(country="DE"), until="2027-04-02") == ["Fri 26 09:00 send"]


AUGUST = QuietPeriod(
    first=date(2027, 8, 1),
    last=date(2027, 8, 31),
    audience=parse_audience("country DE and not tag summer"),
    exceptions=frozenset({"session", "closing"}),
)


def august(known: PlanFacts, one: Prompt, *, slug: str = "weekly") -> list[str]:
    decisions = plan_from("2027-07-29", "2027-09-06", (schedule(one, slug=slug), known), rules=quiet(periods=(AUGUST,)))
    return [f"{each.due.local:%m-%d} {each.skip or 'send'}" for each in decisions]


FRIDAYS = ["07-30 send", *(f"08-{day:02} quiet" for day in (6, 13, 20, 27)), "09-03 send"]
ALL_FRIDAYS = [one.replace("quiet", "send") for one in FRIDAYS]
WHO = [
    (client(country="DE"), FRIDAYS),
    (client(country="DE-BY"), FRIDAYS),
    (client(country="DE", tags=frozenset({"Summer"})), ALL_FRIDAYS),
    (client(country="PT"), ALL_FRIDAYS),
    (client(country=""), ALL_FRIDAYS),
]


@pytest.mark.parametrize(("dana", "expected"), WHO)
def test_a_quiet_august_is_quiet_for_those_it_is_meant_for(dana: Any, expected: list[str]) -> None:
    assert august(facts(dana=dana), prompt("every Friday at 08:30")) == expected


def test_the_exceptions_of_a_quiet_time_go_on_be_they_a_kind_of_letter_or_a_schedule() -> None:
    known = facts(dana=client(country="DE"), sessions=[session(1, "2027-08-12 15:00")])

    assert august(known, prompt("2 days before session at 09:00", name="prep")) == ["08-10 send"]
    assert august(known, prompt("every Friday at 08:30"), slug="closing") == ALL_FRIDAYS
    assert august(known, prompt("every Friday at 08:30"), slug="closing-2") == FRIDAYS


def test_a_letter_that_would_move_further_than_a_week_back_stays_away_and_says_why() -> None:
    no_exception = replace(AUGUST, exceptions=frozenset())
    prep = prompt("2 days before session at 09:00", name="prep")

    def planned(starts_at: str) -> list[tuple[str, str]]:
        known = facts(dana=client(country="DE"), sessions=[session(1, starts_at)])
        found = to_come(
            schedule(prep),
            known,
            now=utc("2027-07-20"),
            until=utc("2027-09-01"),
            rules=quiet(periods=(no_exception,)),
        )
        return [(f"{one.due.local:%m-%d %H:%M} {one.skip or 'send'}", one.detail) for one in found]

    assert planned("2027-08-09 15:00") == [("07-31 09:00 send", "Moved out of a quiet time, 2027-08-01 to 2027-08-31.")]
    assert planned("2027-08-10 15:00") == [
        ("08-08 09:00 quiet", "It falls into a quiet time, 2027-08-01 to 2027-08-31, and so do the 7 days before.")
    ]


def test_what_comes_before_a_session_moves_forward_and_all_else_waits_unless_the_file_says_otherwise() -> None:
    sessions = [session(1, "2027-03-08 15:00")]
    rules = quiet(days_off=WEEKEND)

    assert prompt("2 days before session at 09:00").if_quiet is IfQuiet.EARLIER
    assert shown(prompt("2 days before session at 09:00"), rules, sessions=sessions) == ["Fri 05 09:00 send"]
    for when in ("1 day after session at 09:00", "every Friday at 08:30", "1 day before promise at 09:00"):
        assert prompt(when).if_quiet is IfQuiet.LATER


def test_what_prepares_a_session_never_waits_until_the_session_has_begun() -> None:
    sessions = [session(1, "2027-03-05 07:30")]
    later = prompt("2 hours before session", max_late=timedelta(hours=6), if_quiet=IfQuiet.LATER)

    decisions = to_come(
        schedule(later),
        facts(sessions=sessions),
        now=utc("2027-03-01"),
        until=utc("2027-03-08"),
        rules=quiet(hours=NIGHT),
    )

    assert [str(one.skip) for one in decisions] == ["quiet"]


def test_a_clients_own_hours_stand_in_for_the_deployments_and_own_days_off_come_on_top() -> None:
    own = Habits(quiet_hours=QuietHours(begin=time(7, 0), end=time(10, 0)), days_off=frozenset({4}))
    letter = prompt("every Thursday and Friday at 08:30", max_late=timedelta(days=4))
    rules = quiet(hours=QuietHours(begin=time(8, 0), end=time(20, 0)), days_off=frozenset({3}))

    assert shown(letter, rules, until="2027-03-07", dana=client(habits=own)) == [
        "Sat 06 10:00 superseded",
        "Sat 06 10:00 send",
    ]
    assert shown(letter, rules, until="2027-03-07") == ["Fri 05 20:00 superseded", "Fri 05 20:00 send"]


LATE = [
    # due on Friday at 08:30, six hours (or three days) are allowed; noticed at; the outcome
    (6, "2027-03-05 11:59", "send"),
    (6, "2027-03-05 12:01", "quiet"),  # the siesta ends at 15:00, and 14:30 is the latest
    (24, "2027-03-05 12:01", "2027-03-05 15:00"),
    (24, "2027-03-05 14:59", "2027-03-05 15:00"),
    (24, "2027-03-05 15:00", "send"),
    (24, "2027-03-05 16:00", "send"),
    (72, "2027-03-06 10:17", "2027-03-08 00:00"),  # the weekend is quiet; the same end from all of it
    (72, "2027-03-07 23:59", "2027-03-08 00:00"),
    (72, "2027-03-08 00:00", "send"),
    (40, "2027-03-06 10:17", "quiet"),
]


@pytest.mark.parametrize(("hours", "noticed", "outcome"), LATE)
def test_a_late_letter_waits_for_the_end_of_a_quiet_time_if_that_is_not_too_late(
    hours: int, noticed: str, outcome: str
) -> None:
    weekly = schedule(prompt("every Friday at 08:30", max_late=timedelta(hours=hours)))
    rules = quiet(hours=SIESTA, days_off=WEEKEND)

    first = next(iter(to_come(weekly, facts(), now=utc(noticed), until=utc("2027-03-10"), rules=rules)))
    now = plan_now(weekly, facts(), since=LONG_AGO, now=utc(noticed), rules=rules)

    if outcome in ("send", "quiet"):
        assert told(now) == [("week", "2027-03-05", outcome)]
        assert bool(now[0].detail)
    else:
        assert now == []
        decided = plan_now(weekly, facts(), since=LONG_AGO, now=utc(outcome), rules=rules)
        assert told(decided) == [("week", "2027-03-05", "send")]
        assert told([first]) == told(decided)


def test_the_end_of_a_quiet_time_is_the_same_from_every_moment_of_it() -> None:
    weekly = schedule(prompt("every Friday at 20:30", max_late=timedelta(days=4)))
    rules = quiet(hours=QuietHours(begin=time(0, 0), end=time(7, 0)), days_off=WEEKEND)
    noticed = [utc("2027-03-06 00:00") + timedelta(minutes=47 * n) for n in range(75)]

    plans = [plan_at(now, (weekly, facts()), rules=rules)[0] for now in noticed]

    assert {plan.next_due_at for plan in plans if plan.decisions == ()} == {utc("2027-03-08 07:00")}
    assert {told(plan.decisions)[0] for plan in plans if plan.decisions} == {("week", "2027-03-05", "send")}


def test_the_rules_of_a_letter_that_waits_are_judged_when_it_goes() -> None:
    """Otherwise it would depend on whether the planner happened to come by while a session was near."""
    weekly = schedule(
        prompt("every Friday at 08:30", max_late=timedelta(days=4), rules=rules_of(skip_if=["session within 24 hours"]))
    )
    known = facts(sessions=[session(1, "2027-03-06 15:00")])
    rules = quiet(days_off=WEEKEND)

    waiting = plan_at(utc("2027-03-06 10:00"), (weekly, known), rules=rules)[0]
    gone = plan_at(utc("2027-03-08 00:00"), (weekly, known), rules=rules)[0]

    assert (waiting.decisions, waiting.next_due_at) == ((), utc("2027-03-08 00:00"))
    assert told(gone.decisions) == [("week", "2027-03-05", "send")]


@pytest.mark.parametrize("when", ["every Friday at 21:00", "every Friday at 20:59", "every Friday at 23:00"])
def test_a_letter_at_the_edge_of_a_quiet_time_goes_although_no_planner_is_there_on_the_dot(when: str) -> None:
    weekly = schedule(prompt(when, if_quiet=IfQuiet.EARLIER))
    rules = quiet(hours=NIGHT)
    due = to_come(weekly, facts(), now=utc("2027-03-05"), until=utc("2027-03-06"), rules=rules)[0].due

    decided = plan_now(weekly, facts(), since=due.at, now=due.at + A_MOMENT, rules=rules)

    assert told(decided) == [("week", "2027-03-05", "send")]
    assert not decided[0].late
    assert decided[0].expires_at is not None
    assert timedelta(minutes=9) < decided[0].expires_at - due.at < timedelta(minutes=12)


EXPIRES = [
    # when, hours allowed, noticed at, not tried any more from
    ("every Friday at 08:30", 6, "2027-03-05 08:30", None),  # the usual end, 14:30, comes first
    ("every Friday at 18:00", 6, "2027-03-05 18:00", "2027-03-05 21:00"),
    ("every Friday at 18:00", 6, "2027-03-05 20:00", "2027-03-05 21:00"),
    ("every Friday at 18:00", 2, "2027-03-05 18:00", None),
    ("every Friday at 07:30", 72, "2027-03-05 07:30", "2027-03-05 21:00"),
    ("every Friday at 07:30", 72, "2027-03-05 20:55", "2027-03-05 21:05"),  # ten minutes to be sent in
]


@pytest.mark.parametrize(("when", "hours", "noticed", "expires"), EXPIRES)
def test_a_letter_is_not_tried_any_more_once_a_quiet_time_has_begun(
    when: str, hours: int, noticed: str, expires: str | None
) -> None:
    weekly = schedule(prompt(when, max_late=timedelta(hours=hours)))

    decided = plan_now(weekly, facts(), since=LONG_AGO, now=utc(noticed), rules=quiet(hours=NIGHT, days_off=WEEKEND))

    assert told(decided)[-1][1:] == ("2027-03-05", "send")
    assert decided[-1].expires_at == (None if expires is None else utc(expires))


def test_the_day_before_a_quiet_day_ends_at_midnight() -> None:
    weekly = schedule(prompt("every Friday at 18:00", max_late=timedelta(days=2)))

    decided = plan_now(weekly, facts(), since=LONG_AGO, now=utc("2027-03-05 18:00"), rules=quiet(days_off=WEEKEND))

    assert decided[-1].expires_at == utc("2027-03-06 00:00")


def test_quiet_days_are_the_clients_own_days() -> None:
    """Sunday in Auckland begins at 11:00 UTC on Saturday."""
    letter = schedule(prompt("cron 0 * * * *", if_quiet=IfQuiet.SKIP, max_late=timedelta(minutes=20)))
    rules = quiet(days_off=frozenset({6}))

    decisions = plan_from("2027-03-05 23:30", "2027-03-07 14:00", (letter, facts(zone="Pacific/Auckland")), rules=rules)

    skipped: list[datetime] = [one.due.at for one in decisions if one.skip is not None]
    assert (min(skipped), max(skipped), len(skipped)) == (utc("2027-03-06 11:00"), utc("2027-03-07 10:00"), 24)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_the_first_time() -> None:
    """In Berlin 02:00 to 03:00 comes twice on 31 October 2027; quiet hours until 02:30 are over at 00:30 UTC."""
    hourly = schedule(prompt("every day at 01:30", max_late=timedelta(hours=12)))
    rules = quiet(hours=QuietHours(begin=time(23, 0), end=time(2, 30)))
    known = (hourly, facts(zone="Europe/Berlin"))

    plan = plan_from("2027-10-30 20:00", "2027-10-31 12:00", known, rules=rules)
    late = plan_from("2027-10-31 01:15", "2027-10-31 12:00", known, rules=rules)

    assert [one.due.at for one in plan] == [utc("2027-10-31 00:30")]
    assert [(one.due.anchor, one.late) for one in late if one.skip is None] == [("2027-10-31", True)]
