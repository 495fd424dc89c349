"""`mailer thread`: a client's letters, question by question."""

from __future__ import annotations

from dataclasses import asdict

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ClientArgument, ConfigOption, JsonOption, local, office_of
from mailer.cli.say import say_json
from mailer.model.failure import Failure
from mailer.model.report import EntryKind, ReplyRow
from mailer.store import clients, journal


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(thread)


def thread(slug: ClientArgument, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show what a client was asked and wrote."""
    with office_of(config) as office:
        client = office.db.read(clients.find_client, office.vault, slug)
        known = office.db.read(journal.conversations, office.vault, client.id)
    if as_json:
        say_json([asdict(one) for one in known])
        return
    if not known:
        typer.echo(f"nothing was sent to {slug} or came from {slug} yet")
    for one in known:
        opened = f", {local(one.opened_at, client.zone)}" if one.opened_at else ""
        typer.echo(f"== {one.subject or 'Letters that answer no prompt'}{opened}")
        if one.fate:
            typer.echo(f"-- {one.fate}")
        for entry in one.entries:
            _say(entry, client.zone)
        typer.echo("")


def _say(entry: ReplyRow, zone: str) -> None:
    told = entry.note
    if entry.kind is EntryKind.BOUNCE and told and told != Failure.DELAYED:
        told = f"did not arrive: {told}"
    note = f" ({told})" if told else ""
    typer.echo(f"-- {local(entry.received_at, zone)} {entry.kind.value}{note}")
    if entry.kind is EntryKind.PROMPT:
        for number, question in enumerate(entry.questions, 1):
            typer.echo(f"   {number}. {question}")
        return
    for answer in entry.answers:
        value = f" [{answer.value}]" if answer.value is not None else ""
        typer.echo(f"   {answer.question + 1}. {entry.questions[answer.question]}{value}")
        _indented(answer.text)
    _indented(entry.free if entry.answers else entry.text)
    for attachment in entry.attachments:
        typer.echo(f"   attached: {attachment}")


def _indented(text: str) -> None:
    for line in text.splitlines():
        typer.echo(f"      {line}")
