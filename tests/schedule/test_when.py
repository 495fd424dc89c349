"""The `when` language: every form, the spellings people use for it, and what is said about an unreadable line."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.schedule.cron import read_cron
from mailer.schedule.when import (
    AT_ONCE,
    SAME_DAY,
    AfterAnswer,
    AfterPrompt,
    AfterSilence,
    AroundPromise,
    AroundSession,
    BeforeEnd,
    Cron,
    EveryDays,
    EveryWeeks,
    Monthly,
    OnDate,
    ProgrammeDay,
    ProgrammeWeek,
    Side,
    Span,
    Unit,
    Weekly,
    When,
    Which,
)
from mailer.schedule.when_parse import FORMS, WhenError, parse_when

HALF_PAST_EIGHT, NINE, TEN = time(8, 30), time(9), time(10)
TWO_DAYS, ONE_DAY = Span(amount=2, unit=Unit.DAY), Span(amount=1, unit=Unit.DAY)

EVERY_FORM: list[tuple[str, When]] = [
    ("every Friday at 08:30", Weekly(days=(4,), times=(HALF_PAST_EIGHT,))),
    ("every weekday at 7:15", Weekly(days=(0, 1, 2, 3, 4), times=(time(7, 15),))),
    ("every day at 09:00", Weekly(days=(0, 1, 2, 3, 4, 5, 6), times=(NINE,))),
    ("every Mon, Wed and Fri at 20:00", Weekly(days=(0, 2, 4), times=(time(20),))),
    ("every Friday at 09:00 and 08:30", Weekly(days=(4,), times=(HALF_PAST_EIGHT, NINE))),
    ("every 3 days at 09:00", EveryDays(count=3, times=(NINE,))),
    ("every 2 weeks on Tuesday at 16:00", EveryWeeks(count=2, days=(1,), times=(time(16),))),
    ("first Monday of the month at 09:00", Monthly(ordinal=1, day=0, times=(NINE,))),
    ("on 2026-12-03 at 09:00", OnDate(day=date(2026, 12, 3), times=(NINE,))),
    ("day 1 at 09:00", ProgrammeDay(number=1, at=NINE)),
    ("week 3 on Tuesday at 09:00", ProgrammeWeek(number=3, day=1, at=NINE)),
    ("2 days before session at 09:00", AroundSession(span=TWO_DAYS, side=Side.BEFORE, which=Which.EVERY, at=NINE)),
    (
        "20 hours before session",
        AroundSession(span=Span(amount=20, unit=Unit.HOUR), side=Side.BEFORE, which=Which.EVERY),
    ),
    ("3 hours after session", AroundSession(span=Span(amount=3, unit=Unit.HOUR), side=Side.AFTER, which=Which.EVERY)),
    ("2 days before session 6", AroundSession(span=TWO_DAYS, side=Side.BEFORE, which=6)),
    ("after last session", AroundSession(span=AT_ONCE, side=Side.AFTER, which=Which.LAST)),
    ("1 day after first session at 09:00", AroundSession(span=ONE_DAY, side=Side.AFTER, which=Which.FIRST, at=NINE)),
    (
        "on the day of session at 08:30",
        AroundSession(span=SAME_DAY, side=Side.BEFORE, which=Which.EVERY, at=HALF_PAST_EIGHT),
    ),
    ("on the day of promise at 08:30", AroundPromise(span=SAME_DAY, side=Side.BEFORE, at=HALF_PAST_EIGHT)),
    ("1 day after promise at 08:30", AroundPromise(span=ONE_DAY, side=Side.AFTER, at=HALF_PAST_EIGHT)),
    ("after 5 days of silence at 10:00", AfterSilence(span=Span(amount=5, unit=Unit.DAY), at=TEN)),
    ('4 days after "prep" at 10:00', AfterPrompt(span=Span(amount=4, unit=Unit.DAY), prompt="prep", at=TEN)),
    ('1 day after answer to "prep" at 08:30', AfterAnswer(span=ONE_DAY, prompt="prep", at=HALF_PAST_EIGHT)),
    ('after answer to "prep"', AfterAnswer(span=AT_ONCE, prompt="prep")),
    ("14 days before end at 09:00", BeforeEnd(span=Span(amount=14, unit=Unit.DAY), at=NINE)),
    ("on the last day at 09:00", BeforeEnd(span=SAME_DAY, at=NINE)),
    ("cron 30 8 * * fri", Cron(fields=read_cron(["30", "8", "*", "*", "fri"]))),
]


@pytest.mark.parametrize(("line", "value"), EVERY_FORM, ids=[line for line, _ in EVERY_FORM])
def test_every_form_is_read(line: str, value: When) -> None:
    assert parse_when(line) == value


SPELLINGS = {
    "every Friday at 08:30": [
        "every friday at 8:30",
        "EVERY FRIDAY AT 08:30",
        "every Fri at 8.30",
        "Fridays at 8:30 am",
        "on Fridays at 8:30 a.m.",
        "every Friday 8:30",
        "every week on Friday at 08h30",
        "  every   Friday\tat 08:30 ",
        "every Friday @ 8:30",
        "every 1 week on Friday at 8:30",
        "each Friday at 8:30",
        "every Fri. at 8.30",
        "every Fridays at 8:30am",
        "Fridays 8:30 AM",
        "on Fridays, at 8:30",
        "every Friday, 8:30",
        "every Friday at 08:30.",
        "every Friday at 8:30h",
        "every Friday at 8:30:00",
        "every Friday at 8:30 Uhr",
        "weekly on Friday at 8:30",
        "once a week on Fridays at 8:30",
        "every week Friday 8:30",
        "at 8:30 every Friday",
        "8:30 am on Fridays",
    ],
    "every weekday at 17:00": [
        "weekdays at 5 pm",
        "every Mon-Fri at 5pm",
        "every Monday to Friday at 17:00",
        "every working day at 17:00",
        "every Mon, Tue, Wed, Thu, and Fri at 17.00",
        "every Mon. - Fri. at 5 p.m.",
        "every Monday thru Friday at 17h00",
        "on working days at 17:00",
        "every business day at 17:00 pm",
    ],
    "every Monday, Wednesday and Friday at 20:00": [
        "every Mon/Wed/Fri at 20:00",
        "every Mon Wed Fri at 8pm",
        "Mondays, Wednesdays and Fridays at 20:00",
        "each Mon & Wed & Fri 20.00",
    ],
    "every Saturday and Sunday at 10:00": [
        "every weekend at 10:00",
        "weekends at 10 am",
        "on week-ends at 10:00",
        "Saturdays and Sundays at 10:00",
    ],
    "every Monday, Saturday and Sunday at 12:00": [
        "every Sat-Mon at noon",
        "every sun & mon & sat at 12pm",
        "every weekend and Monday at 12 noon",
    ],
    "every day at 00:00": [
        "daily at 0:00",
        "every day at 12 am",
        "every 1 day at 00:00",
        "everyday at 0.00",
        "each day 00:00",
        "once a day at 0:00",
        "every single day at 00:00",
    ],
    "every 2 days at 09:00": ["every other day at 9:00", "every two days at 9:00"],
    "every 2 weeks on Tuesday at 16:00": [
        "every other Tuesday at 4 pm",
        "every other week on Tues at 16:00",
        "fortnightly on Tuesdays at 4pm",
        "every fortnight on Tue at 16:00",
        "every two weeks Tuesday 16:00",
    ],
    "first Monday of the month at 09:00": [
        "on the first Monday of the month at 9:00",
        "1st Mon of each month at 9 am",
        "every month on the first Monday at 9:00",
        "monthly on the 1st Monday 9.00",
    ],
    "last Friday of the month at 09:00": ["every last Friday of every month at 9:00", "last fri in the month 9:00"],
    "on 2026-12-03 at 09:00": [
        "2026-12-03 9:00",
        "2026-12-03T09:00",
        "on 2026/12/3 at 9:00",
        "on 3 December 2026 at 9 am",
        "3 dec 2026 at 9:00",
        "on the 3rd of December 2026 at 9:00",
        "on 03 Dec. 2026 at 9:00",
        "on December 3, 2026 at 9am",
        "Dec 3rd 2026 9:00",
    ],
    "day 1 at 09:00": ["on day 1 at 9:00", "day one at 9 am", "on the first day at 9:00"],
    "week 3 on Tuesday at 09:00": ["week 3 Tuesday 9:00", "on Tuesday of week 3 at 9:00", "Tue in week three at 9 am"],
    "2 days before session 6 at 09:00": [
        "2 days before the 6th session at 9:00",
        "2 days before session no. 6 at 9:00",
        "two days before session #6 9:00",
        "2 days prior to session number six at 9:00",
    ],
    "on the day of session at 08:00": [
        "the day of the session 8:00",
        "on session day at 8 am",
        "day of a session at 8:00",
    ],
    "20 hours before session": [
        "20h before each session",
        "20 hrs before session starts",
        "20 hours before the start of session",
    ],
    "after session": ["right after session", "after the end of the session", "immediately after each session ends"],
    "30 minutes after session": ["half an hour after session", "30 min after session is over"],
    "on the day of promise at 08:30": ["on the promised day at 8:30", "the day of a promise at 8.30 am"],
    "after 5 days of silence at 10:00": [
        "after five days without a reply at 10:00",
        "after 5 days with no answer 10 am",
    ],
    "1 day before session at 18:00": ["the day before the session at 18:00", "a day before each session at 6 pm"],
    "1 hour after session": ["an hour after session", "1h after every session", "one hour after session"],
    '2 weeks after answer to "prep" at 10:00': [
        "two weeks after the answer to 'prep' at 10:00",
        '2 weeks after "prep" is answered at 10:00',
        '2 weeks after a reply to "prep" at 10am',
    ],
    '4 days after "prep" at 10:00': [
        "4 days after “prep” at 10:00",
        "4d after „prep“ at 10:00",
        '4 days after "prep" was sent at 10:00',
    ],
    "cron 30 8 * * fri": ["cron: 30 8 * * FRI", 'cron "30 8 * * fri"'],
    "on the last day at 09:00": ["last day at 9:00", "on the day of the end at 9:00"],
}


@pytest.mark.parametrize(
    ("spelling", "canonical"), [(spelling, line) for line, spellings in SPELLINGS.items() for spelling in spellings]
)
def test_a_sensible_spelling_is_understood(spelling: str, canonical: str) -> None:
    assert str(parse_when(spelling)) == canonical


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_is_offered_reads_back_as_itself(form: str) -> None:
    assert str(parse_when(form)) == form


times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
some_times = st.sets(times, min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))
some_days = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
counts = st.integers(2, 1000)
calendar_spans = st.builds(Span, amount=st.integers(1, 1000), unit=st.sampled_from([Unit.DAY, Unit.WEEK]))
clock_spans = st.builds(Span, amount=st.integers(1, 1000), unit=st.sampled_from([Unit.HOUR, Unit.MINUTE]))
prompts = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
sides = st.sampled_from(Side)
sessions = st.sampled_from(Which) | st.integers(1, 1000)
values = st.one_of(
    st.builds(Weekly, days=some_days, times=some_times),
    st.builds(EveryDays, count=counts, times=some_times),
    st.builds(EveryWeeks, count=counts, days=some_days, times=some_times),
    st.builds(Monthly, ordinal=st.sampled_from([1, 2, 3, 4, -1]), day=st.integers(0, 6), times=some_times),
    st.builds(OnDate, day=st.dates(min_value=date(1000, 1, 1)), times=some_times),
    st.builds(ProgrammeDay, number=st.integers(1, 1000), at=times),
    st.builds(ProgrammeWeek, number=st.integers(1, 1000), day=st.integers(0, 6), at=times),
    st.builds(AroundSession, span=calendar_spans, side=sides, which=sessions, at=st.none() | times),
    st.builds(AroundSession, span=clock_spans, side=sides, which=sessions),
    st.builds(AroundSession, span=st.just(AT_ONCE), side=st.just(Side.AFTER), which=sessions),
    st.builds(AroundSession, span=st.just(SAME_DAY), side=st.just(Side.BEFORE), which=sessions, at=times),
    st.builds(AroundPromise, span=calendar_spans, side=sides, at=times),
    st.builds(BeforeEnd, span=calendar_spans | st.just(SAME_DAY), at=times),
    st.builds(AfterSilence, span=calendar_spans, at=st.none() | times),
    st.builds(AfterPrompt, span=calendar_spans, prompt=prompts, at=st.none() | times),
    st.builds(AfterPrompt, span=clock_spans, prompt=prompts),
    st.builds(AfterAnswer, span=calendar_spans, prompt=prompts, at=st.none() | times),
    st.builds(AfterAnswer, span=clock_spans | st.just(AT_ONCE), prompt=prompts),
)


@seed(20270328)
@settings(max_examples=1500, deadline=None, database=None)
@given(values)
def test_the_canonical_spelling_reads_back_as_the_same_value(value: When) -> None:
    assert parse_when(str(value)) == value


WORDS = [
    "every",
    "day",
    "3",
    "9:00",
    "at",
    "Friday",
    ",",
    "and",
    "before",
    "session",
    '"prep"',
    "of",
    "cron",
    "*",
    "10h",
    "every second",
    "biweekly",
    "midnight",
    "999 months",
    "1,5 weeks",
    "at 8",
    "evening",
    "31/31/26",
    "31.12.2026",
    "until",
    "CET",
    "every day except",
    "last",
    "after end",
    "999 weeks after start",
    "every year",
    "tomorrow",
    "or",
]


@seed(20270328)
@settings(max_examples=150, deadline=None, database=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_rubbish_is_either_read_or_answered_with_a_form_that_can_be_read(line: str) -> None:
    try:
        found = str(parse_when(line))
    except WhenError as error:
        found = error.suggestion
    assert str(parse_when(found)) == found
