"""What does a digest hold, once everything is decided?

`build` decides, `layout` finds the words. Nothing here is formatted, and texts of clients stand as they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailer.digest.signals import Standing, Trend
from mailer.digest.summarise import Excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client as the digest speaks of them; `name` is "" for someone who is no client any more."""

    name: str
    zone: str  # IANA name
    answer: str = ""  # where a letter to them goes; "" where there is no such way


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A client who asked the coach something, and how much of it is shown."""

    person: Person
    at: datetime
    questions: tuple[Excerpt, ...]  # verbatim, the last one always
    more: int  # questions there was no room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A session of this day, with what helps to prepare it."""

    person: Person
    number: int
    at: datetime
    cancelled: bool
    ratings: tuple[float, ...]  # the last four weeks, oldest first
    wrote: bool  # there is a letter of theirs below
    asks: bool
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A question and the client's own first words on it; `question` is "" for words beside the questions."""

    question: str
    text: str  # "" where the rating is all they wrote
    cut: bool = False
    rating: float | None = None  # shown beside the question where a letter holds several


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One letter, shown by its first words."""

    at: datetime
    subject: str
    said: tuple[Said, ...]
    unshown: int  # answers there was no room for
    trend: Trend | None
    last_question: Excerpt | None  # None where it is shown already
    commitments: tuple[str, ...]
    notes: tuple[str, ...]  # one-line remarks the store made
    unconfirmed: bool
    unsure: bool  # what is new in the letter could not be told with confidence
    repeated: bool
    asks_above: bool  # a question of this letter stands among those that wait
    steering: bool  # a plain word to the program, obeyed
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A client who wrote, with their letters in order of arrival."""

    person: Person
    letters: tuple[News, ...]
    more: int  # letters beyond those shown here


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A client from whom nothing comes, and why."""

    person: Person
    standing: Standing
    word: str  # the steering word as they wrote it, "" where there is none in this digest
    word_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Letters to one person that did not go the ordinary way, or an address that is at fault."""

    person: Person | None
    what: str  # as TroubleRow.what, or a Reason value of an address
    detail: str  # a Failure value, or other words
    at: datetime | None  # the newest
    count: int
    prompt: str = ""  # "weekly-checkin/week"
    letter: str = ""  # of unknown fate: how a person names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A letter that came in and waits for a person."""

    at: datetime
    sender: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A letter in full, or as much of it as the mail has room for."""

    person: Person
    at: datetime
    subject: str
    questions: tuple[str, ...]  # only where the letter is not shown further up
    text: str
    words_left_out: int
    automatic: bool
    attachments: tuple[str, ...]  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The neutral numbers a digest opens with."""

    clients: int
    replied: int
    asking: int
    quiet: int
    problems: int
    held: int
    sessions: int
    sent: int  # in the last seven days
    answered: int  # of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One coach's digest of one day; a section without entries is left out."""

    language: str
    zone: str  # of the coach
    day: date
    now: datetime
    counts: Counts
    asking: tuple[Asking, ...] = ()
    more_asking: tuple[Person, ...] = ()  # beyond those expanded
    sessions: tuple[Meeting, ...] = ()
    replied: tuple[Replied, ...] = ()
    more_replied: tuple[Person, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    more_quiet: tuple[Person, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    held: tuple[Held, ...] = ()
    more_held: int = 0
    other: tuple[Person, ...] = ()  # of whom a receipt, a reaction or a calendar answer came
    no_news: tuple[Person, ...] = ()
    whole: tuple[Whole, ...] = ()
    whole_left_out: int = 0  # letters for which the mail has no room at all

    @property
    def has_news(self) -> bool:
        """Whether there is anything to say beyond the counts."""
        return bool(
            self.asking
            or self.sessions
            or self.replied
            or self.quiet
            or self.problems
            or self.held
            or self.other
            or self.whole
        )
