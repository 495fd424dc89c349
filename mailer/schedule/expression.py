"""The small language of "and", "or", "not" and brackets that audiences and conditions share.

"and" binds tighter than "or", "not" tighter than both; "no session ..." is "not session ...", "A except B" "A and not
B". What stands between these words is the caller's: it gets the words and takes what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

A = TypeVar("A")

_WORD = re.compile(r'"[^"]*"|“[^”]*”|[(),;]|[^\s(),;"“]+|["“]')
_SIGNS = {"&": "and", "&&": "and", "+": "and", "|": "or", "||": "or"}
_NOISE = (":", "=")
_DEEPEST = 20  # brackets and "not" inside each other; people write one or two


class ExpressionError(ValueError):
    """An expression that cannot be read; `offset` (from 0) says where."""

    def __init__(self, offset: int, message: str) -> None:
        self.offset = offset
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class All(Generic[A]):
    """True where every part is."""

    parts: tuple[Expression[A], ...]


@dataclass(frozen=True, slots=True)
class Some(Generic[A]):
    """True where at least one part is."""

    parts: tuple[Expression[A], ...]


@dataclass(frozen=True, slots=True)
class Not(Generic[A]):
    """True where its part is not."""

    part: Expression[A]


@dataclass(frozen=True, slots=True)
class Is(Generic[A]):
    """True where one plain statement is."""

    atom: A


Expression = All[A] | Some[A] | Not[A] | Is[A]


def holds(expression: Expression[A], true: Callable[[A], bool]) -> bool:
    """Whether an expression is true, given which of its plain statements are."""
    match expression:
        case All(parts):
            return all(holds(part, true) for part in parts)
        case Some(parts):
            return any(holds(part, true) for part in parts)
        case Not(part):
            return not holds(part, true)
        case Is(atom):
            return true(atom)


def atoms(expression: Expression[A]) -> list[A]:
    """Every plain statement of an expression, in reading order."""
    match expression:
        case All(parts) | Some(parts):
            return [atom for part in parts for atom in atoms(part)]
        case Not(part):
            return atoms(part)
        case Is(atom):
            return [atom]


class Words:
    """The words of a text, taken one after the other."""

    def __init__(self, text: str) -> None:
        found = [(one.group(), one.start()) for one in _WORD.finditer(text) if one.group() not in _NOISE]
        self._words = [(_SIGNS.get(word, word), at) for word, at in found]
        self._next = 0
        self._end = len(text.rstrip())

    @property
    def next(self) -> str:
        """The next word in lower case, "" at the end."""
        return self._words[self._next][0].lower() if self._next < len(self._words) else ""

    def take(self, *wanted: str) -> bool:
        """Takes the next word if it is one of these, with a colon behind it or without."""
        if self.next and (self.next in wanted or self.next.rstrip(":") in wanted):
            self._next += 1
            return True
        return False

    def word(self, what: str) -> str:
        """Takes the next word, as it is written; `what` names it where there is none."""
        if not self.next or self.next in {"and", "or", "not", "except", "(", ")", ",", ";"}:
            raise self.wrong(f"here a {what} is missing")
        self._next += 1
        return self._words[self._next - 1][0]

    def wrong(self, message: str) -> ExpressionError:
        """The error at the next word."""
        at_end = self._next >= len(self._words)
        return ExpressionError(self._end if at_end else self._words[self._next][1], message)

    def unknown(self, known: tuple[str, ...], examples: str) -> ExpressionError:
        """The error that says the next word starts nothing known, with the nearest that would."""
        if not self.next:
            return self.wrong(f"here something is missing; write {examples}")
        near = get_close_matches(self.next, known, n=1, cutoff=0.6)
        hint = f'did you mean "{near[0]}"?' if near else f"write {examples}"
        return self.wrong(f'"{self.next}" is not understood; {hint}')


def parse_expression(text: str, atom: Callable[[Words], A]) -> Expression[A]:
    """The expression a text stands for; raises ExpressionError."""
    words = Words(text)
    found = _either(words, atom, depth=0)
    if words.next:
        said = f'"{words.next}" is not understood; join statements with "and" or "or", names with commas'
        raise words.wrong(said)
    return found


def _either(words: Words, atom: Callable[[Words], A], *, depth: int) -> Expression[A]:
    parts = [_both(words, atom, depth=depth)]
    while words.take("or"):
        parts.append(_both(words, atom, depth=depth))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _both(words: Words, atom: Callable[[Words], A], *, depth: int) -> Expression[A]:
    parts = [_one(words, atom, depth=depth)]
    while (word := words.next) and words.take("and", "but", "except"):
        if word == "but" and words.next != "not":
            raise words.wrong('after "but" a "not" is missing; write "but not …", "except …" or "and …"')
        part = _one(words, atom, depth=depth)
        parts.append(Not(part) if word == "except" else part)
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _one(words: Words, atom: Callable[[Words], A], *, depth: int) -> Expression[A]:
    if depth > _DEEPEST:
        raise words.wrong("this is nested too deeply")
    if words.take("not", "no"):
        return Not(_one(words, atom, depth=depth + 1))
    if words.take("("):
        found = _either(words, atom, depth=depth + 1)
        if not words.take(")"):
            raise words.wrong('here a ")" is missing')
        return found
    return Is(atom(words))
