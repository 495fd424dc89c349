"""A submission server on this machine that takes every letter and keeps none: `python benchmarks/sink.py`.

Says its port in the first line it prints, and at the end of its input how many letters and octets it took. The same for
everybody who is measured; it offers what large providers offer, but for TLS and a login.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

OFFERS = (
    b"250-sink.example.org\r\n250-PIPELINING\r\n250-SIZE 35882577\r\n"
    b"250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n"
)
REPLIES = {
    b"EHLO": OFFERS,
    b"HELO": b"250 sink.example.org\r\n",
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"RSET": b"250 2.0.0 ok\r\n",
    b"NOOP": b"250 2.0.0 ok\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}
END = b"\r\n.\r\n"

taken = {"letters": 0, "octets": 0}


class Talk(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._heard = bytearray()
        self._in_letter = False
        self._transport.write(b"220 sink.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while self._letter() if self._in_letter else self._command():
            pass

    def _letter(self) -> bool:
        end = self._heard.find(END)
        if end < 0:
            return False
        taken["letters"] += 1
        taken["octets"] += end + 2
        del self._heard[: end + len(END)]
        self._in_letter = False
        self._transport.write(b"250 2.0.0 queued as 4711\r\n")
        return True

    def _command(self) -> bool:
        end = self._heard.find(b"\r\n")
        if end < 0:
            return False
        verb = bytes(self._heard[:4]).upper()
        del self._heard[: end + 2]
        self._transport.write(REPLIES.get(verb, b"500 5.5.2 what?\r\n"))
        self._in_letter = verb == b"DATA"
        if verb == b"QUIT":
            self._transport.close()
        return verb != b"QUIT"


async def main() -> None:
    """Takes letters until its input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Talk, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(taken["letters"], taken["octets"], flush=True)


if __name__ == "__main__":
    asyncio.run(main())
