"""Collects what is wrong in one schedule file while its parts are read on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches

from mailer.durations import parse_duration, say_duration
from mailer.errors import Problem
from mailer.schedule.audience import Audience, parse_audience
from mailer.schedule.conditions import Condition, Rules, lasts, parse_condition
from mailer.schedule.expression import ExpressionError
from mailer.schedule.when import When
from mailer.schedule.when_parse import WhenError, parse_when
from mailer.tomlfile import Places

Loc = tuple[str | int, ...]

Ids = Mapping[str, str]
"""Every id a prompt of the file has or had, and the one it has now."""

LONGEST_DELAY = timedelta(days=30)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 40


@dataclass(slots=True)
class Findings:
    """The problems of one file so far. Each reader gives the value, or None once it has noted why there is none."""

    places: Places
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, *loc: str | int, offset: int | None = None) -> None:
        """Notes a problem with a value, or with the character at `offset` of it."""
        problem = self.places.problem(message, *loc)
        if offset is not None:
            line, column = self.places.within(offset, *loc)
            problem = replace(problem, line=line, column=column)
        self.problems.append(problem)

    def add_to_key(self, message: str, *loc: str | int) -> None:
        """Notes a problem with a key rather than its value."""
        self.problems.append(self.places.key_problem(message, *loc))

    def name(self, text: str, *loc: str | int) -> str:
        """A name that may stand in an anchor, an address and a file name."""
        if not _NAME.fullmatch(text) or len(text) > _LONGEST_NAME:
            said = f'"{text[:60]}" is no id; use up to {_LONGEST_NAME} of a to z, 0 to 9 and "-", such as "week-2"'
            self.add(said, *loc)
        return text

    def when(self, text: str, *loc: str | int) -> When | None:
        """The meaning of a `when`."""
        try:
            return parse_when(text)
        except WhenError as error:
            self.add(str(error), *loc, offset=error.column - 1)
            return None

    def delay(self, text: str, *loc: str | int) -> timedelta | None:
        """How late a letter may go."""
        try:
            length = parse_duration(text)
        except ValueError as error:
            self.add(str(error), *loc)
            return None
        if not timedelta(minutes=1) <= length <= LONGEST_DELAY:
            self.add(f"{text} is too short or too long; write 1 minute to {say_duration(LONGEST_DELAY)}", *loc)
        return length

    def audience(self, text: str, *loc: str | int) -> Audience | None:
        """Whom a schedule is for."""
        try:
            return parse_audience(text)
        except ExpressionError as error:
            self.add(str(error), *loc, offset=error.offset)
            return None

    def rules(self, statements: dict[str, str | tuple[str, ...]], *loc: str | int) -> Rules:
        """The only_if, skip_if and stop_on of a table; what cannot be read is left out."""
        found = {key: self._conditions(written, *loc, key) for key, written in statements.items()}
        for place, condition in found["stop_on"]:
            if not lasts(condition):
                said = f'"{condition.text}" may become untrue again and cannot end a series; use skip_if or only_if'
                self.add(said, *place)
        return Rules(**{key: tuple(condition for _, condition in conditions) for key, conditions in found.items()})

    def _conditions(self, written: str | tuple[str, ...], *loc: str | int) -> list[tuple[Loc, Condition]]:
        found = []
        several = [(loc, written)] if isinstance(written, str) else [((*loc, i), one) for i, one in enumerate(written)]
        for place, text in several:
            try:
                found.append((place, parse_condition(text)))
            except ExpressionError as error:
                self.add(str(error), *place, offset=error.offset)
        return found

    def known(self, prompt: str, ids: Ids, *loc: str | int) -> None:
        """Notes a prompt that is named and not there, or not called so any more."""
        present = ids.get(prompt)
        if present == prompt:
            return
        if present is not None:
            said = f'"{prompt}" is what the prompt "{present}" was called before; write "{present}"'
        else:
            names = sorted(set(ids.values()))
            near = get_close_matches(prompt, names, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"this file has {', '.join(names)}"
            said = f'there is no prompt "{prompt}" in this schedule; {hint}'
        self.add(said, *loc)
