"""Petra Vogl coaches Dana Reis, who lives in Lisbon; their practice, its templates and one prompt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from mailer.defaults import shipped
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.template import PromptTemplates
from mailer.model.people import Client, Coach, Session
from mailer.model.plan import Question

SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in shipped("templates").iterdir() if path.is_file()}
TEMPLATES = PromptTemplates(SHIPPED)

PETRA = Coach(
    id=UUID(int=1),
    practice_id=UUID(int=2),
    practice="vogl",
    slug="petra",
    name="Petra Vogl",
    address="petra@example.org",
    zone="Europe/Berlin",
    language="en",
    digest_at=time(7),
)
DANA = Client(
    id=UUID(int=3),
    practice_id=UUID(int=2),
    coach_id=UUID(int=1),
    slug="dana",
    name="Dana Reis",
    address="dana@example.net",
    zone="Europe/Lisbon",
    created_at=datetime(2026, 9, 1, tzinfo=UTC),
)
MEETING = Session(
    id=UUID(int=4),
    client_id=UUID(int=3),
    coach_id=UUID(int=1),
    number=5,
    starts_at=datetime(2026, 12, 3, 14, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 3, 15, 0, tzinfo=UTC),
)
QUESTIONS = (
    Question(ask="How was this week, 1 to 10?"),
    Question(ask="What took most of your energy?", choices=("work", "family", "health")),
    Question(ask="What will you do before next Friday, and when?"),
)

_ORDINARY = LetterFacts(
    client=DANA, coach=PETRA, practice="Vogl Coaching", subject="Your week in four lines", questions=QUESTIONS
)


def the_facts(
    *, client: dict[str, Any] | None = None, coach: dict[str, Any] | None = None, **changes: Any
) -> LetterFacts:
    """The ordinary letter with some facts changed."""
    return replace(_ORDINARY, client=replace(DANA, **(client or {})), coach=replace(PETRA, **(coach or {})), **changes)
