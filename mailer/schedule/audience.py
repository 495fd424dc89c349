"""Whom is a schedule for? "everyone", "tag acme and language de", "coach petra", "clients ana, bela, chen"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mailer.model.people import Client
from mailer.model.plan import PlanClient
from mailer.schedule.countries import country_meant, is_country
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

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_SPOKEN = {
    **dict.fromkeys(("english", "eng"), "en"),
    **dict.fromkeys(("german", "deutsch", "deu", "ger"), "de"),
    **dict.fromkeys(("french", "français", "fra", "fre"), "fr"),
    **dict.fromkeys(("spanish", "español", "spa", "esp"), "es"),
    **dict.fromkeys(("italian", "italiano", "ita"), "it"),
    **dict.fromkeys(("dutch", "nederlands", "nld"), "nl"),
    **dict.fromkeys(("portuguese", "português", "por"), "pt"),
}
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
        return self._words(Trait.COACH)

    @property
    def clients(self) -> frozenset[str]:
        """The clients it names."""
        return self._words(Trait.CLIENT)

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages its members can have, a regional one counting as the language; None: any."""
        return _languages(self.expression)

    def _words(self, trait: Trait) -> frozenset[str]:
        return frozenset(word for one in atoms(self.expression) if one.trait is trait for word in one.words)

    def includes(self, client: Client | PlanClient, coach_slug: str) -> bool:
        """Whether this client of this coach belongs to it."""
        return holds(self.expression, lambda named: _is_so(named, client, coach_slug))


def parse_audience(text: str) -> Audience:
    """The audience a text describes; raises ExpressionError."""
    return Audience(" ".join(text.split()), parse_expression(text, _Reader().named))


class _Reader:
    """Reads statement after statement; remembers the last one, for a word that does not say what it is."""

    def __init__(self) -> None:
        self._last: Trait | None = None

    def named(self, words: Words) -> Named:
        """The next statement."""
        if words.take("everyone", "everybody", "all", "every"):
            words.take("clients", "client")
            return Named(Trait.EVERYONE)
        trait = next((one for one in _LISTED if words.take(one, _plural(one))), None)
        if trait is None:
            raise self._unknown(words)
        self._last = trait
        found = {_word(words, trait)}
        while words.take(","):
            if words.next.rstrip(":") in _STARTS:
                raise words.wrong(f'after a comma comes another {trait}; join statements with "and" or "or"')
            found.add(_word(words, trait))
        return Named(trait, frozenset(found))

    def _unknown(self, words: Words) -> ExpressionError:
        if words.next in ("nobody", "none"):
            return words.wrong(f'"{words.next}" is not understood; to send nothing, write enabled = false')
        if self._last is not None and words.next not in ("", "and", "or", "(", ")", ",", ";"):
            instead = f'write "{self._last} {words.next}", or a comma where any of several will do'
            return words.wrong(f'"{words.next}" is not understood; if it is a {self._last}, {instead}')
        return words.unknown(_STARTS, EXAMPLES)


def _word(words: Words, trait: Trait) -> str:
    offset = words.wrong("").offset
    written = words.word(trait).strip("\"“”'‘’")
    if (said := _objection(written, trait)) is not None:
        raise ExpressionError(offset, said)
    return written.lower()


def _objection(word: str, trait: Trait) -> str | None:
    """Why a word can mean no client at all: it would send to nobody, and nobody would notice."""
    if not word:
        return f"here a {trait} is missing"
    match trait:
        case Trait.COUNTRY if not is_country(word):
            return _no_code(word, trait, country_meant(word), "its two letters, such as PT, or a region: DE-BY")
        case Trait.LANGUAGE if not _LANGUAGE.fullmatch(word) or word.lower() in _SPOKEN:
            return _no_code(word, trait, _SPOKEN.get(word.lower()), "one such as de")
        case Trait.CLIENT | Trait.COACH if word.lower() == "of":
            return 'whose clients they are is said by "coach"; write "coach petra"'
        case Trait.CLIENT | Trait.COACH if not _SLUG.fullmatch(word):
            shown = "`mailer client list` shows them" if trait is Trait.CLIENT else "write the one in config.toml"
            return f'"{word}" is no short name of a {trait}; {shown}'
        case _:
            return None


def _no_code(word: str, trait: Trait, meant: str | None, usual: str) -> str:
    hint = f'did you mean "{meant}"?' if meant else f"write {usual}"
    return f'"{word}" is no {trait} code; {hint}'


def _plural(trait: Trait) -> str:
    return {Trait.COUNTRY: "countries", Trait.COACH: "coaches"}.get(trait, f"{trait}s")


_LISTED = (Trait.TAG, Trait.COACH, Trait.COUNTRY, Trait.LANGUAGE, Trait.CLIENT)
_STARTS = (*map(str, Trait), *map(_plural, _LISTED))


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
