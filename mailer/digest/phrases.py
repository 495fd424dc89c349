"""Which fixed words does the digest need?

One table per language (english.py, german.py) holds them all; a language that lacks one does not pass the type check.
Pairs are (for one, for any other number); names in braces are filled in by `layout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The fixed words of one language."""

    code: str
    decimal: str
    quotes: tuple[str, str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]  # from Monday
    weekdays_short: tuple[str, ...]
    date: str  # {day} {month}
    date_year: str
    greetings: tuple[str, str, str]  # before noon, before six, after
    # the opening
    opening: Pair  # {n} clients
    count_replied: Pair
    count_quiet: Pair
    count_asking: Pair
    count_problems: Pair
    count_held: Pair
    count_sessions: Pair
    no_replies: str
    week: str  # {sent} {answered}
    nothing: str
    private: str
    since_last: str
    # the subject
    subject_none: str
    subject_asking: Pair
    subject_replied: Pair
    subject_quiet: Pair
    subject_problems: Pair
    subject_held: Pair
    subject_sessions: Pair
    # headings
    asking: str
    today_heading: str
    replied: str
    quiet: str
    problems: str
    held: str
    full: str
    no_news: str
    # times
    today: str
    yesterday: str
    in_zone: str  # {moment} {place}
    just_now: str
    minutes: Pair
    hours: Pair
    days: Pair
    ago: str  # {span}
    # people
    someone: str
    asks: str  # {age}
    answer: str  # {name}
    more_questions: Pair
    more_asking: Pair  # {n} {names}
    more_replied: Pair
    more_quiet: Pair
    more_problems: Pair
    more_held: Pair
    more_letters: Pair
    # a letter
    rating: str  # {value}
    lower: str
    no_question: str
    also_asks: str
    commitment: str
    unshown: Pair
    unconfirmed: str
    unsure: str
    repeated: str
    steering: str
    attachments: str
    nothing_shown: str
    see_above: str
    automatic: str
    asked_was: str
    left_out: Pair
    letters_left_out: Pair
    # a session
    session: str  # {n}
    cancelled: str
    ratings: str  # {values}
    wrote: str
    asks_above: str
    last_word: str  # {when}
    # standing
    silent: str  # {span}
    usually: str  # {span}
    unanswered: Pair
    call: str
    away: str
    away_until: str  # {day}
    paused: str
    paused_until: str
    stopped: str
    wrote_word: str  # {word} {when}
    dead: str
    failing: str
    never: str
    # problems, by TroubleRow.what
    troubles: Mapping[str, Pair]
    trouble: Pair
    failures: Mapping[str, str]  # by Failure
    settle: str  # {letter}
    other_mail: str
    unknown_sender: str
    also_kept: str
    other: str  # {names}


def counted(pair: Pair, n: int, **words: str) -> str:
    """The phrase for `n`, with its number and words filled in."""
    return pair[n != 1].format(n=n, **words)
