"""What would a roster change, how is it taken in, and how is one written? All of it is taken in, or nothing.

    read_roster      the file's rows against the people there are; every problem at once
    take_in_roster   in one transaction
    roster_text      everyone who is there, such that reading it changes nothing
Nobody is taken off a schedule by a roster, and nobody is let go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.addresses import address_key
from mailer.errors import ConfigError
from mailer.flow.enqueue import schedules_of
from mailer.flow.languages import letters_without_text, say_without_text
from mailer.flow.office import Office
from mailer.flow.roster_addresses import LIVING, check_addresses, mailbox_notes
from mailer.flow.roster_entries import Change, Entry, People, entry, who
from mailer.flow.roster_file import VARIABLE, read_sheet, write_sheet
from mailer.flow.roster_rows import Known, columns_of, read_rows
from mailer.model.people import Client, ClientState, Enrolment
from mailer.model.plan import PlanClient
from mailer.store import clients, enrolments, practice
from mailer.store.roster import Addition, Amendment, InForce, take_in

ALWAYS = ("name", "email", "coach", "zone", "country", "language", "form", "tags", "schedule", "start", "end", "client")
WHERE_NEEDED = ("at", "days_off", "quiet", "shared_address", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster that can be taken in, and what its reader should know."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    def count(self, change: Change) -> int:
        """How many rows come to this."""
        return sum(one.change is change for one in self.entries)


def read_roster(office: Office, content: bytes, file: Path, *, now: datetime) -> Roster:
    """What a file would change; ConfigError with every problem of it, each with its line and column."""
    sheet = read_sheet(content, file)
    people = _people(office)
    said = read_rows(
        sheet,
        Known(coaches=people.coaches, schedules=people.schedules, languages=office.templates.words.languages()),
    )
    if sheet.columns and not sheet.rows and not sheet.problems:
        sheet.problem(sheet.header, "", "there is no row below the names of the columns; write one for each client")
    rows = [(one, client, people.practice_of(one, client)) for one in said for client in [who(one, people, sheet)]]
    check_addresses(rows, people.at, sheet)
    people.slugs.update(one.slug for one in said if one.slug)  # a name that is written down is not made up for another
    entries = [entry(one, client, people, sheet=sheet, now=now) for one, client, _ in rows]
    if sheet.problems:
        raise ConfigError(sorted(set(sheet.problems)))
    found = tuple(one for one in entries if one is not None)
    notes = (*sheet.notes, *mailbox_notes(said, people.at), *_texts_missing(office, found, people))
    return Roster(entries=found, notes=notes)


def take_in_roster(office: Office, roster: Roster, *, now: datetime) -> None:
    """Writes a roster down in one transaction, and enrols whom audiences include by now."""
    added = [
        Addition(new=one.new, shared_address=one.shared_address, joining=one.joining)
        for one in roster.entries
        if one.new is not None
    ]
    amended = [
        Amendment(client_id=one.client.id, changes=one.changes, joining=one.joining)
        for one in roster.entries
        if one.client is not None and one.change is Change.CHANGE
    ]
    office.db.write(take_in, office.vault, added, amended, schedules_in_force(office), now=now)


def schedules_in_force(office: Office) -> list[InForce]:
    """Every schedule that is sent, with the practice whose clients it may include."""
    return [
        InForce(practice=name, schedule=slug, includes=office.book.schedules[slug].audience.includes)
        for name in office.practices
        for slug in schedules_of(office, name)
        if office.book.schedules[slug].enabled
    ]


def roster_text(office: Office, *, now: datetime) -> str:
    """Everyone there is as a roster. Columns that would be empty for all are left out, but for those of a new one."""
    people = _people(office)
    living = [one for one in people.clients if one.state in LIVING]
    variables = sorted({name for one in living for name in one.variables})
    rows = [columns_of(one, variables) | _elsewhere(one, people, now=now) for one in living]
    if all(row["state"] == ClientState.ACTIVE.value for row in rows):
        rows = [row | {"state": ""} for row in rows]
    needed = [column for column in WHERE_NEEDED if any(row[column] for row in rows)]
    return write_sheet([*ALWAYS, *needed, *(f"{VARIABLE}{name}" for name in variables)], rows)


def _people(office: Office) -> People:
    known = office.db.read(clients.clients, office.vault, left=True)
    on: dict[UUID, dict[str, Enrolment]] = {}
    for one in office.db.read(enrolments.enrolments):
        on.setdefault(one.client_id, {})[one.schedule] = one
    called: dict[str, list[Client]] = {}
    at: dict[str, list[Client]] = {}
    for client in known:
        called.setdefault(client.slug.casefold(), []).append(client)
        at.setdefault(address_key(client.address), []).append(client)
    return People(
        clients=known,
        called=called,
        at=at,
        coaches={one.slug: one for one in office.db.read(practice.coaches, office.vault)},
        on=on,
        schedules=office.book.schedules,
        slugs=set(called),
    )


def _texts_missing(office: Office, entries: Sequence[Entry], people: People) -> list[str]:
    """The letters that cannot be written to those who are new or change, told once for all whom they are for."""
    in_force = schedules_in_force(office)
    lacking: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in entries:
        who = _as_planned(one, people)
        if who is not None:
            schedules = [wish.schedule for wish in one.joining] + [
                each.schedule
                for each in in_force
                if each.practice == people.coaches[who.coach].practice
                and office.book.schedules[each.schedule].audience.includes(who, who.coach)
            ]
            if prompts := letters_without_text(office, who, schedules):
                lacking.setdefault((who.language, tuple(prompts)), []).append(who.slug)
    return [say_without_text(who, language, prompts) for (language, prompts), who in lacking.items()]


def _as_planned(entry: Entry, people: People) -> PlanClient | None:
    """Someone new or changed, as planning sees them; None for those who stay as they are."""
    new, old, changes = entry.new, entry.client, entry.changes
    if new is not None:
        return PlanClient(
            id=UUID(int=0), zone=new.zone, country=new.country, language=new.language, form=new.form, coach=new.coach,
            slug=new.slug, tags=new.tags,
        )  # fmt: skip
    if old is None or entry.change is Change.SAME:
        return None
    return PlanClient(
        id=old.id,
        zone=changes.zone or old.zone,
        country=old.country if changes.country is None else changes.country,
        language=changes.language or old.language,
        form=changes.form or old.form,
        coach=people.coach_of(old),
        slug=old.slug,
        tags=old.tags if changes.tags is None else changes.tags,
    )


def _elsewhere(client: Client, people: People, *, now: datetime) -> dict[str, str]:
    """What a row says that does not stand with the client: coach, schedules that have not ended, a shared address."""
    today = now.astimezone(ZoneInfo(client.zone)).date()
    on = [one for one in people.on.get(client.id, {}).values() if one.end is None or one.end >= today]
    ends = [str(one.end) if one.end else "none" for one in on] if any(one.end for one in on) else []
    sharing = [one for one in people.at[address_key(client.address)] if one.state in LIVING]
    return {
        "coach": people.coach_of(client),
        "schedule": " ".join(one.schedule for one in on),
        "start": " ".join(str(one.start) for one in on),
        "end": " ".join(ends),
        "shared_address": "yes" if len(sharing) > 1 else "",
    }
