"""What of a client's letters is shown first, and how much of them in full?

The first words of a client take at most ninety words, however many letters and answers there are: the coach has two
minutes. The letters themselves follow whole further down, cut only where a mail would grow beyond what a mailbox takes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from mailer.digest import asks
from mailer.digest.parts import Asking, News, Person, Replied, Said, Whole
from mailer.digest.signals import Trend, is_rating, trend
from mailer.digest.summarise import Excerpt, body, cut_after, excerpts, says_nothing, word_count
from mailer.model.incoming import Answered
from mailer.model.plan import AnswerKind
from mailer.model.report import EntryKind, RatingRow, ReplyRow

WORDS_PER_CLIENT = 90
LETTERS_PER_CLIENT = 6
WORDS_PER_QUESTION = 40
WORDS_FOR_COMMITMENTS = 25
WORDS_IN_FULL = 4_000  # of one letter
ROOM_IN_FULL = 360_000  # bytes of all letters together; the rest of a mail of 400 kB is for what stands above
_UNSURE_BELOW = 0.5
_TOO_LITTLE_ROOM = 400  # bytes
_DRESS_OF_A_LINE = 24  # bytes
_LONGEST_WORD = 200  # characters: further back no blank is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A client who wrote, with all their letters of this digest in order of arrival."""

    person: Person
    signatures: tuple[str, ...]  # names they may sign with
    rows: tuple[ReplyRow, ...]
    ratings: tuple[RatingRow, ...]


def asking(writer: Writer) -> Asking | None:
    """What the client asks the coach, at most ninety words of it, the last question always; None for nothing."""
    found = [
        (row, question) for row in writer.rows if row.kind is EntryKind.REPLY for question in _questions(row, writer)
    ]
    if not found:
        return None
    shown: list[Excerpt] = []
    left = WORDS_PER_CLIENT
    for _, question in reversed(found):
        excerpt = _shortened(question)
        left -= word_count(excerpt.text)
        if shown and left < 0:
            break
        shown.insert(0, excerpt)
    return Asking(
        person=writer.person,
        at=found[-len(shown)][0].received_at,
        questions=tuple(shown),
        more=len(found) - len(shown),
    )


def replied(writer: Writer, *, above: Asking | None) -> Replied:
    """The client's letters by their first words; what stands among the questions `above` is not said twice."""
    shown = writer.rows[:LETTERS_PER_CLIENT]
    words = WORDS_PER_CLIENT // len(shown)
    said_above = {excerpt.text for excerpt in above.questions} if above else set()
    return Replied(
        person=writer.person,
        letters=tuple(_news(row, writer, words=words, said_above=said_above) for row in shown),
        more=len(writer.rows) - len(shown),
    )


def in_full(rows: Sequence[tuple[Person, ReplyRow]], *, expanded: Collection[UUID]) -> tuple[tuple[Whole, ...], int]:
    """The letters whole, in the order given, and how many had to be left out; `expanded` are the clients shown above.

    A letter beyond its share is cut after a word and says how many words are missing.
    """
    room = ROOM_IN_FULL
    found: list[Whole] = []
    for person, row in rows:
        if room < _TOO_LITTLE_ROOM:
            break
        text, missing = _within(row.text, room=room)
        room -= _weight(text) + _weight(row.subject)
        bare = row.client_id in expanded and row.kind is EntryKind.REPLY
        found.append(
            Whole(
                person=person,
                at=row.received_at,
                subject=row.subject,
                questions=() if bare else row.questions,
                text=text,
                words_left_out=missing,
                automatic=row.kind is EntryKind.AUTO_REPLY,
                attachments=() if bare else row.attachments,
            )
        )
    return tuple(found), len(rows) - len(found)


def _news(row: ReplyRow, writer: Writer, *, words: int, said_above: set[str]) -> News:
    pieces = _pieces(row, writer)
    promised = asks.commitments(_body(row, writer))[:2]
    asked = [question for question in _questions(row, writer)[-1:] if _shortened(question).text not in said_above]
    reserved = sum(word_count(_shortened(question).text) for question in asked)
    reserved += min(WORDS_FOR_COMMITMENTS, sum(map(word_count, promised)))
    texts = [_unnumbered(answer, row) if answer else row.free or row.text for answer in pieces]
    found = excerpts(texts, names=writer.signatures, words=max(words - reserved, words // 3))
    rating = _single_rating(row)
    said, unshown = _said(row, pieces, found, said_above=said_above, single=rating is not None)
    last = next((_shortened(question) for question in asked if not any(question in each.text for each in said)), None)
    left = words - sum(word_count(each.text) for each in said) - (word_count(last.text) if last else 0)
    return News(
        at=row.received_at,
        subject=row.subject,
        said=said,
        unshown=unshown,
        trend=None if rating is None else _trend(rating, row, writer),
        last_question=last,
        commitments=_unsaid(promised, row, said, words=left),
        notes=(row.note,) if row.note else (),
        unconfirmed=row.unconfirmed,
        unsure=row.confidence < _UNSURE_BELOW,
        repeated=row.repeated,
        asks_above=any(_shortened(question).text in said_above for question in _questions(row, writer)),
        steering=row.kind is EntryKind.STEERING,
        attachments=row.attachments,
    )


def _pieces(row: ReplyRow, writer: Writer) -> list[Answered | None]:
    """The answers, then None for the words outside them, or for all words where nothing was dealt out.

    "Hi Petra," above numbered answers is outside of them and no news.
    """
    answers: list[Answered | None] = [
        answer for answer in row.answers if answer.text.strip() or _number(answer) is not None
    ]
    return answers if answers and says_nothing(row.free, names=writer.signatures) else [*answers, None]


def _unnumbered(answer: Answered, row: ReplyRow) -> str:
    """An answer without the number of its question: the question itself stands above it."""
    number = re.match(r"\s*(\d+)\s?[.):]\s+", answer.text) if len(row.questions) > 1 else None
    return answer.text[number.end() :] if number and int(number[1]) == answer.question + 1 else answer.text


def _said(
    row: ReplyRow,
    pieces: Sequence[Answered | None],
    found: Sequence[Excerpt | None],
    *,
    said_above: set[str],
    single: bool,
) -> tuple[tuple[Said, ...], int]:
    said: list[Said] = []
    unshown = 0
    for answer, excerpt in zip(pieces, found, strict=True):
        text = "" if excerpt is None else excerpt.text
        rating = _number(answer) if answer else None
        if not text and rating is None:
            unshown += bool(answer and answer.text.strip())
            continue
        if rating is not None and not any(sign.isalpha() for sign in text):
            text = ""  # "7/10" says no more than the number shown
        if text in said_above or (single and not text and rating is not None):
            continue
        question = row.questions[answer.question] if answer and 0 <= answer.question < len(row.questions) else ""
        cut = bool(text and excerpt and excerpt.cut)
        said.append(Said(question=question, text=text, cut=cut, rating=None if single else rating))
    return tuple(said), unshown


def _number(answer: Answered) -> float | None:
    value = answer.value
    counts = answer.kind is AnswerKind.RATING and isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if counts and value is not None and is_rating(float(value)) else None


def _single_rating(row: ReplyRow) -> float | None:
    """The letter's rating where it holds just one; of several none speaks for the letter."""
    values = [value for answer in row.answers if (value := _number(answer)) is not None]
    return values[0] if len(values) == 1 else None


def _trend(value: float, row: ReplyRow, writer: Writer) -> Trend:
    return trend(writer.ratings, value=value, at=row.received_at)


def _questions(row: ReplyRow, writer: Writer) -> tuple[str, ...]:
    return asks.questions(_body(row, writer), asked=row.questions) if row.kind is EntryKind.REPLY else ()


def _body(row: ReplyRow, writer: Writer) -> str:
    start, end = body(row.text, names=writer.signatures)
    return row.text[start:end]


def _shortened(sentence: str) -> Excerpt:
    if word_count(sentence) <= WORDS_PER_QUESTION:
        return Excerpt(text=sentence)
    return Excerpt(text=cut_after(sentence, words=WORDS_PER_QUESTION), cut=True)


def _unsaid(promised: Sequence[str], row: ReplyRow, said: Sequence[Said], *, words: int) -> tuple[str, ...]:
    """Possible commitments that are not shown yet, and not the answer to a question for one."""
    asked_for = [answer.text for answer in row.answers if answer.kind is AnswerKind.COMMITMENT]
    found: list[str] = []
    for sentence in promised:
        words -= word_count(sentence)
        if words >= 0 and not any(sentence in text for text in [*(each.text for each in said), *asked_for]):
            found.append(sentence)
    return tuple(found)


def _within(text: str, *, room: int) -> tuple[str, int]:
    """As much of a letter as has room, and how many words are missing."""
    kept = cut_after(text, words=WORDS_IN_FULL)
    kept = text if len(kept) >= len(text.rstrip()) else kept
    if _weight(kept) > room:
        kept = _by_lines(kept, room=room)
    return kept, word_count(text) - word_count(kept)


def _by_lines(text: str, *, room: int) -> str:
    """Whole lines while they have room, and the beginning of the first that has none."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if _weight(line) > room:
            start = line.encode(errors="replace")[: max(room - _DRESS_OF_A_LINE, 0)].decode(errors="ignore")
            lines.append(start.rsplit(maxsplit=1)[0] if " " in start[-_LONGEST_WORD:] else start)
            break
        lines.append(line)
        room -= _weight(line)
    return "".join(lines)


def _weight(text: str) -> int:
    """What a text adds to a mail, in bytes, with the marks that each of its lines is dressed in."""
    return len(text.encode(errors="replace")) + _DRESS_OF_A_LINE * text.count("\n")
