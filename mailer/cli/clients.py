"""`mailer client`: who is written to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.addresses import valid_address
from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, local, office_of, say_json, say_table
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.model.people import Client, ClientState, Form, NewClient
from mailer.store import clients, enrolments, practice
from mailer.zones import valid_zone

group = typer.Typer(no_args_is_help=True, help="Clients: add, list, show, pause, resume, join, leave.")
Slug = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's short name.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="client")


@group.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The name as on an envelope.")],
    email: Annotated[str, typer.Option(help="Where letters go.")],
    zone: Annotated[str, typer.Option(help="The client's time zone, such as Europe/Lisbon.")],
    coach: Annotated[str, typer.Option(help="The coach's id in config.toml; not needed where there is one.")] = "",
    country: Annotated[str, typer.Option(help="Two letters, such as PT.")] = "",
    language: Annotated[str, typer.Option(help="The language of the letters.")] = "en",
    form: Annotated[Form, typer.Option(help="How the client is addressed.")] = Form.INFORMAL,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given several times.")] = None,
    schedule: Annotated[list[str] | None, typer.Option(help="A schedule to join; may be given several times.")] = None,
    shared_address: Annotated[bool, typer.Option("--shared-address", help="Two people share this address.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add a client; schedules whose audience includes them are joined at once."""
    with office_of(config) as office:
        new = NewClient(
            slug=_valid_slug(slug),
            name=_one_line(name, "--name"),
            address=_valid(email),
            coach=coach or _only_coach(office),
            zone=_zone(zone),
            country=country.upper(),
            language=language,
            form=form,
            tags=frozenset(tag or ()),
        )
        _refuse_unspoken(office, language)
        client = office.db.write(clients.add_client, office.vault, new, shared_address=shared_address, now=clock())
        joined = [one for one in [*(schedule or ()), *_audiences(office, client)] if _join(office, client, one)]
    typer.echo(f"added {slug}; on {', '.join(joined) or 'no schedule yet: `mailer client join`'}")


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
    say_table(
        ["client", "name", "address", "zone", "state", "schedules"], rows, nothing="no clients yet: `mailer client add`"
    )


@group.command()
def show(slug: Slug, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show all that is stored about a client."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        on = office.db.read(enrolments.enrolments, client_id=client.id)
        sessions = office.db.read(enrolments.sessions, client_id=client.id)
    if as_json:
        say_json(asdict(client) | {"enrolments": [asdict(e) for e in on], "sessions": [asdict(s) for s in sessions]})
        return
    facts = {
        "name": client.name,
        "address": f"{client.address} ({client.delivery.value})",
        "zone": client.zone,
        "language": f"{client.language}, {client.form.value}",
        "tags": ", ".join(sorted(client.tags)) or "none",
        "state": _state(client),
        "schedules": ", ".join(f"{e.schedule} from {e.start}" for e in on) or "none",
        "sessions": ", ".join(local(s.starts_at, client.zone) for s in sessions) or "none",
    }
    for key, value in facts.items():
        typer.echo(f"{key:10} {value}")


@group.command()
def pause(
    slug: Slug,
    until: Annotated[str, typer.Option(help="The day prompts begin again, YYYY-MM-DD; open where not given.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Stop prompts for a while."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        end = datetime.combine(_day(until), time(0), ZoneInfo(client.zone)) if until else None
        office.db.write(clients.set_state, client.id, ClientState.PAUSED, until=end)
    typer.echo(f"paused {slug} {f'until {until}' if until else 'until `mailer client resume`'}")


@group.command()
def resume(slug: Slug, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Let prompts go out again; nothing that was missed is caught up."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        office.db.write(clients.set_state, client.id, ClientState.ACTIVE)
    typer.echo(f"resumed {slug}; the next prompt goes out as planned: `mailer plan --client {slug}`")


@group.command()
def join(
    slug: Slug,
    schedule: Annotated[str, typer.Argument(help="The schedule's name.")],
    start: Annotated[
        str, typer.Option("--from", help="First day, YYYY-MM-DD; the client's today where not given.")
    ] = "",
    end: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a client on a schedule."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        done = _join(office, client, schedule, start=start, end=end)
    typer.echo(f"{slug} {'joined' if done else 'was already on'} {schedule}")


@group.command()
def leave(
    slug: Slug,
    schedule: Annotated[str, typer.Argument(help="The schedule's name.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a client off a schedule."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        done = office.db.write(enrolments.leave, client.id, schedule, now=clock())
    typer.echo(f"{slug} {'left' if done else 'was not on'} {schedule}")


def _join(office: Office, client: Client, schedule: str, *, start: str = "", end: str = "") -> bool:
    if schedule not in office.book.schedules:
        known = ", ".join(sorted(office.book.schedules)) or "none"
        raise PermanentFailure(f'there is no schedule "{schedule}"; the folder has: {known}')
    first = _day(start) if start else clock().astimezone(ZoneInfo(client.zone)).date()
    last = _day(end) if end else None
    return office.db.write(enrolments.join, client.id, schedule, start=first, end=last, now=clock())


def _audiences(office: Office, client: Client) -> list[str]:
    """Schedules in force whose audience includes the client."""
    coach = office.db.read(practice.coach, office.vault, client.coach_id)
    return [
        one.slug
        for one in office.book.schedules.values()
        if one.enabled and one.practice in (None, coach.practice) and one.audience.includes(client, coach.slug)
    ]


def _only_coach(office: Office) -> str:
    known = office.db.read(practice.coaches, office.vault)
    if len(known) != 1:
        raise PermanentFailure(f"say --coach; config.toml has: {', '.join(one.slug for one in known) or 'none'}")
    return known[0].slug


def _refuse_unspoken(office: Office, language: str) -> None:
    spoken = office.templates.words.languages()
    if language not in spoken:
        raise PermanentFailure(
            f'no letters are written in "{language}"; templates/words.toml has: {", ".join(sorted(spoken))}'
        )


def _state(client: Client) -> str:
    until = f" until {local(client.paused_until, client.zone)}" if client.paused_until else ""
    return f"{client.state.value}{until}"


def _valid_slug(slug: str) -> str:
    if not slug.replace("-", "").replace("_", "").isalnum() or slug != slug.lower():
        raise PermanentFailure(f'"{slug}" is no short name; use small letters, digits and hyphens, such as "dana-r"')
    return slug


def _valid(email: str) -> str:
    try:
        return valid_address(email)
    except ValueError as error:
        raise PermanentFailure(f'--email "{email}": {error}') from None


def _zone(zone: str) -> str:
    try:
        return valid_zone(zone)
    except ValueError as error:
        raise PermanentFailure(f"--zone: {error}") from None


def _one_line(text: str, option: str) -> str:
    if not text.strip() or not text.isprintable():
        raise PermanentFailure(f"{option}: write a name on one line, without invisible characters")
    return text.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PermanentFailure(f'"{text}" is no day; write YYYY-MM-DD') from None
