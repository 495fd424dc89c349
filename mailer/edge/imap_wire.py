"""How does one command go out and its answers come back, so that the connection never lies about being alive?

The protocol of aioimaplib, hardened where it was found wanting against real servers: answers are framed by literals
only, one command is under way at a time, a lost connection fails whatever waits, each wait has an end, challenges are
answered, and neither what is sent nor what is received is logged (a log would hold passwords and people's letters).

    connecting -> greeted -> ask ... ask, idle ... -> lost (for ever; `lost` says why)

Whatever interrupts a command (time, cancellation, nonsense) ends the connection: what the next answer belongs to would
be a guess. Sources: RFC 3501 §2.2, §5.5, §7; RFC 2177 (IDLE).
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import cast

from aioimaplib.aioimaplib import AUTH, NONAUTH, Commands, IMAP4ClientProtocol

from mailer.edge.imap_command import Asked, Told
from mailer.edge.imap_frames import ORDINARY_OCTETS, Answer, Framer, NotImap
from mailer.edge.imap_values import Status, status
from mailer.errors import TemporaryFailure

SLOWEST_OCTETS_PER_SECOND = 8_000  # below this a server is taken to be stuck, however steadily it trickles

_COUNT = re.compile(rb"\* (\d{1,10}) (EXISTS|EXPUNGE)\b", re.IGNORECASE)


class Wire(IMAP4ClientProtocol):  # type: ignore[misc]  # the library has no types
    """One connection to `peer` (host:port, for messages). Only `ask` and `idle` talk; each waits its turn."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport | None
    state: str
    pending_sync_command: Asked | None

    def __init__(self, peer: str, *, patience_seconds: float) -> None:
        super().__init__(asyncio.get_running_loop())
        self.peer = peer
        self.lost: str | None = None
        self.exists = 0  # letters in the folder, by the server's latest word
        self.has_news = False  # letters came since this was last set back
        self._patience_seconds = patience_seconds
        self._framer = Framer()
        self._greeting: Status | None = None
        self._greeted = asyncio.Event()
        self._stirred = asyncio.Event()  # letters came, or IDLE or the connection is over
        self._closed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._extensible: tuple[asyncio.Timeout, float] | None = None  # a wait that may last longer, and till when

    async def greet(self) -> Status:
        """The server's greeting."""
        async with self._or_end("the greeting", self._patience_seconds):
            await self._greeted.wait()
        if self._greeting is None:
            raise TemporaryFailure(self.lost)
        return self._greeting

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on over TLS. What came in plain text after the command was injected, and ends it (RFC 3501 §6.2.1)."""
        if not self._framer.is_between_answers or self.lost is not None:
            self.end(f"{self.peer}: something was slipped in before TLS")
            raise TemporaryFailure(self.lost)
        async with self._or_end("the TLS handshake", self._patience_seconds):
            plain = cast(asyncio.Transport, self.transport)
            self.transport = await self.loop.start_tls(plain, self, context, server_hostname=host)

    async def ask(
        self, name: str, *arguments: str, uid: bool = False, more: Iterable[bytes] = (), octets: int = 0
    ) -> Told:
        """Send one command and await its end; `octets` is how much is expected beside ordinary answers.

        TemporaryFailure, and the connection is over, where the server falls silent or is not done in time.
        """
        command = Asked(name, self.new_tag(), *arguments, uid=uid, more=more)
        seconds = self._patience_seconds + sum(map(len, command.more)) / SLOWEST_OCTETS_PER_SECOND
        async with self._turn, self._or_end(name, seconds, more_seconds=octets / SLOWEST_OCTETS_PER_SECOND):
            self._framer.allow(ORDINARY_OCTETS + 2 * octets)
            self._begin(command)
            return await self._end_of(command)

    async def idle(self, seconds: float) -> bool:
        """Wait for letters, at most `seconds`; False where the server did not grant that, or not for so long.

        The server must confirm the end of it: one that went away in silence is found out then (RFC 2177).
        """
        command = Asked("IDLE", self.new_tag())
        async with self._turn, self._or_end("IDLE", None):
            if self.has_news:
                return True
            async with self._or_end("IDLE", self._patience_seconds):
                self._framer.allow(ORDINARY_OCTETS)
                self._begin(command)
                await command.is_granted.wait()
            if command.outcome is None:
                await self._stir(seconds)
            goes_on = command.outcome is None
            async with self._or_end("the end of IDLE", self._patience_seconds):
                if goes_on and self.lost is None:
                    self.send("DONE")
                await self._end_of(command)
            return goes_on

    async def pause(self, seconds: float) -> None:
        """Wait outside of any command, until letters come, the connection goes, or `seconds` are over."""
        if self.lost is None and not self.has_news:
            self._stirred.clear()
            await self._stir(seconds)

    async def _stir(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()

    @asynccontextmanager
    async def _or_end(self, what: str, seconds: float | None, *, more_seconds: float = 0) -> AsyncIterator[None]:
        """Bound a wait, longer by up to `more_seconds` while octets come; what breaks it off ends the connection."""
        try:
            async with asyncio.timeout(seconds) as limit:
                if more_seconds and seconds is not None:
                    self._extensible = limit, self.loop.time() + seconds + more_seconds
                yield
        except TimeoutError as late:
            self.end(f"{self.peer}: {what} was not answered in time")
            raise TemporaryFailure(self.lost) from late
        except BaseException:
            self.end(f"{self.peer}: {what} was broken off")
            raise
        finally:
            self._extensible = None

    def _extend_wait(self) -> None:
        """Octets came: the server is alive, and as long as it keeps its pace it may go on."""
        if self._extensible is not None:
            limit, latest = self._extensible
            soonest = self.loop.time() + self._patience_seconds
            limit.reschedule(min(max(limit.when() or 0, soonest), latest))

    def _begin(self, command: Asked) -> None:
        if self.lost is not None:
            raise TemporaryFailure(self.lost)
        if self.state not in Commands[command.name].valid_states:
            raise RuntimeError(f"{command.name} while {self.state}: choose a folder first")
        self.pending_sync_command = command
        self._stirred.clear()
        self.send(str(command))

    async def _end_of(self, command: Asked) -> Told:
        await command.wait()
        if command.outcome is None:
            raise TemporaryFailure(self.lost)
        return Told(command.outcome, tuple(command.answers))

    def send(self, line: str, scrub: str | None = None) -> None:
        """Write a line. Unlike the library's, it logs nothing."""
        self._write(line.encode() + b"\r\n")

    def _write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def data_received(self, d: bytes) -> None:
        """Take in what came. Unlike the library's, it logs nothing, and its cost is that of the octets."""
        self._extend_wait()
        try:
            for answer in self._framer.feed(d):
                self._take(answer)
        except NotImap as nonsense:
            self.end(f"{self.peer}: not IMAP: {nonsense}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whatever waits: nothing more will come."""
        self.end(f"{self.peer}: connection lost ({exc or 'closed by the server'})")
        self._closed.set()

    def _take(self, answer: Answer) -> None:
        line = answer.lines[0]
        if self.lost is not None:
            return
        if self._greeting is None:
            self._take_greeting(answer)
        elif line.startswith(b"+"):
            self._take_request()
        elif line.startswith(b"* "):
            self._take_untagged(answer)
        else:
            self._take_end(answer)

    def _take_greeting(self, answer: Answer) -> None:
        said = status(answer)
        if said is None or not answer.lines[0].startswith(b"* ") or said.kind not in ("OK", "PREAUTH", "BYE"):
            raise NotImap("the greeting is that of another kind of server")
        if said.kind == "BYE":
            self.end(f"{self.peer}: turned away: {said.words}")
            return
        self._greeting = said
        self.state = AUTH if said.kind == "PREAUTH" else NONAUTH
        self._greeted.set()

    def _take_request(self) -> None:
        """A `+`: send the next piece of the command, or note that IDLE is granted."""
        command = self.pending_sync_command
        if command is not None and command.more:
            self._write(command.more.popleft())
        elif command is not None and command.name == "IDLE":
            command.is_granted.set()
        else:
            raise NotImap("more was asked for where nothing was owed")

    def _take_untagged(self, answer: Answer) -> None:
        if count := _COUNT.match(answer.lines[0]):
            self._count(int(count[1]), count[2].upper())
        command, said = self.pending_sync_command, status(answer)
        if said is not None and said.kind == "BYE" and (command is None or command.name != "LOGOUT"):
            self.end(f"{self.peer}: said goodbye: {said.words}")
        elif command is not None:
            command.answers.append(answer)

    def _count(self, number: int, word: bytes) -> None:
        if word == b"EXPUNGE":
            self.exists = max(0, self.exists - 1)
            return
        if number > self.exists:
            self.has_news = True
            self._stirred.set()
        self.exists = number

    def _take_end(self, answer: Answer) -> None:
        said, command = status(answer), self.pending_sync_command
        tag = answer.lines[0].partition(b" ")[0]
        if said is None or command is None or tag != command.tag.encode() or said.kind not in ("OK", "NO", "BAD"):
            raise NotImap("an answer to nothing that was asked")
        self.pending_sync_command = None
        self._stirred.set()
        command.finish(said)

    def end(self, reason: str) -> None:
        """Give the connection up at once; the first reason stands."""
        self.lost = self.lost or reason
        if self.pending_sync_command is not None:
            self.pending_sync_command.finish(None)
            self.pending_sync_command = None
        self._greeted.set()
        self._stirred.set()
        if self.transport is not None:
            self.transport.abort()

    async def closed(self) -> None:
        """Wait until the socket is gone."""
        await self._closed.wait()
