"""Is every text of a prompt there in every language of the prompt?

A letter is in one language and one form from its subject to its last choice. So whatever languages one text of a
prompt has, all of its texts must have, "de.formal" included, even where the words are the same in both forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.model.plan import AnswerKind
from mailer.schedule.findings import Findings
from mailer.schedule.tables import PromptTable, QuestionTable, ScheduleTable, Wordings
from mailer.schedule.texts import QuestionText, Text
from mailer.tomlfile import belongs_outside

_LANGUAGE = re.compile(r"[a-z]{2,3}(-(?!(in)?formal)[a-z0-9]{2,8})*(\.formal)?")
_CODES = 'write a code such as en, de or "de.formal"'
_BRACES = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}")
_FILLED_IN = re.compile(r"{{.*?}}")
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
        return QuestionText(ask=_plain_text(written, findings, *loc))
    choices = _choices(written, findings, *loc, "choices")
    if written.answer is AnswerKind.CHOICE and len(choices) < 2:
        findings.add('a question with answer = "choice" needs choices = ["…", "…"], two or more', *loc)
    if written.answer is not AnswerKind.CHOICE and choices:
        findings.add('only a question with answer = "choice" has choices', *loc, "choices")
    return QuestionText(ask=_plain_text(written.ask, findings, *loc, "ask"), answer=written.answer, choices=choices)


def read_fallback(written: str, findings: Findings, *loc: str | int) -> str:
    """The language for clients in whose own there is no text."""
    language = written.strip().lower()
    if not _LANGUAGE.fullmatch(language) or language.endswith(".formal"):
        findings.add(f'"{written[:40]}" is not a language; write a code such as en or de', *loc)
    return language


@dataclass(frozen=True, slots=True)
class Readers:
    """What is known of those who read a schedule: the languages `for` asks for (None: any), and the fallback or ""."""

    languages: frozenset[str] | None
    fallback: str

    def may_read(self, key: str) -> bool:
        """Whether a wording could be the one that one of them reads."""
        language = key.removesuffix(".formal")
        if self.languages is None or language == self.fallback:
            return True
        return any(f"{one}-".startswith(f"{language}-") or language.startswith(f"{one}-") for one in self.languages)

    def lacking_in(self, keys: set[str]) -> set[str]:
        """The languages of theirs that translated texts do not have at all."""
        written = {key.removesuffix(".formal") for key in keys if key}
        if not written or self.languages is None or self.fallback:
            return set()
        return {one for one in self.languages if written.isdisjoint({one, one.partition("-")[0]})}


def check_languages(table: PromptTable, readers: Readers, findings: Findings, *loc: str | int) -> None:
    """Notes every text of a prompt that some reader could not have in the language of the others.

    A plain text beside translated ones is fine where it holds no words, and where one language in one form is all its
    readers have: it can be in no other then.
    """
    texts = list(_all_texts(table, *loc))
    others = {key for _, wordings in texts for key in wordings if key and readers.may_read(key)}
    asked = readers.lacking_in({key for _, wordings in texts for key in wordings})
    fallback = {readers.fallback} if readers.fallback else set()
    wanted = others | asked | fallback
    certain = readers.languages is not None and not fallback and len(wanted) == 1
    if not fallback and all("" in wordings for _, wordings in texts):
        return
    for place, wordings in texts:
        lacking = wanted - set(wordings)
        if "" in wordings:
            if not certain and any(map(_has_words, wordings[""])):
                findings.add(_unnamed(wanted, fallback=bool(fallback and wanted == fallback)), *place)
        elif lacking:
            reasons = (
                (lacking & fallback, "the fallback of this schedule"),
                (lacking & asked - fallback, "a language that `for` asks for"),
                (lacking - asked - fallback, "which other texts of the prompt have"),
            )
            findings.add(f"this text lacks {_joined(reasons)}", *place)


def _all_texts(table: PromptTable, *loc: str | int) -> Iterator[tuple[Loc, dict[str, tuple[str, ...]]]]:
    """The place of each text, and its wordings by language."""
    yield (*loc, "subject"), _by_language(table.subject)
    for index, question in enumerate(table.questions):
        place = (*loc, "questions", index)
        if isinstance(question, str):
            yield place, _by_language(question)
            continue
        yield (*place, "ask"), _by_language(question.ask)
        if question.choices:
            yield (*place, "choices"), _by_language(question.choices)


def _by_language(written: Wordings | tuple[str, ...] | dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    several = written if isinstance(written, dict) else {"": written}
    named = {key.lower(): (words,) if isinstance(words, str) else words for key, words in several.items()}
    return {key: words for key, words in named.items() if not key or _LANGUAGE.fullmatch(key)}


def _unnamed(wanted: set[str], *, fallback: bool) -> str:
    """What is wrong with a plain text where its language has to be named."""
    names = " and ".join(f'"{key}"' for key in sorted(wanted))
    why = f"the fallback of this schedule is {names}" if fallback else f"other texts of the prompt are in {names}"
    remedy = ", ".join(f'"{key}" = …' if "." in key else f"{key} = …" for key in sorted(wanted))
    return f"this text does not say which language it is in, and {why}; write {{{remedy}}}"


def _joined(reasons: tuple[tuple[set[str], str], ...]) -> str:
    """Keys and why each is needed: '"en", the fallback of this schedule, and "de", which …'."""
    said = [(" and ".join(f'"{key}"' for key in sorted(keys)), why) for keys, why in reasons if keys]
    return ", and ".join(f"{names}, {why}" for names, why in said)


def _has_words(text: str) -> bool:
    """Whether a text says anything in a language: "1 – 10?" does not, nor does what is filled in."""
    return any(character.isalpha() for character in _FILLED_IN.sub("", text))


def _text(written: Wordings, findings: Findings, *loc: str | int) -> Text:
    wordings = written if isinstance(written, dict) else {"": written}
    if not wordings:
        findings.add('there is no text in here; write {en = "…", de = "…"}', *loc)
    if isinstance(written, dict):
        _check_keys(written, findings, *loc)
    for key, wording in wordings.items():
        if not wording.strip():
            findings.add("this text is empty", *((*loc, key) if key else loc))
    return Text({key.lower(): wording.strip() for key, wording in wordings.items()})


def _plain_text(written: Wordings, findings: Findings, *loc: str | int) -> Text:
    """A text that is printed as it stands, unlike a subject: clients would read the braces."""
    text = _text(written, findings, *loc)
    for key, wording in text.wordings.items():
        if (found := _BRACES.search(wording)) is not None:
            said = (
                f"{found[0]} would be printed as it stands; questions are plain, subjects and templates are filled in"
            )
            findings.add(said, *((*loc, key) if key else loc))
    return text


def _check_keys(written: Mapping[str, object], findings: Findings, *loc: str | int) -> None:
    """Notes every key that is no language, and one that stands twice in other capitals."""
    first: dict[str, str] = {}
    for key in written:
        language, _, form = re.sub("[-_]((in)?formal)$", r".\1", key.lower()).partition(".")
        language = language.replace("_", "-")
        if (moved := _misplaced(findings, *loc, key)) is not None:
            findings.add_to_key(moved, *loc, key)
        elif form == "informal":
            findings.add_to_key(f'the informal text stands under "{language}" alone', *loc, key)
        elif not _LANGUAGE.fullmatch(key.lower()):
            meant = f"{language}.{form}" if form else language
            hint = f'did you mean "{meant}"?' if _LANGUAGE.fullmatch(meant) else _CODES
            findings.add_to_key(f'"{key[:40]}" is not a language; {hint}', *loc, key)
        elif (other := first.setdefault(key.lower(), key)) != key:
            findings.add_to_key(f'"{key}" and "{other}" are the same language; keep one of the two', *loc, key)


def _misplaced(findings: Findings, *loc: str | int) -> str | None:
    """What to say of a key that stands among the languages of a text and belongs to a table around it."""
    tables = ((), ScheduleTable), (loc[:2], PromptTable), (loc[:4], QuestionTable)
    return belongs_outside(loc, [(at, table) for at, table in tables if len(at) < len(loc) - 1], findings.places)


def _choices(written: QuestionTable, findings: Findings, *loc: str | int) -> tuple[Text, ...]:
    by_language = written.choices if isinstance(written.choices, dict) else {"": written.choices}
    if isinstance(written.choices, dict):
        _check_keys(written.choices, findings, *loc)
    lengths = {len(words) for words in by_language.values()}
    if len(lengths) > 1:
        findings.add("every language needs the same number of choices, in the same order", *loc)
        return ()
    count = lengths.pop() if lengths else 0
    rows = [{key.lower(): words[index] for key, words in by_language.items()} for index in range(count)]
    if any(not word.strip() for row in rows for word in row.values()):
        findings.add("a choice is empty", *loc)
    return tuple(Text({key: word.strip() for key, word in row.items()}) for row in rows)
