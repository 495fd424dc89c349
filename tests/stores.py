"""Migrated databases for tests, on SQLite and on a real PostgreSQL, empty within milliseconds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

from sqlalchemy import MetaData, create_engine

from mailer.model.people import Client, Coach, NewClient
from mailer.store import accounts, clients, practice, schema
from mailer.store.database import Database
from mailer.store.migrate import DATA, KEYS, migrate
from mailer.store.vault import Vault
from tests.servers.postgres import Postgres, running_postgres

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
MASTER = bytes(range(32))


@dataclass
class Store:
    """Data, keys and a vault, with one practice, one account and the coach Petra in it."""

    db: Database
    key_db: Database
    vault: Vault
    now: datetime = NOW
    account_id: UUID = field(init=False)
    petra: Coach = field(init=False)

    def __post_init__(self) -> None:
        self.vault.prepare(now=self.now)
        self.db.write(practice.seed_practice, "vogl", "Between Sessions Berlin", now=self.now)
        self.db.write(accounts.seed_account, "main", "vogl", settings_digest="1", now=self.now)
        self.account_id = self.db.read(accounts.account_id, "main")
        self.petra = self.add_coach("petra", "Petra Vogl")

    def add_coach(self, slug: str, name: str) -> Coach:
        """A coach in Berlin whose digest is due at seven."""
        seed = practice.CoachSeed(
            practice="vogl",
            slug=slug,
            name=name,
            address=f"{slug}@coach.example.org",
            zone="Europe/Berlin",
            language="en",
            digest_at=time(7, 0),
        )
        self.db.write(practice.seed_coach, self.vault, seed, now=self.now)
        return next(one for one in self.db.read(practice.coaches, self.vault) if one.slug == slug)

    def add_client(
        self, slug: str, *, coach: str = "petra", zone: str = "Europe/Lisbon", address: str = "", shared: bool = False
    ) -> Client:
        """A client called after the short name."""
        new = NewClient(
            slug=slug,
            name=f"{slug.title()} Reis",
            address=address or f"{slug}@example.org",
            coach=coach,
            zone=zone,
        )
        return self.db.write(clients.add_client, self.vault, new, shared_address=shared, now=self.now)

    def close(self) -> None:
        """Ends both databases."""
        self.db.close()
        self.key_db.close()


class Templates:
    """One migrated database of each kind, copied for each test."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self._folder, self._postgres = folder, postgres
        self._urls = {
            "sqlite": {steps: f"sqlite:///{folder / steps}.db" for steps in (DATA, KEYS)},
            "postgres": {steps: postgres.new_database() for steps in (DATA, KEYS)},
        }
        for urls in self._urls.values():
            for steps, url in urls.items():
                database = Database(url)
                migrate(database, steps)
                database.close()

    def urls(self, kind: str, folder: Path) -> dict[str, str]:
        """URLs of empty databases, {"data": ..., "keys": ...}: copied files, or the server's own two, emptied."""
        if kind == "postgres":
            for steps, meta in ((DATA, schema.meta), (KEYS, schema.key_meta)):
                _empty(self._urls[kind][steps], meta)
            return self._urls[kind]
        for steps in (DATA, KEYS):
            shutil.copy(self._folder / f"{steps}.db", folder / f"{steps}.db")
        return {steps: f"sqlite:///{folder / steps}.db" for steps in (DATA, KEYS)}

    def copies(self, urls: dict[str, str], folder: Path) -> dict[str, str]:
        """URLs of copies of databases that are in use and at rest just now."""
        if not urls[DATA].startswith("sqlite"):
            return {steps: self._postgres.new_database(like=url) for steps, url in urls.items()}
        for steps, url in urls.items():
            shutil.copy(url.removeprefix("sqlite:///"), folder / f"{steps}.db")
        return {steps: f"sqlite:///{folder / steps}.db" for steps in urls}

    def empty_postgres(self) -> str:
        """The URL of a PostgreSQL database without a table."""
        return self._postgres.new_database()

    def new(self, kind: str, folder: Path, *, now: datetime = NOW) -> Store:
        """A store of this kind ("sqlite" or "postgres") with nobody but Petra in it, seeded at `now`."""
        urls = self.urls(kind, folder)
        key_db = Database(urls[KEYS])
        return Store(db=Database(urls[DATA]), key_db=key_db, vault=Vault(key_db, MASTER), now=now)


def _empty(url: str, meta: MetaData) -> None:
    """Takes every row out; making a database anew takes a hundred times as long."""
    engine = create_engine(url)
    with engine.begin() as conn:
        for table in reversed(meta.sorted_tables):
            conn.execute(table.delete())
    engine.dispose()


@contextmanager
def templates(folder: Path) -> Iterator[Templates]:
    """The templates, and the PostgreSQL server they live in."""
    with ExitStack() as stack:
        yield Templates(folder, stack.enter_context(running_postgres()))
