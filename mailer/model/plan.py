"""What is asked, when it is due, and what was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailer.model.people import Client, Enrolment, Session


class AnswerKind(StrEnum):
    """What kind of answer a question hopes for."""

    TEXT = "text"
    RATING = "rating"  # a number, 1 to 10
    YES_NO = "yes-no"
    CHOICE = "choice"  # one of the question's choices
    COMMITMENT = "commitment"  # something to do, perhaps with a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question in one language, as the client reads it."""

    ask: str
    answer: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One occurrence the calendar calls for: a prompt at an anchor, at one instant.

    `anchor` is what makes it unique for ever with client, schedule and prompt: the local date for calendar prompts
    ("2027-03-28"), "day 3" with the enrolment, the session's id, and so on. `reason` says in words why it is due.
    """

    schedule: str
    prompt: str
    anchor: str
    local: datetime  # wall clock in the client's zone, aware
    at: datetime  # the same instant, aware UTC
    until: datetime  # later than this it is not sent any more, aware UTC
    reason: str  # "every Friday at 08:30"
    shifted: bool = False  # the wall-clock time does not exist that day; the first valid instant after it is used


class SkipReason(StrEnum):
    """Why an occurrence was decided without a letter."""

    TOO_LATE = "too-late"  # noticed after `max_late`
    PAUSED = "paused"
    STOPPED = "stopped"  # the client wrote STOP
    LEFT = "left"
    ADDRESS_DEAD = "address-dead"
    CONDITION = "condition"  # only_if or skip_if of the prompt or schedule
    QUIET = "quiet"  # quiet hours or a quiet period
    CAP = "cap"  # the client has had enough mail for now
    SUPERSEDED = "superseded"  # a newer occurrence of the same prompt stands in its place
    CANCELLED = "cancelled"  # what it hung on is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a due occurrence: queued where `skip` is None, else skipped."""

    due: Due
    skip: SkipReason | None = None
    detail: str = ""  # one sentence for a person
    late: bool = False  # sent, but noticeably after its time


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptHistory:
    """One occurrence that went out, and when the client answered it."""

    prompt: str
    anchor: str
    sent_at: datetime  # aware UTC
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """All the planner may know about one client on one schedule; reading it twice gives the same plan."""

    client: Client
    enrolment: Enrolment
    sessions: tuple[Session, ...] = ()  # of this client, in order of start, cancelled ones included
    first_seen: Mapping[str, datetime] = field(default_factory=dict)  # prompt id -> first seen; absent: seen now
    decided: frozenset[tuple[str, str]] = frozenset()  # (prompt id, anchor) of every occurrence row
    history: tuple[PromptHistory, ...] = ()  # of this schedule, oldest first
    last_reply_at: datetime | None = None  # any reply of the client


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning one enrolment gave: what to write down now, and when to look again (None: never, as it stands)."""

    decisions: tuple[Decision, ...]
    next_due_at: datetime | None
