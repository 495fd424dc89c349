"""`mailer session import`: what coaches' calendars say becomes sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, local, office_of, option
from mailer.cli.problems import WrongUsage
from mailer.edge.calendar import fetch_calendar
from mailer.errors import MailerError, PermanentFailure
from mailer.flow.office import Office
from mailer.flow.sessions import Ask, import_calendar
from mailer.model.calendar import CalendarPlace, Imported, Trouble
from mailer.model.people import SessionState
from mailer.model.places import Secret
from mailer.schedule.whose_event import valid_rule

LISTED = 20  # events that are explained one by one


def register(group: typer.Typer) -> None:
    """Adds the command."""
    group.command("import")(import_sessions)


def import_sessions(
    source: Annotated[
        str,
        typer.Argument(metavar="[CALENDAR]", help="A file or an address; those of config.toml where not given."),
    ] = "",
    coach: Annotated[str, typer.Option(metavar="COACH", help="Whose calendar it is: the coach's id.")] = "",
    rule: Annotated[
        str,
        typer.Option(metavar="TITLE", help="How a title says with whom, “Coaching {name}”; else as in config.toml."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Cancel sessions even where the calendar has none left.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take sessions from a coach's calendar.

    An event is a session where a client is among those invited, or where its title fits the rule. Sessions that were
    imported before move and are cancelled with their events; those noted by hand stay.
    """
    title = option("--rule", valid_rule, rule) if rule else ""
    if source and not coach:
        raise WrongUsage("whose calendar is it? say --coach with the coach's id")
    with office_of(config) as office:
        troubles = []
        for place in _places(office, source, coach=coach):
            ask = Ask(rule=title or place.rule, by_hand=bool(source), force=force, dry_run=dry_run)
            try:
                done = asyncio.run(import_calendar(office, place, fetch_calendar, ask=ask, now=clock()))
            except MailerError as error:
                troubles.append(str(error))
                continue
            for line in _told(place.coach, done, dry_run=dry_run):
                typer.echo(line)
            troubles += [f"the calendar of {place.coach}: {done.refused}"] if done.refused else []
    if troubles:
        raise PermanentFailure("\nmailer: ".join(troubles))


def _places(office: Office, source: str, *, coach: str) -> list[CalendarPlace]:
    """The calendars that are meant: the one that was typed, that of one coach, or all."""
    known = {one.coach: one for one in office.calendars}
    if source:
        rule = known[coach].rule if coach in known else ""
        if "://" in source:
            return [CalendarPlace(coach=coach, url=Secret(source), rule=rule)]
        return [CalendarPlace(coach=coach, path=Path(source).absolute(), rule=rule)]
    if coach and coach not in known:
        has = f"it has one for {', '.join(sorted(known))}" if known else "it has none"
        raise PermanentFailure(f'config.toml names no calendar for "{coach}"; {has}')
    if not known:
        said = (
            "config.toml names no calendar; name a file: `mailer session import FILE --coach COACH`, or write calendar"
        )
        raise PermanentFailure(f"{said} under the [[coach]]")
    return [known[coach]] if coach else list(known.values())


def _told(coach: str, done: Imported, *, dry_run: bool) -> Iterator[str]:
    """What changed, line by line, and at the end the whole in numbers."""
    yield from (f"added      {_who(done, one.client_id, one.starts_at)}" for one in done.added)
    for move in done.moved:
        before, after = move.session, move.wanted
        if before.starts_at == after.starts_at and before.state is SessionState.PLANNED:
            length = (after.ends_at - after.starts_at) // timedelta(minutes=1)
            yield f"changed    {_who(done, before.client_id, after.starts_at)}: {length} minutes"
        elif before.state is SessionState.PLANNED:
            was = _who(done, before.client_id, before.starts_at)
            yield f"moved      {_who(done, before.client_id, after.starts_at)}; it was {was.split(' ', 1)[1]}"
        else:
            yield f"added      {_who(done, before.client_id, after.starts_at)}, cancelled before"
    yield from (f"cancelled  {_who(done, one.client_id, one.starts_at)}" for one in done.cancelled)
    yield from _listed(done.skipped)
    counts = f"{len(done.added)} added, {len(done.moved)} moved, {len(done.cancelled)} cancelled"
    would = "would be " if dry_run else ""
    yield (
        f"{coach}: {would}{counts}; {done.unchanged} unchanged, {len(done.skipped)} left out, "
        f"{done.elsewhere} that are no sessions"
    )


def _who(done: Imported, client_id: UUID, starts_at: datetime) -> str:
    slug, zone = done.names.get(client_id, ("a client who left", "UTC"))
    return f"{slug} {local(starts_at, zone)} in {zone}"


def _listed(skipped: tuple[Trouble, ...]) -> Iterator[str]:
    for what, why in skipped[:LISTED]:
        yield f"left out   {what}: {why}"
    if len(skipped) > LISTED:
        yield f"left out   and {len(skipped) - LISTED} more"
