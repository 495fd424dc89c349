"""`mailer session`: when coach and client meet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli.desk import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    clock,
    local,
    office_of,
    say_json,
    say_table,
    short,
)
from mailer.errors import PermanentFailure
from mailer.model.people import SessionState
from mailer.schedule.clock import wall_clock
from mailer.store import clients, enrolments

group = typer.Typer(no_args_is_help=True, help="Sessions: add, list.")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="session")


@group.command()
def add(
    slug: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's short name.")],
    start: Annotated[str, typer.Argument(help='Day and time on the client\'s clock: "2027-03-04 14:00".')],
    minutes: Annotated[int, typer.Option(min=5, max=24 * 60, help="How long it lasts.")] = 60,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Note a session; prompts that hang on it are planned with it."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        starts_at = _moment(start, client.zone)
        ends_at = starts_at + timedelta(minutes=minutes)
        session = office.db.write(enrolments.add_session, client.id, starts_at, ends_at, now=clock())
    typer.echo(f"session {session.number} of {slug}: {local(starts_at, client.zone)}, {minutes} minutes")


@group.command("list")
def list_sessions(
    slug: Annotated[str, typer.Argument(metavar="[CLIENT]", help="The client's short name; all where not given.")] = "",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List sessions in order of time."""
    with office_of(config) as office:
        everybody = {one.id: one for one in office.db.read(clients.clients, office.vault)}
        only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
        known = [one for one in office.db.read(enrolments.sessions, client_id=only) if one.client_id in everybody]
    if as_json:
        say_json([asdict(one) | {"client": everybody[one.client_id].slug} for one in known])
        return
    rows = []
    for one in known:
        who = everybody[one.client_id]
        number = str(one.number) if one.state is SessionState.PLANNED else one.state.value
        rows.append([short(one.id), who.slug, number, local(one.starts_at, who.zone), who.zone])
    say_table(["id", "client", "session", "starts", "zone"], rows, nothing="no sessions yet: `mailer session add`")


def _moment(text: str, zone: str) -> datetime:
    try:
        naive = datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall clock
    except ValueError:
        raise PermanentFailure(f'"{text}" is no time; write "YYYY-MM-DD HH:MM", on the client\'s own clock') from None
    moment = wall_clock(naive.date(), naive.time(), ZoneInfo(zone))
    if moment is None:
        raise PermanentFailure(f"{text} does not exist in {zone}")
    return moment.at
