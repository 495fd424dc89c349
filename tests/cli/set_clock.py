"""The operator's own installation at a time that the test sets: planned, sent into a folder, and asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from mailer.cli.desk import settings_of
from mailer.edge.folder import FolderTransport
from mailer.engine.opening import open_office
from mailer.flow.deliver import Sender, deliver_some
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.office import Office
from mailer.flow.planned import PlannedLine, planned
from mailer.flow.why import find_occurrence
from mailer.flow.why_story import Told, story
from mailer.model.outgoing import Transport
from mailer.model.people import Client, NewClient
from mailer.schedule.where import line_of_when
from mailer.store import clients
from tests.cli.operator import Operator

MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """An office, and what can be done with it at a time of one's own."""

    office: Office
    operator: Operator

    def add(self, slug: str, *, zone: str = "Europe/Lisbon", at: datetime = MONDAY, **more: Any) -> Client:
        """A client, and the schedules taken in."""
        name = f"{slug.title()} Reis"
        new = NewClient(slug=slug, name=name, address=f"{slug}@example.org", coach="petra", zone=zone, **more)
        client = self.office.db.write(clients.add_client, self.office.vault, new, now=at)
        asyncio.run(take_in_book(self.office, now=at))
        return client

    def plan(self, at: datetime) -> None:
        """Writes down what is due."""
        asyncio.run(plan_some(self.office, now=at))

    def send(self, at: datetime, transport: Transport | None = None) -> None:
        """Sends what waits, into a folder where no other way is given."""
        way = transport or FolderTransport(self.operator.folder / "out")
        account = next(iter(self.office.accounts.values()))
        sender = Sender(account=account, transport=way, owner="test", clock=lambda: at)
        asyncio.run(deliver_some(self.office, sender))

    def lines(self, now: datetime, until: datetime) -> list[PlannedLine]:
        """What the plan shows."""
        return planned(self.office, now=now, until=until)

    def why(self, name: str, now: datetime) -> list[str]:
        """The story of an occurrence, as it is printed."""
        found = find_occurrence(self.office, name, now=now)
        source = self.office.sources.get(found.schedule.slug, "")
        told = Told(rules=self.office.rules, line=line_of_when(source, found.schedule.slug, found.prompt.id))
        return [f"{what:9} {said}" for what, said in story(found, told, now=now)]


@contextmanager
def set_clock(operator: Operator, *, now: datetime = MONDAY) -> Iterator[SetClock]:
    """The operator's office, opened at that time."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("MAILER_PASSWORD", "a quiet word")
        settings = settings_of(operator.folder / "config.toml")
    with open_office(settings, now=now) as (office, _):
        yield SetClock(office, operator)
