"""What a template may know: the names it can print, and nothing else of the objects behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from mailer.message.writing.sealed import QUESTION, REPLY_LINE, plain_value, seal
from mailer.message.writing.wording import Phrases
from mailer.model.people import Client, Coach, Session
from mailer.model.plan import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything one letter to a client is written from."""

    client: Client
    coach: Coach
    practice: str  # its title, as people read it
    subject: str = ""
    questions: tuple[Question, ...] = ()
    session: Session | None = None
    promises: tuple[str, ...] = ()  # what was promised for the day this letter is about, in the client's words
    extra: Mapping[str, object] = field(default_factory=dict)  # further names: texts and numbers
    notice: bool = False  # an answer to a steering word, not questions
    rehearsal: bool = False  # goes to the coach instead, marked


class Fields:
    """Named values for a template: `client.first_name`. False where there are none."""

    __slots__ = ("_of", "_values")

    def __init__(self, of: str, values: Mapping[str, object]) -> None:
        self._of = of
        self._values = values

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._values))

    def __bool__(self) -> bool:
        return bool(self._values)

    def __str__(self) -> str:
        return self._of


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts that print as a list, and may be gone through one by one."""

    texts: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def markdown(self) -> str:
        """A bullet for each."""
        return "\n\n" + "\n".join(f"- {seal(plain_value(text))}" for text in self.texts) + "\n\n" if self.texts else ""


@dataclass(frozen=True, slots=True)
class Questions:
    """A prompt's questions: printed whole, with numbers and the line that says how to answer; or one by one."""

    asked: tuple[Question, ...]
    reply: str  # Markdown: how to answer
    one_of: str  # before a question's choices

    def __iter__(self) -> Iterator[Question]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)

    def markdown(self) -> str:
        """A paragraph each, with its number as text: list numbers are lost when mail programs quote a letter."""
        if not self.asked:
            return ""
        numbers = [f"**{number}.** " for number in range(1, len(self) + 1)] if len(self) > 1 else [""]
        asked = [self._one(number, each) for number, each in zip(numbers, self.asked, strict=True)]
        return "\n\n" + "\n\n".join([*asked, REPLY_LINE + self.reply]) + "\n\n"

    def _one(self, number: str, question: Question) -> str:
        choices = f" {self.one_of} {', '.join(question.choices)}" if question.choices else ""
        return f"{QUESTION}{number}{seal(plain_value(question.ask + choices))}"


def facts_for(facts: LetterFacts, phrases: Phrases) -> dict[str, Any]:
    """The names a template can use; `extra` cannot stand in for the others. Questions are still bare here."""
    return {
        **facts.extra,
        "client": _person("client", facts.client.name, facts.client.first_name),
        "coach": _person("coach", facts.coach.name, facts.coach.name.partition(" ")[0]),
        "practice": facts.practice,
        "subject": facts.subject,
        "questions": facts.questions,
        "session": _session(facts, phrases),
        "promises": Lines(facts.promises),
        "own": Fields("own", facts.client.variables),
    }


def personal_words(context: Mapping[str, Any]) -> set[str]:
    """What the names of a template print that is someone's own: names, variables, promises."""
    fields = [one for one in context.values() if isinstance(one, Fields)]
    lines = [one for one in context.values() if isinstance(one, Lines)]
    return {str(value) for one in fields for value in one._values.values()} | {text for one in lines for text in one}


def _person(of: str, name: str, first_name: str) -> Fields:
    return Fields(of, {"name": name, "first_name": first_name})


def _session(facts: LetterFacts, phrases: Phrases) -> Fields:
    """The meeting on the client's own clock; no values where the letter hangs on none."""
    if facts.session is None:
        return Fields("session", {})
    starts = facts.session.starts_at.astimezone(ZoneInfo(facts.client.zone))
    return Fields(
        "session",
        {
            "when": phrases.moment(starts),
            "day": phrases.day(starts),
            "time": f"{starts:%H:%M}",
            "number": facts.session.number,
        },
    )
