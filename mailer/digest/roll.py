"""What do the day's facts say of each client?

The roll is called once; every section of the digest then asks it. Rows of someone who is no client any more are kept
under a person without a name, as no letter may be lost because somebody left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from mailer.digest.letters import Writer
from mailer.digest.names import display_names
from mailer.digest.parts import Person
from mailer.digest.signals import Reason, Standing, is_rating, standing
from mailer.model.people import Client, ClientState
from mailer.model.report import AwayRow, DigestFacts, EntryKind, RatingRow, ReplyRow, SentRow, TroubleRow

_GONE = frozenset({ClientState.LEFT, ClientState.FORGOTTEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One client with all that the facts hold of them."""

    client: Client
    person: Person
    standing: Standing
    ratings: tuple[RatingRow, ...]
    rows: tuple[ReplyRow, ...]  # all kinds, in order of arrival

    @property
    def told(self) -> tuple[ReplyRow, ...]:
        """The rows shown as letters: replies, and steering words that left prompts running ("resume")."""
        stands_still = self.standing.reason in {Reason.PAUSED, Reason.STOPPED}
        return tuple(
            row
            for row in self.rows
            if row.kind is EntryKind.REPLY or (row.kind is EntryKind.STEERING and not stands_still)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Every client of the coach, in the order the facts name them."""

    entries: Mapping[UUID, Entry]
    stranger: Person  # stands for whoever is not among the entries

    def person(self, client_id: UUID | None) -> Person:
        """How the digest speaks of a row's client."""
        entry = self.entries.get(client_id) if client_id else None
        return entry.person if entry else self.stranger

    def writers(self, replies: Iterable[ReplyRow]) -> dict[UUID, Writer]:
        """Who wrote, by client id, in the order in which their first letters came."""
        rows = _by_client(replies)
        found: dict[UUID, Writer] = {}
        for key, theirs in rows.items():
            entry = self.entries.get(key)
            told = (
                entry.told
                if entry
                else tuple(row for row in theirs if row.kind in {EntryKind.REPLY, EntryKind.STEERING})
            )
            if told:
                names = (entry.person.name, entry.client.name, entry.client.first_name) if entry else ()
                ratings = entry.ratings if entry else ()
                found[key] = Writer(person=self.person(key), signatures=names, rows=told, ratings=ratings)
        return found


def call_roll(facts: DigestFacts) -> Roll:
    """Go through the facts once and say of each client who they are and how they stand."""
    clients = [client for client in facts.clients if client.state not in _GONE]
    names = display_names(clients)
    sent, replies = _by_client(facts.sent), _by_client(facts.replies)
    ratings = _by_client(row for row in facts.ratings if is_rating(row.value))
    away, troubles = _by_client(facts.away), _by_client(row for row in facts.troubles if row.client_id)
    entries: dict[UUID, Entry] = {}
    for client in clients:
        person = Person(
            name=names[client.id], zone=client.zone, answer=_usable(facts.answer_addresses.get(client.id, ""))
        )
        rows = replies.get(client.id, ())
        entries[client.id] = Entry(
            client=client,
            person=person,
            standing=_standing(client, facts, sent=sent, away=away, troubles=troubles, rows=rows),
            ratings=tuple(sorted(ratings.get(client.id, ()), key=lambda row: row.at)),
            rows=rows,
        )
    return Roll(entries=entries, stranger=Person(name="", zone=facts.coach.zone))


def _usable(address: str) -> str:
    """The address, or "" where it holds what no address does: better no link than one that leads elsewhere."""
    return address if "@" in address and address.isprintable() and not set(address) & set(' <>"(),;:\\') else ""


def _standing(
    client: Client,
    facts: DigestFacts,
    *,
    sent: Mapping[UUID, tuple[SentRow, ...]],
    away: Mapping[UUID, tuple[AwayRow, ...]],
    troubles: Mapping[UUID, tuple[TroubleRow, ...]],
    rows: tuple[ReplyRow, ...],
) -> Standing:
    unknown_yet = tuple(
        AwayRow(client_id=client.id, noticed_at=row.received_at, until=None)
        for row in rows
        if row.kind is EntryKind.AUTO_REPLY and client.id not in away
    )
    return standing(
        client,
        now=facts.now,
        today=facts.day,
        sent=sent.get(client.id, ()),
        away=away.get(client.id, unknown_yet),
        troubles=troubles.get(client.id, ()),
        last_letter=_last_letter(rows),
    )


def _last_letter(rows: Iterable[ReplyRow]) -> datetime | None:
    return max((row.received_at for row in rows if row.kind in {EntryKind.REPLY, EntryKind.STEERING}), default=None)


class _OfClient(Protocol):
    @property
    def client_id(self) -> UUID | None: ...


_Row = TypeVar("_Row", bound=_OfClient)


def _by_client(rows: Iterable[_Row]) -> dict[UUID, tuple[_Row, ...]]:
    """Rows by client, each client's in the order given; rows of nobody are left out."""
    found: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.client_id is not None:
            found[row.client_id].append(row)
    return {key: tuple(theirs) for key, theirs in found.items()}
