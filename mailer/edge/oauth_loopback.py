"""How does the browser bring the code back? To a page that this program serves on this machine, once (RFC 8252 §7.3).

The port is the system's choice and the page answers only the one request that carries the `state` of this login; others
are told that they are wrong and nothing happens (RFC 6749 §10.12). Nothing of a request is shown on the page.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from mailer.errors import AccountTrouble
from mailer.model.places import OAuthProvider

_LONGEST_REQUEST = 16_384
_REQUEST_SECONDS = 10.0
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title><body style='font:1.1rem/1.6 sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem'>"
    "<h1 style='font-size:1.4rem'>{title}</h1><p>{text}</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: a code, or the reason why there is none."""

    code: str = ""
    error: str = ""


class Loopback:
    """The page; `redirect_uri` is its address, `returned` what came to it."""

    def __init__(self, *, host: str, state: str) -> None:
        self._host = host  # as the provider wants it written; it is this machine either way
        self._state = state
        self._returned: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self.port = 0

    @property
    def redirect_uri(self) -> str:
        """Where the provider shall send the browser."""
        return f"http://{self._host}:{self.port}/"

    async def returned(self) -> Returned:
        """Waits for the one request that belongs to this login."""
        return await asyncio.shield(self._returned)

    def take(self, address: str) -> bool:
        """Reads an address that the browser was sent to; False where it does not belong to this login."""
        found = _read(address, state=self._state)
        if found is None:
            return False
        if not self._returned.done():
            self._returned.set_result(found)
        return True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection."""
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                words = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
                writer.write(self._answer(words))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):  # also of time: nothing was said
            pass
        finally:
            writer.close()

    def _answer(self, words: list[str]) -> bytes:
        if len(words) != 3 or words[0] != "GET":
            return _page(405, "Nothing here", "This page takes no such request.")
        if not self.take(words[1]):
            return _page(400, "Not this login", "This address belongs to no login that is under way here.")
        if self._returned.result().error:
            return _page(200, "Not logged in", "The provider gave no access. The terminal says why.")
        return _page(200, "Thank you", "You may close this page. The terminal says how it goes on.")


@asynccontextmanager
async def loopback(provider: OAuthProvider, *, state: str) -> AsyncIterator[Loopback]:
    """A page for one login, gone afterwards. Microsoft knows its port-free redirect by the name localhost alone."""
    page = Loopback(host="localhost" if provider is OAuthProvider.MICROSOFT else "127.0.0.1", state=state)
    try:
        first = await asyncio.start_server(page.serve, "127.0.0.1", 0, limit=_LONGEST_REQUEST)
    except OSError as error:
        raise AccountTrouble(f"no page can be served on this machine: {error.strerror}; try --device") from None
    page.port = first.sockets[0].getsockname()[1]
    servers = [first]
    try:
        if provider is OAuthProvider.MICROSOFT:  # the name may lead to ::1, and a browser may not try further
            servers += await _on_ipv6(page)
        yield page
    finally:
        for server in servers:
            server.close()


async def _on_ipv6(page: Loopback) -> list[asyncio.Server]:
    try:
        return [
            await asyncio.start_server(page.serve, "::1", page.port, family=socket.AF_INET6, limit=_LONGEST_REQUEST)
        ]
    except OSError:  # this machine has no IPv6, or another program has the port
        return []


def _read(address: str, *, state: str) -> Returned | None:
    try:
        query = parse_qs(urlsplit(address.strip()).query, max_num_fields=50)
    except ValueError:
        return None
    told = query.get("state", [""])
    if len(told) != 1 or not hmac.compare_digest(told[0].encode(), state.encode()):
        return None
    if code := query.get("code", [""])[0]:
        return Returned(code=code)
    said = [query.get(name, [""])[0] for name in ("error", "error_description")]
    return Returned(error=": ".join(filter(None, said)) or "no code came back")


def _page(status: int, title: str, text: str) -> bytes:
    body = _PAGE.format(title=title, text=text).encode()
    head = [
        f"HTTP/1.1 {status} {title}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
