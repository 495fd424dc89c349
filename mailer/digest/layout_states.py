"""How is it told where people stand: today's sessions, the quiet, troubles of delivery, letters that wait?

One sentence each. A reason is told before a number, and whose word it was ("by their own notice").
"""

from __future__ import annotations

from collections.abc import Iterator

from mailer.digest.blocks import Block, Named, Note, Who
from mailer.digest.clean import one_line
from mailer.digest.parts import Held, Meeting, Problem, Quiet
from mailer.digest.phrases import Phrases, counted
from mailer.digest.signals import Reason, Standing
from mailer.digest.times import Clock
from mailer.digest.wording import name, number

_RATINGS_SHOWN = 8
_DETAIL_LONGEST = 160


def meeting(met: Meeting, told: Clock) -> Iterator[Block]:
    """A session of today, with what helps to prepare it."""
    words = told.words
    facts = [words.session.format(n=met.number)]
    hour, _, elsewhere = told.hour(met.at, client_zone=met.person.zone).partition(" ")
    facts += [elsewhere.strip("()")] if elsewhere else []
    facts += [words.cancelled] if met.cancelled else []
    ratings = met.ratings[-_RATINGS_SHOWN:]
    yield Who(lead=hour, name=name(met.person, words), facts=tuple(facts), bars=ratings if len(ratings) >= 3 else ())
    if met.cancelled:
        return
    if ratings:
        yield Note(text=words.ratings.format(values=", ".join(number(value, words) for value in ratings)))
    if met.asks or met.wrote:
        yield Note(text=words.asks_above if met.asks else words.wrote)
    elif met.standing.reason is not Reason.ANSWERING:
        yield Note(text=_sentence(_state(met.standing, told)))
    elif met.standing.last_word:
        when = told.moment(met.standing.last_word, client_zone=met.person.zone)
        yield Note(text=words.last_word.format(when=when))


def quiet(silent: Quiet, told: Clock) -> Iterator[Block]:
    """Someone from whom nothing comes: why, since when, and what waits for them."""
    words, standing = told.words, silent.standing
    text = _state(standing, told)
    if silent.word and silent.word_at:
        word = f"{words.quotes[0]}{one_line(silent.word, longest=_DETAIL_LONGEST)}{words.quotes[1]}"
        when = told.moment(silent.word_at, client_zone=silent.person.zone)
        text += f", {words.wrote_word.format(word=word, when=when)}"
    text = _sentence(text)
    if standing.reason is Reason.SILENT and standing.unanswered:
        text += f" {counted(words.unanswered, standing.unanswered)}"
    yield Named(name=name(silent.person, words), text=text)


def problem(trouble: Problem, told: Clock) -> Iterator[Block]:
    """A letter that did not go the ordinary way, or an address at fault."""
    words = told.words
    addresses = {Reason.DEAD: words.dead, Reason.FAILING: words.failing, Reason.NEVER_DELIVERED: words.never}
    about = addresses.get(Reason(trouble.what)) if trouble.what in set(Reason) else None
    text = about or counted(words.troubles.get(trouble.what, words.trouble), trouble.count)
    why = words.failures.get(trouble.detail, trouble.detail).strip()
    if said := ": ".join(part for part in (trouble.prompt, why) if part):
        text += f" ({one_line(said, longest=_DETAIL_LONGEST)})"
    zone = trouble.person.zone if trouble.person else told.zone.key
    if trouble.at:
        text += f", {told.moment(trouble.at, client_zone=zone)}"
    yield Named(name=name(trouble.person, words) if trouble.person else words.other_mail, text=_sentence(text))
    if trouble.letter:
        yield Note(text=words.settle.format(letter=trouble.letter))


def held(letter: Held, told: Clock) -> Iterator[Block]:
    """A letter that came in and waits for a person: its sender and why, nothing of what it says."""
    words = told.words
    sender = one_line(letter.sender, longest=_DETAIL_LONGEST) or words.unknown_sender
    when = told.moment(letter.at, client_zone=told.zone.key)
    yield Named(name=sender, text=_sentence(f"{when}, {one_line(letter.reason, longest=_DETAIL_LONGEST)}"))


def _state(standing: Standing, told: Clock) -> str:
    """Where someone stands, without a full stop."""
    words = told.words
    if standing.reason is Reason.SILENT and standing.since:
        text = words.silent.format(span=told.span(told.now - standing.since))
        usual = words.usually.format(span=told.usual(standing.usual)) if standing.usual else ""
        return f"{text} ({usual})" if usual else text
    if standing.reason is Reason.AWAY:
        return words.away_until.format(day=told.day(standing.until)) if standing.until else words.away
    if standing.reason is Reason.PAUSED:
        return _paused(standing, told)
    return _plain_states(words).get(standing.reason, "")


def _paused(standing: Standing, told: Clock) -> str:
    end = standing.until_at
    return told.words.paused_until.format(day=told.day(end.astimezone(told.zone).date())) if end else told.words.paused


def _plain_states(words: Phrases) -> dict[Reason, str]:
    return {
        Reason.STOPPED: words.stopped,
        Reason.DEAD: words.dead,
        Reason.FAILING: words.failing,
        Reason.NEVER_DELIVERED: words.never,
    }


def _sentence(text: str) -> str:
    """With a full stop, unless it ends in one."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
