"""Whom is a schedule for? "everyone", "tag acme and language de", "coach petra", "clients ana, bela, chen"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailer.model.people import Client
from mailer.model.plan import PlanClient
from mailer.schedule.expression import All, Expression, Is, Not, Some, Words, atoms, holds, parse_expression

EXAMPLES = '"everyone", "tag acme", "coach petra", "country DE", "language de" or "clients ana, bela"'


class Trait(StrEnum):
    """What may be asked of a client."""

    EVERYONE = "everyone"
    TAG = "tag"
    COACH = "coach"
    COUNTRY = "country"
    LANGUAGE = "language"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Named:
    """One statement: the client's trait is one of these words (lower case)."""

    trait: Trait
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """The clients an expression describes, and the expression as it was written."""

    text: str
    expression: Expression[Named]

    @property
    def is_personal(self) -> bool:
        """Whether it asks for what is kept sealed: tags, or clients by name."""
        return any(named.trait in (Trait.TAG, Trait.CLIENT) for named in atoms(self.expression))

    @property
    def coaches(self) -> frozenset[str]:
        """The coaches it names."""
        return frozenset(word for one in atoms(self.expression) if one.trait is Trait.COACH for word in one.words)

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages its members can have, a regional one counting as the language; None: any."""
        return _languages(self.expression)

    def includes(self, client: Client | PlanClient, coach_slug: str) -> bool:
        """Whether this client of this coach belongs to it."""
        return holds(self.expression, lambda named: _is_so(named, client, coach_slug))


def parse_audience(text: str) -> Audience:
    """The audience a text describes; raises ExpressionError."""
    return Audience(" ".join(text.split()), parse_expression(text, _named))


def _named(words: Words) -> Named:
    if words.take("everyone", "everybody", "all"):
        return Named(Trait.EVERYONE)
    for trait in (Trait.TAG, Trait.COACH, Trait.COUNTRY, Trait.LANGUAGE, Trait.CLIENT):
        if words.take(trait, _plural(trait)):
            found = {_word(words, trait)}
            while words.take(","):
                found.add(_word(words, trait))
            return Named(trait, frozenset(found))
    raise words.unknown(tuple(Trait), EXAMPLES)


def _word(words: Words, trait: Trait) -> str:
    return words.word(trait).strip('"“”').lower()


def _plural(trait: Trait) -> str:
    return {Trait.COUNTRY: "countries", Trait.COACH: "coaches"}.get(trait, f"{trait}s")


def _languages(expression: Expression[Named]) -> frozenset[str] | None:
    match expression:
        case Is(named):
            return named.words if named.trait is Trait.LANGUAGE else None
        case All(parts):
            known = [found for part in parts if (found := _languages(part)) is not None]
            return min(known, key=len, default=None)
        case Some(parts):
            either = [found for part in parts if (found := _languages(part)) is not None]
            return frozenset().union(*either) if len(either) == len(parts) else None
        case Not():
            return None


def _is_so(named: Named, client: Client | PlanClient, coach_slug: str) -> bool:
    match named.trait:
        case Trait.EVERYONE:
            return True
        case Trait.TAG:
            return not named.words.isdisjoint(tag.lower() for tag in client.tags)
        case Trait.COACH:
            return coach_slug.lower() in named.words
        case Trait.COUNTRY:
            country = client.country.lower()  # "DE" means Bavaria ("DE-BY") as well
            return country in named.words or country.partition("-")[0] in named.words
        case Trait.LANGUAGE:  # "de" means Austrian German as well
            language = client.language.lower()
            return language in named.words or language.partition("-")[0] in named.words
        case Trait.CLIENT:
            return client.slug.lower() in named.words
