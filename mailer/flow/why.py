"""Which occurrence does a person mean, and what is known of it? Written down, still to come, or not called for.

    dana/weekly-checkin/week/2027-03-05     client, schedule, prompt and anchor; an anchor may hold blanks and slashes
A long id in an anchor may be shortened to its last eight characters, as lists show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.planned import shown_anchor
from mailer.model.people import Client
from mailer.model.plan import ClientFacts, Decision, Due, PlanFacts
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.due import dues
from mailer.schedule.plan import upcoming
from mailer.store import clients, planning
from mailer.store.occurrence_view import DecidedOccurrence, decided_occurrences

AHEAD = timedelta(days=366)  # how far what is to come is worked out
MEANT = timedelta(days=10 * 366)  # further away a date is a slip of the finger
NEAREST = 2  # occurrences named in place of one that there is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """All that is known of one occurrence; at least one of the last three is there."""

    client: Client
    schedule: Schedule
    prompt: Prompt
    anchor: str
    facts: ClientFacts | None  # None for a client who is on no schedule any more
    mine: PlanFacts | None  # of this schedule
    due: Due | None  # as the calendar calls for it now
    decision: Decision | None  # what will become of it, as things stand
    decided: DecidedOccurrence | None  # what became of it
    before: tuple[Due, ...] = ()  # letters of any schedule that will go before it, as things stand

    @property
    def name(self) -> str:
        """How it is called."""
        return f"{self.client.slug}/{self.schedule.slug}/{self.prompt.id}/{shown_anchor(self.anchor)}"


def find_occurrence(office: Office, name: str, *, now: datetime) -> Occurrence:
    """The occurrence of that name; PermanentFailure names what is not there, and what is near."""
    slug, schedule, prompt, anchor = _parts(office, name)
    client = office.db.read(clients.find_client, office.vault, slug)
    rows = office.db.read(decided_occurrences, client.id, schedule.slug, prompt.names)
    decided = next((one for one in reversed(rows) if _is_meant(one.anchor, anchor)), None)
    facts = _facts(office, client, now=now)
    mine = next((one for one in facts.enrolments if one.enrolment.schedule == schedule.slug), None) if facts else None
    coming = upcoming(office.book, office.rules, facts, now=now, until=now + AHEAD) if facts else []
    decision = next((one for one in coming if _is_this(one.due, schedule, prompt, anchor)), None)
    due = decision.due if decision else _called_for(office, schedule, prompt, mine, anchor=anchor, now=now)
    if due is None and decided is None:
        raise PermanentFailure(_no_such(office, client, schedule, prompt=prompt, facts=mine, anchor=anchor, now=now))
    whole = due.anchor if due is not None else decided.anchor if decided is not None else anchor
    return Occurrence(
        client=client, schedule=schedule, prompt=prompt, anchor=whole, facts=facts, mine=mine, due=due,
        decision=decision, decided=decided,
        before=tuple(one.due for one in coming if one.skip is None and due is not None and one.due.at < due.at),
    )  # fmt: skip


def _parts(office: Office, name: str) -> tuple[str, Schedule, Prompt, str]:
    slug, _, rest = name.strip().partition("/")
    title, _, rest = rest.partition("/")
    identity, _, anchor = rest.partition("/")
    if not anchor:
        example = "dana/weekly-checkin/week/2027-03-05"
        raise PermanentFailure(f'"{name}" is no occurrence; write one as `mailer plan` shows it, such as {example}')
    schedule = office.book.schedules.get(title)
    if schedule is None:
        known = ", ".join(sorted(office.book.schedules)) or "none"
        raise PermanentFailure(f'there is no schedule "{title}"; the folder has: {known}')
    try:
        return slug, schedule, schedule.prompt(identity), anchor
    except KeyError:
        known = ", ".join(one.id for one in schedule.prompts)
        raise PermanentFailure(f'{title} has no prompt "{identity}"; it has: {known}') from None


def _facts(office: Office, client: Client, *, now: datetime) -> ClientFacts | None:
    traits = office.rules.quiet.asks_for_traits
    found = office.db.read(planning.all_facts, office.vault, now=now, client_id=client.id, traits=traits)
    return found[0] if found else None


def _is_this(due: Due, schedule: Schedule, prompt: Prompt, anchor: str) -> bool:
    return (due.schedule, due.prompt) == (schedule.slug, prompt.id) and _is_meant(due.anchor, anchor)


def _called_for(
    office: Office, schedule: Schedule, prompt: Prompt, facts: PlanFacts | None, *, anchor: str, now: datetime
) -> Due | None:
    if facts is None:
        return None
    found = _calendar(office, schedule, prompt, facts, around=_near(anchor, now))
    return next((due for due in found if _is_meant(due.anchor, anchor)), None)


def _calendar(office: Office, schedule: Schedule, prompt: Prompt, facts: PlanFacts, *, around: datetime) -> list[Due]:
    """What the calendar calls for in the year before and after a moment, decided or not."""
    return dues(schedule, prompt, facts, after=around - AHEAD, until=around + AHEAD, rules=office.rules)


def _no_such(
    office: Office, client: Client, schedule: Schedule, *,
    prompt: Prompt, facts: PlanFacts | None, anchor: str, now: datetime,
) -> str:  # fmt: skip
    if facts is None:
        return f"{client.slug} is not on {schedule.slug}: `mailer client join {client.slug} {schedule.slug}`"
    around = _near(anchor, now)
    found = _calendar(office, schedule, prompt, facts, around=around)
    near = sorted(found, key=lambda due: abs(due.at - around))[:NEAREST]
    said = f"there is no such occurrence; {schedule.slug}/{prompt.id} goes {prompt.reason}"
    if not near:
        return f"{said}, and nothing of it is called for as things stand"
    stem = f"{client.slug}/{schedule.slug}/{prompt.id}"
    names = [f'"{stem}/{shown_anchor(one.anchor)}"' for one in sorted(near, key=lambda due: due.at)]
    return f"{said}; the nearest: {' and '.join(names)}"


def _near(anchor: str, now: datetime) -> datetime:
    """Noon of the day an anchor begins with; now where it begins with none that a person would mean."""
    try:
        day = datetime.combine(date.fromisoformat(anchor[:10]), time(12), tzinfo=now.tzinfo)
    except ValueError:
        return now
    return day if abs(day - now) < MEANT else now


def _is_meant(anchor: str, typed: str) -> bool:
    return typed in (anchor, shown_anchor(anchor))
