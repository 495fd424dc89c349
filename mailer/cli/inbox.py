"""`mailer inbox`: letters that wait for a person."""

from __future__ import annotations

import asyncio
from email.utils import parseaddr
from typing import Annotated

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
from mailer.flow.ingest import assign as assign_letter
from mailer.message.parse import parse
from mailer.store import clients, inbox

group = typer.Typer(no_args_is_help=True, help="Letters that wait for a person: list, show, assign, discard, replay.")
LetterId = Annotated[str, typer.Argument(metavar="LETTER", help="The letter's id, as `mailer inbox list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="inbox")


@group.command("list")
def list_letters(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the letters that wait, with the reason."""
    with office_of(config) as office:
        waiting = office.db.read(inbox.waiting, office.vault)
    rows = []
    for one in waiting:
        letter = parse(one.raw)
        sender = letter.senders[0].address if letter.senders else "no sender"
        rows.append({"id": short(one.id), "received": one.received_at, "from": sender, "reason": one.reason})
    if as_json:
        say_json(rows)
        return
    shown = [[str(r["id"]), f"{r['received']:%Y-%m-%d %H:%MZ}", str(r["from"]), str(r["reason"])] for r in rows]
    say_table(["id", "received", "from", "waits because"], shown, nothing="no letter waits")


@group.command()
def show(
    letter: LetterId,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they came.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show a waiting letter."""
    with office_of(config) as office:
        identity = office.db.read(inbox.find_waiting, letter)
        found = next(one for one in office.db.read(inbox.waiting, office.vault) if one.id == identity)
    if raw:
        typer.echo(found.raw, nl=False)
        return
    parsed = parse(found.raw)
    typer.echo(f"Waits because: {found.reason}")
    typer.echo(f"From: {', '.join(f'{one.name} <{one.address}>'.strip() for one in parsed.senders)}")
    typer.echo(f"Subject: {parsed.subject}")
    typer.echo(f"Received: {local(found.received_at, 'UTC')} UTC\n")
    typer.echo(parsed.text)


@group.command()
def assign(
    letter: LetterId,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's short name.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say whose a waiting letter is: it is filed for that client."""
    with office_of(config) as office:
        identity = office.db.read(inbox.find_waiting, letter)
        who = office.db.read(clients.find_client, office.vault, client)
        if not asyncio.run(assign_letter(office, identity, who, now=clock())):
            raise PermanentFailure("the letter was filed before; `mailer thread` shows it")
    typer.echo(f"filed for {client}; `mailer thread {client}` shows it")


@group.command()
def alias(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's short name.")],
    address: Annotated[str, typer.Argument(help="The further address they write from.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Confirm a further address of a client; prompts still go to the first one only."""
    if "@" not in parseaddr(address)[1]:
        raise PermanentFailure(f'"{address}" is no address')
    with office_of(config) as office:
        who = office.db.read(clients.find_client, office.vault, client)
        office.db.write(clients.add_alias, office.vault, who.id, parseaddr(address)[1], now=clock())
    typer.echo(f"letters from there are {client}'s own from now on; `mailer inbox replay` reads waiting ones again")


@group.command()
def discard(letter: LetterId, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say that a waiting letter is nothing."""
    with office_of(config) as office:
        office.db.write(inbox.discard, office.db.read(inbox.find_waiting, letter))
    typer.echo("discarded")


@group.command()
def replay(
    letter: Annotated[str, typer.Argument(metavar="[LETTER]", help="One letter; all that wait where not given.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Read waiting letters once more: after an alias was confirmed, or after an upgrade."""
    with office_of(config) as office:
        only = office.db.read(inbox.find_waiting, letter) if letter else None
        count = office.db.write(inbox.replay, only)
    typer.echo(f"{count} letter(s) will be read again by the engine, or by `mailer once`")
