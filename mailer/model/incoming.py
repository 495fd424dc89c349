"""Letters that came in: what they are, what is new in them, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailer.model.failure import Failure
from mailer.model.outgoing import Address
from mailer.model.plan import AnswerKind, Question


class Kind(StrEnum):
    """What a letter is. The values are the words `mailer read` prints."""

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"  # out of office and the like
    BOUNCE = "bounce"  # a delivery failure, final or not
    DSN_SUCCESS = "dsn-success"  # a report that says delivered, relayed or expanded; a delay is a bounce, not permanent
    ARF = "arf"  # abuse feedback report (RFC 5965)
    MDN = "mdn"  # read receipt (RFC 8098)
    CHALLENGE = "challenge"  # "confirm that you are a person"
    CALENDAR = "calendar"  # invitation or its answer (RFC 6047)
    REACTION = "reaction"  # an emoji reaction sent as mail
    UNSUBSCRIBE = "unsubscribe"  # a one-click or mailto unsubscribe
    LIST = "list"  # mailing-list traffic
    NEWSLETTER = "newsletter"
    AUTO_GENERATED = "auto-generated"  # any other automatic mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the letter's text; the name is cleaned, never a path."""

    name: str
    content_type: str
    size: int  # bytes, decoded
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A parsed letter. Every text is clean: no lone surrogates, no NUL, no CR, no bidi controls in headers."""

    senders: tuple[Address, ...]  # all of From; a defective letter may have none or several
    sender: Address | None  # RFC 5322 Sender
    return_path: str | None  # "" for the null path <>, None where there is no header
    recipients: tuple[str, ...]  # To, Cc, Delivered-To, X-Original-To: addr-specs, lower case domain
    subject: str
    message_id: str  # without <>, "" where missing
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # oldest first
    date: datetime | None  # the sender's clock; never ordered by
    headers: tuple[tuple[str, str], ...]  # name lower case, value unfolded and decoded, as they stand
    text: str  # what a person would read, plain; "" where there is none
    html: str  # the HTML part decoded, "" where there is none
    attachments: tuple[Attachment, ...]
    notes: tuple[str, ...] = ()  # what was odd: "charset guessed: windows-1252", "unreadable Outlook format"

    def header(self, name: str) -> str:
        """The first (topmost) value of a header, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, topmost first."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a letter is and, for reports, what it says of whom."""

    kind: Kind
    reason: str  # the evidence in words: "Auto-Submitted: auto-replied"
    recipients: tuple[str, ...] = ()  # failed addresses of a bounce
    status: str = ""  # RFC 3463, "5.1.1"
    permanent: bool | None = None  # None where the letter is no bounce or does not say
    address_dead: bool = False  # the mailbox does not exist
    failure: Failure | None = None  # of a bounce: the kind it reports
    away_until: date | None = None  # stated in an auto-reply
    about: tuple[str, ...] = ()  # Message-IDs of our letters a report is about, without <>


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of the client's own text, and the quoted lines right above it ("" where none)."""

    text: str
    quoted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """What the writer newly wrote."""

    text: str  # all passages, in order
    passages: tuple[Passage, ...]
    confidence: float  # 0 to 1; below 0.5 more text is shown rather than less
    forwarded: str = ""  # a forwarded letter inside, not the writer's words


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLetter:
    """One of our letters as it was sent: what quotes are recognised against."""

    text: str  # the plain part, as sent
    questions: tuple[Question, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to one question, verbatim, with the value read from it (None where none was found)."""

    question: int  # index into AskedLetter.questions
    kind: AnswerKind
    text: str
    value: float | bool | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The client's words dealt out: each character stands in exactly one answer or in `free`."""

    answers: tuple[Answered, ...]
    free: str = ""


class Word(StrEnum):
    """A steering word that stood as the whole new text."""

    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """A client's plain word, understood."""

    word: Word
    days: int | None = None  # PAUSE 2 weeks
    until: date | None = None  # PAUSE until 3 May
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything `mailer read` knows about one letter."""

    letter: Letter
    verdict: Verdict
    new: NewText
