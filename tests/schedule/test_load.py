"""Reading schedule files: what they may say, and every problem of every file told at once, with its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mailer.errors import ConfigError, PermanentFailure
from mailer.model.people import Form
from mailer.model.plan import AnswerKind, Question
from mailer.schedule.book import IfQuiet
from mailer.schedule.load import load_book, load_schedule
from tests.schedule.build import client

HEAD = 'title = "Weekly"\nfor = "everyone"\n'
WEEK = '[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = "Your week"\nquestions = ["How was it?"]\n'
WHOLE = """
title = "Weekly check-in"
practice = "vogl"
for = "tag acme and not client bela"
max_late = "4 hours"
skip_if = "session within 24 hours"

[[prompt]]
id = "week"
formerly = ["four-lines"]
when = "Fridays at 8.30"
max_late = "2 hours"
subject = {en = "Your week", de = "Deine Woche", "de.formal" = "Ihre Woche"}
template = "weekly-checkin"
only_if = ['no answer to "nudge"']
if_quiet = "skip"

[[prompt.questions]]
answer = "rating"
ask = {en = "1 to 10?", de = "Von 1 bis 10?", "de.formal" = "Von 1 bis 10?"}

[[prompt.questions]]
answer = "choice"
ask = {en = "Which?", de = "Was?", "de.formal" = "Was?"}
choices = {en = ["a", "b"], de = ["d", "e"], "de.formal" = ["d", "e"]}

[[prompt]]
id = "nudge"
when = "20 hours before session"
subject = "One line"
questions = ["What shall we talk about?"]
"""


def written(tmp_path: Path, text: str, name: str = "weekly.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    """The problems of a file or folder, each as line:column: message, first lines only."""
    with pytest.raises(ConfigError) as caught:
        load_book(path) if path.is_dir() else load_schedule(path)
    return [f"{one.line}:{one.column}: {one.message.splitlines()[0]}" for one in caught.value.problems]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    plan = load_schedule(written(tmp_path, WHOLE))

    week, nudge = plan.prompts
    assert (plan.slug, plan.title, plan.practice, plan.enabled) == ("weekly", "Weekly check-in", "vogl", True)
    assert (week.reason, week.max_late, week.template, week.if_quiet) == (
        "every Friday at 08:30",
        timedelta(hours=2),
        "weekly-checkin",
        IfQuiet.SKIP,
    )
    assert [one.text for one in week.rules.skip_if + week.rules.only_if] == [
        "session within 24 hours",
        'no answer to "nudge"',
    ]
    assert (nudge.max_late, nudge.if_quiet) == (timedelta(hours=4), IfQuiet.EARLIER)
    assert plan.prompt("four-lines") is week


def test_a_client_reads_every_text_in_their_own_language_and_form(tmp_path: Path) -> None:
    week = load_schedule(written(tmp_path, WHOLE)).prompts[0]
    cases = [
        (client(language="en", form=Form.FORMAL), "Your week", ("a", "b")),
        (client(language="de"), "Deine Woche", ("d", "e")),
        (client(language="de-AT", form=Form.FORMAL), "Ihre Woche", ("d", "e")),
    ]
    for dana, subject, choices in cases:
        assert week.subject_for(dana) == subject
        assert week.questions_for(dana)[1].choices == choices


def test_a_text_in_one_language_is_for_everyone(tmp_path: Path) -> None:
    week = load_schedule(written(tmp_path, HEAD + WEEK)).prompts[0]

    assert week.questions_for(client(language="pt")) == (Question(ask="How was it?", answer=AnswerKind.TEXT),)
    assert week.languages == frozenset()


def test_a_client_is_never_given_a_text_in_another_language(tmp_path: Path) -> None:
    week = load_schedule(written(tmp_path, WHOLE)).prompts[0]

    for ask in (week.subject_for, week.questions_for):
        with pytest.raises(PermanentFailure, match='has no text in "fr" for client dana'):
            ask(client(language="fr"))


LENGTHS = 'write a whole number and a unit, such as "20 minutes", "6 hours", "2 days" or "1 week"'
TOLD = [
    # what is written, what is told
    ('titel = "x"\n' + HEAD + WEEK, ['1:1: unknown key "titel"; did you mean "title"?']),
    (HEAD + WEEK.replace("when", "wenn"), ['5:1: unknown key "wenn"; did you mean "when"?']),
    (HEAD + WEEK.replace("Friday", "Fridy"), ['5:15: "Fridy" is not understood after "every"; the nearest is: '
                                             "every Friday at 08:30"]),
    (HEAD.replace("everyone", "tagg acme") + WEEK, ['2:8: "tagg" is not understood; did you mean "tag"?']),
    (HEAD + 'max_late = "soon"\n' + WEEK, [f'3:12: "soon" is not a length of time; {LENGTHS}']),
    (HEAD + 'max_late = "60 days"\n' + WEEK, ["3:12: 60 days is too short or too long; write 1 minute to 30 days"]),
    (HEAD + 'skip_if = "session within a while"\n' + WEEK, [f'3:27: "while" is not a unit of time here; {LENGTHS}']),
    (HEAD + 'stop_on = "session within 2 days"\n' + WEEK, ['3:11: "session within 2 days" may become untrue again and '
                                                          "cannot end a series; use skip_if or only_if"]),
    (HEAD + WEEK + WEEK, ['9:6: "week" is already the id at weekly.toml:4; choose another']),
    (HEAD + WEEK + 'formerly = ["old"]\n' + WEEK.replace('"week"', '"old"'),
     ['10:6: "old" is already the former id at weekly.toml:8; choose another']),
    (HEAD + WEEK.replace('"week"', '"My Week"'), ['4:6: "My Week" is no id; use up to 40 of a to z, 0 to 9 and "-", '
                                                 'such as "week-2"']),
    (HEAD + WEEK.replace('"every Friday at 08:30"', '\'1 day after "prep" at 10:00\''),
     ['5:8: there is no prompt "prep" in this schedule; this file has week']),
    (HEAD + WEEK.replace('"every Friday at 08:30"', '\'1 day after "week" at 10:00\''),
     ["5:8: a prompt cannot follow itself; name the one before it"]),
    (HEAD + WEEK.replace("every Friday at 08:30", "after 5 days of silence at 10:00"),
     ["5:8: silence follows a letter of the same schedule; put this prompt beside another one"]),
    (HEAD + WEEK + "only_if = ['answer to \"wek\"']\n",
     ['8:11: there is no prompt "wek" in this schedule; did you mean "week"?']),
    (HEAD + WEEK.replace('subject = "Your week"', 'subject = {en = "Your week", de = "Deine Woche"}'),
     ['7:14: this text does not say which language it is in, and other texts of the prompt are in "de" and "en"; '
      "write {de = …, en = …}"]),
    (HEAD + WEEK.replace('"How was it?"', '{ask = "Which?", answer = "choice", choices = ["this"]}'),
     ['7:14: a question with answer = "choice" needs choices = ["…", "…"], two or more']),
    (HEAD + WEEK.replace('"How was it?"', '{ask = "Which?", choices = ["this", "that"]}'),
     ['7:41: only a question with answer = "choice" has choices']),
    (HEAD + WEEK.replace('"Your week"', '"Your week\\nBcc: x"'), ["6:11: a subject is a single line"]),
    (HEAD + WEEK.replace('"Your week"', '{german = "Woche"}').replace('"How was it?"', '{ask = {german = "Wie?"}}'),
     ['6:12: "german" is not a language; write a code such as en, de or "de.formal"',
      '7:22: "german" is not a language; write a code such as en, de or "de.formal"']),
    (HEAD + WEEK.replace('"How was it?"', '" "'), ["7:14: this text is empty"]),
    (HEAD + WEEK.replace('questions = ["How was it?"]\n', ""),
     ["3:1: this prompt neither asks nor says anything; give it questions or a template"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), TOLD, ids=[told[0][:60] for _, told in TOLD])
def test_a_mistake_is_told_with_its_place_and_its_remedy(text: str, told: list[str], tmp_path: Path) -> None:
    found = problems(written(tmp_path, text))

    assert [one.replace(f"{tmp_path}/", "") for one in found] == told


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, HEAD.replace("everyone", "tagg x") + WEEK.replace("Friday", "Fridy") + "colour = 3\n", "one.toml")
    written(tmp_path, "title = \n" + HEAD[16:] + WEEK, "two.toml")

    with pytest.raises(ConfigError) as caught:
        load_book(tmp_path)

    assert [(one.file.name, one.line) for one in caught.value.problems] == [
        ("one.toml", 2),
        ("one.toml", 5),
        ("one.toml", 8),
        ("two.toml", 1),
    ]


def test_prompts_that_wait_for_each_other_are_told(tmp_path: Path) -> None:
    first = WEEK.replace('"every Friday at 08:30"', "'1 day after \"other\"'")
    second = WEEK.replace('"every Friday at 08:30"', "'after answer to \"week\"'").replace(
        '"week"\nwhen', '"other"\nwhen'
    )

    found = problems(written(tmp_path, HEAD + first + second))

    assert found == [
        '5:8: these prompts wait for each other: "week" after "other" after "week"',
        '10:8: these prompts wait for each other: "other" after "week" after "other"',
    ]


def test_two_files_with_the_same_id_are_both_named(tmp_path: Path) -> None:
    written(tmp_path, HEAD + WEEK, "Weekly.toml")
    written(tmp_path, HEAD + WEEK, "weekly.toml")

    found = problems(tmp_path)

    assert any('"weekly" and "Weekly" in' in one and "are the same id" in one for one in found)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert problems_of_folder(tmp_path / "missing") == ["there is no such folder; create it or change the path"]


def problems_of_folder(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_book(folder)
    return [one.message for one in caught.value.problems]


def test_a_file_cut_off_while_it_is_saved_is_refused_whole(tmp_path: Path) -> None:
    text = HEAD + WEEK
    refused = 0
    for length in range(len(HEAD), len(text) - 1):
        try:
            load_schedule(written(tmp_path, text[:length]))
        except ConfigError:
            refused += 1

    assert refused == len(text) - 1 - len(HEAD)


def test_the_version_follows_the_content_and_not_its_layout(tmp_path: Path) -> None:
    def version(text: str) -> str:
        written(tmp_path, text)
        return load_book(tmp_path).version

    plain = version(HEAD + WEEK)

    assert version("# a comment\n" + HEAD + "\n\n" + WEEK) == plain
    assert version(HEAD + WEEK.replace("08:30", "08:31")) != plain
    assert version(HEAD + "enabled = false\n" + WEEK) != plain


def test_other_files_beside_the_schedules_are_left_alone(tmp_path: Path) -> None:
    written(tmp_path, HEAD + WEEK)
    written(tmp_path, "not toml at all", "notes.txt")
    written(tmp_path, "= broken", ".#weekly.toml")

    assert list(load_book(tmp_path).schedules) == ["weekly"]


def test_a_schedule_that_does_not_say_how_late_a_letter_may_go_follows_the_deployment(tmp_path: Path) -> None:
    silent = 'title = "T"\nfor = "everyone"\n[[prompt]]\nid = "p"\nwhen = "every day at 09:00"\nsubject = "S"\n'
    silent += 'questions = ["How?"]\n'
    (tmp_path / "silent.toml").write_text(silent)
    (tmp_path / "own.toml").write_text(silent.replace("[[prompt]]", 'max_late = "1 hour"\n[[prompt]]'))

    book = load_book(tmp_path, max_late=timedelta(minutes=20))

    assert book.schedules["silent"].prompt("p").max_late == timedelta(minutes=20)
    assert book.schedules["own"].prompt("p").max_late == timedelta(hours=1)
