"""A submission server that behaves, except where a test says how it shall not: the twist is data.

`ScriptedSmtp` runs in the test's own loop. It keeps what it was told (`heard`, without content) and every letter whose
final dot it read (`letters`), whatever it answered or failed to answer.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from mailer.model.places import Secret, Security, Server

OFFERS = ("PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN XOAUTH2")
PARTING_SECONDS = 1.0  # clients are expected to have gone; an aborted handshake confuses asyncio's streams
TRICKLE_SECONDS = 0.002  # between two octets of an answer that never ends


class At(StrEnum):
    """The place where a twist waits."""

    GREETING = "greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    NOOP = "NOOP"
    MAIL = "MAIL"
    RCPT = "RCPT"
    RSET = "RSET"
    DATA = "DATA"
    CONTENT = "content"  # after the first octets of it, before the dot
    DOT = "dot"  # in place of the answer to it; the letter is kept
    AFTER = "after"  # once that answer is out
    QUIT = "QUIT"


class Then(StrEnum):
    """What follows the words of a twist."""

    GO_ON = "go on"
    AWAIT_TEST = "await test"  # says its words, or the usual ones, when the test sets `let_go`, and goes on
    CLOSE = "close"
    STAY_SILENT = "stay silent"  # until the client goes
    STOP_READING = "stop reading"
    TRICKLE = "trickle"  # octets for ever, and never the end of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Twist:
    """At this place, on the connections counted from 1 in `on` (none: on all), say this in place of the answer."""

    at: At
    say: bytes = b""
    then: Then = Then.GO_ON
    on: tuple[int, ...] = ()
    turn: int = 0  # only at the n-th time on a connection; 0: every time


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter whose final dot was read."""

    mail: str
    rcpt: str
    raw: bytes  # dots unstuffed


class ScriptedSmtp:
    """`async with ScriptedSmtp(Twist(...)) as server:`"""

    def __init__(
        self,
        *twists: Twist,
        offers: Sequence[str] = OFFERS,
        tls: ssl.SSLContext | None = None,
        security: Security = Security.NONE,
    ) -> None:
        self._twists = twists
        self.offers = list(offers)
        self.tls = tls
        self.security = security
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamReader, asyncio.StreamWriter] = {}
        self._talks: list[asyncio.Task[object]] = []
        self.over = asyncio.Event()  # the test has ended
        self.fell_silent = asyncio.Event()  # a twist has come to STAY_SILENT or AWAIT_TEST
        self.silent = 0  # connections that stand still for good
        self.let_go = asyncio.Event()
        self._places = {at: asyncio.Event() for at in At}
        self.heard: list[str] = []
        self.letters: list[Taken] = []
        self.connections = 0

    def account(
        self, *, user: str = "", password: str = "", ca_file: str | None = None, host: str = "127.0.0.1"
    ) -> Server:
        """Where a client finds this server."""
        assert self._server is not None
        port = int(self._server.sockets[0].getsockname()[1])
        secret = Secret(password) if password else None
        return Server(host=host, port=port, security=self.security, user=user, password=secret, ca_file=ca_file)

    def hang_up(self) -> None:
        """Closes every connection, as a server does that was restarted."""
        for reader, writer in self._open.items():
            writer.transport.abort()
            reader.feed_eof()

    async def reached(self, at: At) -> None:
        """Waits until the server stands at this place for the first time."""
        await self._places[at].wait()

    async def deserted(self) -> None:
        """Returns once every client has gone. Raises TimeoutError where one stays."""
        async with asyncio.timeout(PARTING_SECONDS):
            await asyncio.gather(*self._talks)

    def times(self, word: str) -> int:
        """How often a command was heard."""
        return sum(line.upper().startswith(word) for line in self.heard)

    async def __aenter__(self) -> ScriptedSmtp:
        context = self.tls if self.security is Security.TLS else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, limit=1 << 24)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self.over.set()
        self._server.close()
        if self._talks:
            await asyncio.wait(self._talks, timeout=PARTING_SECONDS)
        self.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[reader] = writer
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.append(talk)
        self.connections += 1
        try:
            await _Talk(self, reader, writer, number=self.connections).run()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went, or did not like the certificate
        finally:
            writer.transport.abort()
            del self._open[reader]

    def stands_at(self, at: At) -> None:
        """Tells who waits for this place."""
        self._places[at].set()

    def twist(self, at: At, *, connection: int, turn: int) -> Twist | None:
        """What is planned for this place, this time."""
        for twist in self._twists:
            if twist.at is at and connection in (twist.on or (connection,)) and turn in (twist.turn or turn,):
                return twist
        return None


class _Over(ConnectionError):
    pass


class _Talk:
    def __init__(
        self, server: ScriptedSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, number: int
    ) -> None:
        self._server, self._reader, self._writer, self._number = server, reader, writer, number
        self._turns: dict[At, int] = {}
        self._mail = self._rcpt = ""

    async def run(self) -> None:
        await self._say(At.GREETING, b"220 scripted.example.org ESMTP\r\n")
        while True:
            line = (await self._reader.readuntil(b"\r\n")).decode("utf-8", "replace").rstrip()
            self._server.heard.append(line)
            await self._obey(line)

    async def _obey(self, line: str) -> None:
        verb = line.partition(" ")[0].upper()
        match verb:
            case "EHLO":
                await self._say(At.EHLO, self._ehlo())
            case "STARTTLS":
                if (await self._say(At.STARTTLS, b"220 2.0.0 ready for TLS\r\n")).startswith(b"220"):
                    await self._writer.start_tls(self._tls_context())
            case "AUTH":
                await self._auth(line.upper().split())
            case "MAIL":
                self._mail = line
                await self._say(At.MAIL, b"250 2.1.0 sender ok\r\n")
            case "RCPT":
                self._rcpt = line
                await self._say(At.RCPT, b"250 2.1.5 recipient ok\r\n")
            case "DATA":
                if (await self._say(At.DATA, b"354 go ahead\r\n")).startswith(b"354"):
                    await self._content()
            case "QUIT":
                await self._say(At.QUIT, b"221 2.0.0 bye\r\n")
                raise _Over
            case "RSET" | "NOOP":
                await self._say(At(verb), b"250 2.0.0 ok\r\n")
            case "":  # what a client says to a challenge that tells why its token is refused
                await self._write(b"535 5.7.8 credentials not accepted\r\n")
            case _:
                await self._write(b"500 5.5.2 no such command\r\n")

    async def _auth(self, words: list[str]) -> None:
        questions = {"LOGIN": [b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"]}.get(words[1], [])
        for question in questions:
            await self._write(question)
            self._server.heard.append((await self._reader.readuntil(b"\r\n")).decode().rstrip())
        await self._say(At.AUTH, b"235 2.7.0 logged in\r\n")

    async def _content(self) -> None:
        if self._planned(At.CONTENT):
            await self._reader.readexactly(16)
            await self._say(At.CONTENT, b"")
        else:
            self._turns[At.CONTENT] = self._turns.get(At.CONTENT, 0) + 1
        raw = await self._reader.readuntil(b"\r\n.\r\n")
        lines = raw[:-3].split(b"\r\n")
        plain = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
        self._server.letters.append(Taken(self._mail, self._rcpt, plain))
        await self._say(At.DOT, b"250 2.0.0 ok queued as 4711\r\n")
        await self._say(At.AFTER, b"")

    async def _say(self, at: At, usual: bytes) -> bytes:
        """What was said at this place: the usual words, or the twist's."""
        self._turns[at] = self._turns.get(at, 0) + 1
        self._server.stands_at(at)
        twist = self._server.twist(at, connection=self._number, turn=self._turns[at])
        if twist is None:
            await self._write(usual)
            return usual
        if twist.then is Then.AWAIT_TEST:
            self._server.fell_silent.set()
            await self._server.let_go.wait()
            await self._write(twist.say or usual)
            return twist.say or usual
        await self._write(twist.say)
        if twist.then is Then.STAY_SILENT:
            self._server.silent += 1
            self._server.fell_silent.set()
            while await self._reader.read(65_536):
                pass
        if twist.then is Then.STOP_READING:
            assert isinstance(self._writer.transport, asyncio.ReadTransport)
            self._writer.transport.pause_reading()
            await self._server.over.wait()
        while twist.then is Then.TRICKLE and not self._writer.is_closing():
            await self._write(b"2")
            await asyncio.sleep(TRICKLE_SECONDS)
        if twist.then is not Then.GO_ON:
            raise _Over
        return twist.say

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def _planned(self, at: At) -> bool:
        turn = self._turns.get(at, 0) + 1
        return self._server.twist(at, connection=self._number, turn=turn) is not None

    def _ehlo(self) -> bytes:
        offers = list(self._server.offers)
        if self._server.security is Security.STARTTLS and self._writer.get_extra_info("sslcontext") is None:
            offers.append("STARTTLS")
        lines = ["scripted.example.org", *offers]
        return b"".join(
            f"250{'-' if number < len(lines) else ' '}{line}\r\n".encode() for number, line in enumerate(lines, 1)
        )

    def _tls_context(self) -> ssl.SSLContext:
        assert self._server.tls is not None
        return self._server.tls
