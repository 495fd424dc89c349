"""A question asked once: from what a person says to a schedule file that sends it.

    members_of   who is meant, or what is wrong with the audience
    write_down   the file, read back as strictly as any other before it is put into the folder, then taken in
    outcome      who gets it when, and who does not and why
The file belongs to the operator from then on: deleting it takes the question back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.errors import ConfigError, PermanentFailure
from mailer.flow.enqueue import take_in_book
from mailer.flow.office import Office
from mailer.flow.one_off import OneOff, schedule_text
from mailer.flow.planned import PlannedLine, planned
from mailer.flow.write import posting_of, prompt_letter
from mailer.model.people import Client, Coach
from mailer.schedule.audience import Audience, Trait
from mailer.schedule.book import Book, Schedule
from mailer.schedule.clock import wall_clock
from mailer.schedule.expression import atoms
from mailer.schedule.load import load_book
from mailer.schedule.when import OnDate
from mailer.store import clients, enrolments, practice
from mailer.store.roster import Amendment, Joining, take_in

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where schedules stand, and how late a letter may go where a schedule does not say it."""

    path: Path
    max_late: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Who is asked: clients of one practice, each with their coach."""

    practice: str
    clients: tuple[Client, ...]
    coaches: dict[UUID, Coach]  # by id

    @property
    def zone(self) -> ZoneInfo:
        """Whose "tomorrow" is meant: the coach's of the first."""
        return ZoneInfo(self.coaches[self.clients[0].coach_id].zone)

    @property
    def languages(self) -> list[str]:
        """The languages they read, without regions."""
        return sorted({one.language.partition("-")[0] for one in self.clients})


def members_of(office: Office, audience: Audience) -> Members:
    """The clients an audience includes; PermanentFailure where they are nobody, or of several practices."""
    coaches = {one.id: one for one in office.db.read(practice.coaches, office.vault)}
    known = office.db.read(clients.clients, office.vault)
    _refuse_strangers(audience, known, list(coaches.values()))
    found = tuple(one for one in known if audience.includes(one, coaches[one.coach_id].slug))
    if not found:
        raise PermanentFailure(f'--to: nobody is meant by "{audience.text}"; `mailer client list` shows who there is')
    practices = sorted({coaches[one.coach_id].practice for one in found})
    if len(practices) > 1:
        listed, coach = " and ".join(practices), coaches[found[0].coach_id].slug
        remedy = f'ask those of one practice, such as --to "coach {coach}"'
        raise PermanentFailure(f"--to: these are clients of {listed}; {remedy}")
    return Members(practice=practices[0], clients=found, coaches=coaches)


def refuse_past(when: OnDate, members: Members, *, now: datetime) -> None:
    """PermanentFailure where the time has passed for everyone."""
    if not any(_is_ahead(when, one, now) for one in members.clients):
        raise PermanentFailure(f"--when: {when} has passed where they live; name a time to come")


async def write_down(office: Office, folder: Folder, asked: OneOff, members: Members, *, now: datetime) -> str:
    """The name of the schedule it became; PermanentFailure, with nothing left behind, where it cannot be.

    1. reads the text back in a place of its own, as strictly as any file
    2. tries the letter for everyone
    3. enrols everyone for the days until it is asked
    4. puts the file into the folder, under a name that was never used, and makes it known
    """
    slug = _unused(office, folder.path, asked)
    several = len(office.practices) > 1
    text = schedule_text(asked, practice=members.practice if several else "", written=now.date())
    schedule = _read_back(slug, text, max_late=folder.max_late)
    _try_letters(office, schedule, members, now=now)
    path = folder.path / f"{slug}.toml"
    before = office.book
    try:
        joining = [_joining(one, slug, asked.when.day, now=now) for one in members.clients]
        await office.db.run(take_in, office.vault, (), joining, (), now=now)
        _put(path, text)
        office.book = Book(schedules={**before.schedules, slug: schedule})
        await take_in_book(office, now=now)
    except BaseException:
        office.book = before
        path.unlink(missing_ok=True)
        for one in members.clients:
            await office.db.run(enrolments.leave, one.id, slug, now=now)
        raise
    return slug


def _joining(client: Client, slug: str, day: date, *, now: datetime) -> Amendment:
    """From the client's own today to the day of the question, however late that may be where the client lives."""
    today = now.astimezone(ZoneInfo(client.zone)).date()
    return Amendment(client_id=client.id, joining=(Joining(schedule=slug, start=today, end=max(today, day)),))


def outcome(office: Office, slug: str, members: Members, *, now: datetime) -> list[PlannedLine]:
    """What will become of the question for each client, as things stand; those for whom it has passed are left out."""
    [prompt] = office.book.schedules[slug].prompts
    day = prompt.when.day if isinstance(prompt.when, OnDate) else now.date()
    until = datetime.combine(day + 2 * DAY, time.min, tzinfo=now.tzinfo) + prompt.max_late
    lines = planned(office, members.clients, now=now, until=until)
    return [line for line in lines if line.decision.due.schedule == slug]


def _refuse_strangers(audience: Audience, known: Sequence[Client], coaches: Sequence[Coach]) -> None:
    """A client or coach who is named and not there is a slip that would leave somebody unasked."""
    there: dict[Trait, set[str]] = {
        Trait.CLIENT: {one.slug.lower() for one in known},
        Trait.COACH: {one.slug.lower() for one in coaches},
    }
    for named in atoms(audience.expression):
        for word in sorted(named.words - there.get(named.trait, named.words)):
            raise PermanentFailure(f'--to: there is no {named.trait} "{word}"; {_near(word, there[named.trait])}')


def _near(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(sorted(known)) or 'none'}"


def _is_ahead(when: OnDate, client: Client, now: datetime) -> bool:
    own = client.habits.own_time or when.times[0]
    moment = wall_clock(when.day, own, ZoneInfo(client.zone))
    return moment is not None and moment.at > now


def _unused(office: Office, folder: Path, asked: OneOff) -> str:
    """A name no schedule has or had: what was decided under a name is never decided again."""
    taken = {one.schedule for one in office.db.read(enrolments.enrolments)} | set(office.book.schedules)
    taken |= {one.stem for one in folder.glob("*.toml")}
    number = 1
    while (slug := f"ask-{asked.when.day}-{number}") in taken:
        number += 1
    return slug


def _read_back(slug: str, text: str, *, max_late: timedelta) -> Schedule:
    """The schedule as a strict reading has it."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / f"{slug}.toml").write_text(text, "utf-8")
        try:
            return load_book(Path(name), max_late=max_late).schedules[slug]
        except ConfigError as error:
            said = "; ".join(f"{one.key}: {one.message}" for one in error.problems)
            raise PermanentFailure(f"{said}; nothing was written") from error


def _try_letters(office: Office, schedule: Schedule, members: Members, *, now: datetime) -> None:
    """PermanentFailure where somebody's letter could not be written."""
    [prompt] = schedule.prompts
    for one in members.clients:
        coach = members.coaches[one.coach_id]
        posting = posting_of(office, coach, bytes(10), now=now)
        prompt_letter(office, prompt, client=one, coach=coach, session=None, posting=posting, fallback="")


def _put(path: Path, text: str) -> None:
    """The whole file at once, and never over another one: an engine may be looking."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, "utf-8")
        try:
            path.hardlink_to(beside)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise PermanentFailure(f"{path} cannot be written: {error.strerror}; nothing was asked") from None
