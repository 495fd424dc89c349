"""What does one row of a roster come to: someone new, a change, or nothing?

A row is about the client it names by short name, else about the one with its address, else about someone new. Of
clients who are there already only what a filled cell says differently is changed. A client stays with their coach, and
the days of a schedule they are on stay as they are: they are counted from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.addresses import address_key
from mailer.flow import client_words as words
from mailer.flow.roster_addresses import LIVING
from mailer.flow.roster_file import Sheet
from mailer.flow.roster_rows import Said, Wish, unknown_schedule
from mailer.model.people import USUAL_HABITS, Client, ClientChanges, ClientState, Coach, Enrolment, Form, NewClient
from mailer.store.roster import Joining

NOTHING = ClientChanges()


class Change(StrEnum):
    """What a row comes to."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row, understood: whom it is about and what it changes; `details` are columns, or why a name is as it is."""

    line: int
    change: Change
    slug: str
    details: tuple[str, ...] = ()
    new: NewClient | None = None
    client: Client | None = None
    changes: ClientChanges = NOTHING
    joining: tuple[Joining, ...] = ()
    shared_address: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is there before the roster is taken in."""

    clients: Sequence[Client]  # whoever left, too
    called: Mapping[str, Sequence[Client]]  # by short name: several only in several practices
    at: Mapping[str, Sequence[Client]]  # by `address_key`
    coaches: Mapping[str, Coach]
    on: Mapping[UUID, Mapping[str, Enrolment]]  # living enrolments by client and schedule
    schedules: Collection[str]  # that have a file
    slugs: set[str]  # taken by a client, or by a row above

    def practice_of(self, said: Said, client: Client | None) -> UUID | None:
        """The practice a row is about; None where that cannot be told."""
        if client is not None:
            return client.practice_id
        coach = self.coaches.get(said.values.get("coach", "")) or self.only_coach
        return coach.practice_id if coach is not None else None

    @property
    def only_coach(self) -> Coach | None:
        """The coach whom nobody has to name."""
        return next(iter(self.coaches.values())) if len(self.coaches) == 1 else None

    def coach_of(self, client: Client) -> str:
        """The short name of a client's coach."""
        return next(slug for slug, one in self.coaches.items() if one.id == client.coach_id)


def who(said: Said, people: People, sheet: Sheet) -> Client | None:
    """The client a row is about; None for someone new, or once the sheet has noted what is in the way."""
    coach = people.coaches.get(said.values.get("coach", ""))
    column = "client" if said.slug else "email"
    known = people.called.get(said.slug, ()) if said.slug else people.at.get(address_key(said.address), ())
    found = [one for one in known if coach is None or one.practice_id == coach.practice_id]
    if not said.slug:
        found = [one for one in found if one.state in LIVING] or found
    if len(found) > 1:
        names = ", ".join(one.slug for one in found)
        remedy = "name the coach as well" if said.slug else "say which one in a column client"
        sheet.problem(said.line, column, f"several clients are meant by it: {names}; {remedy}")
        return None
    if found and found[0].state not in LIVING:
        slug = found[0].slug
        told = f"{slug} has left; `mailer client resume {slug}` brings them back, a column client names someone else"
        sheet.problem(said.line, column, told)
    return found[0] if found else None


def entry(said: Said, client: Client | None, people: People, *, sheet: Sheet, now: datetime) -> Entry | None:
    """The row as an entry; None where the sheet has problems with it already or by now."""
    before = len(sheet.problems)
    made = (
        _addition(said, people, sheet, now=now)
        if client is None
        else _amendment(said, client, people, sheet=sheet, now=now)
    )
    for one in said.wishes:
        is_on = client is not None and one.schedule in people.on.get(client.id, {})
        if not is_on and (told := unknown_schedule(one.schedule, people.schedules)):
            sheet.problem(said.line, "schedule", told)
    return made if len(sheet.problems) == before else None


def _addition(said: Said, people: People, sheet: Sheet, *, now: datetime) -> Entry | None:
    coach = said.values.get("coach") or (people.only_coach.slug if people.only_coach else "")
    if not coach and "coach" not in _troubled(said, sheet):
        listed = ", ".join(sorted(people.coaches))
        sheet.problem(said.line, "coach", f"say whose client it is; config.toml has: {listed}")
    if _lacks_something(said, sheet):
        return None
    state = said.values.get("state", ClientState.ACTIVE)
    if state is not ClientState.ACTIVE:
        told = f"nobody new is taken in as {state.value}; leave the row out, or the cell empty once letters are welcome"
        sheet.problem(said.line, "state", told)
    slug, details = _short_name(said, people)
    joining = _joining(said, said.wishes, zone=said.values["zone"], who=slug, sheet=sheet, now=now)
    new = NewClient(
        slug=slug,
        name=said.values["name"],
        address=said.address,
        coach=coach,
        zone=said.values["zone"],
        country=said.values.get("country", ""),
        language=said.values.get("language", "en"),
        form=said.values.get("form", Form.INFORMAL),
        tags=said.values.get("tags", frozenset()),
        habits=said.habits(USUAL_HABITS),
        variables=dict(said.variables),
    )
    return Entry(
        line=said.line, change=Change.ADD, slug=slug, details=details, new=new, joining=joining,
        shared_address=said.shares,
    )  # fmt: skip


def _lacks_something(said: Said, sheet: Sheet) -> bool:
    """Whether a row about someone new leaves out what nobody can do without."""
    lacking = [one for one in ("name", "email", "zone") if one not in said.values]
    for column in set(lacking) - _troubled(said, sheet) - sheet.misspelt:
        if column in sheet.columns:
            sheet.problem(said.line, column, "a new client needs this cell; fill it")
        else:
            sheet.problem(sheet.header, column, "there is no such column, and new clients need it; add it")
    return bool(lacking)


def _troubled(said: Said, sheet: Sheet) -> set[str]:
    """The columns of a row, or of the whole sheet, that a problem is noted with already."""
    return {one.key for one in sheet.problems if one.line in (said.line, sheet.header)}


def _short_name(said: Said, people: People) -> tuple[str, tuple[str, ...]]:
    """The short name of someone new, and what is to be said of it."""
    if said.slug:
        people.slugs.add(said.slug)
        return said.slug, ()
    base = words.short_name_of(said.values["name"]) or "client"
    slug, number = base, 1
    while slug in people.slugs:
        number += 1
        slug = f"{base[: 39 - len(str(number))].rstrip('-')}-{number}"
    people.slugs.add(slug)
    return slug, (f"{base} is taken",) if slug != base else ()


def _amendment(said: Said, client: Client, people: People, *, sheet: Sheet, now: datetime) -> Entry:
    coach, state = said.values.get("coach"), said.values.get("state", client.state)
    if coach is not None and coach != people.coach_of(client):
        told = f"{client.slug} is {people.coach_of(client)}'s client; what was written to one coach is not another's"
        sheet.problem(said.line, "coach", f"{told}: add them anew under another short name")
    if state is not client.state:
        told = f"{client.slug} is {client.state.value}; `mailer client pause` and `resume` change that"
        sheet.problem(said.line, "state", told)
    fields, changes = _differences(said, client)
    on = people.on.get(client.id, {})
    wishes = [one for one in said.wishes if one.schedule not in on]
    for one in said.wishes:
        if one.schedule in on:
            _refuse_other_days(said, one, on[one.schedule], slug=client.slug, sheet=sheet)
    zone = changes.zone or client.zone
    joining = _joining(said, wishes, zone=zone, who=client.slug, sheet=sheet, now=now)
    fields += ["schedule"] if joining else []
    change = Change.CHANGE if fields else Change.SAME
    return Entry(
        line=said.line, change=change, slug=client.slug, details=tuple(fields), client=client, changes=changes,
        joining=joining,
    )  # fmt: skip


def _differences(said: Said, client: Client) -> tuple[list[str], ClientChanges]:
    """The columns that say something else than what is stored, and what they make of it."""
    plain = {"name": "name", "email": "address", "zone": "zone", "country": "country", "language": "language"}
    plain |= {"form": "form", "tags": "tags"}
    differing = {
        column: name
        for column, name in plain.items()
        if column in said.values and said.values[column] != getattr(client, name)
    }
    changed = {name: said.values[column] for column, name in differing.items()}
    habits = said.habits(client.habits)
    names = {"at": "own_time", "days_off": "days_off", "quiet": "quiet_hours"}
    moved = [column for column, name in names.items() if getattr(habits, name) != getattr(client.habits, name)]
    told = [f"var:{name}" for name, value in said.variables.items() if client.variables.get(name) != value]
    if moved:
        changed["habits"] = habits
    if told:
        changed["variables"] = {**client.variables, **said.variables}
    if "address" in changed and said.shares:
        changed["shared_address"] = True
    return [*differing, *moved, *told], ClientChanges(**changed)


def _refuse_other_days(said: Said, wish: Wish, on: Enrolment, *, slug: str, sheet: Sheet) -> None:
    """The days of a schedule a client is on are counted from already."""
    for column, wanted, known in (("start", wish.start, on.start), ("end", wish.end, on.end)):
        if wanted is not None and wanted != known:
            there = f"{slug} is on {on.schedule} from {on.start}{f' to {on.end}' if on.end else ''} already"
            remedy = f"`mailer client leave {slug} {on.schedule}` first, or leave the cell empty"
            sheet.problem(said.line, column, f"{there}, and its days are counted; {remedy}")


def _joining(
    said: Said, wishes: Sequence[Wish], *, zone: str, who: str, sheet: Sheet, now: datetime
) -> tuple[Joining, ...]:
    today = now.astimezone(ZoneInfo(zone)).date()
    for one in wishes:
        if one.end is not None and one.end < today:
            sheet.problem(said.line, "end", f"{one.end} is over where {who} lives; nothing would ever be sent")
    return tuple(Joining(schedule=one.schedule, start=one.start or today, end=one.end) for one in wishes)
