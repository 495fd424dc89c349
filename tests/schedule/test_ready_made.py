"""The schedules that come with the program: which there are, and when their letters go."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, takewhile

import pytest

from mailer.defaults import shipped
from mailer.model.plan import Decision, SkipReason
from mailer.schedule.when import AfterAnswer
from tests.schedule.build import MONDAY, sent, session, to_come, utc
from tests.schedule.ready_made import (
    BOOK,
    ENGLISH,
    GERMAN,
    PROGRAMMES,
    USUAL,
    by_day,
    life,
    quarter,
    shown,
    switched_on,
)

WEEK = [MONDAY + timedelta(days=day) for day in range(7)]
every_programme = pytest.mark.parametrize("slug", PROGRAMMES)
every_first_day = pytest.mark.parametrize("start", WEEK, ids=[f"{day:%a}" for day in WEEK])


def test_only_the_weekly_check_in_is_switched_on() -> None:
    assert {slug for slug, schedule in BOOK.schedules.items() if schedule.enabled} == {"weekly-checkin"}


def test_all_programmes_are_there() -> None:
    assert set(BOOK.schedules) == GERMAN | ENGLISH


@every_programme
def test_a_file_says_at_its_top_what_it_is_for_and_what_to_do_first(slug: str) -> None:
    lines = (shipped("schedules") / f"{slug}.toml").read_text("utf-8").splitlines()
    top = list(takewhile(lambda line: line.startswith("#"), (line for line in lines if not line.startswith("#:"))))

    assert top[0].startswith("# ")
    assert "# For whom:" in "\n".join(top)
    assert any(line.startswith(("# Change first:", "# Set first:")) for line in top)
    assert ("# Another language:" in "\n".join(top)) == (slug in ENGLISH)


@every_programme
def test_the_page_for_operators_says_when_its_letters_go_and_what_to_set_first(slug: str) -> None:
    page = (shipped("schedules").parent / "docs" / "programmes.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]

    assert [row for row in rows if f"`{slug}.toml`" in row.split("|")[1]] != []
    assert [row for row in rows if f"`{slug}`" in row.split("|")[1]] != []


@every_programme
def test_texts_are_in_english_and_for_four_in_both_forms_of_german(slug: str) -> None:
    wanted = {"en", "de", "de.formal"} if slug in GERMAN else {"en"}

    assert [prompt.languages for prompt in BOOK.schedules[slug].prompts] == [wanted] * len(BOOK.schedules[slug].prompts)


@every_first_day
@every_programme
def test_no_two_letters_of_a_programme_come_on_one_day(slug: str, start: date) -> None:
    days = by_day(quarter(slug, start=start))

    assert days
    assert [prompts for prompts in days.values() if len(prompts) > 1] == []


@every_first_day
@every_programme
def test_the_limit_of_three_a_week_takes_no_letter_from_a_programme(slug: str, start: date) -> None:
    assert lost(quarter(slug, start=start)) == []


@every_first_day
@every_programme
def test_beside_the_weekly_check_in_only_the_good_things_of_friday_give_way(slug: str, start: date) -> None:
    together = quarter(*dict.fromkeys((slug, "weekly-checkin")), start=start)

    fridays = {"friday-1", "friday-2", "friday-3"}
    assert set(lost(together)) <= (fridays if slug == "good-things" else set())


@every_programme
def test_each_letter_of_a_programme_goes_at_least_once_in_a_quarter(slug: str) -> None:
    went = {one.due.prompt for one in quarter(slug, start=MONDAY) if one.skip is None}
    after_an_answer = {"one-point"}

    assert went | after_an_answer >= {prompt.id for prompt in BOOK.schedules[slug].prompts}


def test_a_beginning_is_steady_beside_the_check_in() -> None:
    assert shown(quarter("welcome", "weekly-checkin", start=MONDAY))[:5] == [
        ("how-it-runs", "Mon 01 09:00"),
        ("what-for", "Thu 04 08:30"),
        ("week", "Fri 05 08:30"),
        ("good-company", "Mon 08 08:30"),
        ("week", "Fri 12 08:30"),
    ]


def test_a_session_has_its_letters_before_and_after() -> None:
    before = quarter("session-prep", start=MONDAY)
    after = quarter("session-reflection", start=MONDAY)

    assert shown(before)[:2] == [("prep", "Mon 08 09:00"), ("one-line", "Tue 09 17:30")]
    assert shown(after)[:2] == [("fresh", "Wed 10 21:00"), ("three-days", "Sat 13 08:30")]


def test_three_days_on_is_not_asked_on_the_eve_of_the_next_session() -> None:
    known = life("session-reflection", MONDAY)
    close = replace(known, sessions=(session(1, "2027-03-01 17:00"), session(2, "2027-03-04 17:00")))

    ahead = to_come(
        switched_on("session-reflection"), close, now=utc("2027-03-01 00:00"), until=utc("2027-03-09 00:00")
    )

    assert [name for name, _ in shown(ahead)] == ["fresh", "fresh", "three-days"]


def test_a_goal_moves_on_with_each_answer() -> None:
    known = life("grow", MONDAY)
    answered = [sent("goal", "2027-03-01/day 1", "2027-03-01 08:30", answered="2027-03-01 20:00")]

    ahead = to_come(
        switched_on("grow"),
        replace(known, history=tuple(answered), decided=frozenset({("goal", "2027-03-01/day 1")})),
        now=utc("2027-03-01 21:00"),
        until=utc("2027-03-31 00:00"),
        rules=USUAL,
    )

    assert shown(ahead)[0] == ("where-you-are", "Thu 04 08:30")


def test_a_goal_moves_on_without_an_answer_too() -> None:
    assert shown(quarter("grow", start=MONDAY)) == [
        ("goal", "Mon 01 08:30"),
        ("where-you-are", "Sat 06 08:30"),
        ("choices", "Fri 12 08:30"),
        ("will", "Wed 17 08:30"),
    ]


def test_a_goal_however_fast_its_answers_leaves_room_for_the_check_in() -> None:
    steps = [one.when.span.days for one in BOOK.schedules["grow"].prompts if isinstance(one.when, AfterAnswer)]

    assert [sum(filter(None, pair)) for pair in pairwise(steps)] == [7, 7]


def test_silence_is_met_by_two_letters_and_no_third() -> None:
    went = [name for name, _ in shown(quarter("lapse-recovery", start=MONDAY))]

    assert went[:3] == ["line", "still-here", "ease-off"]
    assert set(went[3:]) == {"line"}


def test_any_reply_ends_the_silence_before_its_second_letter() -> None:
    known = life("lapse-recovery", MONDAY)
    asked = [sent("line", "2027-03-02", "2027-03-02 12:30"), sent("still-here", "s", "2027-03-08 10:00")]

    ahead = to_come(
        switched_on("lapse-recovery"),
        replace(
            known,
            history=tuple(asked),
            decided=frozenset({("line", "2027-03-02"), ("still-here", "s")}),
            last_reply_at=utc("2027-03-09 07:00"),
        ),
        now=utc("2027-03-09 08:00"),
        until=utc("2027-03-15 23:00"),
    )

    assert shown(ahead) == []


def test_promises_of_one_day_are_asked_about_in_one_letter_before_and_one_after() -> None:
    assert shown(quarter("commitment-followup", start=MONDAY, promised=(12, 12, 40))) == [
        ("tomorrow", "Fri 12 08:30"),
        ("how-it-went", "Sun 14 08:30"),
        ("tomorrow", "Fri 09 08:30"),
        ("how-it-went", "Sun 11 08:30"),
    ]


def test_the_end_is_met_two_weeks_before_three_days_before_and_on_the_day() -> None:
    assert shown(quarter("closing", start=MONDAY)) == [
        ("looking-back", "Fri 16 09:00"),
        ("keeping-it", "Tue 27 09:00"),
        ("well-done", "Fri 30 09:00"),
    ]


def test_nothing_of_an_end_goes_where_no_end_is_known() -> None:
    known = life("closing", MONDAY)
    endless = replace(known, enrolment=replace(known.enrolment, end=None))

    assert to_come(switched_on("closing"), endless, now=utc("2027-03-01 00:00"), until=utc("2027-06-30 00:00")) == []


def test_nine_evenings_of_good_things_end_by_themselves() -> None:
    went = shown(quarter("good-things", start=MONDAY + timedelta(days=1)))

    assert len(went) == 9
    assert (went[0], went[-1]) == (("monday-1", "Mon 08 20:00"), ("friday-3", "Fri 26 20:00"))


def test_all_programmes_together_still_come_to_three_letters_a_week() -> None:
    weeks: Counter[int] = Counter()
    for day, prompts in by_day(quarter(*PROGRAMMES, start=MONDAY)).items():
        weeks[day.isocalendar().week] += len(prompts)

    assert max(weeks.values()) == 3


def lost(decisions: list[Decision]) -> list[str]:
    """The prompts of letters that the week's limit took."""
    return [one.due.prompt for one in decisions if one.skip is SkipReason.CAP]
