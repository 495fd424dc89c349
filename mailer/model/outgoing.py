"""Letters on their way out: drafts, bytes on the wire, and what became of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from mailer.errors import AccountTrouble


class LetterKind(StrEnum):
    """Why the engine writes."""

    PROMPT = "prompt"  # questions to a client
    CONFIRMATION = "confirmation"  # "you are paused", once per letter obeyed
    DIGEST = "digest"  # the coach's daily mail
    NOTICE = "notice"  # something a coach or operator must know now


class OutboxState(StrEnum):
    """Where an outgoing letter stands. Only SENDING can become UNKNOWN."""

    QUEUED = "queued"  # waiting for its time, or for the next attempt
    CLAIMED = "claimed"  # a sender holds a lease; safely taken back when that ends
    SENDING = "sending"  # committed after RCPT was accepted and before DATA
    SENT = "sent"  # the server took it
    UNKNOWN = "unknown"  # the answer after the final dot was lost; never blindly sent again
    HELD = "held"  # it could not be composed; waits for a person to mend the template or the client
    REFUSED = "refused"  # the server said no for good
    CANCELLED = "cancelled"  # the client paused, left or changed address before acceptance
    EXPIRED = "expired"  # its time ran out before it could go


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A display name (may be empty) and an addr-spec."""

    name: str = ""
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the bytes of one letter are made of; `text` and `html` say the same."""

    sender: Address
    recipient: Address
    reply_to: Address
    subject: str
    text: str
    html: str
    date: datetime
    message_id: str  # without <>
    in_reply_to: str = ""  # without <>
    references: tuple[str, ...] = ()  # without <>, oldest first
    headers: tuple[tuple[str, str], ...] = ()  # further headers: List-Unsubscribe, Auto-Submitted ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLetter:
    """The bytes of a letter (CRLF lines, no dot-stuffing) and its envelope."""

    message_id: str
    envelope_from: str
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The server took the letter: 250 after the final dot."""

    code: int
    reply: str  # the server's words, one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not now; the letter was certainly not taken. 4xx, or a connection lost before the final dot."""

    code: int  # 0 where the server said nothing
    status: str  # RFC 3463, "4.7.1", or ""
    reply: str
    retry_seconds: int = 0  # 0: as the backoff says


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never; the letter was certainly not taken."""

    code: int
    status: str
    reply: str
    address_dead: bool = False  # the refusal says that the mailbox does not exist


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The letter went out whole and the answer was lost: it may or may not have been taken."""

    reason: str


Outcome = Sent | Deferred | Refused | Unknown | AccountTrouble

BeforeData = Callable[[], Awaitable[bool]]  # writes down that the letter is being sent; False: someone else has it


class Transport(Protocol):
    """A way out for letters, used by one task at a time. All but Sent and Unknown mean: certainly not taken."""

    def connections(self, count: int) -> Sequence[Transport]:
        """This one and others like it, each for a task of its own: at most `count`, kept open, closed with this one."""

    @property
    def after_dot(self) -> bool:
        """After CancelledError from `send`: True means the letter is Unknown, False that it was not taken."""

    async def send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        """What became of the letter. Awaits `before_data` once the recipient is accepted and before the content."""

    async def close(self) -> None:
        """Lets go of what is open; `send` opens it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLetter:
    """An outbox row a sender holds the lease of; `wire` is there once the bytes are fixed."""

    id: UUID
    kind: LetterKind
    reference: bytes  # 10 random bytes: what tokens carry
    coach_id: UUID
    client_id: UUID | None
    occurrence_id: UUID | None
    digest_id: UUID | None
    schedule: str  # of a prompt, else ""
    prompt: str
    anchor: str
    content: str  # of confirmations and notices: what is to be said, as JSON; else ""
    due_at: datetime
    expires_at: datetime
    attempts: int
    wire: WireLetter | None = None
    about: UUID | None = None  # the session or promise a prompt is about


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedBytes:
    """What a row gets at its first attempt, for good."""

    wire: WireLetter
    subject: str
    asked: str = ""  # AskedLetter as JSON: what quotes are recognised against; "" where nothing was asked
