"""`mailer client`: who is written to."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import desk
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, JsonOption, clock, local, office_of, option
from mailer.cli.joining import audiences, join_schedule, refuse_unknown
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.model.people import Client, ClientState, Form, NewClient
from mailer.store import clients, enrolments, practice, sessions

group = typer.Typer(no_args_is_help=True, help="The people who are written to.")
ScheduleArgument = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its file's name without .toml.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="client")


@group.command()
def add(
    slug: Annotated[str, typer.Argument(metavar="CLIENT", help="A short name of your own, such as dana.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="As on an envelope: “Dana Reis”.")],
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Where letters go.")],
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Continent/City, such as Europe/Lisbon.")],
    coach: Annotated[str, typer.Option(metavar="ID", help="The coach's id; not needed where there is one.")] = "",
    country: Annotated[str, typer.Option(metavar="CODE", help="Two letters, such as PT.")] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="The language of the letters.")] = "en",
    form: Annotated[Form, typer.Option(help="How the client is addressed: du or Sie, tu or vous.")] = Form.INFORMAL,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="May be given several times.")] = None,
    schedule: Annotated[
        list[str] | None, typer.Option(metavar="SCHEDULE", help="One to join; may be given several times.")
    ] = None,
    shared_address: Annotated[bool, typer.Option("--shared-address", help="Two people share this address.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add a client.

    Schedules that are in force and whose `for` includes the client are joined at once.
    """
    new = NewClient(
        slug=desk.short_name(slug),
        name=option("--name", desk.one_line, name),
        address=option("--email", desk.address, email),
        coach=coach,
        zone=option("--zone", desk.zone, zone),
        country=option("--country", desk.country, country),
        language=language,
        form=form,
        tags=frozenset(option("--tag", desk.one_line, one) for one in tag or ()),
    )
    with office_of(config) as office:
        _refuse_unspoken(office, language)
        for one in schedule or ():
            refuse_unknown(office, one)
        client = _store(office, new, shared_address=shared_address)
        joined = [one for one in [*(schedule or ()), *audiences(office, client)] if join_schedule(office, client, one)]
    on = f"on {', '.join(joined)}" if joined else f"on no schedule yet: `mailer client join {slug} SCHEDULE`"
    typer.echo(f"added {slug}; {on}")


@group.command("list")
def list_clients(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the clients."""
    with office_of(config) as office:
        known = office.db.read(clients.clients, office.vault, left=True)
        on = {one.id: [e.schedule for e in office.db.read(enrolments.enrolments, client_id=one.id)] for one in known}
    if as_json:
        say_json([asdict(one) | {"schedules": on[one.id]} for one in known])
        return
    rows = [[one.slug, one.name, one.address, one.zone, _state(one), ", ".join(on[one.id])] for one in known]
    columns = ["client", "name", "address", "zone", "state", "schedules"]
    say_table(columns, rows, nothing="no clients yet: `mailer client add`")


@group.command()
def show(slug: ClientArgument, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show what is stored about a client."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        on = office.db.read(enrolments.enrolments, client_id=client.id)
        meetings = office.db.read(sessions.sessions, client_id=client.id)
        coach = office.db.read(practice.coach, office.vault, client.coach_id)
    if as_json:
        more = {"coach": coach.slug, "enrolments": [asdict(e) for e in on], "sessions": [asdict(s) for s in meetings]}
        say_json(asdict(client) | more)
        return
    facts = {
        "name": client.name,
        "address": f"{client.address} ({client.delivery.value})",
        "coach": coach.slug,
        "zone": " ".join(filter(None, [client.zone, client.country])),
        "language": f"{client.language}, {client.form.value}",
        "tags": ", ".join(sorted(client.tags)) or "none",
        "state": _state(client),
        "schedules": ", ".join(f"{e.schedule} from {e.start}{f' to {e.end}' if e.end else ''}" for e in on) or "none",
        "sessions": ", ".join(local(s.starts_at, client.zone) for s in meetings) or "none",
    }
    for key, value in facts.items():
        typer.echo(f"{key:10} {value}")


@group.command()
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
        office.db.write(clients.set_state, client.id, ClientState.PAUSED, until=end)
    typer.echo(f"paused {slug} until {begins or f'`mailer client resume {slug}`'}")


@group.command()
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
            office.db.write(clients.set_state, client.id, ClientState.ACTIVE)
    if client.state is ClientState.ACTIVE:
        typer.echo(f"{slug} was not paused; nothing was changed")
    else:
        typer.echo(f"resumed {slug}; `mailer plan --client {slug}` shows what goes out")


@group.command()
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


@group.command()
def leave(slug: ClientArgument, schedule: ScheduleArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take a client off a schedule."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        on = [one.schedule for one in office.db.read(enrolments.enrolments, client_id=client.id)]
        if not office.db.write(enrolments.leave, client.id, schedule, now=clock()):
            raise PermanentFailure(f'{slug} is not on "{schedule}"; on: {", ".join(on) or "none"}')
    typer.echo(f"{slug} left {schedule}")


def _store(office: Office, new: NewClient, *, shared_address: bool) -> Client:
    owned = replace(new, coach=new.coach or _only_coach(office))
    return office.db.write(clients.add_client, office.vault, owned, shared_address=shared_address, now=clock())


def _only_coach(office: Office) -> str:
    known = office.db.read(practice.coaches, office.vault)
    if len(known) != 1:
        raise WrongUsage(f"say whose client it is: --coach {' or --coach '.join(one.slug for one in known)}")
    return known[0].slug


def _refuse_unspoken(office: Office, language: str) -> None:
    spoken = office.templates.words.languages()
    if language not in spoken and language.partition("-")[0] not in spoken:
        known = ", ".join(sorted(spoken))
        raise PermanentFailure(f'--language: letters cannot be written in "{language}"; they can in {known}')


def _state(client: Client) -> str:
    until = f" until {local(client.paused_until, client.zone)}" if client.paused_until else ""
    return f"{client.state.value}{until}"
