"""What works, and is probably not meant? The notes of `mailer check`: none of them keeps a letter from going out.

The people are looked at only where both databases are there and as they should be; nothing is made or written.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from uuid import UUID

from mailer.addresses import address_key
from mailer.config import Settings
from mailer.engine.opening import open_databases
from mailer.errors import MailerError
from mailer.model.people import Client
from mailer.schedule.book import Book, IfQuiet, Prompt, Schedule
from mailer.schedule.when import Cron, EveryDays, EveryWeeks, Monthly, OnDate, Weekly
from mailer.secrets import master_bytes
from mailer.store import clients, enrolments, practice
from mailer.store.migrate import DATA, KEYS, require_current
from mailer.store.vault import Vault
from mailer.zones import current_name

_EXAMPLE = re.compile(r"@(.*\.)?example(\.(com|net|org))?$", re.IGNORECASE)  # RFC 2606 §2, §3
_NO_DOTS = ("gmail.com", "googlemail.com")  # where ana.b and anab are one mailbox


@dataclass(frozen=True, slots=True)
class People:
    """Everyone who may get letters, and on which schedules they were put."""

    clients: Sequence[Client]
    coaches: dict[UUID, tuple[str, str]]  # practice and slug
    enrolled: frozenset[tuple[UUID, str]]  # client and schedule


def notes(settings: Settings, book: Book) -> Iterator[str]:
    """One line for each thing that is worth a second look."""
    in_force = [one for one in book.schedules.values() if one.enabled]
    yield from _examples(settings)
    yield from _old_zones(settings.file)
    for schedule in in_force:
        yield from _nights(schedule, settings)
        yield from _no_such_coach(schedule, settings)
    try:
        people = _people(settings)
    except MailerError as trouble:
        yield f"the clients were not looked at: {trouble}"
        return
    if people is not None:
        yield from _one_mailbox(people.clients)
        yield from _nobody(in_force, people, only=len(settings.practices) == 1)
        yield from _no_such_client(in_force, people)
        yield from _schedules_gone(people, book)


def _examples(settings: Settings) -> Iterator[str]:
    for address in dict.fromkeys(
        [*(one.address for one in settings.coaches), *(one.address for one in settings.accounts)]
    ):
        if _EXAMPLE.search(address):
            yield f"{address} is an address for examples; nothing sent there arrives"


def _old_zones(file: Path) -> Iterator[str]:
    for coach in tomllib.loads(file.read_text("utf-8-sig"))["coach"]:
        if (today := current_name(coach["zone"])) != coach["zone"]:
            yield f'coach {coach["id"]}: {coach["zone"]} is called {today} today; write zone = "{today}"'


def _nights(schedule: Schedule, settings: Settings) -> Iterator[str]:
    hours = settings.rules.quiet.hours
    for prompt in schedule.prompts:
        quiet = [f"{one:%H:%M}" for one in times_of(prompt) if hours is not None and one in hours]
        if quiet:
            when = " and ".join(quiet)
            yield f"{schedule.slug}/{prompt.id} is planned for {when}, in the quiet hours ({hours}): {_becomes(prompt)}"


def times_of(prompt: Prompt) -> tuple[time, ...]:
    """The times of day that a prompt's `when` names; none where it counts from something else."""
    match prompt.when:
        case Weekly() | EveryDays() | EveryWeeks() | Monthly() | OnDate():
            return prompt.when.times
        case Cron():
            return prompt.when.fields.times
        case _:
            return () if prompt.when.at is None else (prompt.when.at,)


def _becomes(prompt: Prompt) -> str:
    match prompt.if_quiet:
        case IfQuiet.EARLIER:
            return "it goes before they begin"
        case IfQuiet.LATER:
            return "it goes after they end, if that is soon enough for its max_late"
        case IfQuiet.SKIP:
            return "it never goes"


def _no_such_coach(schedule: Schedule, settings: Settings) -> Iterator[str]:
    known = {one.slug for one in settings.coaches}
    for name in sorted(schedule.audience.coaches - known):
        yield f'{schedule.slug} is for "{schedule.audience.text}", and there is no coach {name} in config.toml'


def _people(settings: Settings) -> People | None:
    """Everyone, or None where there is nothing to look at yet."""
    for url in (settings.store_url, settings.keys_url):
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            return None
    with open_databases(settings) as (data, keys):
        require_current(data, DATA, file=settings.file)
        require_current(keys, KEYS, file=settings.file)
        vault = Vault(keys, master_bytes(settings.master_key))
        everyone = data.read(clients.clients, vault)
        coaches = data.read(practice.coaches, vault)
        enrolled = data.read(enrolments.enrolments)
    return People(
        everyone,
        {one.id: (one.practice, one.slug) for one in coaches},
        frozenset((one.client_id, one.schedule) for one in enrolled),
    )


def _one_mailbox(everyone: Sequence[Client]) -> Iterator[str]:
    """Clients who are probably one person, reached twice; what the host does with dots and tags is guessed."""
    by_mailbox = sorted((_mailbox(one.address), one.slug) for one in everyone)
    for _, same in itertools.groupby(by_mailbox, key=lambda pair: pair[0]):
        slugs = [slug for _, slug in same]
        if len(slugs) > 1:
            yield f"clients {_listed(slugs)} have one mailbox: whoever reads it gets the letters of each"


def _mailbox(address: str) -> str:
    local, _, domain = address_key(address).rpartition("@")
    name = local.partition("+")[0] or local
    return f"{name.replace('.', '')}@gmail.com" if domain in _NO_DOTS else f"{name}@{domain}"


def _nobody(in_force: Sequence[Schedule], people: People, *, only: bool) -> Iterator[str]:
    if not people.clients:
        yield "there are no clients yet; `mailer client add` makes one"
        return
    busy: set[UUID] = set()
    for schedule in in_force:
        on_it = {one.id for one in people.clients if _is_on(one, schedule, people, only=only)}
        busy |= on_it
        if not on_it:
            yield (
                f'nobody is on {schedule.slug}: it is for "{schedule.audience.text}"; '
                f"`mailer client join CLIENT {schedule.slug}` puts somebody on it"
            )
    idle = [one.slug for one in people.clients if one.id not in busy]
    if idle:
        yield f"{_listed(idle)} {_are(idle)} on no schedule that is in force"


def _is_on(client: Client, schedule: Schedule, people: People, *, only: bool) -> bool:
    if (client.id, schedule.slug) in people.enrolled:
        return True
    house, coach = people.coaches.get(client.coach_id, ("", ""))
    theirs = schedule.practice == house or (schedule.practice is None and only)
    return theirs and schedule.audience.includes(client, coach)


def _schedules_gone(people: People, book: Book) -> Iterator[str]:
    slugs = {one.id: one.slug for one in people.clients}
    gone = sorted({(name, slugs[who]) for who, name in people.enrolled if who in slugs and name not in book.schedules})
    for name, same in itertools.groupby(gone, key=lambda pair: pair[0]):
        who = [slug for _, slug in same]
        yield f"{_listed(who)} {_are(who)} on {name}, and its file is gone: nothing of it is sent"


def _no_such_client(in_force: Sequence[Schedule], people: People) -> Iterator[str]:
    known = {one.slug for one in people.clients}
    for schedule in in_force:
        for name in sorted(schedule.audience.clients - known):
            yield f'{schedule.slug} is for "{schedule.audience.text}", and there is no client {name}'


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
