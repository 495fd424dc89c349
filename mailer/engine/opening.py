"""From Settings to an Office: databases opened and checked, people seeded, schedules and templates read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mailer import RELEASED
from mailer.config import Settings
from mailer.engine.shelf import Shelf
from mailer.errors import AccountTrouble
from mailer.flow.office import Office
from mailer.message.token import TokenKeys
from mailer.model.places import Account, Server
from mailer.secrets import grants_of, master_bytes
from mailer.store import accounts, planning, practice
from mailer.store.database import Database
from mailer.store.migrate import DATA, KEYS, migrate, require_current
from mailer.store.practice import CoachSeed
from mailer.store.vault import Vault

TOKEN_KEY = 1  # the id of the first token secret; a rotation adds the next


@contextmanager
def open_office(settings: Settings, *, now: datetime, released: datetime = RELEASED) -> Iterator[tuple[Office, Shelf]]:
    """The office and the shelf its schedules come from; ConfigError where a schema is old.

    1. opens both databases and asks for today's schema
    2. opens the vault with the master key
    3. reads schedules and templates; what was good last stands in for what is broken
    4. seeds practices, accounts and coaches from the configuration
    """
    with open_databases(settings) as (data, keys):
        require_current(data, DATA, file=settings.file)
        require_current(keys, KEYS, file=settings.file)
        vault = Vault(keys, master_bytes(settings.master_key))
        vault.prepare(now=now)
        last_good = data.read(planning.last_good)
        shelf = Shelf(settings.schedules, settings.templates, max_late=settings.limits.max_late, last_good=last_good)
        seed(settings, data, vault, now=now)
        office = office_of(settings, data, vault, shelf, now=now)
        office.not_before = released
        yield office, shelf


@contextmanager
def open_databases(settings: Settings) -> Iterator[tuple[Database, Database]]:
    """The data and the key store, closed afterwards."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data, keys = Database(settings.store_url), Database(settings.keys_url)
    try:
        yield data, keys
    finally:
        data.close()
        keys.close()


def migrate_all(settings: Settings) -> list[tuple[str, str | None, str]]:
    """Brings both databases to today's schema: (which, before, after) each."""
    with open_databases(settings) as (data, keys):
        done = [(KEYS, *migrate(keys, KEYS)), (DATA, *migrate(data, DATA))]
    for url in (settings.store_url, settings.keys_url):
        _close_to_others(url)
    return done


def seed(settings: Settings, data: Database, vault: Vault, *, now: datetime) -> None:
    """Writes what config.toml says of practices, accounts and coaches."""
    for one in settings.practices:
        data.write(practice.seed_practice, one.slug, one.title, now=now)
    for account in settings.accounts:
        text = None if account.slug in settings.closed else _settings_text(account, vault)
        digest = None if text is None else hashlib.sha256(text.encode()).hexdigest()
        data.write(accounts.seed_account, account.slug, account.practice, settings_digest=digest, now=now)
    for coach in settings.coaches:
        seed_of = CoachSeed(
            practice=coach.practice,
            slug=coach.slug,
            name=coach.name,
            address=coach.address,
            zone=coach.zone,
            language=coach.language,
            digest_at=coach.digest_at,
        )
        data.write(practice.seed_coach, vault, seed_of, now=now)
    data.write(practice.retire_coaches, {(coach.practice, coach.slug) for coach in settings.coaches})


def office_of(settings: Settings, data: Database, vault: Vault, shelf: Shelf, *, now: datetime) -> Office:
    """The office over what was opened."""
    office = Office(
        db=data,
        vault=vault,
        tokens=TokenKeys(current=TOKEN_KEY, secrets={TOKEN_KEY: vault.secret("token", str(TOKEN_KEY), now=now)}),
        book=shelf.book,
        templates=shelf.templates,
        accounts={one.practice: one for one in settings.accounts},
        practices={one.slug: one.title for one in settings.practices},
        installation=vault.look_up("installation", "")[:8].hex(),
        client_letters_per_day=settings.limits.client_letters_per_day,
        operator=settings.operator,
        operator_command=settings.operator_command,
        rules=settings.rules,
        longest_gap=settings.limits.longest_gap,
        calendars=tuple(one.calendar for one in settings.coaches if one.calendar is not None),
        rehearse=settings.rehearse,
    )
    shelf.hand_to(office)
    return office


def _settings_text(account: Account, vault: Vault) -> str | None:
    """What an account's settings are told apart by, passwords as keyed digests; None where that cannot be read.

    An OAuth login counts by who made it when, not by its tokens, which change every hour.
    """

    def end(server: Server) -> str:
        secret = vault.look_up("password", server.password.reveal()).hex() if server.password else ""
        return f"{server.host}:{server.port} {server.security} {server.user} {secret}"

    try:
        grant = grants_of(account.oauth).read() if account.oauth is not None else None
    except AccountTrouble:
        return None
    app = f" {account.oauth.client_id} {grant.login if grant else ''}" if account.oauth is not None else ""
    return f"{account.address} {end(account.smtp)} {end(account.imap)}{app}"


def _close_to_others(url: str) -> None:
    """An SQLite file is the owner's alone."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if path.exists():
            path.chmod(0o600)
