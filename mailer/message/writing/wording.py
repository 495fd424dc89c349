"""The fixed phrases of letters, by language and form of address, from words.toml.

[de] holds the informal German of everything, [de.formal] what is said differently to someone addressed as "Sie". A
language with a formal table has two forms of address: nobody in it is ever written to in the wrong one. A language
without one has a single form. There is no other language to fall back on.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mailer.errors import PermanentFailure
from mailer.model.people import Form

FILE = "words.toml"

_PHRASES = (
    "reply",
    "reply_one",
    "one_of",
    "foot",
    "steer",
    "foot_notice",
    "rehearsal",
    "rehearsal_subject",
    "day",
    "moment",
)
DIRECTIONS = ("ltr", "rtl")
_LISTS = {"weekdays": 7, "months": 12}


class TemplateTrouble(PermanentFailure):
    """A template or phrase that makes no letter: this one is held, the others go; `line` is 0 where unknown."""

    def __init__(self, template: str, line: int, message: str) -> None:
        self.template = template
        self.line = line
        self.message = message
        super().__init__(f"{template}:{line}: {message}" if line else f"{template}: {message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The phrases of one language in one form of address. Phrases are Markdown templates like any other."""

    language: str
    direction: str  # "ltr" or "rtl"
    texts: Mapping[str, str]
    weekdays: tuple[str, ...]  # Monday first
    months: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def day(self, day: date) -> str:
        """A day in words: Thursday 3 December."""
        return self["day"].format(weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1])

    def moment(self, moment: datetime) -> str:
        """A moment in words, on the wall clock of its own zone: Thursday 3 December at 14:00."""
        return self["moment"].format(day=self.day(moment), time=f"{moment:%H:%M}")


class Words:
    """All phrases of words.toml, later files over earlier ones."""

    def __init__(self, files: Iterable[str]) -> None:
        self._tables: dict[str, dict[str, Any]] = {}
        for text in files:
            for language, table in _read(text).items():
                mine = self._tables.setdefault(language, {})
                formal = mine.get("formal", {}) | table.get("formal", {})
                mine.update(table | ({"formal": formal} if formal else {}))

    def languages(self) -> frozenset[str]:
        """The languages that letters can be written in."""
        return frozenset(self._tables)

    def has_forms(self, language: str) -> bool:
        """Whether the language addresses people in two ways."""
        return "formal" in self._table(language)

    def phrases(self, language: str, form: Form) -> Phrases:
        """The phrases for a reader; TemplateTrouble where the language has none or not all."""
        table = self._table(language)
        table = table | (table.get("formal", {}) if form is Form.FORMAL else {})
        try:
            return Phrases(
                language=language,
                direction=table.get("direction", "ltr"),
                texts={name: table[name] for name in _PHRASES},
                weekdays=tuple(table["weekdays"]),
                months=tuple(table["months"]),
            )
        except KeyError as missing:
            raise TemplateTrouble(FILE, 0, f"[{language}] has no {missing.args[0]}; write it there") from None

    def _table(self, language: str) -> dict[str, Any]:
        for tag in (language, language.partition("-")[0]):
            if tag in self._tables:
                return self._tables[tag]
        known = ", ".join(sorted(self._tables)) or "none"
        raise TemplateTrouble(FILE, 0, f'has no phrases for the language "{language}"; it has: {known}')


def _read(text: str) -> dict[str, dict[str, Any]]:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateTrouble(FILE, 0, str(error)) from error
    for language, table in read.items():
        if not isinstance(table, dict):
            raise TemplateTrouble(FILE, 0, f"{language} stands above every language; write it under [en], for example")
        formal = table.get("formal", {})
        if not isinstance(formal, dict):
            raise TemplateTrouble(FILE, 0, f"[{language}] formal is a table of its own; write [{language}.formal]")
        _check(language, {key: value for key, value in table.items() if key != "formal"})
        _check(f"{language}.formal", formal)
    return read


def _check(heading: str, table: Mapping[str, object]) -> None:
    """Refuses what would be ignored, or break a letter: a misspelt phrase, and one that is no text."""
    for key, value in table.items():
        if key not in (*_PHRASES, "direction", *_LISTS):
            near = difflib.get_close_matches(key, [*_PHRASES, "direction", *_LISTS], n=1)
            hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(_PHRASES)}"
            raise TemplateTrouble(FILE, 0, f"[{heading}] has a phrase {key[:40]}, which is none; {hint}")
        number = _LISTS.get(key)
        if key == "direction" and value not in DIRECTIONS:
            raise TemplateTrouble(FILE, 0, f'[{heading}] direction is {value!r:.20}; there is "ltr" and "rtl"')
        if number is None and not isinstance(value, str):
            raise TemplateTrouble(FILE, 0, f"[{heading}] {key} is no text; write it in quotes")
        if number is not None and not _is_list_of(number, value):
            raise TemplateTrouble(FILE, 0, f"[{heading}] {key} is a list of {number} names in quotes")


def _is_list_of(number: int, value: object) -> bool:
    return isinstance(value, list) and len(value) == number and all(isinstance(one, str) for one in value)
