"""What the schedule files say, once read: a book of schedules, a schedule of prompts, a prompt of questions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property

from mailer.model.people import Client
from mailer.model.plan import PlanClient, Question, Rank
from mailer.schedule.audience import Audience
from mailer.schedule.conditions import Rules
from mailer.schedule.texts import QuestionText, Text, missing, own_languages, shared_key
from mailer.schedule.when import (
    AfterPrompt,
    AfterSilence,
    AroundPromise,
    AroundSession,
    EveryWeeks,
    ProgrammeDay,
    ProgrammeWeek,
    Side,
    Weekly,
    When,
)


class IfQuiet(StrEnum):
    """What becomes of a letter that falls into a quiet time."""

    EARLIER = "earlier"  # before it begins
    LATER = "later"  # after it ends, within max_late
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One letter of a schedule: when it goes, what it asks, and when it had better not go."""

    id: str
    formerly: tuple[str, ...] = ()
    when: When
    max_late: timedelta
    rules: Rules = field(default_factory=Rules)  # the schedule's and its own
    at_latest: AfterPrompt | None = None  # where `when` waits for an answer: not longer than until then
    if_quiet: IfQuiet
    supersedes: frozenset[str] = frozenset()  # ids of prompts whose unanswered letters it closes, its own included
    subject: Text
    template: str | None = None
    questions: tuple[QuestionText, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """Its id and every id it has had."""
        return frozenset({self.id, *self.formerly})

    @cached_property
    def reason(self) -> str:
        """Why it is due, in words: its `when` in canonical spelling."""
        return str(self.when)

    @cached_property
    def rank(self) -> Rank:
        """What it gives way to where a client would get too many letters in a week."""
        match self.when:
            case AroundSession():
                return Rank.SESSION
            case AroundPromise():
                return Rank.PROMISE
            case Weekly() | EveryWeeks() | ProgrammeWeek():
                return Rank.WEEKLY
            case _:
                return Rank.OTHER

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Its subject, its questions and their choices."""
        return (self.subject, *(text for question in self.questions for text in question.texts))

    @cached_property
    def languages(self) -> frozenset[str]:
        """Every language and form it is written in; empty where one text serves everyone."""
        return frozenset(key for text in self.texts for key in text.wordings if key)

    def subject_for(self, client: Client | PlanClient, *, fallback: str = "") -> str:
        """The subject in the language of the letter; PermanentFailure where there is no such language."""
        return self.subject.wording(self.key_for(client, fallback)) or ""

    def questions_for(self, client: Client | PlanClient, *, fallback: str = "") -> tuple[Question, ...]:
        """The questions in the language of the letter, in order; PermanentFailure where there is no such language."""
        key = self.key_for(client, fallback)
        found = (question.wording(key) for question in self.questions)
        return tuple(question for question in found if question is not None)

    def key_for(self, client: Client | PlanClient, fallback: str) -> str:
        """The one language and form that every text of this letter has for a client."""
        key = shared_key(self.texts, client, fallback=fallback)
        if key is None:
            raise missing(f'prompt "{self.id}"', client)
        return key


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule file. `slug` is its name without ".toml"; `fingerprint` changes with any part of its content."""

    slug: str
    title: str
    practice: str | None = None
    enabled: bool = True
    audience: Audience
    fallback: str = ""  # the language for clients in whose own there is no text; "": there is none for them
    prompts: tuple[Prompt, ...]
    fingerprint: str

    def prompt(self, name: str) -> Prompt:
        """The prompt of that id, or that once had it; KeyError where there is none."""
        return self._by_name[name]

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Every id each prompt has had, by its present one."""
        return {prompt.id: prompt.names for prompt in self.prompts}

    @cached_property
    def day_one_at(self) -> time | None:
        """When its first letter on a day of the programme goes: whether that has passed says which is day 1."""
        days = ((one.when.number, one.when.at) for one in self.prompts if isinstance(one.when, ProgrammeDay))
        return min(days, default=(0, None))[1]

    @cached_property
    def about_silence(self) -> frozenset[str]:
        """The ids of the prompts that answer silence, and so do not begin one."""
        return frozenset(
            name for prompt in self.prompts if isinstance(prompt.when, AfterSilence) for name in prompt.names
        )

    @cached_property
    def _by_name(self) -> dict[str, Prompt]:
        former = {name: prompt for prompt in self.prompts for name in prompt.formerly}
        return former | {prompt.id: prompt for prompt in self.prompts}


@dataclass(frozen=True, kw_only=True)
class Book:
    """All schedules of a folder, by slug, those that are switched off included."""

    schedules: Mapping[str, Schedule]

    @cached_property
    def version(self) -> str:
        """Changes with any schedule's content, with a new one and with one taken away."""
        content = "\n".join(f"{slug} {self.schedules[slug].fingerprint}" for slug in sorted(self.schedules))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def quiet_by_default(when: When) -> IfQuiet:
    """What comes before a session would be useless after it, so it moves forward; everything else waits."""
    before_session = isinstance(when, AroundSession) and when.side is Side.BEFORE
    return IfQuiet.EARLIER if before_session else IfQuiet.LATER


def letter_language(prompt: Prompt, client: Client | PlanClient, *, fallback: str = "") -> str:
    """The language a letter is in for a client, for its template and fixed phrases; theirs where all texts are plain.

    PermanentFailure where there is no language for it, as for its texts.
    """
    language = prompt.key_for(client, fallback).removesuffix(".formal")
    return language if language and language not in own_languages(client) else client.language
