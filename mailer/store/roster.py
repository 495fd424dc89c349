"""Many clients written down at once: all of them or, where one cannot be, none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from mailer.model.people import Client, ClientChanges, NewClient
from mailer.store import clients, enrolments
from mailer.store.vault import Vault

NOTHING = ClientChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """A schedule to be on, from one local date to another."""

    schedule: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Someone new."""

    new: NewClient
    shared_address: bool = False
    joining: tuple[Joining, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What changes about someone who is there already."""

    client_id: UUID
    changes: ClientChanges = field(default_factory=ClientChanges)
    joining: tuple[Joining, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A schedule that is sent, and whom of a practice it includes: a client with the short name of the coach."""

    practice: str
    schedule: str
    includes: Callable[[Client, str], bool]


def take_in(
    conn: Connection,
    vault: Vault,
    added: Sequence[Addition],
    amended: Sequence[Amendment],
    in_force: Sequence[InForce],
    *,
    now: datetime,
) -> None:
    """Adds, amends, joins, and enrols whom audiences include by now. PermanentFailure says what is in the way.

    Those who are there are amended first: one of them may give up an address that someone new has.
    """
    joining = [(one.client_id, one.joining) for one in amended]
    for amendment in amended:
        if amendment.changes != NOTHING:
            clients.edit_client(conn, vault, amendment.client_id, amendment.changes, now=now)
    for addition in added:
        client = clients.add_client(conn, vault, addition.new, shared_address=addition.shared_address, now=now)
        joining.append((client.id, addition.joining))
    for client_id, wishes in joining:
        for wish in wishes:
            enrolments.join(conn, client_id, wish.schedule, start=wish.start, end=wish.end, now=now)
    for one in in_force:
        enrolments.enrol_audience(conn, vault, one.practice, one.schedule, one.includes, now=now)
