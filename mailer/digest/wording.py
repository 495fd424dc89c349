"""How are a person, a number and a coach's clock told, wherever they stand in the digest?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from mailer.digest.blocks import Answer
from mailer.digest.english import EN
from mailer.digest.german import DE
from mailer.digest.parts import Digest, Person
from mailer.digest.phrases import Phrases
from mailer.digest.times import Clock


def phrases(language: str) -> Phrases:
    """The words of a coach's language; English where there are none in it."""
    return DE if language.lower().split("-")[0] == "de" else EN


def clock(digest: Digest) -> Clock:
    """The coach's own clock."""
    return Clock(zone=ZoneInfo(digest.zone), now=digest.now, words=phrases(digest.language))


def number(value: float, words: Phrases) -> str:
    """A rating as people write it: 7, 7.5."""
    return f"{round(value, 1):g}".replace(".", words.decimal)


def name(person: Person, words: Phrases) -> str:
    """The person's name, or what stands for someone who has left."""
    return person.name or words.someone


def names(people: Iterable[Person], words: Phrases) -> str:
    """Several names on one line."""
    return ", ".join(name(person, words) for person in people)


def answer(person: Person, words: Phrases) -> Iterator[Answer]:
    """The way to write to a person, where there is one."""
    if person.answer:
        yield Answer(label=words.answer.format(name=name(person, words)), address=person.answer)
