"""`mailer client edit`: what changes about a client, and what that does to the letters to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from mailer.addresses import client_address
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, clock, local, office_of, option
from mailer.cli.habits import AtOption, DayOffOption, QuietOption, SetOption, habit_words, habits_said, variables_said
from mailer.cli.joining import audiences, refuse_unspoken
from mailer.cli.problems import WrongUsage
from mailer.errors import PermanentFailure
from mailer.flow import client_words as words
from mailer.flow.languages import letters_without_text, say_without_text
from mailer.flow.office import Office
from mailer.flow.planned import next_letter
from mailer.flow.roster import schedules_in_force
from mailer.model.people import Client, ClientChanges, Form
from mailer.store import clients, enrolments, roster
from mailer.zones import valid_zone

AHEAD = timedelta(days=31)
COACH_STAYS = (
    "--coach: a client stays with their coach, for what was written to one is not another's to read; "
    "add them anew under another short name"
)


def register(group: typer.Typer) -> None:
    """Adds the command."""
    group.command()(edit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What was typed of tags and variables, which depend on what is there."""

    tag: Sequence[str]
    add_tag: Sequence[str]
    drop_tag: Sequence[str]
    put: Sequence[str]
    unset: Sequence[str]


def edit(
    slug: ClientArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="As on an envelope: “Dana Reis”.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Where letters go.")] = "",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Continent/City, such as Europe/Lisbon.")] = "",
    country: Annotated[
        str, typer.Option(metavar="CODE", help="Two letters, such as PT, or a region: DE-BY; or none.")
    ] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="The language of the letters.")] = "",
    form: Annotated[Form | None, typer.Option(help="How the client is addressed: du or Sie, tu or vous.")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="In place of all tags so far; or none.")] = None,
    add_tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="One more tag.")] = None,
    drop_tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="A tag less.")] = None,
    at: AtOption = "",
    day_off: DayOffOption = None,
    quiet: QuietOption = "",
    variable: SetOption = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A variable less.")] = None,
    shared_address: Annotated[
        bool | None, typer.Option("--shared-address/--no-shared-address", help="Whether two people share the address.")
    ] = None,
    coach: Annotated[str, typer.Option(hidden=True)] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Change what is stored about a client.

    What is not named stays as it is. Takes `none` for --at, --day-off, --quiet, --country and --tag. Says what changed,
    and when the next letter comes where that depends on it; names, addresses and variables are not repeated.
    """
    if coach:
        raise WrongUsage(COACH_STAYS)
    typed = _Typed(tag=tag or (), add_tag=add_tag or (), drop_tag=drop_tag or (), put=variable or (), unset=unset or ())
    plain = ClientChanges(
        name=option("--name", words.one_line, name) if name else None,
        address=option("--email", client_address, email) if email else None,
        shared_address=shared_address,
        zone=option("--zone", valid_zone, zone) if zone else None,
        country=option("--country", _country, country) if country else None,
        language=language or None,
        form=form,
    )
    with office_of(config) as office:
        before = office.db.read(clients.find_client, office.vault, slug)
        changes = replace(
            plain,
            tags=_tags(typed, before),
            habits=habits_said(at, day_off, quiet, so_far=before.habits) if at or day_off or quiet else None,
            variables=_variables(typed, before),
        )
        if changes == ClientChanges():
            raise WrongUsage("say what is to change, such as --zone Africa/Cairo; `mailer client edit --help` lists it")
        if changes.language is not None:
            refuse_unspoken(office, changes.language)
        _change(office, before, changes, now=clock())


def _change(office: Office, before: Client, changes: ClientChanges, *, now: datetime) -> None:
    was_for = set(audiences(office, before))
    was_on = _schedules(office, before)
    amendment = roster.Amendment(client_id=before.id, changes=changes)
    office.db.write(roster.take_in, office.vault, (), (amendment,), schedules_in_force(office), now=now)
    after = office.db.read(clients.client, office.vault, before.id)
    is_on = _schedules(office, after)
    said = _differences(before, after)
    if changes.shared_address is not None:
        said.append(f"shared address: {'yes' if changes.shared_address else 'no'}")
    if not said:
        typer.echo(f"{after.slug} is so already; nothing was changed")
        return
    typer.echo(f"changed {after.slug}")
    for line in said:
        typer.echo(f"  {line}")
    for joined in sorted(is_on - was_on):
        typer.echo(f"  joined {joined}")
    if (before.zone, before.country, before.habits) != (after.zone, after.country, after.habits):
        typer.echo(f"  {_next_letter(office, after, now=now)}")
    _warn(office, after, left_out=sorted((was_for & is_on) - set(audiences(office, after))), on=is_on)


def _differences(before: Client, after: Client) -> list[str]:
    """What differs, a line each; what is private is only named."""
    said = ["name: changed"] if before.name != after.name else []
    said += ["address: changed"] if before.address != after.address else []
    shown = [(_open(one), habit_words(one)) for one in (before, after)]
    old, new = ({**plain, **habits} for plain, habits in shown)
    names = [*shown[0][0], "own time", "days off", "quiet"]
    said += [
        f"{name}: {old.get(name) or 'none'} -> {new.get(name) or 'none'}"
        for name in names
        if old.get(name) != new.get(name)
    ]
    variables = sorted({*before.variables, *after.variables})
    differing = [name for name in variables if before.variables.get(name) != after.variables.get(name)]
    return said + [f"variable {name}: {'changed' if name in after.variables else 'taken away'}" for name in differing]


def _open(client: Client) -> dict[str, str]:
    """What may be shown of a client while it changes."""
    return {
        "zone": client.zone,
        "country": client.country,
        "language": client.language,
        "form": client.form.value,
        "tags": ", ".join(sorted(client.tags)),
    }


def _next_letter(office: Office, client: Client, *, now: datetime) -> str:
    line = next_letter(office, client, now=now, until=now + AHEAD)
    if line is None:
        return f"no letter in the next {AHEAD.days} days; `mailer plan --client {client.slug}` says why"
    due = line.decision.due
    return f"next letter: {local(due.at, client.zone)} in {client.zone}, {due.schedule}/{due.prompt}"


def _warn(office: Office, client: Client, *, left_out: Sequence[str], on: set[str]) -> None:
    for schedule in left_out:
        told = f"{client.slug} stays on {schedule}, though it is for others now"
        typer.echo(f"mailer: {told}: `mailer client leave {client.slug} {schedule}`", err=True)
    if prompts := letters_without_text(office, client, on):
        typer.echo(f"mailer: {say_without_text([client.slug], client.language, prompts)}", err=True)


def _schedules(office: Office, client: Client) -> set[str]:
    return {one.schedule for one in office.db.read(enrolments.enrolments, client_id=client.id)}


def _country(text: str) -> str:
    return "" if text.strip().lower() == words.NONE else words.country(text)


def _tags(typed: _Typed, client: Client) -> frozenset[str] | None:
    """The tags there are to be; None where nothing is said of them."""
    if typed.tag and (typed.add_tag or typed.drop_tag):
        raise WrongUsage("--tag stands in place of all tags; leave --add-tag and --drop-tag out, or --tag")
    if typed.tag:
        return frozenset(option("--tag", words.tag, one) for one in typed.tag) - {words.NONE}
    if not typed.add_tag and not typed.drop_tag:
        return None
    for one in typed.drop_tag:
        if one not in client.tags:
            listed = ", ".join(sorted(client.tags)) or "none"
            raise PermanentFailure(f'--drop-tag: {client.slug} has no tag "{one}"; tags: {listed}')
    added = frozenset(option("--add-tag", words.tag, one) for one in typed.add_tag)
    return client.tags - frozenset(typed.drop_tag) | added


def _variables(typed: _Typed, client: Client) -> dict[str, str] | None:
    """The variables there are to be; None where nothing is said of them."""
    if not typed.put and not typed.unset:
        return None
    for one in typed.unset:
        if one not in client.variables:
            listed = ", ".join(sorted(client.variables)) or "none"
            raise PermanentFailure(f'--unset: {client.slug} has no variable "{one}"; variables: {listed}')
    kept: dict[str, Any] = {name: value for name, value in client.variables.items() if name not in typed.unset}
    return kept | variables_said(typed.put)
