"""What the keys of a schedule file mean: fallback, at_latest, supersedes, and texts in several languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.errors import ConfigError, PermanentFailure
from mailer.model.people import Form
from mailer.schedule.book import Schedule, letter_language
from mailer.schedule.load import load_schedule
from mailer.schedule.when_parse import parse_when
from tests.schedule.build import client

HEAD = 'title = "T"\nfor = "everyone"\n'
EXAMPLE = """# schedules/weekly-checkin.toml
title = "Weekly check-in"
for   = "everyone"            # or: "tag acme and language de", "coach petra", "clients ana, bela, chen"
skip_if = "session within 24 hours"

[[prompt]]
id        = "week"
when      = "every Friday at 08:30"
max_late  = "6 hours"
subject   = {en = "Your week in four lines", de = "Ihre Woche in vier Zeilen"}
template  = "weekly-checkin"                  # templates/weekly-checkin.md, .de.md, .de.formal.md; optional
questions = [
  {ask = {en = "How was this week, 1 to 10?", de = "Wie war die Woche, 1 bis 10?"}, answer = "rating"},
  {ask = {en = "What will you do before next Friday, and when?", de = "Was tun Sie bis Freitag, und wann?"}, \
answer = "commitment"},
  "What got in the way?",                     # one language is fine when the audience has one
]
"""


def read(tmp_path: Path, text: str) -> Schedule:
    path = tmp_path / "weekly.toml"
    path.write_text(text, encoding="utf-8")
    return load_schedule(path)


def told(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return [f"{one.line}:{one.column}: {one.message.splitlines()[0]}" for one in caught.value.problems]


def texts(subject: str, question: str, *, top: str = HEAD) -> str:
    return (
        f'{top}[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = {subject}\nquestions = [{question}]\n'
    )


def test_the_plain_text_of_the_example_is_told_to_say_its_language(tmp_path: Path) -> None:
    assert told(tmp_path, EXAMPLE) == [
        '15:3: this text does not say which language it is in, and other texts of the prompt are in "de" and "en"; '
        "write {de = …, en = …}"
    ]


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('"What got in the way?", ', '{ask = {en = "What got in the way?", de = "Was kam dazwischen?"}}, '),
        ('for   = "everyone" ', 'for   = "language en"'),
        ('"What got in the way?", ', '"1 – 10?", '),
    ],
)
def test_the_example_loads_once_no_reader_could_be_given_two_languages(
    written: str, instead: str, tmp_path: Path
) -> None:
    week = read(tmp_path, EXAMPLE.replace(written, instead)).prompt("week")

    assert len(week.questions_for(client(language="en"))) == 3


PLAIN_BESIDE_TRANSLATED = [
    # whom it is for, the subject, whether a plain question may stand beside it
    ("everyone", '{en = "A", de = "B"}', False),
    ("everyone", '{en = "A"}', False),
    ("language de", '{en = "A", de = "B"}', True),
    ("language de and tag acme", '{de = "B"}', True),
    ("language de-AT", '{de = "B"}', True),
    ("tag acme or language de", '{de = "B"}', False),
    ("languages de, fr", '{de = "B", fr = "C"}', False),
    ("language de", '{de = "B", "de.formal" = "F"}', False),
    ("not language en", '{de = "B"}', False),
]


@pytest.mark.parametrize(("audience", "subject", "fine"), PLAIN_BESIDE_TRANSLATED)
def test_a_plain_text_stands_beside_translated_ones_where_one_language_is_all_its_readers_have(
    audience: str, subject: str, fine: bool, tmp_path: Path
) -> None:
    text = texts(subject, '"Warum?"', top=HEAD.replace("everyone", audience))

    if fine:
        assert read(tmp_path, text).prompts[0].questions_for(client(language="de"))[0].ask == "Warum?"
    else:
        assert "does not say which language it is in" in told(tmp_path, text)[0]


LACKING = [
    # the top of the file, subject, question, what is told
    (HEAD, '{en = "A", de = "B"}', '{ask = {en = "C"}}',
     '7:21: this text lacks "de", which other texts of the prompt have'),
    (HEAD.replace("everyone", "languages de, fr"), '{de = "B"}', '{ask = {de = "C"}}',
     '6:11: this text lacks "fr", a language that `for` asks for'),
    (HEAD + 'fallback = "en"\n', '{de = "B"}', '{ask = {de = "C", en = "D"}}',
     '7:11: this text lacks "en", the fallback of this schedule'),
    (HEAD + 'fallback = "en"\n', '{fr = "B"}', '{ask = {de = "C", en = "D"}}',
     '7:11: this text lacks "en", the fallback of this schedule, and "de", which other texts of the prompt have'),
    (HEAD + 'fallback = "en"\n', '"S"', '"Q?"',
     '7:11: this text does not say which language it is in, and the fallback of this schedule is "en"; write {en = …}'),
    (HEAD, '{de = "B", "de.formal" = "F"}', '{ask = {de = "C"}}',
     '7:21: this text lacks "de.formal", which other texts of the prompt have'),
    (HEAD + 'fallback = "english"\n', '{en = "A"}', '{ask = {en = "A"}}',
     '3:12: "english" is not a language; write a code such as en or de'),
    (HEAD + 'fallback = "de.formal"\n', '{de = "A"}', '{ask = {de = "A"}}',
     '3:12: "de.formal" is not a language; write a code such as en or de'),
    (HEAD, '{en = "A", EN = "B"}', '{ask = {en = "A"}}',
     '6:22: "EN" and "en" are the same language; keep one of the two'),
    (HEAD, '{"de-formal" = "A"}', '{ask = {"de-formal" = "A"}}',
     '6:12: "de-formal" is not a language; did you mean "de.formal"?'),
    (HEAD, '{de_AT = "A"}', '{ask = {de_AT = "A"}}', '6:12: "de_AT" is not a language; did you mean "de-at"?'),
    (HEAD, '{"de.informal" = "A"}', '{ask = {"de.informal" = "A"}}',
     '6:12: the informal text stands under "de" alone'),
]  # fmt: skip


@pytest.mark.parametrize(("top", "subject", "question", "said"), LACKING, ids=[case[3] for case in LACKING])
def test_a_missing_translation_is_named_with_who_needs_it(
    top: str, subject: str, question: str, said: str, tmp_path: Path
) -> None:
    assert told(tmp_path, texts(subject, question, top=top))[0] == said


FALLBACK = texts(
    '{de = "Woche", "de.formal" = "Ihre Woche", en = "Week"}',
    '{ask = {de = "Na?", "de.formal" = "Nun?", en = "Well?"}}',
    top=HEAD + 'fallback = "{}"\n',
)
READERS = [
    # fallback, language and form of the client, the language of the letter, its subject and question
    ("en", "fr", Form.INFORMAL, "en", "Week", "Well?"),
    ("en", "fr", Form.FORMAL, "en", "Week", "Well?"),
    ("en", "de", Form.FORMAL, "de", "Ihre Woche", "Nun?"),
    ("en", "de-AT", Form.INFORMAL, "de-AT", "Woche", "Na?"),
    ("de", "fr", Form.FORMAL, "de", "Ihre Woche", "Nun?"),
    ("de", "fr", Form.INFORMAL, "de", "Woche", "Na?"),
    ("DE", "fr", Form.INFORMAL, "de", "Woche", "Na?"),
]


@pytest.mark.parametrize(("fallback", "language", "form", "written_in", "subject", "ask"), READERS)
def test_a_client_without_a_text_reads_the_fallback_from_subject_to_foot(
    fallback: str, language: str, form: Form, written_in: str, subject: str, ask: str, tmp_path: Path
) -> None:
    plan = read(tmp_path, FALLBACK.replace("{}", fallback))
    week, dana = plan.prompts[0], client(language=language, form=form)

    assert letter_language(week, dana, fallback=plan.fallback) == written_in
    assert week.subject_for(dana, fallback=plan.fallback) == subject
    assert [one.ask for one in week.questions_for(dana, fallback=plan.fallback)] == [ask]


def test_without_a_fallback_nobody_reads_another_language(tmp_path: Path) -> None:
    week = read(tmp_path, texts('{en = "Week"}', '{ask = {en = "Well?"}}')).prompts[0]

    for ask in (week.subject_for, week.questions_for, lambda who: letter_language(week, who)):
        with pytest.raises(PermanentFailure, match='prompt "week" has no text in "fr" for client dana; add it'):
            ask(client(language="fr"))


def test_a_letter_in_one_language_greets_in_the_clients_own(tmp_path: Path) -> None:
    week = read(tmp_path, texts('"Week"', '"Well?"')).prompts[0]

    assert letter_language(week, client(language="pt")) == "pt"


FOLLOWED = """title = "T"
for = "everyone"
[[prompt]]
id = "goal"
formerly = ["aim", "wish"]
when = "day 1 at 09:00"
subject = "Your goal"
questions = ["What for?"]
[[prompt]]
id = "step"
when = '1 day after answer to "goal" at 08:30'
at_latest = '3 days after "goal" at 08:30'
supersedes = "goal"
subject = "One step"
questions = ["Which?"]
"""


def test_a_prompt_that_waits_for_an_answer_may_have_a_ceiling(tmp_path: Path) -> None:
    goal, step = read(tmp_path, FOLLOWED).prompts

    assert step.at_latest == parse_when('3 days after "goal" at 08:30')
    assert goal.at_latest is None


CEILINGS = [
    ('\'every Friday at 08:30\'', "12:13: at_latest counts from the letter whose answer is waited for; write '3 days "
                                  "after \"goal\" at 08:30'"),
    ("'2 days after \"step\" at 08:30'", "12:13: `when` waits for an answer to \"goal\", and this counts from "
                                        "\"step\"; write '2 days after \"goal\" at 08:30'"),
    ("'12 hours after \"goal\"'", "12:13: 12 hours are over before 1 day after any answer can be; write more"),
    ("'3 dais after \"goal\" at 08:30'", '12:16: "dais" is not understood after "3"; the nearest is: 3 days after '
                                         '"goal" at 08:30'),
]  # fmt: skip


@pytest.mark.parametrize(("ceiling", "said"), CEILINGS)
def test_a_ceiling_that_is_none_is_told(ceiling: str, said: str, tmp_path: Path) -> None:
    assert told(tmp_path, FOLLOWED.replace("'3 days after \"goal\" at 08:30'", ceiling)) == [said]


def test_a_ceiling_without_an_answer_to_wait_for_is_told(tmp_path: Path) -> None:
    waits = FOLLOWED.replace("'1 day after answer to \"goal\" at 08:30'", '"day 3 at 09:00"')

    assert told(tmp_path, waits) == [
        '12:1: at_latest ends the waiting for an answer, and "day 3 at 09:00" waits for none; delete this line'
    ]


def test_a_prompt_supersedes_under_every_name_it_and_the_other_ever_had(tmp_path: Path) -> None:
    goal, step = read(tmp_path, FOLLOWED).prompts

    assert goal.supersedes == {"goal", "aim", "wish"}
    assert step.supersedes == {"step", "goal", "aim", "wish"}


def test_several_prompts_may_be_superseded(tmp_path: Path) -> None:
    step = read(tmp_path, FOLLOWED.replace('"goal"\nsubject', '["goal", "step"]\nsubject')).prompt("step")

    assert step.supersedes == {"step", "goal", "aim", "wish"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"gaol"', '13:14: there is no prompt "gaol" in this schedule; did you mean "goal"?'),
        ('["goal", "prep"]', '13:23: there is no prompt "prep" in this schedule; this file has goal, step'),
        ('["aim"]', '13:15: "aim" is what the prompt "goal" was called before; write "goal"'),
    ],
)
def test_a_superseded_prompt_that_is_not_there_is_told(written: str, said: str, tmp_path: Path) -> None:
    assert told(tmp_path, FOLLOWED.replace('supersedes = "goal"', f"supersedes = {written}")) == [said]


@pytest.mark.parametrize(
    "when", ["on the day of promise at 08:30", "1 day before promise at 08:30", "1 day after promise at 08:30"]
)
def test_a_prompt_may_hang_on_a_promise(when: str, tmp_path: Path) -> None:
    assert read(tmp_path, texts('"S"', '"Q?"').replace("every Friday at 08:30", when)).prompts[0].reason == when
