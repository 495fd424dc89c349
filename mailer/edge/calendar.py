"""How is a coach's calendar fetched? From a file, or over HTTPS from its private address.

Whoever has such an address reads the calendar, so it is told, logged and kept nowhere: messages name the coach and the
host only, and the library's own log of requests is kept quiet. Plain HTTP is for this machine; redirects are few, and
never lead from HTTPS to anything less.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2

from mailer.errors import MailerError, PermanentFailure, TemporaryFailure
from mailer.model.calendar import CalendarPlace

MOST_BYTES = 10_000_000  # as much as is read of a calendar
REDIRECTS = 5
QUIET_SECONDS = 20  # without a byte
WHOLE_SECONDS = 60  # until the last one
_TOO_LARGE = f"more than {MOST_BYTES // 1_000_000} MB; export fewer years of it"

# The library logs each request with its address, and the headers that a redirect names the next one in.
for _name in ("httpx2", "httpcore2", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


async def fetch_calendar(place: CalendarPlace, *, context: ssl.SSLContext | None = None) -> bytes:
    """The bytes of a calendar. TemporaryFailure where a later try may do it, PermanentFailure where a person must."""
    if place.trouble:
        raise PermanentFailure(f"the calendar of {place.coach}: {place.trouble}")
    if place.path is not None:
        return await asyncio.to_thread(_read_file, place.path, place.coach)
    if place.url is None:
        raise PermanentFailure(f"{place.coach} has no calendar")
    fetching = _Fetching(place.coach, context or _context())
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            return await fetching.bytes_at(place.url.reveal())
    except TimeoutError:
        raise fetching.trouble(
            f"did not give the calendar within {WHOLE_SECONDS} seconds; it is tried again later"
        ) from None


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _read_file(path: Path, coach: str) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        said = f"the calendar of {coach}: {path} cannot be read: {error.strerror or error}"
        raise PermanentFailure(f"{said}; put the file there, or name another") from None
    if len(raw) > MOST_BYTES:
        raise PermanentFailure(f"the calendar of {coach}: {path} has {_TOO_LARGE}")
    return raw


@dataclass(slots=True)
class _Fetching:
    """One fetch over the network; `host` is the one spoken to just now."""

    coach: str
    context: ssl.SSLContext
    host: str = ""

    async def bytes_at(self, address: str) -> bytes:
        """What stands at an address, or where it leads to."""
        for _ in range(REDIRECTS + 1):
            address = self._allowed(address)
            found = await self._answer(address)
            if isinstance(found, bytes):
                return found
            address = self._led_to(address, found)
        raise self.trouble("leads on and on to further addresses; copy the calendar's own address anew", lasting=True)

    def _led_to(self, address: str, location: str) -> str:
        try:
            following = urljoin(address, location)
        except ValueError:
            raise self.trouble(
                "leads on to an address that is none; copy the calendar's own anew", lasting=True
            ) from None
        if address.startswith("https:") and not following.startswith("https:"):
            raise self.trouble("leads on to an address without encryption; it was not followed", lasting=True)
        return following

    def _allowed(self, address: str) -> str:
        """The address in its plain form; PermanentFailure where it would be fetched in the open."""
        try:
            parts = urlsplit(address.strip())
            self.host = parts.hostname or ""
            port = parts.port
        except ValueError:
            parts, self.host, port = urlsplit(""), "", None
        scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme, parts.scheme)
        if not self.host or scheme not in ("https", "http"):
            said = "the address is none of a calendar; it begins with https:// or webcal://"
            raise PermanentFailure(f"the calendar of {self.coach}: {said}")
        if scheme == "http" and not _is_here(self.host):
            raise self.trouble("would give the calendar without encryption; write its https:// address", lasting=True)
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return parts._replace(scheme=scheme, netloc=f"{user}{host}{f':{port}' if port else ''}", fragment="").geturl()

    async def _answer(self, address: str) -> bytes | str:
        """The calendar, or the address it leads to."""
        headers = {"User-Agent": "between-sessions", "Accept": "text/calendar, */*;q=0.1"}
        try:
            async with (
                httpx2.AsyncClient(
                    verify=self.context, timeout=QUIET_SECONDS, trust_env=not _is_here(self.host)
                ) as web,
                web.stream("GET", address, headers=headers) as response,
            ):
                if response.is_redirect and "location" in response.headers:
                    return response.headers["location"]
                if response.status_code != 200:
                    raise self._refusal(response.status_code)
                return await self._body(response)
        except httpx2.InvalidURL:
            raise self.trouble("has an address that is none; copy it anew", lasting=True) from None
        except (httpx2.HTTPError, OSError) as error:
            raise self.trouble(f"{_what(error)}; it is tried again later") from None

    async def _body(self, response: httpx2.Response) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise self.trouble(f"gives {_TOO_LARGE}", lasting=True)
        return b"".join(parts)

    def _refusal(self, status: int) -> MailerError:
        if status in (401, 403, 404, 410):
            said = f"answers {status}: the address is not, or not any more, that of a calendar; copy it anew"
            return self.trouble(said, lasting=True)
        return self.trouble(f"answers {status}; it is tried again later")

    def trouble(self, said: str, *, lasting: bool = False) -> MailerError:
        """An error that names the coach and the host, and nothing of the address beyond it."""
        kind: Callable[[str], MailerError] = PermanentFailure if lasting else TemporaryFailure
        return kind(f"the calendar of {self.coach}: {self.host} {said}")


def _what(error: Exception) -> str:
    """What happened on the way; the library's own words may hold the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"has a certificate that is not accepted ({cause.verify_message.rstrip('.')})"
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx2.TimeoutException():
            return f"was silent for {QUIET_SECONDS} seconds"
        case httpx2.ConnectError():
            return "cannot be reached"
        case httpx2.DecodingError() | httpx2.ProtocolError():
            return "gives an answer that is not understood"
        case _:
            return "broke off the connection"


def _is_here(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
