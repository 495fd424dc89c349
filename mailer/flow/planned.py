"""What will become of every occurrence to come, as things stand, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mailer.flow.office import Office
from mailer.model.people import Client
from mailer.model.plan import Decision, Due
from mailer.schedule.plan import upcoming
from mailer.store import clients, planning


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One occurrence of one client, and what will become of it."""

    client: Client
    decision: Decision

    @property
    def occurrence(self) -> str:
        """Its name: "dana/weekly-checkin/week/2027-03-05"; anchors may hold blanks and slashes."""
        return occurrence_name(self.client, self.decision.due)


def occurrence_name(client: Client, due: Due) -> str:
    """What an occurrence is called on every list."""
    return f"{client.slug}/{due.schedule}/{due.prompt}/{due.anchor}"


def planned(office: Office, *, client_id: UUID | None = None, now: datetime, until: datetime) -> list[PlannedLine]:
    """Every occurrence of all clients, or of one, from now until then, in order of time."""
    people = {one.id: one for one in office.db.read(clients.clients, office.vault, left=True)}
    traits = office.rules.quiet.asks_for_traits
    known = office.db.read(planning.all_facts, office.vault, now=now, client_id=client_id, traits=traits)
    lines = [
        PlannedLine(people[facts.client.id], decision)
        for facts in known
        if facts.client.id in people
        for decision in upcoming(office.book, office.rules, facts, now=now, until=until)
    ]
    return sorted(lines, key=lambda line: (line.decision.due.at, line.client.slug, line.occurrence))


def next_letter(office: Office, client: Client, *, now: datetime, until: datetime) -> PlannedLine | None:
    """The next letter a client will get before then, as things stand."""
    lines = planned(office, client_id=client.id, now=now, until=until)
    return next((line for line in lines if line.decision.skip is None), None)
