"""Would every prompt make a letter? Tried on invented people, one for each language and form it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from mailer.errors import PermanentFailure, Problem
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.template import PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.people import Client, Coach, Form, Session
from mailer.schedule.book import Book, Prompt

_NOBODY = UUID(int=0)
_SOME_DAY = datetime(2027, 3, 4, 14, 0, tzinfo=UTC)


class _Anything(Mapping[str, str]):
    """The variables of a client of whom everything is known: which ones there are, only a real client can say."""

    def __getitem__(self, name: str) -> str:
        return f"({name})"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


def trials(book: Book, templates: PromptTemplates, *, folder: Path, templates_at: Path | None = None) -> list[Problem]:
    """What is wrong with the letters of all schedules: once for each fault, however many letters it spoils."""
    spoilt: dict[tuple[Path, int, str], list[str]] = {}
    for schedule in book.schedules.values():
        for prompt in schedule.prompts:
            for client in readers(prompt, templates):
                try:
                    _try(prompt, client, templates)
                except PermanentFailure as trouble:
                    file = folder / f"{schedule.slug}.toml"
                    letter = f"{schedule.slug}/{prompt.id} in {client.language}, {client.form.value}"
                    spoilt.setdefault(_fault(trouble, file, templates_at), []).append(letter)
    return [Problem(file, line, 0, "", _told(said, letters)) for (file, line, said), letters in spoilt.items()]


def _fault(trouble: PermanentFailure, schedule: Path, templates_at: Path | None) -> tuple[Path, int, str]:
    """Where a fault is, and what it is: in the template where there is one, else in the schedule that asks for it."""
    if isinstance(trouble, TemplateTrouble) and templates_at and (templates_at / trouble.template).exists():
        return templates_at / trouble.template, trouble.line, trouble.message
    return schedule, 0, str(trouble)


def _told(said: str, letters: list[str]) -> str:
    more = len(letters) - 1
    others = f", and {more} other letter{'s' if more > 1 else ''}" if more else ""
    return f"{said} (met in {letters[0]}{others})"


def readers(prompt: Prompt, templates: PromptTemplates) -> Iterator[Client]:
    """An invented client for each language and form the prompt is written in; an English one where it is in one."""
    languages = {one.partition(".")[0] for one in prompt.languages} or {"en"}
    for language in sorted(languages):
        forms = tuple(Form) if templates.words.has_forms(language) else (Form.INFORMAL,)
        for form in forms:
            yield Client(
                id=_NOBODY, practice_id=_NOBODY, coach_id=_NOBODY, slug="dana", name="Dana Reis",
                address="dana@example.org", zone="Europe/Lisbon", language=language, form=form, variables=_Anything(),
                created_at=_SOME_DAY,
            )  # fmt: skip


def _try(prompt: Prompt, client: Client, templates: PromptTemplates) -> None:
    coach = Coach(
        id=_NOBODY, practice_id=_NOBODY, practice="practice", slug="petra", name="Petra Vogl",
        address="petra@example.org", zone="Europe/Berlin", language="en", digest_at=time(7),
    )  # fmt: skip
    session = Session(
        id=_NOBODY, client_id=_NOBODY, coach_id=_NOBODY, number=1, starts_at=_SOME_DAY,
        ends_at=_SOME_DAY + timedelta(hours=1),
    )  # fmt: skip
    facts = LetterFacts(
        client=client, coach=coach, practice="Practice", subject=prompt.subject_for(client),
        questions=prompt.questions_for(client), session=session, promises=("walk on Tuesday", "call Lee"),
    )  # fmt: skip
    templates.render_subject(facts.subject, facts)
    templates.render_letter(prompt.template or "prompt", facts)
