"""May a prompt go out, given what has happened? skip_if, only_if and stop_on.

Statements: `session within 24 hours` (one that begins in that time), `answer to "prep"` and `no answer to "prep"` (to
the letter of the same session, or the letter this one follows, else the latest), `any reply` (since the enrolment).
stop_on ends a series for good, so it takes only what stays true once it is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mailer.durations import parse_duration
from mailer.model.people import SessionState
from mailer.model.plan import PlanFacts, PromptHistory
from mailer.schedule.expression import (
    All,
    Expression,
    ExpressionError,
    Is,
    Not,
    Some,
    Words,
    atoms,
    holds,
    parse_expression,
)

EXAMPLES = '"session within 24 hours", "answer to …", "no answer to …" or "any reply"'


@dataclass(frozen=True, slots=True)
class SessionWithin:
    """A session begins within this time."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class AnswerTo:
    """The client has answered that prompt."""

    prompt: str


@dataclass(frozen=True, slots=True)
class AnyReply:
    """The client has written at all since the enrolment was made."""


Statement = SessionWithin | AnswerTo | AnyReply


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression of statements, and the text it was read from."""

    text: str
    expression: Expression[Statement]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a condition is judged against."""

    facts: PlanFacts
    now: datetime
    anchor: str  # of the occurrence in question
    names: dict[str, frozenset[str]]  # every prompt's present and former ids, by its present one
    about: UUID | None = None  # the session or promise it hangs on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When a prompt goes out: every only_if must hold, no skip_if may, and once a stop_on holds it is over."""

    only_if: tuple[Condition, ...] = ()
    skip_if: tuple[Condition, ...] = ()
    stop_on: tuple[Condition, ...] = ()

    def joined(self, other: Rules) -> Rules:
        """Both sets of rules at once."""
        return Rules(
            only_if=self.only_if + other.only_if,
            skip_if=self.skip_if + other.skip_if,
            stop_on=self.stop_on + other.stop_on,
        )

    def objection(self, situation: Situation) -> str | None:
        """Why the prompt may not go out now, in one sentence; None where it may."""
        for condition in self.stop_on:
            if _holds(condition, situation, ever=True):
                return f"The series has ended (stop_on: {condition.text})."
        for condition in self.skip_if:
            if _holds(condition, situation):
                return f"It is skipped in this case (skip_if: {condition.text})."
        for condition in self.only_if:
            if not _holds(condition, situation):
                return f"It goes out in another case only (only_if: {condition.text})."
        return None


def parse_condition(text: str) -> Condition:
    """The condition a text describes; raises ExpressionError."""
    return Condition(" ".join(text.split()), parse_expression(text, _statement))


def _statement(words: Words) -> Statement:
    if words.take("session"):
        return SessionWithin(_within(words))
    if words.take("answer", "reply"):
        if not words.take("to"):
            raise words.wrong('here "to" and the id of a prompt are missing, such as answer to "prep"')
        return AnswerTo(words.word("prompt's id").strip('"“”').strip())
    if words.take("any"):
        if not words.take("reply", "answer"):
            raise words.wrong('here "reply" is missing: any reply')
        return AnyReply()
    raise words.unknown(("session", "answer", "any", "no"), EXAMPLES)


def _within(words: Words) -> timedelta:
    if not words.take("within"):
        raise words.wrong('here "within" and a time are missing, such as session within 24 hours')
    start = words.wrong("").offset
    length = f"{words.word('time, such as 24 hours,')} {words.word('unit, such as hours,')}"
    try:
        return parse_duration(length)
    except ValueError as error:
        raise ExpressionError(start, str(error)) from error


def _holds(condition: Condition, situation: Situation, *, ever: bool = False) -> bool:
    return holds(condition.expression, lambda statement: _is_so(statement, situation, ever=ever))


def _is_so(statement: Statement, situation: Situation, *, ever: bool) -> bool:
    facts = situation.facts
    match statement:
        case SessionWithin(span):
            planned = (one.starts_at for one in facts.sessions if one.state is SessionState.PLANNED)
            return any(situation.now <= starts_at <= situation.now + span for starts_at in planned)
        case AnswerTo(prompt):
            return _answered(prompt, situation, ever=ever)
        case AnyReply():
            replied = facts.last_reply_at
            return replied is not None and replied >= facts.enrolment.started_at


def _answered(prompt: str, situation: Situation, *, ever: bool) -> bool:
    names = situation.names.get(prompt, frozenset({prompt}))
    letters = [letter for letter in situation.facts.history if letter.prompt in names]
    if not ever:
        letters = _the_one_meant(letters, situation)
    return any(letter.answered_at is not None for letter in letters)


def _the_one_meant(letters: list[PromptHistory], situation: Situation) -> list[PromptHistory]:
    """The letter about the same session or promise, else the one this one follows, else the latest."""
    about = situation.about
    followed = [one for one in letters if situation.anchor in (one.anchor, f"{one.prompt}/{one.anchor}")]
    if about is not None and any(letter.about is not None for letter in letters):
        return [one for one in letters if one.about == about] or followed
    return followed or letters[-1:]


def lasts(condition: Condition) -> bool:
    """Whether a condition stays true once it is: an answer or a reply cannot be taken back."""
    return _lasts(condition.expression)


def prompts_named(condition: Condition) -> list[str]:
    """The ids of the prompts a condition asks about."""
    return [statement.prompt for statement in atoms(condition.expression) if isinstance(statement, AnswerTo)]


def _lasts(expression: Expression[Statement]) -> bool:
    match expression:
        case All(parts) | Some(parts):
            return all(map(_lasts, parts))
        case Not():
            return False
        case Is(statement):
            return not isinstance(statement, SessionWithin)
