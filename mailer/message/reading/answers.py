"""Which question does each of the client's words answer?

In order of trust: text right under one quoted question; lines that carry the question's number; as many paragraphs
(or lines) as questions, in order, when every rating finds its number; the only question there is; and a bare
number at the top for the only rating asked. All else is free text: the coach sees it, unattributed. Every character
of the client's stands in exactly one answer or in the free text, verbatim.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailer.message.reading.answers_courtesies import part
from mailer.message.reading.answers_order import in_order, leading_rating, numbered, without_number
from mailer.message.reading.quotes_sent import words_of
from mailer.message.reading.values import value_of
from mailer.model.incoming import Answered, Answers, AskedLetter, NewText, Passage
from mailer.model.plan import Question

_LEAST_CONFIDENCE = 0.5  # below it the text may hold quoted words, which answer nothing


@dataclass(slots=True)
class _Dealt:
    """Texts by question, and the free text, while they are dealt."""

    answers: dict[int, list[str]] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)

    def give(self, question: int | None, text: str) -> None:
        """Adds a text to a question, or to the free text; blank text is dropped."""
        if not text.strip():
            return
        text = text.strip("\n\r").rstrip()
        if question is None:
            self.free.append(text)
        else:
            self.answers.setdefault(question, []).append(text)


def deal(new: NewText, asked: AskedLetter) -> Answers:
    """The client's words dealt out to the questions, with the value each answer carries."""
    dealt = _Dealt()
    questions = asked.questions
    if not questions or new.confidence < _LEAST_CONFIDENCE:
        return Answers(answers=(), free=new.text)
    asks = [words_of(question.ask) for question in questions]
    inline = [_question_above(passage, asks) for passage in new.passages]
    if all(place is None for place in inline):
        _deal_block(dealt, "\n\n".join(passage.text for passage in new.passages), questions)
    else:
        for passage, place in zip(new.passages, inline, strict=True):
            dealt.give(place, passage.text)
    return _answers(dealt, asked)


def _answers(dealt: _Dealt, asked: AskedLetter) -> Answers:
    answered = []
    for place in sorted(dealt.answers):
        question, text = asked.questions[place], "\n\n".join(dealt.answers[place])
        said = "\n".join(part(text.split("\n")).body)
        value = value_of(question, without_number(said, place), language=asked.language)
        answered.append(Answered(question=place, kind=question.answer, text=text, value=value))
    return Answers(answers=tuple(answered), free="\n\n".join(dealt.free))


def _question_above(passage: Passage, asks: list[list[str]]) -> int | None:
    """The question in the quoted lines above a passage: the last of them, unless the letter's end is quoted too."""
    if not passage.quoted:
        return None
    quoted = words_of(passage.quoted)
    ends = {place: end for place, ask in enumerate(asks) if (end := _end_of(ask, quoted)) is not None}
    if not ends:
        return None
    last = max(ends, key=lambda place: ends[place])
    if len(ends) == len(asks) > 1 or (len(ends) > 1 and len(quoted) - ends[last] > 12):
        return None
    return last


def _end_of(ask: list[str], quoted: list[str]) -> int | None:
    """Where the words of a question, or at least its last ones, end among the quoted words."""
    wanted = ask[-6:] if len(ask) > 6 else ask
    if not wanted:
        return None
    for at in range(len(quoted) - len(wanted), -1, -1):
        if quoted[at] == wanted[0] and quoted[at : at + len(wanted)] == wanted:
            return at + len(wanted)
    return None


def _deal_block(dealt: _Dealt, text: str, questions: tuple[Question, ...]) -> None:
    """Deals a text written above or below the whole quote."""
    parted = part(text.split("\n"))
    dealt.give(None, "\n".join(parted.greeting))
    pieces = (
        [(0, "\n".join(parted.body))]
        if len(questions) == 1
        else numbered(parted.body, questions)
        or in_order(parted.body, questions)
        or leading_rating(parted.body, questions)
    )
    for place, piece in pieces or [(None, "\n".join(parted.body))]:
        dealt.give(place, piece)
    dealt.give(None, "\n".join(parted.closing))
