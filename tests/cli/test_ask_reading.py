"""A question asked once, before anybody is asked: its day and time, and the file it becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.flow.one_off import OneOff, asked_text, schedule_text, subject_text
from mailer.flow.one_off_when import read_when
from mailer.model.plan import AnswerKind
from mailer.schedule.load import load_book
from mailer.schedule.when import OnDate
from mailer.schedule.when_parse import parse_when

THURSDAY = date(2026, 12, 3)
TOMORROW = parse_when("on 2026-12-04 at 09:00")

WHENS = [
    ("today at 18:00", "on 2026-12-03 at 18:00"),
    ("tomorrow at 09:00", "on 2026-12-04 at 09:00"),
    ("Tomorrow, 9 am", "on 2026-12-04 at 09:00"),
    ("tomorrow 9.30", "on 2026-12-04 at 09:30"),
    ("on Friday at 9:00", "on 2026-12-04 at 09:00"),
    ("next Monday at noon", "on 2026-12-07 at 12:00"),
    ("Thu at 8 pm", "on 2026-12-10 at 20:00"),
    ("on 2026-12-03 at 09:00", "on 2026-12-03 at 09:00"),
    ("on 31 December 2026 at 9:00", "on 2026-12-31 at 09:00"),
]
WAYS = '"today at 18:00", "tomorrow at 09:00", "on Friday at 09:00" or "on 2027-03-05 at 09:00"'
REFUSED = [
    ("tomorrow", f'"tomorrow" names no day and time; write {WAYS}'),
    ("tomorow at 9:00", f'"tomorow at 9:00" names no day and time; write {WAYS}'),
    ("tomorrow at 25:00", f'"tomorrow at 25:00" names no day and time; write {WAYS}'),
    ("", f'"" names no day and time; write {WAYS}'),
    ("every day at 09:00", f'"every day at 09:00" is more than one day and one time; write {WAYS}'),
    ("today at 9:00 and 10:00", f'"today at 9:00 and 10:00" is more than one day and one time; write {WAYS}'),
    ("on 2036-12-03 at 09:00", '"on 2036-12-03 at 09:00" is more than a year ahead; name a nearer day'),
    ("on 9999-12-31 at 09:00", '"on 9999-12-31 at 09:00" is more than a year ahead; name a nearer day'),
    ("on 2020-12-03 at 09:00", '"on 2020-12-03 at 09:00" has passed; name a day to come'),
]


def once(**changed: object) -> OneOff:
    assert isinstance(TOMORROW, OnDate)
    usual: dict[str, object] = {"text": "Shall we move?", "audience": "clients ana, bela", "when": TOMORROW}
    return OneOff(**{**usual, **changed})  # type: ignore[arg-type]  # a builder


def written(asked: OneOff, *, practice: str = "") -> str:
    return schedule_text(asked, practice=practice, written=THURSDAY)


def read_back(tmp_path: Path, text: str) -> str:
    (tmp_path / "ask-1.toml").write_text(text, "utf-8")
    schedule = load_book(tmp_path).schedules["ask-1"]
    return schedule.prompts[0].questions[0].ask.wordings[""]


@pytest.mark.parametrize(("said", "meant"), WHENS)
def test_a_day_and_time_is_understood_as_people_say_it(said: str, meant: str) -> None:
    assert str(read_when(said, today=THURSDAY)) == meant


@pytest.mark.parametrize(("said", "answer"), REFUSED)
def test_a_day_and_time_that_cannot_be_meant_is_answered(said: str, answer: str) -> None:
    with pytest.raises(ValueError) as error:
        read_when(said, today=THURSDAY)

    assert str(error.value) == answer


def test_the_file_reads_as_if_a_person_had_written_it() -> None:
    asked = once(answer=AnswerKind.CHOICE, choices=("Monday", "Tuesday"), max_late="2 hours")

    assert written(asked, practice="vogl") == (
        "#:schema ../schemas/schedule.schema.json\n"
        "# Asked once, by `mailer ask` on 2026-12-03. To take it back before it goes, delete this file.\n"
        'title = "A question asked once"\n'
        "enabled = true\n"
        'practice = "vogl"\n'
        'for = "clients ana, bela"\n'
        'max_late = "2 hours"\n'
        "\n"
        "[[prompt]]\n"
        'id = "question"\n'
        'when = "on 2026-12-04 at 09:00"\n'
        'subject = "A question from {{ coach.first_name }}"\n'
        "\n"
        "[[prompt.questions]]\n"
        'ask = "Shall we move?"\n'
        'answer = "choice"\n'
        'choices = ["Monday", "Tuesday"]\n'
    )


@pytest.mark.parametrize(
    "text",
    ['"Really"?', "it's a \\ b", "{{ 7 }, {% {#", "Tea 🍵 or é?", "# no comment", "'''", '"""', "a = 1"],
)
def test_a_text_is_read_back_as_it_was_typed(tmp_path: Path, text: str) -> None:
    assert read_back(tmp_path, written(once(text=asked_text(text)))) == text


typed = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")), min_size=1)


@given(typed.filter(lambda text: "}" not in text))
def test_any_text_is_read_back_as_it_was_typed(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert read_back(tmp_path_factory.getbasetemp(), written(once(text=asked_text(text)))) == text


def test_the_lines_of_a_text_become_one_paragraph() -> None:
    assert asked_text("Shall we\n  move\tThursday's call?\n") == "Shall we move Thursday's call?"


TOO_MUCH = [
    ("   ", "a question needs words"),
    ("a" * 2001, "a question has at most 2,000 characters; this one has 2,001"),
    ("a\u202eb", "a question holds an invisible character (U+202E); type it again"),
    (
        "Hi {{ client.first_name }}!",
        "{{ client.first_name }} would be read by clients as it stands; write the words themselves",
    ),
    ("{# quiet #} ", "{# quiet #} would be read by clients as it stands; write the words themselves"),
    ("a\x00b", "a question holds an invisible character (U+0000); type it again"),
]


@pytest.mark.parametrize(("text", "said"), TOO_MUCH)
def test_a_text_that_cannot_be_printed_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError) as error:
        asked_text(text)

    assert str(error.value) == said


def test_a_subject_stays_short() -> None:
    with pytest.raises(ValueError) as error:
        subject_text("a" * 121)

    assert str(error.value) == "a subject has at most 120 characters; this one has 121"
