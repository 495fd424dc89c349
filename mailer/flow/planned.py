"""What will become of every occurrence to come, as things stand, and what each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.flow.office import Office
from mailer.model.people import Client
from mailer.model.plan import ClientFacts, Decision
from mailer.schedule.plan import upcoming
from mailer.store import clients, planning

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One occurrence of one client, and what will become of it."""

    client: Client
    decision: Decision
    held: str = ""  # why its letter could not be written as things stand, where somebody asked (flow/unwritten.py)

    @property
    def goes(self) -> bool:
        """Whether a letter goes out, as far as is known."""
        return self.decision.skip is None and not self.held

    @property
    def occurrence(self) -> str:
        """Its name: "dana/weekly-checkin/week/2027-03-05"; anchors may hold blanks and slashes."""
        return f"{self._stem}/{self.decision.due.anchor}"

    @property
    def shown(self) -> str:
        """Its name in lists: long ids shortened to what is enough to name it."""
        return f"{self._stem}/{shown_anchor(self.decision.due.anchor)}"

    @property
    def _stem(self) -> str:
        return f"{self.client.slug}/{self.decision.due.schedule}/{self.decision.due.prompt}"


def shown_anchor(anchor: str) -> str:
    """An anchor as lists show it: ids shortened to their last characters."""
    return _IDS.sub(r"\1", anchor)


def planned(
    office: Office, who: Sequence[Client] | None = None, *, now: datetime, until: datetime
) -> list[PlannedLine]:
    """Every occurrence of all clients, or of some, from now until then, in order of time."""
    people = {one.id: one for one in (office.db.read(clients.clients, office.vault, left=True) if who is None else who)}
    lines = [
        PlannedLine(people[facts.client.id], decision)
        for facts in _facts(office, who, now=now)
        if facts.client.id in people
        for decision in upcoming(office.book, office.rules, facts, now=now, until=until)
    ]
    return sorted(lines, key=lambda line: (line.decision.due.at, line.client.slug, line.occurrence))


def _facts(office: Office, who: Sequence[Client] | None, *, now: datetime) -> Iterator[ClientFacts]:
    traits = office.rules.quiet.asks_for_traits
    for only in [None] if who is None else [one.id for one in who]:
        yield from office.db.read(planning.all_facts, office.vault, now=now, client_id=only, traits=traits)


def next_letter(office: Office, client: Client, *, now: datetime, until: datetime) -> PlannedLine | None:
    """The next letter a client will get before then, as things stand."""
    lines = planned(office, [client], now=now, until=until)
    return next((line for line in lines if line.decision.skip is None), None)
