"""What the flows work with: the databases, what operators wrote, and how letters are posted."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.errors import Problem
from mailer.message.token import TokenKeys
from mailer.message.writing.template import PromptTemplates
from mailer.model.calendar import CalendarPlace
from mailer.model.places import Account
from mailer.model.plan import THE_BEGINNING
from mailer.schedule.book import Book
from mailer.schedule.quiet import PlanRules
from mailer.store.database import Database
from mailer.store.vault import Vault

Clock = Callable[[], datetime]  # aware UTC


@dataclass(kw_only=True)
class Office:
    """One running installation. `book` and `templates` are replaced when their files change; the last good stay."""

    db: Database
    vault: Vault
    tokens: TokenKeys
    book: Book
    templates: PromptTemplates
    accounts: Mapping[str, Account]  # by practice
    practices: Mapping[str, str]  # titles by practice
    installation: str  # names this installation in the loop header
    client_letters_per_day: int
    operator: str = ""  # the slug of the coach who is told what needs a person; "": the first one
    operator_command: tuple[str, ...] = ()  # told the same where no letter can be sent
    rules: PlanRules = field(default_factory=PlanRules)
    sources: Mapping[str, str] = field(default_factory=dict)  # texts of the schedules in force, by slug
    written_at: Mapping[str, datetime] = field(default_factory=dict)  # when each schedule's file was last written
    problems: tuple[Problem, ...] = ()  # of schedules and templates that cannot be read
    not_before: datetime = THE_BEGINNING  # an earlier date cannot be right
    longest_gap: timedelta = timedelta(days=30)  # without a sign of life; then a person says that the date is right
    calendars: tuple[CalendarPlace, ...] = ()  # of coaches whose sessions come from one
    rehearse: bool = False
    max_letter_bytes: int = 5_000_000  # larger letters are fetched without their attachments
    random: random.Random = field(default_factory=random.Random)
