"""`mailer session`: when coach and client meet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

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
from mailer.model.people import SessionState
from mailer.schedule.clock import wall_clock
from mailer.store import clients, sessions

group = typer.Typer(no_args_is_help=True, help="When coach and client meet.")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="session")


@group.command()
def add(
    slug: ClientArgument,
    start: Annotated[str, typer.Argument(metavar="TIME", help="On the client's own clock: “2027-03-04 14:00”.")],
    minutes: Annotated[int, typer.Option(metavar="N", min=5, max=24 * 60, help="How long it lasts.")] = 60,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Note a session; prompts can hang on it."""
    naive = _time(start)
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        starts_at = _instant(naive, client.zone)
        ends_at = starts_at + timedelta(minutes=minutes)
        session = office.db.write(sessions.add_session, client.id, starts_at, ends_at, now=clock())
    over = " (it is over)" if ends_at <= clock() else ""
    when = f"{local(starts_at, client.zone)} in {client.zone}"
    typer.echo(f"session {session.number} of {client.slug}: {when}, {minutes} minutes{over}")


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
    if as_json:
        say_json([asdict(one) | {"client": everybody[one.client_id].slug} for one in known])
        return
    rows = []
    for one in known:
        who = everybody[one.client_id]
        number = str(one.number) if one.state is SessionState.PLANNED else one.state.value
        rows.append([who.slug, number, local(one.starts_at, who.zone), who.zone, short(one.id)])
    say_table(["client", "session", "starts", "zone", "id"], rows, nothing="no sessions yet: `mailer session add`")


def _time(text: str) -> datetime:
    """A wall-clock time without its zone."""
    try:
        return datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall clock
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
