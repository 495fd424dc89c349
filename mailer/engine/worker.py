"""One worker: it waits for its bell, does steps until there is no work, and says that it is alive.

A lost or doubled ring is harmless: the steps ask the database what there is to do, and a worker whose bell is silent
for too long (they hang on the wall clock, which someone may set back by a day) comes round by itself. A step that fails
is logged and noted; the worker goes on with the next ring.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from mailer.errors import MailerError
from mailer.flow.office import Clock, Office
from mailer.store import heartbeats

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[bool]]

BEAT_EVERY = timedelta(seconds=30)  # a round may last longer


class Worker:
    """A bell that rings every so many `seconds`, and a step; `then` are bells to ring when there was work."""

    def __init__(
        self, name: str, step: Step, *, office: Office, clock: Clock, stopping: asyncio.Event, seconds: float
    ) -> None:
        self.name = name
        self.seconds = seconds
        self.bell = asyncio.Event()
        self.then: list[asyncio.Event] = []
        self._step, self._office, self._clock, self._stopping = step, office, clock, stopping

    async def run(self) -> None:
        """Works until the engine stops; a step that was begun is finished."""
        self.bell.set()
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * self.seconds):
                    await self.bell.wait()
            self.bell.clear()
            if not self._stopping.is_set():
                await self._round()

    async def _round(self) -> None:
        trouble, beaten = "", self._clock()
        try:
            while await self._step():
                for bell in self.then:
                    bell.set()
                if self._stopping.is_set():
                    break
                if abs(self._clock() - beaten) >= BEAT_EVERY:
                    beaten = self._clock()
                    await self._beat("")
        except MailerError as error:
            log.warning("failed worker=%s why=%s", self.name, error)
            trouble = str(error)
        except Exception as error:
            log.exception("failed worker=%s", self.name)
            trouble = f"unexpected {type(error).__name__}; the log has the details"
        await self._beat(trouble)

    async def _beat(self, trouble: str) -> None:
        try:
            await self._office.db.run(heartbeats.beat, self.name, trouble=trouble, now=self._clock())
        except MailerError as error:
            log.warning("failed worker=%s heartbeat why=%s", self.name, error)
