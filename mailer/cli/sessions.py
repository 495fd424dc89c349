"""`mailer session`: when coach and client meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import session_import
from mailer.cli.desk import (
    DEFAULT_CONFIG,
    ClientArgument,
    ConfigOption,
    JsonOption,
    clock,
    local,
    office_of,
)
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table, short
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.model.people import Client, Session, SessionState
from mailer.schedule.clock import wall_clock
from mailer.store import clients, rescheduling, sessions
from mailer.store.sessions import Overlap

group = typer.Typer(no_args_is_help=True, help="When coach and client meet.")

_TIME_HELP = "On the client's own clock: “2027-03-04 14:00”."
_SESSION_HELP = "Client and number, “dana/3”, or the id that `list` shows."
TimeWords = Annotated[list[str], typer.Argument(metavar="TIME", help=_TIME_HELP)]
SessionArgument = Annotated[str, typer.Argument(metavar="SESSION", help=_SESSION_HELP)]
OverOption = Annotated[bool, typer.Option("--over", help="Although the session is over.")]
_MINUTES = typer.Option(metavar="N", min=5, max=24 * 60, help="How long it lasts.")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    session_import.register(group)
    app.add_typer(group, name="session")


@group.command()
def add(
    slug: ClientArgument,
    start: TimeWords,
    minutes: Annotated[int, _MINUTES] = 60,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Note a session; prompts can hang on it."""
    naive = _time(start)
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        starts_at = _instant(naive, client.zone)
        ends_at = starts_at + timedelta(minutes=minutes)
        try:
            session = office.db.write(sessions.add_session, client.id, starts_at, ends_at, now=clock())
        except Overlap as error:
            raise _in_the_way(error, starts_at, client) from None
    typer.echo(_told(session, client))


@group.command()
def move(
    name: SessionArgument,
    start: TimeWords,
    minutes: Annotated[
        int | None, typer.Option(metavar="N", min=5, max=24 * 60, help="How long it lasts; as before where not given.")
    ] = None,
    over: OverOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Give a session another time; letters still to come move with it."""
    naive = _time(start)
    with office_of(config) as office:
        before, client = _session(office, name)
        starts_at = _instant(naive, client.zone)
        length = timedelta(minutes=minutes) if minutes is not None else before.ends_at - before.starts_at
        ends_at, from_calendar = starts_at + length, _is_from_calendar(office, before)
        try:
            after = office.db.write(rescheduling.move_session, before.id, starts_at, ends_at, over=over, now=clock())
        except Overlap as error:
            raise _in_the_way(error, starts_at, client) from None
    if (before.starts_at, before.ends_at) == (after.starts_at, after.ends_at):
        typer.echo(f"nothing changed: {_told(after, client)}")
        return
    typer.echo(f"moved from {local(before.starts_at, client.zone)}: {_told(after, client)}")
    _say_own_way(from_calendar=from_calendar)


@group.command()
def cancel(name: SessionArgument, over: OverOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take a session off; letters still to come are not sent."""
    with office_of(config) as office:
        before, client = _session(office, name)
        from_calendar = _is_from_calendar(office, before)
        office.db.write(rescheduling.cancel_session, before.id, over=over, now=clock())
    typer.echo(f"cancelled {_told(before, client)}")
    _say_own_way(from_calendar=from_calendar)


@group.command("list")
def list_sessions(
    slug: Annotated[str, typer.Argument(metavar="[CLIENT]", help="A client's short name; all where not given.")] = "",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List sessions in order of time."""
    with office_of(config) as office:
        everybody = {one.id: one for one in office.db.read(clients.clients, office.vault)}
        only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
        known = [one for one in office.db.read(sessions.sessions, client_id=only) if one.client_id in everybody]
        imported = office.db.read(rescheduling.from_calendars)
    if as_json:
        more = [{"client": everybody[one.client_id].slug, "calendar": one.id in imported} for one in known]
        say_json([asdict(one) | extra for one, extra in zip(known, more, strict=True)])
        return
    rows = []
    for one in known:
        who = everybody[one.client_id]
        number = str(one.number) if one.state is SessionState.PLANNED else one.state.value
        length = f"{(one.ends_at - one.starts_at) // timedelta(minutes=1)} min"
        origin = "calendar" if one.id in imported else ""
        rows.append([who.slug, number, local(one.starts_at, who.zone), who.zone, length, short(one.id), origin])
    columns = ["client", "session", "starts", "zone", "lasts", "id", "from"]
    say_table(columns, rows, nothing="no sessions yet: `mailer session add`")


def _session(office: Office, name: str) -> tuple[Session, Client]:
    found = office.db.read(sessions.find_session, office.vault, name)
    return found, office.db.read(clients.client, office.vault, found.client_id)


def _is_from_calendar(office: Office, session: Session) -> bool:
    return session.id in office.db.read(rescheduling.from_calendars)


def _say_own_way(*, from_calendar: bool) -> None:
    if from_calendar:
        typer.echo("it came from a calendar, which does not change it any more; change it there as well")


def _told(session: Session, client: Client) -> str:
    """A session in one line, on the client's clock."""
    minutes = (session.ends_at - session.starts_at) // timedelta(minutes=1)
    over = " (it is over)" if session.ends_at <= clock() else ""
    when = f"{local(session.starts_at, client.zone)} in {client.zone}"
    return f"session {session.number} of {client.slug}: {when}, {minutes} minutes{over}"


def _in_the_way(error: Overlap, starts_at: datetime, client: Client) -> PermanentFailure:
    other = error.other
    there = f"session {other.number} of {client.slug}, {local(other.starts_at, client.zone)}"
    until = f"{other.ends_at.astimezone(ZoneInfo(client.zone)):%H:%M}"
    said = f"a session at {local(starts_at, client.zone)} would overlap {there} to {until} in {client.zone}"
    return PermanentFailure(
        f"{said}; move or cancel that one first: `mailer session move {client.slug}/{other.number}`"
    )


def _time(words: Sequence[str]) -> datetime:
    """A wall-clock time without its zone; the shell may have made two words of it."""
    text = re.sub(r"(\d)T(\d)", r"\1 \2", " ".join(" ".join(words).split()))
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall clock
    except ValueError:
        said = f'"{text}" is no time; write it as "YYYY-MM-DD HH:MM", such as "2027-03-04 14:00"'
        raise WrongUsage(said) from None


def _instant(naive: datetime, zone: str) -> datetime:
    """The instant of a time that people agreed on; one that the clocks jump over cannot have been meant."""
    moment = wall_clock(naive.date(), naive.time(), ZoneInfo(zone))
    if moment is None or moment.shifted:
        after = f"; the clocks go on to {moment.local:%H:%M}" if moment is not None else ""
        raise WrongUsage(f"{naive:%Y-%m-%d %H:%M} does not exist in {zone}{after}; ask which time was meant")
    return moment.at
