"""Who takes part: coaches, their clients, and what a client is enrolled on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID


class Form(StrEnum):
    """How a client is addressed where the language makes a difference."""

    INFORMAL = "informal"  # du, tu, jij
    FORMAL = "formal"  # Sie, vous, u


class ClientState(StrEnum):
    """Whether prompts may go to a client."""

    ACTIVE = "active"  # prompts go out as planned
    PAUSED = "paused"  # until `paused_until`, or until resumed when that is None
    STOPPED = "stopped"  # the client wrote STOP; only the client or a person takes it back
    LEFT = "left"  # no longer a client; letters are held
    FORGOTTEN = "forgotten"  # erased; only tombstones remain


class Delivery(StrEnum):
    """Whether letters reach the client's address."""

    OK = "ok"  # nothing known against it
    FAILING = "failing"  # soft failures lately; prompts go on
    DEAD = "dead"  # the address does not exist; prompts stop until it changes


class SessionState(StrEnum):
    """Whether a meeting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Hours of the client's day in which no letter goes: later than `begin`, earlier than `end`; may span midnight."""

    begin: time
    end: time

    def __contains__(self, at: time) -> bool:
        if self.begin <= self.end:
            return self.begin < at < self.end
        return at > self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M} to {self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """When a client likes to be written to, where that differs from what the schedules and config.toml say."""

    own_time: time | None = None  # stands in for the time of day of prompts that have just one
    days_off: frozenset[int] = frozenset()  # Monday is 0; no letter goes on these days
    quiet_hours: QuietHours | None = None  # None: those of config.toml


USUAL_HABITS = Habits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """A coach as stored; `slug` is the id in config.toml."""

    id: UUID
    practice_id: UUID
    practice: str  # the practice's slug
    slug: str
    name: str
    address: str
    zone: str  # IANA name
    language: str  # "en"
    digest_at: time  # wall clock in `zone`
    digests_from: date = date.min  # the first local date with a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client as stored; `slug` is the short name a person types at the prompt."""

    id: UUID
    practice_id: UUID
    coach_id: UUID
    slug: str
    name: str  # as written on an envelope: "Dana Reis"
    address: str
    zone: str  # IANA name
    country: str = ""  # ISO 3166-1 alpha-2 or 3166-2, upper case ("DE", "DE-BY"), or ""
    language: str = "en"
    form: Form = Form.INFORMAL
    tags: frozenset[str] = frozenset()
    habits: Habits = USUAL_HABITS
    variables: Mapping[str, str] = field(default_factory=dict)  # what templates may say of this client: {{ own.goal }}
    state: ClientState = ClientState.ACTIVE
    paused_until: datetime | None = None  # aware UTC
    delivery: Delivery = Delivery.OK
    created_at: datetime  # aware UTC

    @property
    def first_name(self) -> str:
        """The name a letter greets with."""
        return self.name.split()[0] if self.name.split() else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A client on a schedule, from `start` up to and including `end` (local dates of the client)."""

    id: UUID
    client_id: UUID
    coach_id: UUID
    schedule: str
    start: date
    end: date | None = None
    started_at: datetime  # aware UTC: when the enrolment was made; nothing before it is ever due


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A meeting of coach and client; `number` counts the client's sessions from 1 in order of start."""

    id: UUID
    client_id: UUID
    coach_id: UUID
    number: int
    starts_at: datetime  # aware UTC
    ends_at: datetime  # aware UTC
    state: SessionState = SessionState.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """What an operator says of a client who is not stored yet."""

    slug: str
    name: str
    address: str
    coach: str  # the coach's slug
    zone: str
    country: str = ""
    language: str = "en"
    form: Form = Form.INFORMAL
    tags: frozenset[str] = field(default_factory=frozenset)
    habits: Habits = USUAL_HABITS
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanges:
    """What is to change about a stored client; None leaves a thing as it is.

    `tags`, `habits` and `variables` stand for the whole: `replace(client.habits, own_time=None)` takes one away.
    """

    name: str | None = None
    address: str | None = None
    shared_address: bool | None = None
    zone: str | None = None
    country: str | None = None  # "": not known
    language: str | None = None
    form: Form | None = None
    tags: frozenset[str] | None = None
    habits: Habits | None = None
    variables: Mapping[str, str] | None = None
