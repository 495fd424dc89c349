"""Which wording does a client read? One text per language, with a formal variant where the language has one.

A text in one language only stands under "" and is for everyone. "de.formal" is the variant for clients addressed
formally; a client of a regional language ("de-AT") reads the plain one where there is no other. Nobody is ever given
a text in another language than their own: where it is missing, nothing is composed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.errors import PermanentFailure
from mailer.model.people import Client, Form
from mailer.model.plan import AnswerKind, PlanClient, Question


@dataclass(frozen=True, slots=True)
class Text:
    """One text in all its languages."""

    wordings: Mapping[str, str]  # "en", "de", "de.formal", or "" alone

    def for_client(self, client: Client | PlanClient) -> str | None:
        """The wording for a client's language and form; None where there is none."""
        return next((self.wordings[key] for key in keys_for(client) if key in self.wordings), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionText:
    """One question in all its languages."""

    ask: Text
    answer: AnswerKind = AnswerKind.TEXT
    choices: tuple[Text, ...] = ()

    def for_client(self, client: Client | PlanClient) -> Question | None:
        """The question as the client reads it; None where a part of it is missing in the client's language."""
        ask = self.ask.for_client(client)
        choices = [choice.for_client(client) for choice in self.choices]
        known = tuple(choice for choice in choices if choice is not None)
        if ask is None or len(known) < len(choices):
            return None
        return Question(ask=ask, answer=self.answer, choices=known)


def keys_for(client: Client | PlanClient) -> list[str]:
    """The languages a client reads, the best first: de-at.formal, de-at, de.formal, de, and the text for everyone."""
    language = client.language.lower()
    languages = dict.fromkeys([language, language.partition("-")[0]])
    forms = (".formal", "") if client.form is Form.FORMAL else ("",)
    return [*(f"{one}{form}" for one in languages for form in forms), ""]


def missing(what: str, client: Client | PlanClient) -> PermanentFailure:
    """The error that says a text is not there in the client's language."""
    form = " (formal)" if client.form is Form.FORMAL else ""
    return PermanentFailure(f'{what} has no text in "{client.language}"{form} for client {client.slug}; add it')
