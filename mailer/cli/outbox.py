"""`mailer outbox`: letters on their way out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, office_of
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table, short
from mailer.model.outgoing import OutboxState
from mailer.store import accounts, fates, outbox_view, settlement
from mailer.store.held import retry_held

group = typer.Typer(no_args_is_help=True, help="Letters on their way out.")
LetterArgument = Annotated[str, typer.Argument(metavar="LETTER", help="Its id, as `mailer outbox list` shows it.")]
SETTLE = "mailer outbox settle"
LATELY = timedelta(days=7)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(group, name="outbox")


@group.command("list")
def list_letters(
    everything: Annotated[bool, typer.Option("--all", help="Those that were sent, and older ones, as well.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List letters that wait, or did not go.

    Those that are not settled, and of the last week those that did not go. queued: waits for its time; held: cannot be
    written, see the note; unknown: the server's answer was lost; refused, expired, cancelled: the note says why.
    """
    with office_of(config) as office:
        rows = office.db.read(outbox_view.rows, office.vault, everything=everything, failed_since=clock() - LATELY)
    if as_json:
        say_json([asdict(row) for row in rows])
        return
    shown = [
        [
            short(row.id),
            row.prompt or row.kind.value,
            row.client or row.coach,
            row.state.value,
            f"{row.due_at:%Y-%m-%d %H:%MZ}",
            row.detail,
        ]
        for row in rows
    ]
    nothing = "no letter was ever queued" if everything else "nothing waits"
    say_table(["id", "letter", "for", "state", "due", "note"], shown, nothing=nothing)


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
def cancel(
    letter: LetterArgument,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take back a letter that waits or is held.

    It is not sent, and not planned again.
    """
    with office_of(config) as office:
        identity = office.db.read(outbox_view.find, letter)
        office.db.write(fates.cancel, office.vault, identity, now=clock())
    typer.echo("taken back: it is not sent")


@group.command()
def settle(
    letter: LetterArgument,
    sent: Annotated[bool, typer.Option("--sent", help="It was sent: the client has it, or the Sent folder.")] = False,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="It did not arrive, and need not any more.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --not-sent: send it now, the same letter under the same id.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say what became of a letter of unknown fate.

    The program looks into the Sent folder by itself; what it does not find there, only a person can find out: ask the
    client. Nothing is sent a second time unless you say --again.
    """
    if sent == not_sent or (again and not not_sent):
        raise WrongUsage(f"outbox settle: say --sent, --not-sent, or --not-sent --again: `{SETTLE} {letter} --sent`")
    with office_of(config) as office:
        identity = office.db.read(outbox_view.find, letter)
        if again:
            until = office.db.write(fates.send_again, identity, now=clock())
            typer.echo(f"settled: it did not arrive, and goes out again; tried until {until:%Y-%m-%d %H:%MZ}")
            return
        state = OutboxState.SENT if sent else OutboxState.CANCELLED
        office.db.write(settlement.settle_by_hand, office.vault, identity, state, now=clock())
    typer.echo("settled: it was sent" if sent else "settled: it did not arrive, and is not sent again")
