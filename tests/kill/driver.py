"""What the processes do that are killed: one round of the whole program, at a time that is given.

Nothing of the product knows that it is watched; the office is opened from a config.toml, as `mailer once` does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from mailer.config import load_config
from mailer.engine.once import Post, run_once
from mailer.engine.opening import open_office
from mailer.engine.post import transport_of
from mailer.engine.run import run_engine

LOG = "engine.log"


def once(config: Path, at: datetime, begun: Connection) -> None:
    """Does all there is to do at `at`; exit code 1 if anything was in the way. Says when the office is open."""
    _log_beside(config)
    clock = _ticking_from(at)
    with open_office(load_config(config, env={}), now=at, released=at) as (office, _):
        begun.send_bytes(b"begun")

        async def work() -> None:
            transports = {account.slug: transport_of(account) for account in office.accounts.values()}
            try:
                troubles = await run_once(office, Post(transports=transports), clock=clock)
            finally:
                for transport in transports.values():
                    await transport.close()
            if troubles:
                raise SystemExit("; ".join(map(str, troubles)))

        asyncio.run(work())


def engine(config: Path, at: datetime, begun: Connection) -> None:
    """The engine as `mailer run` starts it, except that its clock begins at `at` and jumps as `jump` says."""
    _log_beside(config)
    ticking, jumps = _ticking_from(at), config.with_name("jump")
    begun.send_bytes(b"begun")

    def clock() -> datetime:
        return ticking() + timedelta(minutes=int(jumps.read_text()) if jumps.exists() else 0)

    asyncio.run(run_engine(load_config(config, env={}), clock=clock, released=at))


def _ticking_from(at: datetime) -> Callable[[], datetime]:
    start = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - start)


def _log_beside(config: Path) -> None:
    logging.basicConfig(
        filename=config.with_name(LOG), level=logging.INFO, format="%(process)d %(levelname)s %(name)s %(message)s"
    )
