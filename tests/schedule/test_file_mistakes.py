"""What an operator is told of a mistake in a schedule file: the line, the key, what is wrong and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.errors import ConfigError
from mailer.schedule.load import load_book, load_schedule

HEAD = 'title = "T"\nfor = "everyone"\n'
WHEN = 'when = "every Friday at 08:30"\n'
WEEK = '[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = "S"\n'
ASKED = 'questions = ["How?"]\n'

TOLD = [
    ('titel = "x"\n' + HEAD + WEEK + ASKED,
     ['1:1: titel: unknown key "titel"; did you mean "title"?']),
    (HEAD + WEEK + '[[prompt.questions]]\nask = "How?"\nmax_late = "2 hours"\n',
     ["9:1: prompt.questions.max_late: max_late is a key of [[prompt]] and of the file itself; here it "
      "belongs to [[prompt.questions]] of line 7, which it stands below: move it above that line, or "
      "above line 3 for the whole file"]),
    (HEAD + WEEK + '[[prompt.questions]]\n[prompt.questions.ask]\nen = "How?"\nmax_late = "2 hours"\n',
     ["6:11: prompt.subject: this text does not say which language it is in, and other texts of the "
      'prompt are in "en"; write {en = …}',
      "10:1: prompt.questions.ask.max_late: max_late is a key of [[prompt]] and of the file itself; "
      "here it belongs to [prompt.questions.ask] of line 8, which it stands below: move it above line "
      "7, or above line 3 for the whole file"]),
    (HEAD + '[[prompt]]\nid = "week"\nsubject = "S"\n[[prompt.questions]]\nask = "How?"\n' + WHEN,
     ["8:1: prompt.questions.when: when is a key of [[prompt]]; here it belongs to "
      "[[prompt.questions]] of line 6, which it stands below: move it above that line"]),
    (HEAD + WEEK + '[[prompt.question]]\nask = "How?"\n',
     ['7:1: prompt.question: unknown key "question"; did you mean "questions"?']),
    (HEAD + '[[prompts]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = "S"\n' + ASKED,
     ['3:1: prompts: unknown key "prompts"; did you mean "prompt"?']),
    (HEAD + '[prompt]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = "S"\n' + ASKED,
     ["3:1: prompt: must be a list in [ ], not a table: write [[prompt]] in double brackets, one for "
      "each"]),
    ('for = "everyone"\n' + WEEK + ASKED + 'title = "T"\n',
     ["7:1: prompt.title: title is a key of the file itself; here it belongs to [[prompt]] of line 2, "
      "which it stands below: move it above that line"]),
    ('title = "T"\n' + WEEK + ASKED + 'for = "everyone"\n',
     ["7:1: prompt.for: for is a key of the file itself; here it belongs to [[prompt]] of line 2, "
      "which it stands below: move it above that line"]),
    (HEAD + WEEK + ASKED + "enabled = false\n",
     ["8:1: prompt.enabled: enabled is a key of the file itself; here it belongs to [[prompt]] of line "
      "3, which it stands below: move it above that line"]),
    (HEAD + WEEK + '[[prompt.questions]]\nask = "How?"\nenabled = false\n',
     ["9:1: prompt.questions.enabled: enabled is a key of the file itself; here it belongs to "
      "[[prompt.questions]] of line 7, which it stands below: move it above line 3, the first [table]"]),
    (HEAD + WEEK + ASKED + 'fallback = "en"\n',
     ["8:1: prompt.fallback: fallback is a key of the file itself; here it belongs to [[prompt]] of "
      "line 3, which it stands below: move it above that line"]),
    (HEAD + WEEK + '[[prompt.questions]]\nask = "How?"\nskip_if = "session within 2 days"\n',
     ["9:1: prompt.questions.skip_if: skip_if is a key of [[prompt]] and of the file itself; here it "
      "belongs to [[prompt.questions]] of line 7, which it stands below: move it above that line, or "
      "above line 3 for the whole file"]),
    ('for = "everyone"\n' + WEEK + '[[prompt.questions]]\nask = "How?"\ntitle = "T"\n',
     ["8:1: prompt.questions.title: title is a key of the file itself; here it belongs to "
      "[[prompt.questions]] of line 6, which it stands below: move it above line 2, the first [table]"]),
    ('when = "every Friday at 08:30"\n' + HEAD + '[[prompt]]\nid = "week"\nsubject = "S"\n' + ASKED,
     ["1:1: when: when is a key of [[prompt]], not of the top of the file: move it below line 4",
      "4:1: prompt.when: when is missing; write it under this [[prompt]]"]),
    (HEAD + WEEK + ASKED + 'answer = "rating"\n',
     ["8:1: prompt.answer: answer is a key of [[prompt.questions]], not of [[prompt]]: move it into "
      "questions in line 7"]),
    (HEAD + WEEK + 'ask = "How?"\n',
     ["7:1: prompt.ask: ask is a key of [[prompt.questions]], not of [[prompt]]: write it below such a "
      "line"]),
    (HEAD + '[[prompt]]\nid = "week"\nwhen = 08:30\nsubject = "S"\n' + ASKED,
     ['5:8: when: a time stands in quotes; write when = "08:30"']),
    (HEAD + '[[prompt]]\nid = "week"\nwhen = 08:30:00\nsubject = "S"\n' + ASKED,
     ['5:8: prompt.when: must be text in quotes, not a bare time: write "08:30"']),
    (HEAD + WEEK + ASKED + "time = 08:00\n",
     ['8:8: time: a time stands in quotes; write time = "08:00"']),
    (HEAD + WEEK + ASKED + 'time = "8:00 pm"\n',
     ['8:1: prompt.time: day and time stand in one line; write when = "every Friday at 08:30"']),
    (HEAD + WEEK + ASKED + 'at = "8:00"\n',
     ['8:1: prompt.at: day and time stand in one line; write when = "every Friday at 08:30"']),
    (HEAD + '[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = “S”\n' + ASKED,
     ['6:11: subject: “ is a curly quote; write text in straight quotes: "…"']),
    ("\ufeff" + HEAD + WEEK + ASKED,
     ['1:1: the file begins with a byte order mark; save it as "UTF-8", not as "UTF-8 with BOM"']),
    (HEAD + WEEK + ASKED + 'subject = "T"\n',
     ["8:1: subject: subject stands here and already in line 6; keep one of the two"]),
    (HEAD + 'title = "x"\n' + WEEK + ASKED,
     ["3:1: title: title stands here and already in line 1; keep one of the two"]),
    (HEAD + "[shedule]\nx=1\n" + WEEK + ASKED,
     ['3:1: shedule: unknown key "shedule"; the top of the file knows title, practice, for, fallback, '
      "enabled, max_late, only_if, skip_if, stop_on, prompt"]),
    (HEAD + WEEK.replace('"S"', '{en = "S", de = "D", de.formal = "F"}') + ASKED,
     ['6:32: subject: a dot outside quotes begins a table, and de is a text already; write "de.formal" '
      "in quotes"]),
    (HEAD + WEEK.replace('"S"', '{en = "S", de.formal = "F"}') + ASKED,
     ['6:22: prompt.subject.de: must be text in quotes, not a table: write "de.formal" = "F", for a '
      "dot outside quotes begins a table"]),
    (HEAD + WEEK + '[[prompt.questions]]\n[prompt.questions.ask]\nen = "a"\nde.formal = "b"\n',
     ['10:1: prompt.questions.ask.de: must be text in quotes, not a table: write "de.formal" = "b", '
      "for a dot outside quotes begins a table"]),
    (HEAD + "max_late = 6\n" + WEEK + ASKED,
     ['3:12: max_late: must be text in quotes, not a number: write "6"']),
    (HEAD + 'enabled = "false"\n' + WEEK + ASKED,
     ["3:11: enabled: must be true or false, without quotes, not text in quotes: write false"]),
    (HEAD + "enabled = False\n" + WEEK + ASKED,
     ["3:11: enabled: write enabled = false, in small letters without quotes"]),
    (HEAD + WEEK + 'questions = "How?"\n',
     ['7:13: prompt.questions: must be a list in [ ], not text in quotes: write ["How?"]']),
    (HEAD + WEEK + 'questions = [{ask = "How?", anwser = "rating"}]\n',
     ['7:29: prompt.questions.anwser: unknown key "anwser"; did you mean "answer"?']),
    (HEAD + WEEK + 'questions = [{ask = "How?",\n answer = "rating"}]\n',
     ["7:28: questions: a key is a word of letters, digits, - and _; an inline table { … } stands on "
      "one line, without a last comma"]),
    (HEAD + WEEK + 'questions = [{ask = "How?", answer = "number"}]\n',
     ['7:38: prompt.questions.answer: must be "text", "rating", "yes-no", "choice" or "commitment", '
      'not "number"']),
    (HEAD + WEEK + ASKED + 'if_quiet = "before"\n',
     ['8:12: prompt.if_quiet: must be "earlier", "later" or "skip", not "before"']),
    (HEAD + WEEK + ASKED + 'formerly = "old"\n',
     ['8:12: prompt.formerly: must be a list in [ ], not text in quotes: write ["old"]']),
    (HEAD + '[[prompt]]\nwhen = "every Friday at 08:30"\nsubject = "S"\n' + ASKED,
     ["3:1: prompt.id: id is missing; write it under this [[prompt]]"]),
    ('title = "T"\n' + WEEK + ASKED,
     ["1:1: for: for is missing; write it at the top of the file, above the first table"]),
    (HEAD,
     ["1:1: prompt: there is no [[prompt]]; write one"]),
    (HEAD + WEEK + ASKED + "at-latest = '3 days after \"goal\"'\n",
     ['8:1: prompt.at-latest: unknown key "at-latest"; did you mean "at_latest"?']),
    (HEAD + 'skip-if = "any reply"\n' + WEEK + ASKED,
     ['3:1: skip-if: unknown key "skip-if"; did you mean "skip_if"?']),
    (HEAD + 'language = "en"\n' + WEEK + ASKED,
     ['3:1: language: each text names its languages; fallback = "en" is for others']),
    ('title = "T"\naudience = "everyone"\n' + WEEK + ASKED,
     ["1:1: for: for is missing; write it at the top of the file, above the first table",
      '2:1: audience: whom a schedule is for stands in one line; write for = "everyone"']),
    (HEAD + WEEK + ASKED + 'name = "x"\n',
     ['8:1: prompt.name: a prompt is named by its id; write id = "week"']),
    (HEAD + WEEK + 'questions = [\n "a"\n "b"\n]\n',
     ["9:2: a list is not closed, or a comma is missing between two of its entries"]),
    (HEAD + WEEK + 'questions = [\n "a",\n "b"\n',
     ["9:5: a list is not closed, or a comma is missing between two of its entries"]),
    ('title: "T"\nfor = "everyone"\n' + WEEK + ASKED,
     ["1:6: title: a key and its value are joined by an equals sign; write title = …"]),
    (HEAD + WEEK + ASKED + WEEK + ASKED,
     ['9:6: prompt.id: "week" is already the id at weekly.toml:4; choose another']),
    (HEAD + "[[prompt]]\n" + WHEN + 'subject = "S"\n[[prompt.questions]]\nask = "How?"\nid = "week"\n',
     ["8:1: prompt.questions.id: id is a key of [[prompt]]; here it belongs to [[prompt.questions]] of "
      "line 6, which it stands below: move it above that line"]),
    (HEAD + '[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = ["S"]\n' + ASKED,
     ["6:11: prompt.subject: must be text in quotes or a table in { }, not a list"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), TOLD, ids=[told[0][:70] for _, told in TOLD])
def test_a_mistake_is_never_ignored_but_told_with_its_line_and_what_to_write(
    text: str, told: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "weekly.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_schedule(path)

    shown = [str(one).replace(f"{tmp_path}/", "").removeprefix("weekly.toml:") for one in caught.value.problems]
    assert shown == told


def test_an_id_that_stands_twice_in_a_file_is_told_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "weekly.toml").write_text(HEAD + WEEK + ASKED + WEEK + ASKED)

    with pytest.raises(ConfigError) as caught:
        load_book(tmp_path)

    assert [str(one) for one in caught.value.problems] == [
        f'{tmp_path}/weekly.toml:9:6: prompt.id: "week" is already the id at {tmp_path}/weekly.toml:4; choose another'
    ]


def test_the_same_prompt_id_in_two_files_names_two_prompts(tmp_path: Path) -> None:
    for name in ("weekly", "team"):
        (tmp_path / f"{name}.toml").write_text(HEAD + WEEK + ASKED)

    book = load_book(tmp_path)

    assert [plan.prompt("week").id for plan in book.schedules.values()] == ["week", "week"]


def test_a_key_ignored_nowhere_means_no_letter_by_defaults_nobody_chose(tmp_path: Path) -> None:
    """Each key of the file, misspelt by one letter, at every level."""
    text = (
        HEAD
        + 'max_late = "2 hours"\n'
        + WEEK
        + 'template = "week"\n[[prompt.questions]]\nask = "A?"\nanswer = "rating"\n'
    )
    path = tmp_path / "weekly.toml"
    for key in ("title", "for", "max_late", "id", "when", "subject", "template", "ask", "answer"):
        path.write_text(text.replace(f"{key} =", f"{key}x =", 1))

        with pytest.raises(ConfigError) as caught:
            load_schedule(path)

        assert any(f'unknown key "{key}x"; did you mean "{key}"?' in one.message for one in caught.value.problems)
