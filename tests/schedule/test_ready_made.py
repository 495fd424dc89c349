"""The schedules that come with the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailer.defaults import shipped
from mailer.model.people import Form
from mailer.schedule.book import Schedule
from mailer.schedule.load import load_book
from mailer.schedule.plan import upcoming
from tests.schedule.build import ENROLLED, client, facts, session, told

BOOK = load_book(shipped("schedules"))


def test_only_the_weekly_check_in_is_switched_on() -> None:
    assert {slug for slug, schedule in BOOK.schedules.items() if schedule.enabled} == {"weekly-checkin"}
    assert set(BOOK.schedules) >= {"weekly-checkin", "session-prep", "session-reflection", "welcome"}


def test_every_text_is_there_in_english_and_in_both_forms_of_german() -> None:
    readers = [client(language="en"), client(language="de"), client(language="de", form=Form.FORMAL)]
    prompts = [prompt for schedule in BOOK.schedules.values() for prompt in schedule.prompts]

    for prompt in prompts:
        assert prompt.languages == {"en", "de", "de.formal"}
        assert len({len(prompt.questions_for(reader)) for reader in readers}) == 1


def test_no_text_mixes_the_two_forms_of_german() -> None:
    for form, others in ((Form.INFORMAL, {"Sie", "Ihnen", "Ihre", "Ihren"}), (Form.FORMAL, {"du", "dir", "dich"})):
        reader = client(language="de", form=form)
        for schedule in BOOK.schedules.values():
            for prompt in schedule.prompts:
                asked = " ".join([prompt.subject_for(reader), *(one.ask for one in prompt.questions_for(reader))])
                assert others.isdisjoint(asked.replace(",", " ").replace("?", " ").split())


def test_a_first_fortnight_with_all_of_them_is_steady_and_never_two_letters_an_hour() -> None:
    known = facts(sessions=[session(1, "2027-03-10 17:00")], seen={})

    shown = [
        decision
        for schedule in BOOK.schedules.values()
        for decision in upcoming(schedule_on(schedule.slug), known, now=ENROLLED, until=ENROLLED + timedelta(days=13))
    ]

    assert [(one.due.prompt, f"{one.due.local:%a %d %H:%M}") for one in sorted(shown, key=lambda one: one.due.at)] == [
        ("how-it-runs", "Mon 01 09:00"),
        ("what-for", "Wed 03 08:30"),
        ("week", "Fri 05 08:30"),
        ("good-company", "Sat 06 08:30"),
        ("prep", "Mon 08 09:00"),
        ("one-line", "Tue 09 21:00"),
        ("fresh", "Wed 10 21:00"),
        ("week", "Fri 12 08:30"),
        ("three-days", "Sat 13 08:30"),
    ]
    assert {outcome for _, _, outcome in told(shown)} == {"send"}


def schedule_on(slug: str) -> Schedule:
    return replace(BOOK.schedules[slug], enabled=True)
