"""From a folder of a mailbox to a client's thread: keeping letters, and saying whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mailer.model.incoming import Answered, Attachment, Kind, Steering, Verdict
from mailer.model.report import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a folder has been read: every letter up to `last_uid` of this UIDVALIDITY is dealt with."""

    uidvalidity: int
    last_uid: int
    began_at: datetime  # when reading this folder began
    rescan_to: int = 0  # UIDs up to here were there when UIDVALIDITY changed: those older than `began_at` are let be


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One letter of a folder, ready to be kept; without `raw` only its place and `verdict` are noted."""

    uid: int
    received_at: datetime  # INTERNALDATE, aware UTC
    size: int
    raw: bytes | None
    whole: bool = True  # False: too large, only its text parts were fetched
    verdict: str = ""  # why it is passed over: "not ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """A stored letter that nobody has looked at yet."""

    id: UUID
    account: str  # slug
    received_at: datetime
    raw: bytes
    whole: bool
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the store knows that helps to say whose a letter is."""

    by_token: tuple[Origin, ...] = ()  # our letters whose token stands in the letter, strongest place first
    by_id: tuple[Origin, ...] = ()  # our letters whose Message-ID stands in In-Reply-To or References
    senders: tuple[Known, ...] = ()  # clients who write from the letter's From address
    coach_id: UUID | None = None  # the coach who writes from that address
    is_own: bool = False  # the engine's own letter come back


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A letter of ours that a reply points to."""

    outbox_id: UUID
    client_id: UUID | None
    coach_id: UUID
    conversation_id: UUID | None
    is_stop_address: bool = False  # the token was the one of the List-Unsubscribe address


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A client at an address."""

    client_id: UUID
    coach_id: UUID
    has_left: bool
    is_confirmed: bool
    open_prompts: tuple[Origin, ...]  # prompts sent and not yet answered, newest first


class Held(StrEnum):
    """Why a letter waits for a person."""

    UNKNOWN_SENDER = "unknown sender"
    UNCLEAR_CLIENT = "unclear which client: two write from this address"
    FORMER_CLIENT = "from a former client"
    SENDER_DISAGREES = "the token names another client than the sender"
    THIRD_PERSON = "answers a client's letter, from another client's address"
    BAD_FROM = "no usable From"
    FAILED_AUTHENTICATION = "the sender's domain says it did not send this"
    FROM_COACH = "from a coach: not a client's letter"
    FAILED_REPORT = "a report about a letter that is not known here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose a letter is: a client's (perhaps under a prompt), nobody's (our own copy), or held with the reason."""

    client_id: UUID | None = None
    coach_id: UUID | None = None
    origin: Origin | None = None  # the prompt it answers
    is_confirmed: bool = True  # False: from an address not known for this client
    held: Held | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """All that is written when a letter is filed for a client, in one transaction."""

    letter_id: UUID
    kind: Kind
    whose: Whose
    entry: EntryKind
    subject: str  # of the letter itself
    text: str  # all that is new
    free: str  # what stands outside the answers
    confidence: float
    received_at: datetime
    sender: str = ""  # the From address, "" where there is none or several
    references: tuple[str, ...] = ()  # ids of the letters before it, oldest first
    note: str = ""
    answers: tuple[Answered, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    away_until: date | None = None
    steering: Steering | None = None
    pause_until: datetime | None = None  # when a PAUSE ends, aware UTC; None: until RESUME
    failed: Verdict | None = None  # of a bounce
