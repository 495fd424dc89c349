"""What a digest is built from: rows as the store has them, nothing decided yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mailer.model.incoming import Answered
from mailer.model.people import Client, Coach, Session


class EntryKind(StrEnum):
    """What an entry of a thread is."""

    PROMPT = "prompt"  # our questions
    REPLY = "reply"  # the client's letter
    AUTO_REPLY = "auto-reply"  # an out-of-office notice
    BOUNCE = "bounce"  # a delivery report
    STEERING = "steering"  # STOP, PAUSE, RESUME: obeyed
    OTHER = "other"  # receipts, reactions, calendar answers: kept, counted, not answered


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """One new entry from a client, with the questions it answers."""

    entry_id: UUID
    client_id: UUID
    kind: EntryKind
    received_at: datetime
    subject: str  # of the prompt it answers, or of the letter itself where it answers none
    questions: tuple[str, ...]  # as they were asked; () where it answers no prompt
    answers: tuple[Answered, ...]
    free: str  # the client's words outside the answers
    text: str  # all that is new in the letter
    confidence: float
    unconfirmed: bool = False  # from an address not known for this client
    note: str = ""  # "from another address", "forwarded letter inside": one line for the coach
    attachments: tuple[str, ...] = ()  # "plan.pdf (120 kB)"
    repeated: bool = False  # stood in a digest whose arrival is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """One prompt that went to a client, and when it was answered."""

    client_id: UUID
    sent_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """One rating a client gave, oldest first in a sequence."""

    client_id: UUID
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleRow:
    """One letter that did not go the ordinary way: refused, expired, unknown, held, missed or left out."""

    client_id: UUID | None
    at: datetime
    what: str  # OutboxState or SkipReason value, or "bounce"
    detail: str  # one line without private words
    status: str = ""  # RFC 3463, where a server gave one
    prompt: str = ""  # "weekly-checkin/week", where it is one
    letter: str = ""  # the end of its id, by which a person names it: of a letter of unknown fate


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A letter that came in and waits for a person."""

    letter_id: UUID
    received_at: datetime
    reason: str
    sender: str  # "" where unknown; shown to the coach only where the letter is for this coach


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayRow:
    """A client's own notice of absence."""

    client_id: UUID
    noticed_at: datetime
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """Everything one coach's digest of one day is made of."""

    coach: Coach
    day: date  # local date of the coach
    now: datetime  # aware UTC
    clients: tuple[Client, ...]  # all who have not left
    replies: tuple[ReplyRow, ...]  # claimed for this digest, in order of arrival
    sent: tuple[SentRow, ...]  # the last 90 days
    ratings: tuple[RatingRow, ...]  # the last 90 days
    away: tuple[AwayRow, ...]
    troubles: tuple[TroubleRow, ...]  # since the last digest
    held: tuple[HeldRow, ...]  # all that wait, until settled
    sessions: tuple[Session, ...]  # of this local date
    answer_addresses: Mapping[UUID, str] = field(
        default_factory=dict
    )  # client id -> where "Answer Dana" goes; absent: no link
