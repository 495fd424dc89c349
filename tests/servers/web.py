"""A web server on loopback that says what a test wrote down for each path, and notes what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer; header names are written with underscores."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Web:
    """The server; `pages` are whole answers by path."""

    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # "GET /path HTTP/1.1" and the header lines, as they came
    port: int = 0
    secure: bool = False

    def url(self, path: str, *, scheme: str = "", host: str = "localhost") -> str:
        return f"{scheme or ('https' if self.secure else 'http')}://{host}:{self.port}{path}"


@asynccontextmanager
async def running_web(*, context: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """A server, over TLS where there is a context, stopped afterwards."""
    web = Web(secure=context is not None)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            web.asked.append(request)
            writer.write(web.pages.get(request.split()[1], answer("404 Not Found")))
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    web.port = server.sockets[0].getsockname()[1]
    async with server:
        yield web
