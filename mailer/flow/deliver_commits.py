"""One transaction for what several connections have to write down at once.

A transaction of its own for each letter would cost more than the letter. So the connections of a sender hand in what
they have to say (this letter is being sent; this became of that one) and wait; whoever hands in while a transaction is
under way shares the next one. A letter that cannot be written down fails alone. A database that is away for a moment is
asked again: a letter that was sent must not become unknown for that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from uuid import UUID

from mailer.errors import TemporaryFailure
from mailer.flow.office import Clock, Office
from mailer.store import in_flight
from mailer.store.settlement import Attempt

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.002  # a first word waits so long for others to share its transaction
WRITE_AGAIN_SECONDS = (1, 5, 30, 120)  # well within a letter's lease


@dataclass(frozen=True, slots=True)
class _Word:
    """Something to be written down: an outcome, or that a letter is being sent."""

    letter_id: UUID
    attempt: Attempt | None = None
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Commits:
    """`async with Commits(...)`: what is handed in is written by the end of the block, or `trouble` says why not."""

    def __init__(self, office: Office, *, owner: str, clock: Clock, sending_seconds: float) -> None:
        self.connections = 1  # so many wait at most before it is of no use to wait for more
        self.trouble: TemporaryFailure | None = None  # the database is away for good: nothing more can be sent
        self._office, self._owner, self._clock = office, owner, clock
        self._sending = timedelta(seconds=sending_seconds)
        self._waiting: list[_Word] = []
        self._wanted, self._enough, self._hurry = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._closing = False

    async def __aenter__(self) -> Commits:
        self._task = asyncio.create_task(self._run(), name="commits")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends when all is written. Whoever is cut off tries once more and does not wait for a database."""
        if isinstance(error, asyncio.CancelledError):
            self._hurry.set()
        self._closing = True
        self._wanted.set()
        self._enough.set()
        cut_off = False
        while not self._task.done():
            try:
                await asyncio.shield(self._task)
            except asyncio.CancelledError:
                cut_off = True
                self._hurry.set()
        if cut_off:
            raise asyncio.CancelledError

    async def sending(self, letter_id: UUID) -> bool:
        """Commits that DATA comes next; False if the letter is not this sender's any more, or may not go."""
        return await self._hand_in(_Word(letter_id))

    def outcome(self, attempt: Attempt) -> asyncio.Future[bool]:
        """Hands in what became of a letter; it is written before anything that is handed in later."""
        return self._hand_in(_Word(attempt.letter_id, attempt))

    def _hand_in(self, word: _Word) -> asyncio.Future[bool]:
        word.done.add_done_callback(_heard)
        self._waiting.append(word)
        self._wanted.set()
        if self.connections == 1 or sum(one.attempt is None for one in self._waiting) >= self.connections:
            self._enough.set()
        return word.done

    async def _run(self) -> None:
        while not (self._closing and not self._waiting):
            await self._wanted.wait()
            if not self._waiting:
                continue
            await self._gather()
            words, self._waiting = self._waiting, []
            self._wanted.clear()
            self._enough.clear()
            await self._write(words)
            if self._closing:
                self._wanted.set()

    async def _gather(self) -> None:
        try:
            async with asyncio.timeout(GATHER_SECONDS):
                await self._enough.wait()
        except TimeoutError:
            pass

    async def _write(self, words: Sequence[_Word]) -> None:
        """All of them in one transaction; where that fails for another reason than the database's, one by one."""
        try:
            begun = await self._written(words)
        except TemporaryFailure as trouble:
            self.trouble = trouble
            for word in words:
                word.done.set_exception(trouble)
        except Exception as trouble:
            if len(words) > 1:
                for word in words:
                    await self._write([word])
                return
            log.exception("could not write outgoing=%s", words[0].letter_id)
            words[0].done.set_exception(trouble)
        else:
            for word in words:
                word.done.set_result(word.attempt is not None or word.letter_id in begun)

    async def _written(self, words: Sequence[_Word]) -> set[UUID]:
        attempts = [word.attempt for word in words if word.attempt is not None]
        beginning = [word.letter_id for word in words if word.attempt is None]
        for pause in (*WRITE_AGAIN_SECONDS, None):
            now = self._clock()
            try:
                return await self._office.db.run(
                    in_flight.write_down, self._office.vault, attempts, beginning,
                    owner=self._owner, lease_until=now + self._sending, now=now,
                )  # fmt: skip
            except TemporaryFailure as trouble:
                if pause is None or self._hurry.is_set():
                    raise
                log.warning("could not write letters=%s again_seconds=%s why=%s", len(words), pause, trouble)
            await self._pause(pause)
        raise AssertionError("the last pause raises")

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass


def _heard(done: asyncio.Future[bool]) -> None:
    """Whoever waits hears of a failure; where nobody does any more, it has been logged."""
    if not done.cancelled():
        done.exception()
