"""Which wording does a client read? One text per language, with a formal variant where the language has one.

A text in one language only stands under "" and is for everyone. "de.formal" is the variant for clients addressed
formally; a client of a regional language ("de-AT") reads the plain one where there is no other. Nobody is given a text
in another language than their own unless the schedule names a fallback, and then every text of a letter is in that one:
where no language will do for all of them, nothing is composed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailer.errors import PermanentFailure
from mailer.model.people import Client, Form
from mailer.model.plan import AnswerKind, PlanClient, Question


@dataclass(frozen=True, slots=True)
class Text:
    """One text in all its languages."""

    wordings: Mapping[str, str]  # "en", "de", "de.formal", or "" alone

    def wording(self, key: str) -> str | None:
        """The wording of a language and form; a text for everyone has it in any."""
        return self.wordings.get(key, self.wordings.get(""))

    def for_client(self, client: Client | PlanClient, *, fallback: str = "") -> str | None:
        """The wording for a client's language and form; None where there is none."""
        key = shared_key([self], client, fallback=fallback)
        return None if key is None else self.wording(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionText:
    """One question in all its languages."""

    ask: Text
    answer: AnswerKind = AnswerKind.TEXT
    choices: tuple[Text, ...] = ()

    @property
    def texts(self) -> tuple[Text, ...]:
        """The question and its choices."""
        return (self.ask, *self.choices)

    def for_client(self, client: Client | PlanClient, *, fallback: str = "") -> Question | None:
        """The question as the client reads it; None where no language of theirs has all of it."""
        key = shared_key(self.texts, client, fallback=fallback)
        return None if key is None else self.wording(key)

    def wording(self, key: str) -> Question | None:
        """The question in one language and form; None where a part of it is missing there."""
        ask, *choices = (text.wording(key) for text in self.texts)
        known = tuple(choice for choice in choices if choice is not None)
        if ask is None or len(known) < len(choices):
            return None
        return Question(ask=ask, answer=self.answer, choices=known)


def shared_key(texts: Iterable[Text], client: Client | PlanClient, *, fallback: str = "") -> str | None:
    """The one language and form a client reads all of these texts in: "de.formal", or "" where all are for everyone.

    None where there is no such language. A formal client reads the plain form only where no text has the formal one.
    """
    asked = tuple(texts)
    written = {key for text in asked for key in text.wordings}
    if written <= {""}:
        return "" if asked else None
    for languages in (own_languages(client), [fallback.lower()] if fallback else []):
        formal = [f"{one}.formal" for one in languages if f"{one}.formal" in written]
        keys = formal if formal and client.form is Form.FORMAL else [one for one in languages if one in written]
        for key in keys:
            if all(text.wording(key) is not None for text in asked):
                return key
    return None


def own_languages(client: Client | PlanClient) -> list[str]:
    """The languages a client reads, the best first: a reader of de-at reads de as well."""
    language = client.language.lower()
    return list(dict.fromkeys([language, language.partition("-")[0]]))


def missing(what: str, client: Client | PlanClient) -> PermanentFailure:
    """The error that says a text is not there in the client's language."""
    form = " (formal)" if client.form is Form.FORMAL else ""
    return PermanentFailure(f'{what} has no text in "{client.language}"{form} for client {client.slug}; add it')
