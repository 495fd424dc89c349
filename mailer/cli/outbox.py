"""`mailer outbox`: letters on their way out."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, office_of, say_json, say_table, short
from mailer.model.outgoing import OutboxState
from mailer.store import accounts, outbox_view, settlement
from mailer.store.outbox import retry_held

group = typer.Typer(no_args_is_help=True, help="Letters on their way out: list, retry, settle.")


class Fate(StrEnum):
    """What a person knows of a letter whose fate the program does not know."""

    ARRIVED = "arrived"
    GIVEN_UP = "given-up"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="outbox")


@group.command("list")
def list_letters(
    everything: Annotated[bool, typer.Option("--all", help="Sent ones as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List letters that are not settled: queued, held, of unknown fate."""
    with office_of(config) as office:
        rows = office.db.read(outbox_view.rows, office.vault, everything=everything)
    if as_json:
        say_json([asdict(row) for row in rows])
        return
    shown = [
        [short(row.id), row.kind.value, row.client or row.coach, row.state.value, f"{row.due_at:%Y-%m-%d %H:%MZ}",
         row.detail]
        for row in rows
    ]  # fmt: skip
    say_table(["id", "kind", "for", "state", "due", ""], shown, nothing="nothing waits")


@group.command()
def retry(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Try held letters again after their template or client was mended, and lift pauses of accounts."""
    with office_of(config) as office:
        letters = office.db.write(retry_held, now=clock())
        ends = office.db.write(accounts.lift_pauses)
    typer.echo(f"{letters} held letter(s) will be tried again; {ends} pause(s) lifted")


@group.command()
def settle(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="The letter's id, as `mailer outbox list` shows it.")],
    fate: Annotated[Fate, typer.Argument(help="What you found out; it is not sent again either way.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say what became of a letter whose fate is unknown."""
    state = OutboxState.SENT if fate is Fate.ARRIVED else OutboxState.CANCELLED
    with office_of(config) as office:
        identity = office.db.read(outbox_view.find, letter)
        office.db.write(settlement.settle_by_hand, office.vault, identity, state, now=clock())
    typer.echo(f"settled: {fate.value}")
