"""What does the rest of the program get of config.toml? Frozen values, paths absolute, secrets that no repr shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from mailer.errors import Problem
from mailer.model.calendar import CalendarPlace
from mailer.model.places import Account, Secret
from mailer.schedule.quiet import PlanRules


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeSettings:
    """One organisation."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachSettings:
    """One coach, and when the digest goes out."""

    slug: str
    practice: str  # the practice's slug
    name: str
    address: str
    zone: str  # IANA name
    language: str
    digest_at: time  # wall clock in `zone`
    calendar: CalendarPlace | None = None  # where the coach's sessions are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What keeps mistakes small."""

    client_letters_per_day: int  # a client never gets more in a day, whatever the schedules say
    max_late: timedelta  # for prompts that do not say it themselves
    longest_gap: timedelta  # without a sign of life; then a person says that the date is right


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How often the engine looks, and how long it waits."""

    poll_seconds: int
    idle_seconds: int
    plan_seconds: int
    send_timeout_seconds: int
    shutdown_grace_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The deployment."""

    file: Path
    data: Path
    schedules: Path
    templates: Path
    rehearse: bool  # everything meant for clients goes to their coach
    operator: str  # the slug of the coach who is told what needs a person
    operator_command: tuple[str, ...]  # told the same where no letter can be sent; (): nobody
    practices: tuple[PracticeSettings, ...]
    coaches: tuple[CoachSettings, ...]
    accounts: tuple[Account, ...]  # one for each practice
    closed: Mapping[str, Problem]  # accounts by slug whose password was not found, and why: they cannot connect
    store_url: str
    keys_url: str
    master_key: Secret
    limits: Limits
    rules: PlanRules  # quiet times and the weekly limit
    engine: EngineSettings

    def account_of(self, practice: str) -> Account:
        """The account whose mailbox serves a practice."""
        return next(account for account in self.accounts if account.practice == practice)
