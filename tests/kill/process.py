"""Processes to be killed, each forked from a server that has loaded the program already, so that it begins at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

LONGEST_SECONDS = 20.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["__main__", "tests.kill.driver"])

Work = Callable[[Path, datetime, Connection], None]


class Running:
    """A process at work on one installation."""

    def __init__(self, work: Work, config: Path, at: datetime) -> None:
        self._begun, theirs = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=work, args=(config, at, theirs))
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    async def begun(self) -> None:
        """Returns when its office is open, or when it has ended."""
        await _readable(self._begun.fileno(), LONGEST_SECONDS)

    async def ended(self, seconds: float = LONGEST_SECONDS) -> int | None:
        """Its exit code; None if it still runs after so many seconds."""
        if await _readable(self._process.sentinel, seconds):
            self._process.join()
            return self._process.exitcode
        return None

    async def comes_to(self, point: asyncio.Event) -> None:
        """Waits until it has come to a point that a server tells of."""
        await asyncio.wait_for(point.wait(), LONGEST_SECONDS)
        assert self.alive

    async def kill(self) -> bool:
        """kill -9, waited for; False if it had ended by itself."""
        self._process.kill()
        return await self.ended() == -signal.SIGKILL

    def pause(self) -> None:
        """SIGSTOP: it stands still where it is, as a machine that is suspended or has no memory left."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: it knows nothing of the time between."""
        os.kill(self.pid, signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """SIGTERM, as an operator or systemd sends it."""
        os.kill(self.pid, signal.SIGTERM)

    async def close(self) -> None:
        """Leaves nothing running."""
        if self.alive:
            await self.kill()
        self._begun.close()
        self._process.close()


async def eventually(holds: Callable[[], bool], *, seconds: float = LONGEST_SECONDS) -> None:
    """Returns as soon as it holds; what other processes do is only seen by looking."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - they set no events here
            await asyncio.sleep(0.01)


async def _readable(descriptor: int, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await asyncio.wait_for(ready.wait(), seconds)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
    return True
