"""`mailer run`, `once` and `demo`."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, office_of, settings_of
from mailer.engine.lock import data_folder_lock
from mailer.engine.once import Post, run_once
from mailer.engine.post import transport_of
from mailer.engine.run import run_engine
from mailer.errors import MailerError
from mailer.flow.office import Office


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(run)
    app.command()(once)
    app.command()(demo)


def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Work until stopped (Ctrl-C or SIGTERM): plan, send, read, file, report."""
    _log_to_stderr()
    asyncio.run(run_engine(settings_of(config), clock=clock))


def once(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Do everything there is to do now, then exit: for a timer such as cron."""
    _log_to_stderr()
    settings = settings_of(config)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with data_folder_lock(settings.data), office_of(config) as office:
        troubles = asyncio.run(_once(office))
    if troubles:
        raise MailerError("; ".join(map(str, troubles)))


def demo(
    output: Annotated[Path, typer.Option(help="Where the digest is saved.")] = Path("demo-output"),
    lose: Annotated[str, typer.Option(hidden=True, help="A client whose last answer gets lost: dana, omar ...")] = "",
) -> None:
    """Play a week with real mail servers on this machine: six clients, their letters, and the digest."""
    from mailer.sandbox.demo import play  # noqa: PLC0415 - the servers are needed nowhere else

    if not asyncio.run(play(output, lost=lose)):
        raise typer.Exit(1)


async def _once(office: Office) -> list[MailerError]:
    transports = {account.slug: transport_of(account) for account in office.accounts.values()}
    try:
        return await run_once(office, Post(transports=transports), clock=clock)
    finally:
        for transport in transports.values():
            await transport.close()


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("apscheduler", "aioimaplib", "aiosmtplib"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
