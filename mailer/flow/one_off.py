"""The schedule file of a question asked once, as a person would have written it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from mailer.model.plan import AnswerKind
from mailer.schedule.when import OnDate

LONGEST_TEXT = 2000
LONGEST_SUBJECT = 120
LONGEST_CHOICE = 120
SUBJECTS = {  # neutral ones: a subject is seen by whoever looks over a client's shoulder
    "en": "A question from {{ coach.first_name }}",
    "de": "Eine Frage von {{ coach.first_name }}",
    "es": "Una pregunta de {{ coach.first_name }}",
    "fr": "Une question",  # "de" would become "d'" before some names
    "it": "Una domanda da {{ coach.first_name }}",
    "nl": "Een vraag van {{ coach.first_name }}",
    "pt": "Uma pergunta de {{ coach.first_name }}",
}
_FILLED_IN = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}")
_TEMPLATE = re.compile(r"{[{%#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """What is asked, of whom and when."""

    text: str
    audience: str  # as it stands in `for`
    when: OnDate
    subject: str = ""  # as typed; "": the usual one
    language: str = "en"  # of the usual subject
    answer: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()
    max_late: str = ""  # "": what the deployment says


def asked_text(text: str) -> str:
    """A question as it is printed, in one paragraph; ValueError where it is none."""
    return _line(text, LONGEST_TEXT, "a question")


def subject_text(text: str) -> str:
    """A subject as it is printed."""
    return _line(text, LONGEST_SUBJECT, "a subject")


def choice_text(text: str) -> str:
    """One of the answers to choose from."""
    return _line(text, LONGEST_CHOICE, "a choice")


def schedule_text(asked: OneOff, *, practice: str, written: date) -> str:
    """The file. What was typed is printed as it was typed: nothing in it is read as a template."""
    subject = _literal(asked.subject) if asked.subject else SUBJECTS.get(asked.language, SUBJECTS["en"])
    question = [
        f"ask = {_quoted(asked.text)}",
        *([f'answer = "{asked.answer.value}"'] if asked.answer is not AnswerKind.TEXT else []),
        *([f"choices = [{', '.join(map(_quoted, asked.choices))}]"] if asked.choices else []),
    ]
    lines = [
        "#:schema ../schemas/schedule.schema.json",
        f"# Asked once, by `mailer ask` on {written}. To take it back before it goes, delete this file.",
        'title = "A question asked once"',
        "enabled = true",
        *([f"practice = {_quoted(practice)}"] if practice else []),
        f"for = {_quoted(asked.audience)}",
        *([f"max_late = {_quoted(asked.max_late)}"] if asked.max_late else []),
        "",
        "[[prompt]]",
        'id = "question"',
        f'when = "{asked.when}"',
        f"subject = {_quoted(subject)}",
        "",
        "[[prompt.questions]]",
        *question,
    ]
    return "\n".join(lines) + "\n"


def _line(text: str, longest: int, what: str) -> str:
    line = " ".join(text.split())
    unseen = next((one for one in line if not one.isprintable() and one not in "\u200d\u200c\ufe0f"), "")
    if not line:
        raise ValueError(f"{what} needs words")
    if unseen:
        raise ValueError(f"{what} holds an invisible character (U+{ord(unseen):04X}); type it again")
    if found := _FILLED_IN.search(line):
        raise ValueError(f"{found[0]} would be read by clients as it stands; write the words themselves")
    if len(line) > longest:
        raise ValueError(f"{what} has at most {longest:,} characters; this one has {len(line):,}")
    return line


def _literal(text: str) -> str:
    """Text as a template that prints it: a subject is one."""
    return _TEMPLATE.sub(lambda found: f"{{{{ '{found[0]}' }}}}", text)


def _quoted(text: str) -> str:
    """Text as a basic string of TOML, which JSON's strings are, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
