"""Is every text of a prompt there in every language of the prompt?

A letter is in one language and one form from its subject to its last choice. So whatever languages one text of a
prompt has, all of its texts must have, "de.formal" included, even where the words are the same in both forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.model.plan import AnswerKind
from mailer.schedule.findings import Findings
from mailer.schedule.tables import PromptTable, QuestionTable, Wordings
from mailer.schedule.texts import QuestionText, Text

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*(\.formal)?")
_LONGEST_SUBJECT = 120

Loc = tuple[str | int, ...]


def read_subject(table: PromptTable, findings: Findings, *loc: str | int) -> Text:
    """The subject of a prompt: one line, and not a long one."""
    text = _text(table.subject, findings, *loc)
    for key, wording in text.wordings.items():
        place = (*loc, key) if key else loc
        if len(wording.splitlines()) > 1 or any(character < " " for character in wording):
            findings.add("a subject is a single line", *place)
        if len(wording) > _LONGEST_SUBJECT:
            findings.add(f"a subject has at most {_LONGEST_SUBJECT} characters", *place)
    return text


def read_question(written: str | QuestionTable, findings: Findings, *loc: str | int) -> QuestionText:
    """A question with its choices."""
    if isinstance(written, str):
        return QuestionText(ask=_text(written, findings, *loc))
    choices = _choices(written, findings, *loc, "choices")
    if written.answer is AnswerKind.CHOICE and len(choices) < 2:
        findings.add('a question with answer = "choice" needs choices = ["…", "…"], two or more', *loc)
    if written.answer is not AnswerKind.CHOICE and choices:
        findings.add('only a question with answer = "choice" has choices', *loc, "choices")
    return QuestionText(ask=_text(written.ask, findings, *loc, "ask"), answer=written.answer, choices=choices)


def check_languages(table: PromptTable, findings: Findings, *loc: str | int) -> None:
    """Notes every text of a prompt that lacks a language another text of it has."""
    texts = list(_all_texts(table, *loc))
    wanted = {language for _, languages in texts for language in languages}
    for place, languages in texts:
        if lacking := sorted(wanted - languages):
            names = " and ".join(f'"{language}"' for language in lacking)
            has = "" if languages else "is in one language only; it "
            findings.add(f"this text {has}lacks {names}, which other texts of the prompt have", *place)


def _all_texts(table: PromptTable, *loc: str | int) -> Iterator[tuple[Loc, set[str]]]:
    yield (*loc, "subject"), _languages(table.subject)
    for index, question in enumerate(table.questions):
        place = (*loc, "questions", index)
        if isinstance(question, str):
            yield place, set()
            continue
        yield (*place, "ask"), _languages(question.ask)
        if question.choices:
            yield (*place, "choices"), _languages(question.choices)


def _languages(written: object) -> set[str]:
    return set(written) if isinstance(written, dict) else set()


def _text(written: Wordings, findings: Findings, *loc: str | int) -> Text:
    wordings = written if isinstance(written, dict) else {"": written}
    if not wordings:
        findings.add('there is no text in here; write {en = "…", de = "…"}', *loc)
    for key, wording in wordings.items():
        place = (*loc, key) if key else loc
        if isinstance(written, dict):
            _check_language(key, findings, *place)
        if not wording.strip():
            findings.add("this text is empty", *place)
    return Text({key: wording.strip() for key, wording in wordings.items()})


def _check_language(key: str, findings: Findings, *loc: str | int) -> None:
    if key.endswith(".informal"):
        findings.add_to_key(f'the informal text stands under "{key.removesuffix(".informal")}" alone', *loc)
    elif not _LANGUAGE.fullmatch(key):
        findings.add_to_key(f'"{key[:40]}" is not a language; write a code such as en, de or "de.formal"', *loc)


def _choices(written: QuestionTable, findings: Findings, *loc: str | int) -> tuple[Text, ...]:
    by_language = written.choices if isinstance(written.choices, dict) else {"": written.choices}
    lengths = {len(words) for words in by_language.values()}
    if len(lengths) > 1:
        findings.add("every language needs the same number of choices, in the same order", *loc)
        return ()
    count = lengths.pop() if lengths else 0
    rows = [{key: words[index] for key, words in by_language.items()} for index in range(count)]
    if any(not word.strip() for row in rows for word in row.values()):
        findings.add("a choice is empty", *loc)
    return tuple(Text({key: word.strip() for key, word in row.items()}) for row in rows)
