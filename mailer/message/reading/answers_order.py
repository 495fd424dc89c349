"""How does one block of text fall into answers to several questions?

By numbers ("1.", "2)", "Q3:", "#4"), by order (a paragraph or a line for each question), or by a bare number at the
top for the only rating asked. Each way gives pieces that together hold every line, or nothing where it does not fit:
a list inside one answer, wrapped prose or a rating without its number are no fit.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mailer.message.reading.answers_courtesies import is_name
from mailer.message.reading.ratings import is_bare_rating
from mailer.message.reading.values import value_of
from mailer.model.plan import AnswerKind, Question

Piece = tuple[int | None, str]

_LABEL = re.compile(
    r"\s{0,6}(?:[*_]{0,2})(?:(?:question|frage|pregunta|pergunta|domanda|vraag|answer|antwort|nr|no|q|a|ad)\.?\s?)?"
    r"(?:(#)\s?)?\(?(?P<number>\d{1,2})\s?([.):\-–]|(?=\s*[:–-]))(?:\s|$|(?=[^\W\d]))",
    re.IGNORECASE,
)
_WORDY_LABEL = re.compile(
    r"\s{0,6}(?:#|q|question|frage|pregunta|pergunta|domanda|vraag)\s?(?P<number>\d{1,2})\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!;,])\s+|\s+[-–—]\s+")


def numbered(lines: list[str], questions: tuple[Question, ...]) -> list[Piece] | None:
    """Pieces by the numbers the client wrote at the starts of lines."""
    labels = [(at, place) for at, line in enumerate(lines) if (place := _label(line)) is not None]
    places = [place for _, place in labels]
    if not labels or labels[0][0] != _first_said(lines):
        return None
    if any(below >= above for below, above in pairwise(places)) or places[-1] >= len(questions) or places[0] < 0:
        return None
    if len(labels) < 2 and not _WORDY_LABEL.match(lines[labels[0][0]]):
        return None
    ends = [at for at, _ in labels[1:]] + [len(lines)]
    return [(place, "\n".join(lines[at:end])) for (at, place), end in zip(labels, ends, strict=True)]


def _label(line: str) -> int | None:
    found = _LABEL.match(line) or _WORDY_LABEL.match(line)
    return int(found["number"]) - 1 if found is not None else None


def without_number(text: str, place: int) -> str:
    """An answer without the number of its question in front."""
    found = _WORDY_LABEL.match(text) or _LABEL.match(text)
    return text[found.end() :].lstrip(" .:)-") if found is not None and int(found["number"]) == place + 1 else text


def _first_said(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), 0)


def in_order(lines: list[str], questions: tuple[Question, ...]) -> list[Piece] | None:
    """Pieces by order: as many paragraphs as questions, or as many lines in one paragraph."""
    paragraphs = _paragraphs(lines)
    signed = paragraphs[:-1] if paragraphs and is_name(paragraphs[-1]) else []
    for pieces in (paragraphs, signed, _single_lines(lines, paragraphs)):
        if len(pieces) == len(questions) and _fits(pieces, questions):
            dealt: list[Piece] = list(enumerate(pieces))
            rest = _left_over(lines, pieces)
            return [*dealt, (None, rest)] if rest else dealt
    return None


def _left_over(lines: list[str], pieces: list[str]) -> str:
    """The closing lines that are in none of the pieces."""
    used = sum(1 for piece in pieces for line in piece.split("\n") if line.strip())
    said = [line for line in lines if line.strip()]
    return "\n".join(said[used:])


def _fits(pieces: list[str], questions: tuple[Question, ...]) -> bool:
    """Whether every rating asked for finds its number in its piece."""
    return all(
        value_of(question, piece) is not None
        for piece, question in zip(pieces, questions, strict=True)
        if question.answer is AnswerKind.RATING
    )


def _paragraphs(lines: list[str]) -> list[str]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(paragraph) for paragraph in found if paragraph]


def _single_lines(lines: list[str], paragraphs: list[str]) -> list[str]:
    """The lines of a text that was written line by line; [] where it may be wrapped prose."""
    if len(paragraphs) != 1:
        return []
    said = [line for line in lines if line.strip()]
    wrapped = any(len(above) > 50 and below.lstrip()[:1].islower() for above, below in pairwise(said))
    ended = sum(1 for line in said if line.rstrip()[-1] in ".!?)0123456789" or len(line) < 40)
    return said if not wrapped and ended >= len(said) - 1 else []


def leading_rating(lines: list[str], questions: tuple[Question, ...]) -> list[Piece] | None:
    """A bare number at the top goes to the only rating asked; with two questions, the rest goes to the other."""
    ratings = [place for place, question in enumerate(questions) if question.answer is AnswerKind.RATING]
    if len(ratings) != 1:
        return None
    first = _first_said(lines)
    if first >= len(lines):
        return None
    head, tail = lines[first], lines[first + 1 :]
    if not is_bare_rating(head):
        cut = _SENTENCE.search(head)
        if cut is None or not is_bare_rating(head[: cut.start()]):
            return None
        head, tail = (
            head[: cut.start()],
            [head[cut.end() :], *tail]
            if head[cut.start() : cut.end()].isspace()
            else [head[cut.start() :].lstrip(), *tail],
        )
    others = [place for place in range(len(questions)) if place not in ratings]
    rest = others[0] if len(others) == 1 else None
    return [(ratings[0], head), (rest, "\n".join(tail))]
