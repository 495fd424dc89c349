"""An IMAP server that misbehaves on purpose, as its script says.

    async with scripted_imap({"UID SEARCH": says("* SEARCH 27", "TAG OK done")}) as server: ...

A script maps a command to what is done about it: octets to send (`TAG` stands for the command's tag), `HANG_UP`, a
`Pause` or a `Trickle`. Nothing at all is silence. A list of such replies is used up one by one, the last for ever.
Commands that the script does not name are answered as a healthy server with three letters would. `heard` is what the
client said.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

from mailer.model.places import Secret, Security, Server

_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class Deed(Enum):
    """What a server can do beside talking."""

    HANG_UP = "hang up"  # close the connection at once


HANG_UP = Deed.HANG_UP


@dataclass(frozen=True)
class Trickle:
    """The same octets again and again, for ever."""

    octets: bytes
    pause_seconds: float


@dataclass(frozen=True)
class Pause:
    """Nothing, for a while."""

    seconds: float


Reply = Sequence[bytes | Deed | Trickle | Pause]
Script = Mapping[str, Reply | list[Reply]]


def says(*lines: str) -> Reply:
    """A reply of whole lines."""
    return ("".join(f"{line}\r\n" for line in lines).encode(),)


SILENCE: Reply = ()
HEALTHY: Script = {
    "GREETING": says("* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN AUTH=XOAUTH2] at your service"),
    "CAPABILITY": says("* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN AUTH=XOAUTH2", "TAG OK done"),
    "AUTHENTICATE": says("+ "),
    "ANSWER": says("TAG OK logged in"),
    "LOGIN": says("TAG OK logged in"),
    "EXAMINE": says("* 3 EXISTS", "* OK [UIDVALIDITY 100] ok", "* OK [UIDNEXT 28] ok", "TAG OK [READ-ONLY] chosen"),
    "LIST": says('* LIST () "/" INBOX', '* LIST () "/" Rundbriefe', "TAG OK done"),
    "UID SEARCH": says("* SEARCH", "TAG OK done"),
    "UID FETCH": says("TAG OK done"),
    "NOOP": says("TAG OK done"),
    "IDLE": says("+ idling"),
    "DONE": says("TAG OK done"),
    "LOGOUT": (b"* BYE goodbye\r\nTAG OK done\r\n", HANG_UP),
}


@dataclass
class ScriptedImap:
    """A running server; `server` is how to reach it."""

    script: Script
    port: int = 0
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    _used: dict[str, int] = field(default_factory=dict)
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def server(self) -> Server:
        return self.reached_by(Security.NONE)

    def reached_by(self, security: Security) -> Server:
        """How to reach it, believing that it protects the connection in this way."""
        secret = Secret("open sesame")
        return Server(host="127.0.0.1", port=self.port, security=security, user="dana@example.org", password=secret)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the greeting to the end."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._converse(reader, writer)
        finally:
            writer.transport.abort()
            self._talks.discard(task)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._reply("GREETING", b"*", writer)
        tag = b"*"
        while line := await reader.readline():
            words = line.decode("utf-8", "replace").split()
            self.heard.append(line.decode("utf-8", "replace").strip())
            while literal := _LITERAL.search(line):
                writer.write(b"+ go on\r\n")
                await reader.readexactly(int(literal[1]))
                line = await reader.readline()
            if words[:1] == ["DONE"]:
                deed = "DONE"
            elif len(words) < 2 or words[0] == "*":
                deed = "ANSWER"
            else:
                tag = words[0].encode()
                deed = " ".join(words[1:3]).upper() if words[1].upper() == "UID" else words[1].upper()
            await self._reply(deed, tag, writer)

    async def _reply(self, deed: str, tag: bytes, writer: asyncio.StreamWriter) -> None:
        replies = self.script.get(deed, HEALTHY.get(deed, says("TAG BAD unknown")))
        if isinstance(replies, list):
            turn = self._used.get(deed, 0)
            self._used[deed] = turn + 1
            replies = replies[min(turn, len(replies) - 1)]
        for step in replies:
            if isinstance(step, Deed):
                writer.transport.abort()
                raise ConnectionError(step.value)
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Trickle):
                while not writer.is_closing():
                    writer.write(step.octets)
                    await asyncio.sleep(step.pause_seconds)
            else:
                writer.write(step.replace(b"TAG", tag))
                await writer.drain()

    async def end(self) -> None:
        """Cut every connection."""
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.sleep(0)  # the sockets close on the next turn of the loop


@asynccontextmanager
async def scripted_imap(script: Script, *, context: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedImap]:
    """A server that follows the script on a free port of the loopback; through TLS where a context is given."""
    scripted = ScriptedImap(script)
    listener = await asyncio.start_server(scripted.talk, "127.0.0.1", 0, ssl=context)
    scripted.port = listener.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        listener.close()
        await scripted.end()
        await listener.wait_closed()
