"""Reading a `when`: the value it stands for, or an error that shows the place and the nearest line that works.

The nearest line is found by mending: at the place where the grammar stops, a word is replaced by one it knows, left out
or put in, and the result is read again; the mended line most like the original wins. What is offered always reads.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache
from itertools import count

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from mailer.schedule.doubts import doubt_of
from mailer.schedule.when import When
from mailer.schedule.when_grammar import GRAMMAR, SAMPLES
from mailer.schedule.when_meaning import Meaning
from mailer.schedule.when_words import Unmeant

LONGEST = 200  # characters; the longest sensible line is half of that
FORMS = (
    "every Friday at 08:30",
    "every weekday at 07:15",
    "every day at 09:00",
    "every 3 days at 09:00",
    "every 2 weeks on Tuesday at 16:00",
    "first Monday of the month at 09:00",
    "on 2027-03-01 at 09:00",
    "day 1 at 09:00",
    "week 3 on Tuesday at 09:00",
    "2 days before session at 09:00",
    "20 hours before session",
    "3 hours after session",
    "on the day of session at 08:00",
    "2 days before session 6 at 09:00",
    "1 day after first session at 09:00",
    "after last session",
    "on the day of promise at 08:30",
    "1 day after promise at 08:30",
    "after 5 days of silence at 10:00",
    '4 days after "prep" at 10:00',
    '1 day after answer to "prep" at 08:30',
    "14 days before end at 09:00",
    "on the last day at 09:00",
    "cron 30 8 * * fri",
)
_MISSING = {"TIME": "a time such as 09:00 is missing", "PROMPT": "the id of a prompt is missing"}
_STARTS = ("every", "after", "on")
_ATTEMPTS = 100  # readings spent on mending one line: about 20 milliseconds
_MENDABLE = 80  # characters of a line that mending looks at


class WhenError(ValueError):
    """A `when` that cannot be read: where it stops (column from 1), what was understood, and the nearest line."""

    def __init__(self, text: str, *, column: int, understood: str, suggestion: str, message: str) -> None:
        self.text = text
        self.column = column
        self.understood = understood
        self.suggestion = suggestion
        self.message = message
        shown = "".join(" " if character.isspace() else character for character in text)
        caret = f"    {' ' * (column - 1)}^" + ("" if understood in message else f" understood so far: {understood}")
        super().__init__(f"{message}; the nearest is: {suggestion}\n    {shown}\n{caret}")


def parse_when(text: str) -> When:
    """The value of a `when` line; raises WhenError where it has none."""
    try:
        return _read(text)
    except _Stop as stop:
        position, message, suggestion = _explained(text, stop)
        raise WhenError(
            text,
            column=position + 1,
            understood=text[:position].strip(),
            suggestion=suggestion,
            message=message,
        ) from None


def _explained(text: str, stop: _Stop) -> tuple[int, str, str]:
    """Where a line is wrong, why, and the nearest that can be read."""
    doubt = None if len(text) > LONGEST else doubt_of(text)
    if doubt is not None:
        return doubt.position, doubt.message, next(iter(_mend(doubt.instead)), FORMS[0])
    understood = text[: stop.position].strip()
    after = f' after "{understood}"' if understood and not stop.unmeant else ""
    return stop.position, f"{stop.message}{after}", _nearest(text, stop)


@dataclass(eq=False)
class _Stop(Exception):
    """Where reading stopped: the word there, what could have stood in its place, and a whole line where known."""

    position: int
    word: str
    expected: frozenset[str]
    message: str
    instead: str = ""
    unmeant: bool = False  # the grammar has such sentences, but this one says nothing


@cache
def _grammar() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=Meaning(), maybe_placeholders=False)


@lru_cache(maxsize=1024)
def _read(text: str) -> When:
    if len(text) > LONGEST:
        raise _Stop(LONGEST, "", frozenset(), f"a when has at most {LONGEST} characters")
    try:
        found: When = _grammar().parse(text.rstrip(" \t.;"))  # type: ignore[assignment]  # lark types the tree, not what it becomes
    except UnexpectedToken as error:
        raise _unexpected(text, error) from None
    except UnexpectedInput as error:  # a character no word starts with
        position = error.pos_in_stream or 0
        raise _Stop(position, text[position], frozenset(), f'"{text[position]}" is not understood') from None
    except Unmeant as error:
        raise _unmeant(text, error) from None
    return found


def _unexpected(text: str, error: UnexpectedToken) -> _Stop:
    expected = frozenset(error.expected) - {"$END"}
    if error.token.type == "$END":
        missing = next((said for name, said in _MISSING.items() if name in expected), "something is missing")
        return _Stop(len(text.rstrip()), "", expected, missing if text.strip() else "nothing is written here")
    position = error.token.start_pos or 0
    word = text[position:].split(maxsplit=1)[0]
    shown = word if '"' in word else f'"{word}"'
    return _Stop(position, word, expected, f"{shown} is not understood")


def _unmeant(text: str, error: Unmeant) -> _Stop:
    if error.token is None:
        return _Stop(len(text.rstrip()), "", frozenset({"CRON_FIELD"}), error.message, error.instead, unmeant=True)
    position, word = error.token.start_pos or 0, str(error.token)
    return _Stop(position, word, frozenset({error.token.type}), error.message, error.instead, unmeant=True)


def _nearest(text: str, stop: _Stop) -> str:
    """The canonical spelling of a line that can be read: the one meant where it is known, else the one most alike."""
    text = text.strip()[:_MENDABLE]
    if not text:
        return FORMS[0]
    if stop.instead:
        return next(iter(_mend(stop.instead)), FORMS[0])
    return max([*_mend(text), *FORMS], key=lambda line: _likeness(text, line))


def _mend(text: str) -> list[str]:
    """The first line to be read on the way from this one, likeliest changes first; [] where none is."""
    order = count()
    waiting = [(0.0, next(order), text)]
    seen = {text}
    for _ in range(_ATTEMPTS):
        if not waiting:
            break
        line = heapq.heappop(waiting)[-1]
        try:
            return [str(_read(line))]
        except _Stop as stop:
            for mended in _mended(line, stop):
                if mended not in seen:
                    seen.add(mended)
                    heapq.heappush(waiting, (-_likeness(text, mended), next(order), mended))
    return []


def _mended(line: str, stop: _Stop) -> Iterator[str]:
    before, after = line[: stop.position].rstrip(), line[stop.position + len(stop.word) :].lstrip()
    words = [word for name in sorted(stop.expected) for word in SAMPLES.get(name, ())]
    known = {word.lower(): word for word in words}
    likely = (
        words if stop.unmeant else [known[word] for word in get_close_matches(stop.word.lower(), known, cutoff=0.5)]
    )
    for word in likely:
        yield f"{before} {word} {after}".strip()
    if stop.word:
        yield f"{before} {after}".strip()
    for name in sorted(stop.expected):
        for word in SAMPLES.get(name, ())[:1]:
            yield f"{before} {word} {line[stop.position :]}".strip()
    yield from (f"{word} {line}" for word in _STARTS if not line.startswith(_STARTS))
    if before:  # the word before may be the wrong one: "on Friday" for "every Friday"
        yield f"{before.rpartition(' ')[0]} {line[stop.position :]}".strip()


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()
