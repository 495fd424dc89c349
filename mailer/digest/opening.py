"""With what does the mail begin, and under which subject?

Counts only, at least as long as what a locked screen or a list of mails shows, so that no name and no word of a client
stands there.
"""

from __future__ import annotations

from mailer.digest.blocks import Opening
from mailer.digest.parts import Counts, Digest
from mailer.digest.phrases import Pair, Phrases, counted
from mailer.digest.times import Clock
from mailer.digest.wording import phrases

NEUTRAL_CHARACTERS = 120
_IN_SUBJECT = 3  # numbers: a phone shows some forty characters


def subject(digest: Digest) -> str:
    """The mail's subject: a weekday and neutral numbers, never a name or a word of a client."""
    words, counts = phrases(digest.language), digest.counts
    told = _nonzero(
        (words.subject_asking, counts.asking),
        (words.subject_replied, counts.replied),
        (words.subject_quiet, counts.quiet),
        (words.subject_problems, counts.problems),
        (words.subject_held, counts.held),
        (words.subject_sessions, 0 if counts.asking or counts.replied or counts.quiet else counts.sessions),
    )
    return f"{words.weekdays[digest.day.weekday()]}: {', '.join(told[:_IN_SUBJECT]) or words.subject_none}"


def opening(digest: Digest, told: Clock) -> Opening:
    """Counts, then as many neutral sentences as it takes to keep private words out of a preview."""
    words = told.words
    text = f"{_greeting(told)} {_summary(digest.counts, words)} {_week(digest.counts, words)}"
    for sentence in (words.private, words.since_last):
        if len(text) < NEUTRAL_CHARACTERS:
            text = f"{text} {sentence}"
    return Opening(lines=(text,))


def no_news(digest: Digest, told: Clock) -> Opening:
    """The whole mail of a day on which nothing happened: three lines."""
    words = told.words
    first = f"{_greeting(told)} {_summary(digest.counts, words)}"
    return Opening(lines=(first, _week(digest.counts, words), words.nothing))


def _greeting(told: Clock) -> str:
    hour = told.now.astimezone(told.zone).hour
    return told.words.greetings[(hour >= 12) + (hour >= 18)]


def _summary(counts: Counts, words: Phrases) -> str:
    parts = _nonzero(
        (words.count_replied, counts.replied),
        (words.count_quiet, counts.quiet),
        (words.count_asking, counts.asking),
        (words.count_problems, counts.problems),
        (words.count_held, counts.held),
        (words.count_sessions, counts.sessions),
    )
    parts = parts if counts.replied else [words.no_replies, *parts]
    return f"{counted(words.opening, counts.clients)}: {', '.join(parts)}."


def _week(counts: Counts, words: Phrases) -> str:
    return words.week.format(sent=counts.sent, answered=counts.answered)


def _nonzero(*phrases_and_numbers: tuple[Pair, int]) -> list[str]:
    return [counted(pair, n) for pair, n in phrases_and_numbers if n]
