"""How are clients' letters laid out: their questions, their first words, and the whole?

Texts of clients are cleaned here of everything that could act on its neighbours, and then stand word for word.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailer.digest.blocks import Asked, Block, Letter, Note, Quote, Who
from mailer.digest.clean import one_line, plain
from mailer.digest.parts import Asking, News, Person, Replied, Whole
from mailer.digest.phrases import Phrases, counted
from mailer.digest.signals import Trend
from mailer.digest.times import Clock
from mailer.digest.wording import answer, name, number

_ATTACHMENTS = 5
_LINE_LONGEST = 120


def asking(asked: Asking, told: Clock) -> Iterator[Block]:
    """A client's questions and their age."""
    words = told.words
    yield Who(name=name(asked.person, words), facts=(words.asks.format(age=told.age(asked.at)),))
    for question in asked.questions:
        yield Quote(text=one_line(question.text), cut=question.cut)
    if asked.more:
        yield Note(text=counted(words.more_questions, asked.more))
    yield from answer(asked.person, words)


def replied(writer: Replied, told: Clock, *, answered: set[Person]) -> Iterator[Block]:
    """A client's letters by their first words; `answered` are people whose answer link stands above."""
    words = told.words
    for position, news in enumerate(writer.letters):
        facts = (*_rating_facts(news.trend, words), told.moment(news.at, client_zone=writer.person.zone))
        bars = (*news.trend.before, news.trend.value) if news.trend else ()
        drawn = bars if len(bars) >= 3 else ()
        yield Who(name=name(writer.person, words) if position == 0 else "", facts=facts, bars=drawn)
        yield from _news(news, words)
    if writer.more:
        yield Note(text=counted(words.more_letters, writer.more))
    if writer.person not in answered:
        yield from answer(writer.person, words)


def _news(news: News, words: Phrases) -> Iterator[Block]:
    has_questions = any(each.question for each in news.said)
    for each in news.said:
        rating = "" if each.rating is None else words.rating.format(value=number(each.rating, words))
        label = each.question or (words.no_question if has_questions else "")
        if label or rating:
            yield Asked(text=one_line(" – ".join(part for part in (label, rating) if part)))
        if each.text:
            yield Quote(text=one_line(each.text), cut=each.cut)
    if news.last_question:
        yield Quote(label=words.also_asks, text=one_line(news.last_question.text), cut=news.last_question.cut)
    for sentence in news.commitments:
        yield Quote(label=words.commitment, text=one_line(sentence))
    if news.unshown:
        yield Note(text=counted(words.unshown, news.unshown))
    if not (news.said or news.last_question or news.trend):
        yield Note(text=words.see_above if news.asks_above else words.nothing_shown)
    yield from _remarks(news, words)


def _remarks(news: News, words: Phrases) -> Iterator[Block]:
    if news.steering:
        yield Note(text=words.steering)
    if news.unconfirmed:
        yield Note(text=words.unconfirmed)
    if news.unsure:
        yield Note(text=words.unsure)
    for note in news.notes:
        yield Note(text=one_line(note, longest=_LINE_LONGEST))
    yield from _attachments(news.attachments, words)
    if news.repeated:
        yield Note(text=words.repeated)


def whole(letter: Whole, told: Clock) -> Iterator[Block]:
    """One letter in full."""
    words = told.words
    facts = [told.moment(letter.at, client_zone=letter.person.zone)]
    facts += [words.automatic] if letter.automatic else []
    yield Who(name=name(letter.person, words), facts=tuple(facts))
    if letter.subject.strip():
        yield Asked(text=one_line(letter.subject, longest=_LINE_LONGEST))
    for question in letter.questions:
        yield Asked(label=words.asked_was, text=one_line(question))
    yield Letter(text=plain(letter.text).strip("\n") if letter.text.strip() else words.nothing_shown)
    if letter.words_left_out:
        yield Note(text=counted(words.left_out, letter.words_left_out))
    yield from _attachments(letter.attachments, words)


def _attachments(files: tuple[str, ...], words: Phrases) -> Iterator[Block]:
    """The files that came with a letter, the first few by name."""
    if files:
        told = ", ".join(one_line(each, longest=60) for each in files[:_ATTACHMENTS])
        rest = f" +{len(files) - _ATTACHMENTS}" if len(files) > _ATTACHMENTS else ""
        yield Note(text=f"{words.attachments}: {told}{rest}")


def _rating_facts(trend: Trend | None, words: Phrases) -> tuple[str, ...]:
    if trend is None:
        return ()
    told = words.rating.format(value=number(trend.value, words))
    if trend.change is not None:
        told += f" ({'+' if trend.change > 0 else '±' if trend.change == 0 else '−'}{number(abs(trend.change), words)})"
    return (f"{told}, {words.lower}" if trend.low else told,)
