"""`mailer status`: is everything well?"""

from __future__ import annotations

from dataclasses import asdict

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, settings_of
from mailer.cli.say import say_json
from mailer.engine.opening import open_office
from mailer.flow.health import health


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(status)


def status(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say whether all is well; exit 1 if it is not.

    Shows what needs a person, when each part of the program was last heard of, and how many letters stand where.
    """
    settings = settings_of(config)
    with open_office(settings, now=clock()) as (office, _):
        found = health(office, now=clock(), plan_seconds=settings.engine.plan_seconds)
    if as_json:
        say_json(asdict(found) | {"well": not found.alarms})
    else:
        typer.echo("all is well" if not found.alarms else "needs a look:")
        for alarm in found.alarms:
            typer.echo(f"  ! {alarm}")
        for name, (at, _) in found.workers.items():
            typer.echo(f"  {name}: last seen {at:%Y-%m-%d %H:%M:%SZ}")
        typer.echo(
            f"  letters: {', '.join(f'{count} {state}' for state, count in found.letters.items()) or 'none yet'}"
        )
    if found.alarms:
        raise typer.Exit(1)
