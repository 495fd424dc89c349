"""What the flows work with: the databases, what operators wrote, and how letters are posted."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailer.message.token import TokenKeys
from mailer.message.writing.template import PromptTemplates
from mailer.model.places import Account
from mailer.schedule.book import Book
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
    rehearse: bool = False
    max_letter_bytes: int = 5_000_000  # larger letters are fetched without their attachments
    random: random.Random = field(default_factory=random.Random)
