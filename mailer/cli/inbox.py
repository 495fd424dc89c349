"""`mailer inbox`: letters that wait for a person."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from mailer.cli import desk
from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, JsonOption, clock, office_of, option
from mailer.cli.say import say_json, say_table, short
from mailer.errors import PermanentFailure
from mailer.flow.ingest import assign as assign_letter
from mailer.flow.office import Office
from mailer.message.reading.parse import parse
from mailer.store import clients, inbox
from mailer.store.inbox import WaitingLetter

group = typer.Typer(no_args_is_help=True, help="Letters that came in and wait for a person.")
LetterArgument = Annotated[str, typer.Argument(metavar="LETTER", help="Its id, as `mailer inbox list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="inbox")


@group.command("list")
def list_letters(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the letters that wait, with the reason."""
    with office_of(config) as office:
        waiting = office.db.read(inbox.waiting, office.vault)
    senders = [", ".join(one.address for one in parse(letter.raw).senders) for letter in waiting]
    if as_json:
        say_json(
            [
                {"id": one.id, "received": one.received_at, "from": sender, "state": one.state, "reason": one.reason}
                for one, sender in zip(waiting, senders, strict=True)
            ]
        )
        return
    shown = [
        [short(one.id), f"{one.received_at:%Y-%m-%d %H:%MZ}", sender or "no sender", one.reason]
        for one, sender in zip(waiting, senders, strict=True)
    ]
    say_table(["id", "received", "from", "waits because"], shown, nothing="no letter waits")


@group.command()
def show(
    letter: LetterArgument,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they came, for `mailer read` and the like.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show a waiting letter."""
    with office_of(config) as office:
        found = _waiting(office, letter)
    if raw:
        typer.echo(found.raw, nl=False)
        return
    parsed = parse(found.raw)
    typer.echo(f"Waits because: {found.reason}")
    typer.echo(f"From: {', '.join(f'{one.name} <{one.address}>'.strip() for one in parsed.senders) or 'no sender'}")
    typer.echo(f"Subject: {parsed.subject}")
    typer.echo(f"Received: {found.received_at:%a %Y-%m-%d %H:%M} UTC\n")
    typer.echo(parsed.text)
    for each in parsed.attachments:
        typer.echo(f"attached: {each.name} ({each.size} bytes)")


@group.command()
def assign(letter: LetterArgument, client: ClientArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say whose a waiting letter is."""
    with office_of(config) as office:
        who = office.db.read(clients.find_client, office.vault, client)
        identity = office.db.read(inbox.find_waiting, letter)
        if not asyncio.run(assign_letter(office, identity, who, now=clock())):
            raise PermanentFailure(f"the letter was filed in the meantime; `mailer thread {client}` may show it")
    typer.echo(f"filed for {client}; `mailer thread {client}` shows it")


@group.command()
def alias(
    client: ClientArgument,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The further address they write from.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Confirm a further address of a client.

    Letters from there are the client's own from now on. Prompts still go to the first address only.
    """
    further = option("ADDRESS", desk.address, address)
    with office_of(config) as office:
        who = office.db.read(clients.find_client, office.vault, client)
        here = office.db.read(clients.clients_at, office.vault, further, practice=who.practice_id)
        if any(one != who.id for one, _, _ in here):
            raise PermanentFailure("another client writes from that address; `mailer client list` shows who")
        office.db.write(clients.add_alias, office.vault, who.id, further, now=clock())
    typer.echo(f"letters from there are {client}'s own; `mailer inbox replay` reads those that wait once more")


@group.command()
def discard(letter: LetterArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say that a waiting letter is nothing."""
    with office_of(config) as office:
        if not office.db.write(inbox.discard, office.db.read(inbox.find_waiting, letter)):
            raise PermanentFailure("the letter does not wait any more; `mailer inbox list` shows those that do")
    typer.echo("discarded")


@group.command()
def replay(
    letter: Annotated[str, typer.Argument(metavar="[LETTER]", help="Its id; all that wait where not given.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Read waiting letters once more.

    After an alias was confirmed, a client was added, or the program was upgraded.
    """
    with office_of(config) as office:
        only = office.db.read(inbox.find_waiting, letter) if letter else None
        count = office.db.write(inbox.replay, only)
    letters = "1 letter is" if count == 1 else f"{count} letters are"
    typer.echo(f"{letters} read again by `mailer run`, or the next `mailer once`" if count else "no letter waits")


def _waiting(office: Office, letter: str) -> WaitingLetter:
    identity = office.db.read(inbox.find_waiting, letter)
    return next(one for one in office.db.read(inbox.waiting, office.vault) if one.id == identity)
