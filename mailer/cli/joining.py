"""`mailer client join` and `leave`: which schedules is a client on, and from which day on?"""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import desk
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, clock, office_of, option
from mailer.cli.problems import WrongUsage
from mailer.errors import PermanentFailure
from mailer.flow import client_words as words
from mailer.flow.enqueue import schedules_of
from mailer.flow.office import Office
from mailer.model.people import Client
from mailer.store import clients, enrolments, practice

ScheduleArgument = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its file's name without .toml.")]


def register(group: typer.Typer) -> None:
    """Adds the commands."""
    group.command()(join)
    group.command()(leave)


def join(
    slug: ClientArgument,
    schedule: ScheduleArgument,
    start: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day, YYYY-MM-DD; the client's today where not given.")
    ] = "",
    end: Annotated[str, typer.Option("--until", metavar="DAY", help="Last day, YYYY-MM-DD.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a client on a schedule."""
    first = option("--from", desk.day, start) if start else None
    last = option("--until", desk.day, end) if end else None
    with office_of(config) as office:
        refuse_unknown(office, schedule)
        client = office.db.read(clients.find_client, office.vault, slug)
        done = join_schedule(office, client, schedule, start=first, end=last)
        is_on = office.book.schedules[schedule].enabled
    off = "" if is_on else f"; it sends nothing while enabled = false stands in {schedule}.toml"
    typer.echo(f"{slug} joined {schedule}{off}" if done else f"{slug} was on {schedule} already; nothing was changed")


def leave(slug: ClientArgument, schedule: ScheduleArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take a client off a schedule."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        on = [one.schedule for one in office.db.read(enrolments.enrolments, client_id=client.id)]
        if not office.db.write(enrolments.leave, client.id, schedule, now=clock()):
            raise PermanentFailure(f'{slug} is not on "{schedule}"; on: {", ".join(on) or "none"}')
    typer.echo(f"{slug} left {schedule}")


def refuse_unknown(office: Office, schedule: str) -> None:
    """PermanentFailure with the schedule that was probably meant, or all there are, where this is none of them."""
    if schedule not in office.book.schedules:
        begun = [one for one in sorted(office.book.schedules) if schedule and one.startswith(schedule)]
        if near := begun or get_close_matches(schedule, sorted(office.book.schedules), n=1):
            raise PermanentFailure(f'there is no schedule "{schedule}"; did you mean "{near[0]}"?')
        known = ", ".join(sorted(office.book.schedules)) or "none"
        raise PermanentFailure(f'there is no schedule "{schedule}"; the folder has: {known}')


def refuse_unspoken(office: Office, language: str) -> None:
    """PermanentFailure with the languages there are, where letters cannot be written in this one."""
    try:
        words.language(language, office.templates.words.languages())
    except ValueError as error:
        raise PermanentFailure(f"--language: {error}") from None


def audiences(office: Office, client: Client) -> list[str]:
    """Schedules in force whose audience includes the client."""
    coach = office.db.read(practice.coach, office.vault, client.coach_id)
    theirs = [office.book.schedules[slug] for slug in schedules_of(office, coach.practice)]
    return [one.slug for one in theirs if one.enabled and one.audience.includes(client, coach.slug)]


def join_schedule(
    office: Office, client: Client, schedule: str, *, start: date | None = None, end: date | None = None
) -> bool:
    """Puts the client on a schedule, from the client's own today on unless told; False if the client is on it."""
    today = clock().astimezone(ZoneInfo(client.zone)).date()
    first = start or today
    if end is not None and end < first:
        raise WrongUsage(f"--until: {end} comes before {first}, the first day; nothing would ever be sent")
    if end is not None and end < today:
        raise PermanentFailure(f"--until: {end} is over where {client.slug} lives; nothing would ever be sent")
    return office.db.write(enrolments.join, client.id, schedule, start=first, end=end, now=clock())
