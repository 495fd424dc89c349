"""Which keys may a schedule file have? The tables as they are written; what they mean is read in load.py."""

from __future__ import annotations

from mailer.model.plan import AnswerKind
from mailer.schedule.book import IfQuiet
from mailer.tomlfile import Choice, Field, Table

Wordings = str | dict[str, str]
Statements = str | tuple[str, ...]


class QuestionTable(Table):
    """One entry of `questions` that says more than its words."""

    ask: Wordings
    answer: Choice[AnswerKind] = AnswerKind.TEXT
    choices: tuple[str, ...] | dict[str, tuple[str, ...]] = ()


class PromptTable(Table):
    """One [[prompt]]."""

    id: str
    formerly: tuple[str, ...] = ()
    when: str
    max_late: str | None = None
    subject: Wordings
    template: str | None = None
    questions: tuple[str | QuestionTable, ...] = ()
    only_if: Statements = ()
    skip_if: Statements = ()
    stop_on: Statements = ()
    if_quiet: Choice[IfQuiet] | None = None


class ScheduleTable(Table):
    """A schedule file."""

    title: str
    practice: str | None = None
    audience: str = Field(alias="for")
    enabled: bool = True
    max_late: str | None = None
    only_if: Statements = ()
    skip_if: Statements = ()
    stop_on: Statements = ()
    prompt: tuple[PromptTable, ...] = Field(min_length=1)
