"""How are one command and one letter put on an SMTP connection, and how is its loss noticed?

A thin layer over aiosmtplib's protocol. It adds what sending exactly once needs: the content goes out apart from its
final dot, so that a loss before the dot is told from one after it (aiosmtplib raises the same error for both); every
wait has an end; a connection that failed to answer, answered rubbish or answered twice is dropped and never used again
(RFC 5321 §4.2, §4.5.3.2). Server words stay out of the errors: they may repeat addresses or passwords.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTPException, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from mailer.edge.smtp_replies import Reply
from mailer.errors import TemporaryFailure

BLOCK_OCTETS = 65_536  # of content between two looks at the connection

# aiosmtplib takes "4515.1.1" for 451 and lines of differing codes for one answer; after the dot that would be a guess.
_WHOLE_REPLY = re.compile(rb"([2-5]\d\d)(?:-[^\n]*\n\1)*( [^\n]*|\r?)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait for each thing: the minimums of RFC 5321 §4.5.3.2, but for connecting and parting.

    After the dot patience is cheap and haste is dear: who gives up there does not know what became of the letter.
    """

    connect: float = 60  # name, TCP and TLS, whatever number of addresses the host has
    address: float = 20  # TCP and TLS with one of them
    greeting: float = 300
    command: float = 300
    data: float = 120  # the answer to DATA
    block: float = 180  # each block of content
    final: float = 600  # the answer after the dot
    probe: float = 10  # NOOP on an idle connection, RSET and QUIT


class Lost(TemporaryFailure):
    """The connection is gone or out of step, and closed; its message says how, without the server's words."""


class Wire(SMTPProtocol):
    """One connection: `command` by `command`, then `upload` and `final_dot` for a letter."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._closed = asyncio.Event()
        self._expecting = True  # the greeting comes unasked
        self._uploading = False
        self._heard = bytearray()  # the answer awaited, as it comes in
        self._unasked = bytearray()

    @property
    def usable(self) -> bool:
        """Still connected, and nothing came that was not asked for (a server saying goodbye, an answer too many)."""
        return self.is_connected and not self._unasked

    @property
    def address_literal(self) -> bytes:
        """Our end of the connection, as EHLO wants it of a client without a name: "[192.0.2.7]"."""
        address = str(self._transport().get_extra_info("sockname")[0]).partition("%")[0]
        return f"[IPv6:{address}]".encode() if ":" in address else f"[{address}]".encode()

    async def answer(self, *, seconds: float) -> Reply:
        """The next answer; the greeting is read so. Raises Lost."""
        return self._single(await self._exchange(b"", seconds=seconds))

    async def command(self, *words: bytes, seconds: float) -> Reply:
        """The answer to a command of these words, which must be free of control characters. Raises Lost."""
        return self._single(await self._exchange(b" ".join(words) + b"\r\n", seconds=seconds))

    async def encrypt(self, context: ssl.SSLContext, *, host: str, seconds: float) -> Reply:
        """The answer to STARTTLS; after 220 the connection is encrypted and `host` verified.

        Raises Lost, and ssl.SSLError where the handshake fails. What a stranger put in between the answer and the
        handshake is thrown away (RFC 3207 §4.2).
        """
        try:
            self._expecting = True
            async with asyncio.timeout(seconds):
                response = await self.start_tls(context, server_hostname=host)
        except SMTPResponseException as error:
            if error.code > 0:
                return Reply(error.code, error.message)
            raise self._lost("answered rubbish") from None
        except TimeoutError:
            raise self._lost("no end of the TLS handshake") from None
        except ssl.SSLError:
            self.drop()
            raise
        except (SMTPException, OSError):
            raise self._lost("connection lost") from None
        finally:
            self._expecting = False
            self._heard.clear()
        self._unasked.clear()
        return Reply(response.code, response.message)

    async def upload(self, stuffed: bytes, *, seconds: float) -> Reply | None:
        """Hands over dot-stuffed content without its final dot, and returns once the network has taken it all.

        An answer means that the server cut in; the letter was not taken, and the connection is closed. Raises Lost.
        """
        transport = self._transport()
        transport.set_write_buffer_limits(high=0)  # so that "flowing" means: nothing is left on our side
        self._uploading = True
        try:
            for start in range(0, len(stuffed), BLOCK_OCTETS):
                self.write(stuffed[start : start + BLOCK_OCTETS])
                async with asyncio.timeout(seconds):
                    await self._flowing.wait()
                if not self.usable:
                    return self._interruption()
        except TimeoutError:
            raise self._lost("stopped taking the letter") from None
        except (SMTPException, OSError):
            raise self._lost("connection lost") from None
        finally:
            self._uploading = False
        return None

    async def final_dot(self, *, seconds: float) -> Reply:
        """The answer after the final dot. After Lost nobody knows whether the letter was taken.

        A goodbye may come with it ("250 kept", "421 that was enough"); any other second answer contradicts the first.
        """
        reply = await self._exchange(b".\r\n", seconds=seconds)
        if self._buffer and not self._buffer.startswith(b"421"):
            raise self._lost("answered twice")
        if self._buffer:
            self.drop()
        return reply

    def drop(self) -> None:
        """Closes the connection at once, whatever is under way."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    async def part(self, *, seconds: float) -> None:
        """Says QUIT and closes; an unwilling server is not waited for. Never raises but CancelledError."""
        try:
            if self.usable:
                await self.command(b"QUIT", seconds=seconds)
            if self.transport is not None:
                self.transport.close()
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except (Lost, TimeoutError):
            pass
        finally:
            self.drop()

    async def _exchange(self, line: bytes, *, seconds: float) -> Reply:
        if self._unasked:
            raise self._lost("answered out of step")
        self._expecting = True
        try:
            async with asyncio.timeout(seconds):
                if line:
                    self.write(line)
                response = await self.read_response()
        except TimeoutError:
            raise self._lost(f"no answer within {seconds:g} s") from None
        except SMTPResponseException:
            raise self._lost("answered rubbish") from None
        except (SMTPException, OSError):
            raise self._lost("connection lost") from None
        finally:
            self._expecting = False
        if not _WHOLE_REPLY.match(self._heard):
            raise self._lost("answered rubbish")
        self._heard.clear()
        return Reply(response.code, response.message)

    def _single(self, reply: Reply) -> Reply:
        """The reply, if it came alone: a second one would be taken for the answer to the next command."""
        if self._buffer:
            raise self._lost("answered out of step")
        return reply

    def _interruption(self) -> Reply:
        found = _WHOLE_REPLY.match(self._unasked)
        lost = self._lost("answered before the letter was whole" if self._unasked else "connection lost")
        if found is None:
            raise lost
        return Reply(int(found[1]), found[2].decode("utf-8", "replace").strip())

    def _lost(self, how: str) -> Lost:
        self.drop()
        return Lost(how)

    def _transport(self) -> asyncio.WriteTransport:
        if self.transport is None:
            raise self._lost("connection lost")
        return cast(asyncio.WriteTransport, self.transport)

    # What asyncio calls.

    def data_received(self, data: bytes) -> None:
        if self._expecting:
            self._heard += data
            super().data_received(data)
            return
        self._unasked += data[:1024]
        self._flowing.set()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._flowing.clear()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._flowing.set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._flowing.set()
        self._closed.set()
