"""`mailer client pause` and `resume`: no prompts for a while, and prompts again."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import desk
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, clock, office_of, option
from mailer.errors import PermanentFailure
from mailer.model.people import ClientState
from mailer.store import clients


def register(group: typer.Typer) -> None:
    """Adds the commands."""
    group.command()(pause)
    group.command()(resume)


def pause(
    slug: ClientArgument,
    until: Annotated[
        str, typer.Option(metavar="DAY", help="The day prompts begin again, YYYY-MM-DD; open where not given.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Stop prompts for a while."""
    begins = option("--until", desk.day, until) if until else None
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        if client.state is ClientState.STOPPED:
            # A pause would end by itself, and with it what the client asked for.
            raise PermanentFailure(f"{slug} wrote STOP, which lasts; nothing was changed")
        end = datetime.combine(begins, time(0), ZoneInfo(client.zone)) if begins else None
        if end is not None and end <= clock():
            raise PermanentFailure(f"--until: {until} has begun where {slug} lives; name a day to come")
        office.db.write(clients.set_state, client.id, ClientState.PAUSED, until=end, now=clock())
    typer.echo(f"paused {slug} until {begins or f'`mailer client resume {slug}`'}")


def resume(
    slug: ClientArgument,
    asked: Annotated[bool, typer.Option("--asked", help="After STOP: they told you that they want letters.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Let prompts go out again.

    Nothing that fell into the pause is sent late.
    """
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        if client.state is ClientState.STOPPED and not asked:
            said = f"{slug} wrote STOP; a reply of RESUME takes it back, or say --asked if they told you so themselves"
            raise PermanentFailure(said)
        if client.state is not ClientState.ACTIVE:
            office.db.write(clients.set_state, client.id, ClientState.ACTIVE, now=clock())
    if client.state is ClientState.ACTIVE:
        typer.echo(f"{slug} was not paused; nothing was changed")
    else:
        typer.echo(f"resumed {slug}; `mailer plan --client {slug}` shows what goes out")
