"""What is asked, when it is due, and what was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from mailer.model.people import USUAL_HABITS, ClientState, Delivery, Enrolment, Form, Habits, Session

THE_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


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
    OVERLAP = "overlap"  # another session lies between this letter and its own
    SHARED = "shared"  # asked about in the letter of another promise of the same day


class Rank(IntEnum):
    """What gives way to what where a client would get too many letters in a week: the lower goes first."""

    SESSION = 0  # around a session
    PROMISE = 1  # about something the client or the coach said they would do
    WEEKLY = 2  # on named days of the week
    OTHER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One occurrence the calendar calls for: a prompt at an anchor, at one instant.

    `anchor` is what makes it unique for ever with client, schedule and prompt: the local date for calendar prompts
    ("2027-03-28"), "day 3" with the enrolment, the session's id, and so on. `reason` says in words why it is due.
    `moved` says why it is not at the time its `when` names ("": it is): a quiet time, or its answer's ceiling.
    """

    schedule: str
    prompt: str
    anchor: str
    local: datetime  # wall clock in the client's zone, aware
    at: datetime  # the same instant, aware UTC
    until: datetime  # later than this it is not sent any more, aware UTC
    reason: str  # "every Friday at 08:30"
    shifted: bool = False  # the wall-clock time does not exist that day; the first valid instant after it is used
    moved: str = ""
    about: UUID | None = None  # the session or promise it is about
    rank: Rank = Rank.OTHER
    never: tuple[SkipReason, str] | None = None  # why it can go at no time at all: decided at `at` all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a due occurrence: queued where `skip` is None, else skipped."""

    due: Due
    skip: SkipReason | None = None
    detail: str = ""  # one sentence for a person
    late: bool = False  # sent, but noticeably after its time
    expires_at: datetime | None = None  # when its letter is not tried any more, a quiet time counted; None: due.until
    closes: frozenset[str] = frozenset()  # prompts of its schedule whose unanswered letters it takes the place of


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptHistory:
    """One occurrence that went out, and when the client answered it."""

    prompt: str
    anchor: str
    sent_at: datetime  # aware UTC
    answered_at: datetime | None = None
    about: UUID | None = None  # the session or promise it was about


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanClient:
    """What planning needs of a client; `tags` and `slug` only where a quiet time is for some of them."""

    id: UUID
    zone: str  # IANA name
    country: str = ""
    language: str = "en"
    form: Form = Form.INFORMAL
    coach: str = ""  # the coach's slug
    slug: str = ""
    tags: frozenset[str] = frozenset()
    habits: Habits = USUAL_HABITS
    habits_since: datetime | None = None  # aware UTC: a changed own time does not reach back before this
    state: ClientState = ClientState.ACTIVE
    paused_until: datetime | None = None  # aware UTC
    active_since: datetime | None = None  # aware UTC: what fell due before the last pause ended stays unsent
    delivery: Delivery = Delivery.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePromise:
    """An open promise with a day, of the client or the coach."""

    id: UUID
    due_on: date  # on the client's calendar
    made_at: datetime = THE_BEGINNING  # aware UTC
    by_coach: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPrompt:
    """A prompt of any schedule that went out, or is queued to."""

    schedule: str
    prompt: str
    at: datetime  # aware UTC: when it was sent or, if that is still to come, due


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """All the planner may know about one client on one schedule; reading it twice gives the same plan."""

    client: PlanClient
    enrolment: Enrolment
    planned_until: datetime = THE_BEGINNING  # everything due by then has been decided
    sessions: tuple[Session, ...] = ()  # of this client, in order of start, cancelled ones included
    promises: tuple[DuePromise, ...] = ()  # of this client, in order of making
    first_seen: Mapping[str, datetime] = field(default_factory=dict)  # prompt id -> first seen; absent: seen now
    timed_since: Mapping[str, datetime] = field(default_factory=dict)  # prompt id -> its `when` is as it is since then
    decided: frozenset[tuple[str, str]] = frozenset()  # (prompt id, anchor) of every occurrence row
    history: tuple[PromptHistory, ...] = ()  # of this schedule, oldest first
    last_reply_at: datetime | None = None  # any reply of the client


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """One client on all schedules: what a weekly limit has to look at together."""

    client: PlanClient
    enrolments: tuple[PlanFacts, ...]  # living ones, oldest first
    sent: tuple[SentPrompt, ...] = ()  # of the last ten days, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning one enrolment gave: what to write down now, and when to look again (None: never, as it stands)."""

    enrolment_id: UUID
    decisions: tuple[Decision, ...]
    next_due_at: datetime | None
    failed: bool = False  # nothing could be decided: what is due meanwhile is decided when it can be
