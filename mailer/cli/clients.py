"""`mailer client`: who is written to."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from mailer.addresses import client_address
from mailer.cli import desk, editing, joining, pausing, roster
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, JsonOption, clock, local, office_of, option
from mailer.cli.habits import (
    AtOption,
    DayOffOption,
    QuietOption,
    SetOption,
    habit_words,
    habits_as_json,
    habits_said,
    variables_said,
)
from mailer.cli.joining import audiences, join_schedule, refuse_unknown, refuse_unspoken
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table
from mailer.flow import client_words as words
from mailer.flow.languages import letters_without_text, say_without_text
from mailer.flow.office import Office
from mailer.model.people import USUAL_HABITS, Client, Form, NewClient
from mailer.store import clients, enrolments, practice, sessions
from mailer.zones import valid_zone

group = typer.Typer(no_args_is_help=True, help="The people who are written to.")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    group.command()(add)
    group.command("list")(list_clients)
    group.command()(show)
    for part in (editing, pausing, joining, roster):
        part.register(group)
    app.add_typer(group, name="client")


def add(
    slug: Annotated[str, typer.Argument(metavar="CLIENT", help="A short name of your own, such as dana.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="As on an envelope: “Dana Reis”.")],
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Where letters go.")],
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Continent/City, such as Europe/Lisbon.")],
    coach: Annotated[str, typer.Option(metavar="ID", help="The coach's id; not needed where there is one.")] = "",
    country: Annotated[str, typer.Option(metavar="CODE", help="Two letters, such as PT, or a region: DE-BY.")] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="The language of the letters.")] = "en",
    form: Annotated[Form, typer.Option(help="How the client is addressed: du or Sie, tu or vous.")] = Form.INFORMAL,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="May be given several times.")] = None,
    schedule: Annotated[
        list[str] | None, typer.Option(metavar="SCHEDULE", help="One to join; may be given several times.")
    ] = None,
    at: AtOption = "",
    day_off: DayOffOption = None,
    quiet: QuietOption = "",
    variable: SetOption = None,
    shared_address: Annotated[bool, typer.Option("--shared-address", help="Two people share this address.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add a client.

    Schedules that are in force and whose `for` includes the client are joined at once.
    """
    new = NewClient(
        slug=desk.short_name(slug),
        name=option("--name", words.one_line, name),
        address=option("--email", client_address, email),
        coach=coach,
        zone=option("--zone", valid_zone, zone),
        country=option("--country", words.country, country),
        language=language,
        form=form,
        tags=frozenset(option("--tag", words.tag, one) for one in tag or ()),
        habits=habits_said(at, day_off, quiet, so_far=USUAL_HABITS),
        variables=variables_said(variable),
    )
    with office_of(config) as office:
        refuse_unspoken(office, language)
        for one in schedule or ():
            refuse_unknown(office, one)
        client = _store(office, new, shared_address=shared_address)
        joined = [one for one in [*(schedule or ()), *audiences(office, client)] if join_schedule(office, client, one)]
        without = letters_without_text(office, client, joined)
    on = f"on {', '.join(joined)}" if joined else f"on no schedule yet: `mailer client join {slug} SCHEDULE`"
    typer.echo(f"added {slug}; {on}")
    if without:
        typer.echo(f"mailer: {say_without_text([slug], language, without)}", err=True)


def list_clients(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the clients."""
    with office_of(config) as office:
        known = office.db.read(clients.clients, office.vault, left=True)
        on = _schedules(office)
    if as_json:
        say_json([_as_json(one) | {"schedules": on.get(one.id, [])} for one in known])
        return
    rows = [[one.slug, one.name, one.address, one.zone, _state(one), ", ".join(on.get(one.id, []))] for one in known]
    columns = ["client", "name", "address", "zone", "state", "schedules"]
    say_table(columns, rows, nothing="no clients yet: `mailer client add`")


def show(slug: ClientArgument, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show what is stored about a client."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        on = office.db.read(enrolments.enrolments, client_id=client.id)
        meetings = office.db.read(sessions.sessions, client_id=client.id)
        coach = office.db.read(practice.coach, office.vault, client.coach_id)
    if as_json:
        more = {"coach": coach.slug, "enrolments": [asdict(e) for e in on], "sessions": [asdict(s) for s in meetings]}
        say_json(_as_json(client) | more)
        return
    facts = {
        "name": client.name,
        "address": f"{client.address} ({client.delivery.value})",
        "coach": coach.slug,
        "zone": " ".join(filter(None, [client.zone, client.country])),
        "language": f"{client.language}, {client.form.value}",
        "tags": ", ".join(sorted(client.tags)) or "none",
        **habit_words(client),
        "state": _state(client),
        "schedules": ", ".join(f"{e.schedule} from {e.start}{f' to {e.end}' if e.end else ''}" for e in on) or "none",
        "sessions": ", ".join(local(s.starts_at, client.zone) for s in meetings) or "none",
    }
    for key, value in facts.items():
        typer.echo(f"{key:10} {value}")
    for name, value in sorted(client.variables.items()):
        typer.echo(f"{'variable':10} {name} = {value}")


def _store(office: Office, new: NewClient, *, shared_address: bool) -> Client:
    owned = replace(new, coach=new.coach or _only_coach(office))
    return office.db.write(clients.add_client, office.vault, owned, shared_address=shared_address, now=clock())


def _only_coach(office: Office) -> str:
    known = office.db.read(practice.coaches, office.vault)
    if len(known) != 1:
        raise WrongUsage(f"say whose client it is: --coach {' or --coach '.join(one.slug for one in known)}")
    return known[0].slug


def _schedules(office: Office) -> dict[UUID, list[str]]:
    """The schedules each client is on, by id; those whose last day is over are left out."""
    found: dict[UUID, list[str]] = {}
    yesterday = clock().date() - timedelta(days=1)  # it may still be yesterday where someone lives
    for one in office.db.read(enrolments.enrolments):
        if one.end is None or one.end >= yesterday:
            found.setdefault(one.client_id, []).append(one.schedule)
    return found


def _as_json(client: Client) -> dict[str, Any]:
    known = asdict(client) | habits_as_json(client) | {"variables": dict(client.variables)}
    return {name: value for name, value in known.items() if name != "habits"}


def _state(client: Client) -> str:
    until = f" until {local(client.paused_until, client.zone)}" if client.paused_until else ""
    return f"{client.state.value}{until}"
