"""Which keys may a schedule file have? The tables as they are written; what they mean is read in schedule_file.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from mailer.durations import LENGTH_PATTERN
from mailer.model.plan import AnswerKind
from mailer.schedule.book import IfQuiet
from mailer.schedule.when_parse import FORMS
from mailer.tomlfile import Choice, Field, Spelling, Table

# What follows a type here is for editors only; it is never stricter than what is read.
Slug = Annotated[str, Spelling(r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Length = Annotated[str, Spelling(LENGTH_PATTERN, "20 minutes", "6 hours", "2 days", "1 week")]
WhenLine = Annotated[str, Spelling(r"[A-Za-z]", *FORMS)]
AudienceLine = Annotated[str, Spelling(r"\S", "everyone", "tag acme and language de", "clients ana, bela, chen")]
Language = Annotated[str, Spelling(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(\.formal)?$")]
Condition = Annotated[str, Spelling(r"\S", "session within 24 hours", 'no answer to "prep"', "any reply")]
Wordings = str | dict[Language, str]
Statements = Condition | tuple[Condition, ...]


class QuestionTable(Table):
    """One entry of `questions` that says more than its words."""

    ask: Wordings
    """The question, in one language or in a table of languages."""
    answer: Choice[AnswerKind] = AnswerKind.TEXT
    """What kind of answer it hopes for; a rating goes from 1 to 10, a commitment is something to do."""
    choices: tuple[str, ...] | dict[Language, tuple[str, ...]] = ()
    """What may be chosen from, two or more, where the answer is "choice"."""


_TIMES = ("at", "time", "times", "day", "days", "date", "every", "cron", "schedule", "send", "send_at")
_ZONES = ("zone", "timezone", "time_zone", "tz")
_AUDIENCES = ("audience", "to", "who", "clients", "client", "tags", "tag", "coach", "group")
_IN_ZONE = "every time is the client's own, so a schedule has no zone; each client has one (client edit)"


class PromptTable(Table):
    """One [[prompt]]."""

    advice: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(_TIMES, 'day and time stand in one line; write when = "every Friday at 08:30"'),
        **dict.fromkeys(_ZONES, _IN_ZONE),
        **dict.fromkeys(("name", "slug", "key"), 'a prompt is named by its id; write id = "week"'),
        **dict.fromkeys(("text", "body", "message"), 'write questions = ["…"], or template = "…" for more than those'),
        **dict.fromkeys(("lang", "language", "languages"), 'each text names its languages; write {en = "…", de = "…"}'),
    }

    id: Slug
    """Its name for good: small letters, figures and hyphens, once in the file."""
    formerly: tuple[Slug, ...] = ()
    """Ids it had before; a renamed prompt repeats nothing."""
    when: WhenLine
    """When it goes, in one line that can be said aloud; docs/when.md has every form."""
    at_latest: WhenLine | None = None
    """Where `when` waits for an answer: it goes without one then, such as 3 days after "goal" at 08:30."""
    max_late: Length | None = None
    """How late this letter may go after a downtime; what the file says if not given."""
    subject: Wordings
    """One line, neutral: never a goal, a feeling or a promise of the client's."""
    template: Slug | None = None
    """A template in templates/ other than the usual one, without .md."""
    questions: tuple[str | QuestionTable, ...] = ()
    """What is asked, in order: texts, or tables with `ask`, `answer` and `choices`."""
    only_if: Statements = ()
    """Conditions that must all hold at the moment the letter would go."""
    skip_if: Statements = ()
    """Conditions of which one is enough to leave the letter out."""
    stop_on: Statements = ()
    """Once one of these holds, the prompt never goes again."""
    supersedes: str | tuple[str, ...] = ()
    """Prompts of this file whose unanswered letters this one takes the place of: one id, or a list."""
    if_quiet: Choice[IfQuiet] | None = None
    """What becomes of it in a quiet time; "earlier" is usual before sessions, "later" elsewhere."""


class ScheduleTable(Table):
    """A schedule file: whom it is for, and the letters it sends."""

    advice: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(_AUDIENCES, 'whom a schedule is for stands in one line; write for = "everyone"'),
        **dict.fromkeys(_ZONES, _IN_ZONE),
        **dict.fromkeys(("id", "name", "slug"), "the id of a schedule is the name of its file; delete this line"),
        **dict.fromkeys(
            ("lang", "language", "languages"), 'each text names its languages; fallback = "en" is for others'
        ),
        "active": "write enabled = true or enabled = false",
        "disabled": "write enabled = true or enabled = false",
    }

    title: str
    """What people call the schedule."""
    practice: str | None = None
    """The practice it belongs to; needed where there are several."""
    audience: AudienceLine = Field(alias="for")
    """Whom it is for."""
    fallback: Language | None = None
    """The language for clients in whose own there is no text, one that every text has."""
    enabled: bool = True
    """false keeps the file and sends nothing."""
    max_late: Length | None = None
    """How late a letter may go after a downtime, 1 minute to 30 days; what config.toml says if not given."""
    only_if: Statements = ()
    """Conditions for every prompt that must all hold at the moment its letter would go."""
    skip_if: Statements = ()
    """Conditions for every prompt of which one is enough to leave a letter out."""
    stop_on: Statements = ()
    """Once one of these holds, no prompt of the file goes again."""
    prompt: tuple[PromptTable, ...] = Field(min_length=1)
    """The letters, one table for each."""
