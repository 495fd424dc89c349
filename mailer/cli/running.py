"""`mailer run`, `once` and `demo`."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, say_file_trouble, settings_of
from mailer.engine.lock import data_folder_lock
from mailer.engine.once import Post, run_once
from mailer.engine.opening import open_office
from mailer.engine.post import transport_of
from mailer.engine.run import run_engine
from mailer.engine.shelf import settled
from mailer.errors import MailerError
from mailer.flow.clock_sense import take_date_as_right
from mailer.flow.office import Office
from mailer.store import accounts, heartbeats
from mailer.store.accounts import EndState
from mailer.store.schema import AccountEnd


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(run)
    app.command()(once)
    app.command()(demo)


DateOption = Annotated[
    bool,
    typer.Option("--date-is-right", help="After a gap of weeks, or a clock that was set back: today's date is right."),
]


def run(date_is_right: DateOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Plan, send, read, file and report until stopped.

    Ctrl-C or SIGTERM stops it: a letter that is going out is finished first. One line of log for each letter.
    """
    _log_to_stderr()
    asyncio.run(run_engine(settings_of(config, connects=True), clock=clock, date_is_right=date_is_right))


def once(date_is_right: DateOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Do all there is to do now, then exit.

    For a timer, every five minutes or so: what `mailer run` does all the time, done once.
    """
    _log_to_stderr()
    settings = settings_of(config, connects=True)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with data_folder_lock(settings.data):
        asyncio.run(settled(settings.schedules, settings.templates, clock=clock))
        with open_office(settings, now=clock()) as (office, _):
            say_file_trouble(office)
            troubles = [*map(str, asyncio.run(_once(office, date_is_right))), *_paused_senders(office)]
            office.db.write(heartbeats.beat, "once", trouble="; ".join(troubles), now=clock())
    if troubles:
        raise MailerError("; ".join(troubles))


def demo(
    output: Annotated[Path, typer.Option(metavar="DIR", help="Where the digest is saved.")] = Path("demo-output"),
    lose: Annotated[str, typer.Option(hidden=True, help="A client whose last answer gets lost: dana, omar ...")] = "",
) -> None:
    """Play a week between real mail servers on this machine.

    Six clients, their letters, and the digest their coach gets. Needs no configuration; nothing leaves this machine.
    """
    from mailer.sandbox.demo import play  # noqa: PLC0415 - the servers are needed nowhere else

    if not asyncio.run(play(output, lost=lose)):
        raise typer.Exit(1)


def _paused_senders(office: Office) -> list[str]:
    """Accounts that letters could not leave from; those letters stay queued."""
    ends = office.db.read(accounts.end_states)
    closed = [one for one in ends if one.end is AccountEnd.SMTP and not one.is_open(clock())]
    return [f"account {one.account}: sending is paused: {one.reason}" for one in closed if _is_ours(office, one)]


def _is_ours(office: Office, end: EndState) -> bool:
    return end.account in {one.slug for one in office.accounts.values()}


async def _once(office: Office, date_is_right: bool) -> list[MailerError]:
    if date_is_right:
        await take_date_as_right(office, now=clock())
    transports = {account.slug: transport_of(account) for account in office.accounts.values()}
    try:
        return await run_once(office, Post(transports=transports), clock=clock)
    finally:
        for transport in transports.values():
            await transport.close()


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("alembic", "apscheduler", "aioimaplib", "aiosmtplib", "httpcore2", "httpx2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
