"""What docs/when.md says of each form of `when` and of each place in it; the grammar says the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form: the rules of the grammar that say it in a whole line."""

    title: str
    rules: tuple[str, ...]
    means: str
    lines: tuple[str, ...]  # in the canonical spelling
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Forms that hang on the same thing."""

    title: str
    hang: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One rule or word of the grammar that is shown in capitals and has an entry of its own."""

    name: str
    means: str
    examples: tuple[str, ...] = ()  # where the words have no end


GROUPS: tuple[Group, ...] = (
    Group(
        title="On the calendar",
        hang="These hang on the client's own date. A second time on the same day is an occurrence of its own.",
        forms=(
            Form(
                title="Days of every week",
                rules=("weekly",),
                means="On these days of every week.",
                lines=("every Friday at 08:30",),
                spellings=(
                    "Fridays at 8.30",
                    "every Fri 8:30 am",
                    "every week on Friday at 08:30",
                    "every Mon, Wed and Fri at 20:00",
                    "every Monday to Thursday at noon",
                    "every weekday at 7:15",
                    "Mondays & Thursdays @ 5 pm",
                    "every day at 08:00 and 20:00",
                    "daily at 9h00",
                ),
            ),
            Form(
                title="Every so many days",
                rules=("every_days",),
                means=(
                    "On the first day of the enrolment and every so many days from there; neither a restart nor "
                    "an edited time moves the count."
                ),
                lines=("every 3 days at 09:00",),
                spellings=(
                    "every three days at 9:00",
                    "every other day at 9 am",
                    "Every 10 Days 18:00",
                ),
            ),
            Form(
                title="Days of every so many weeks",
                rules=("every_weeks", "fortnightly"),
                means=(
                    "On these days of every so many weeks; weeks are counted in sevens from the first day of the "
                    "enrolment."
                ),
                lines=("every 2 weeks on Tuesday at 16:00",),
                spellings=(
                    "every other Tuesday at 4 pm",
                    "every two weeks on Tue at 16:00",
                    "every 4 weeks on Mon and Thu at 8:00",
                    "fortnightly on Tuesday at 16:00",
                ),
            ),
            Form(
                title="A weekday of every month",
                rules=("monthly",),
                means="On that weekday of every month.",
                lines=("first Monday of the month at 09:00",),
                spellings=(
                    "every 1st Monday of the month at 9:00",
                    "the last Friday in each month at 4 pm",
                    "monthly on the second Tuesday at 9:00",
                ),
            ),
            Form(
                title="Once, on a date",
                rules=("on_date",),
                means="On that date only, for everyone who is on the schedule then.",
                lines=("on 2026-12-03 at 09:00",),
                spellings=(
                    "3 December 2026 at 9:00",
                    "on 3 dec 2026 at 9 am and 5 pm",
                    "2026-12-03 09:00",
                    "2026-12-03T09:00",
                    "on the 3rd of December 2026, 9 am",
                    "December 3, 2026 at 9:00",
                ),
            ),
            Form(
                title="As in crontab",
                rules=("cron",),
                means=(
                    "Five fields: minute, hour, day of the month, month, weekday. 1 is Monday, 0 and 7 are "
                    "Sunday. Where both kinds of day are given, either is enough. For what words cannot say."
                ),
                lines=("cron 30 8 * * fri",),
                spellings=(
                    "cron: 30 8 * * 5",
                    "cron 0 9 1,15 * *",
                    "cron 0 8-18/5 * jan-mar mon-fri",
                ),
            ),
        ),
    ),
    Group(
        title="From the start of an enrolment",
        hang="These hang on the first day a client is on the schedule. Days that are over are not caught up.",
        forms=(
            Form(
                title="A day of the programme",
                rules=("programme_day", "first_day"),
                means=(
                    "Day 1 is the first day from the start on whose time had not passed when the client was "
                    "enrolled; the others are counted from it."
                ),
                lines=("day 1 at 09:00",),
                spellings=(
                    "Day three at 8.30",
                    "day 10 5 pm",
                    "on the first day at 9:00",
                ),
            ),
            Form(
                title="A day of a week of the programme",
                rules=("programme_week",),
                means="Week 1 begins on the first Monday on or after the start.",
                lines=("week 3 on Tuesday at 09:00",),
                spellings=(
                    "week three Tue 9:00",
                    "Week 12 on the Friday at noon",
                    "Tuesday of week 3 at 9:00",
                ),
            ),
        ),
    ),
    Group(
        title="Around sessions",
        hang=(
            "Before counts from a session's start, after from its end. A session that moves takes its letters "
            "along and repeats none; a cancelled one has none. Days and weeks are counted on the client's "
            "calendar, hours and minutes on the clock: only days and weeks take a time of day, and without one "
            "the hour stays that of the session."
        ),
        forms=(
            Form(
                title="Before, on the day of, or after a session",
                rules=("around_session", "session_day"),
                means=(
                    "Before or after every session, or only one of them: the first, the last, or the one of a "
                    "number. The last is known only where the enrolment has an end. Without a distance, `after` "
                    "means as soon as it is over."
                ),
                lines=(
                    "2 days before session at 09:00",
                    "20 hours before session",
                    "on the day of session at 08:00",
                    "after last session",
                ),
                spellings=(
                    "the day before the session at 18:00",
                    "2 days before session",
                    "20h before each session",
                    "an hour after session",
                    "after session",
                    "day of the session 8 am",
                    "1 day after first session at 09:00",
                    "2 days before session 6",
                    "a week after the last session at 9:00",
                    "right after the session ends",
                    "on the session day at 8:00",
                    "half an hour before the start of the session",
                ),
            ),
        ),
    ),
    Group(
        title="Around promises",
        hang="These hang on the day for which something was promised, by the client or the coach.",
        forms=(
            Form(
                title="Before, on the day of, or after the day of a promise",
                rules=("around_promise",),
                means="A promise has a day and no hour, so these take days or weeks, and a time.",
                lines=(
                    "on the day of promise at 08:30",
                    "1 day after promise at 08:30",
                ),
                spellings=(
                    "the day before the promise at 18:00",
                    "a week after promise 9:00",
                    "day of the promise at 7 am",
                    "on the promised day at 7:00",
                ),
            ),
        ),
    ),
    Group(
        title="Towards the end",
        hang="These hang on the last day of an enrolment, and never go where it has none.",
        forms=(
            Form(
                title="Before the last day",
                rules=("before_end",),
                means="The end is the last day of the enrolment, `client join --until`.",
                lines=(
                    "14 days before end at 09:00",
                    "on the last day at 09:00",
                ),
                spellings=(
                    "two weeks before the end at 9:00",
                    "last day at 9:00",
                    "on the day of the end at 9 am",
                ),
            ),
        ),
    ),
    Group(
        title="After letters, answers and silence",
        hang="These hang on a letter of the same schedule, and count like those around sessions.",
        forms=(
            Form(
                title="After a letter",
                rules=("after_prompt",),
                means="After each letter of another prompt of the same file, named by its id in quotes.",
                lines=(
                    '4 days after "prep" at 10:00',
                    '36 hours after "prep"',
                ),
                spellings=(
                    "the day after “prep” at 10:00",
                    'a week after "prep"',
                    '90 min after "prep"',
                ),
            ),
            Form(
                title="After an answer",
                rules=("after_answer",),
                means=(
                    "After each answer to another prompt of the same file. Without a distance, as soon as the "
                    "answer is here."
                ),
                lines=(
                    '1 day after answer to "prep" at 08:30',
                    'after answer to "prep"',
                ),
                spellings=(
                    'the day after the reply to "prep" at 8:30 am',
                    '2 hours after answer to "prep"',
                    'a day after "prep" is answered at 8:30',
                ),
            ),
            Form(
                title="After silence",
                rules=("silence",),
                means=(
                    "Counted from the oldest letter of this schedule that no reply has followed; once for each silence."
                ),
                lines=("after 5 days of silence at 10:00",),
                spellings=(
                    "after a week of silence at 10:00",
                    "after 36 hours of silence",
                    "after 5 days without a reply at 10:00",
                ),
            ),
        ),
    ),
)

PLACES: dict[str, Place] = {
    "DAY": Place(name="DAY", means="A day of the week, or any abbreviation of three letters or more."),
    "days": Place(
        name="DAYS", means="Days of the week, one after the other, or from one to another; Sat to Mon is three."
    ),
    "PLURAL": Place(name="FRIDAYS", means="A day of the week as it happens again and again."),
    "TIME": Place(
        name="TIME",
        means="A time of day, on the wall clock where the client lives: hour and minutes, or an hour with am or pm.",
        examples=("08:30", "8.30", "8:30 am", "17h30", "5 pm", "5 p.m."),
    ),
    "times": Place(name="TIMES", means="One time, or several in one day."),
    "NUMBER": Place(
        name="NUMBER",
        means="A whole number from 1 to 1000, in figures or, up to twelve, as a word.",
        examples=("1", "14"),
    ),
    "_nth": Place(name="NTH", means="Which one of a month."),
    "ORDINAL": Place(name="SECOND", means="A number as one says it of things in order."),
    "NTH": Place(name="6TH", means="The same in figures.", examples=("6th", "21st")),
    "_date_day": Place(name="DAY-OF-MONTH", means="A day of a month."),
    "span": Place(name="DISTANCE", means="How far from what the line hangs on; without a number it is one."),
    "which": Place(name="SESSION", means="Which of the client's sessions."),
    "MONTH": Place(name="MONTH", means="A month; as a figure it would be read differently in different countries."),
    "YEAR": Place(name="YEAR", means="Four figures.", examples=("2026",)),
    "ISO_DATE": Place(name="DATE", means="Year, month and day.", examples=("2026-12-03", "2027-3-1")),
    "PROMPT": Place(
        name="“PROMPT”",
        means="The id of a prompt of the same file, in quotes.",
        examples=('"prep"', "“prep”", "'prep'"),
    ),
    "CRON_FIELD": Place(
        name="FIELD",
        means="A number, a list, a range, a step, an English name or `*`.",
        examples=("*", "1,15", "8-18/5", "fri"),
    ),
}

# words that are shown otherwise than in their first spelling
WORDS = {
    "_and": "and",
    "_DAY_UNIT": "day(s)",
    "_WEEK": "week(s)",
    "_HOURS": "hour(s)",
    "_MINUTES": "minute(s)",
    "HALF_HOUR": "half an hour",
    "_ISO_T": "T",
}

# written, why it is refused
REFUSED = {
    "every Friday at 8": "Morning or evening? `8 am` and `08:00` are clear.",
    "every Friday at midnight": "Midnight belongs to two days; `00:00` begins one.",
    "on 3/12/2026 at 09:00": "In some countries this is the 12th of March.",
    "on 30 February 2027 at 09:00": "There is no such day.",
    "every Friday at 25:00": "There is no such time.",
    "fifth Monday of the month at 09:00": "Most months have none; `last` is in every month.",
    "20 hours before session at 09:00": "Two times at once: hours are counted exactly.",
    "2 hours before promise at 09:00": "A promise has a day and no hour to count from.",
    "after session at 18:00": "After on which day?",
    "every 2 hours": "Nobody wants that many letters.",
    "every Friday at 08:30 UTC": "All times are where the client lives.",
}
