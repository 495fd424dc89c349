"""`mailer outbox`: letters on their way out."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, office_of
from mailer.cli.say import say_json, say_table, short
from mailer.model.outgoing import OutboxState
from mailer.store import accounts, outbox_view, settlement
from mailer.store.held import retry_held

group = typer.Typer(no_args_is_help=True, help="Letters on their way out.")


class Fate(StrEnum):
    """What a person knows of a letter whose fate the program does not know."""

    ARRIVED = "arrived"
    GIVEN_UP = "given-up"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="outbox")


@group.command("list")
def list_letters(
    everything: Annotated[bool, typer.Option("--all", help="Those that are settled as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List letters that are not settled.

    queued: waits for its time; held: cannot be written, see the note; unknown: the server's answer was lost.
    """
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
    nothing = "no letter was ever queued" if everything else "nothing waits"
    say_table(["id", "kind", "for", "state", "due", "note"], shown, nothing=nothing)


@group.command()
def retry(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Try held letters and paused accounts again.

    After their template, schedule or client was mended, or the account's trouble was.
    """
    with office_of(config) as office:
        letters = office.db.write(retry_held, now=clock())
        ends = office.db.write(accounts.lift_pauses)
    typer.echo(f"held letters to be tried again: {letters}; pauses lifted: {ends}")


@group.command()
def settle(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="Its id, as `mailer outbox list` shows it.")],
    fate: Annotated[Fate, typer.Argument(metavar="FATE", help="What you found out: arrived or given-up.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say what became of a letter of unknown fate.

    It is not sent again either way.
    """
    state = OutboxState.SENT if fate is Fate.ARRIVED else OutboxState.CANCELLED
    with office_of(config) as office:
        identity = office.db.read(outbox_view.find, letter)
        office.db.write(settlement.settle_by_hand, office.vault, identity, state, now=clock())
    typer.echo(f"settled: {fate.value}")
