"""How does a connection to a submission server come to be ready for letters?

Connect, greeting, EHLO, STARTTLS and EHLO again where the account says so, login (RFC 6409, RFC 3207, RFC 4954). All
that fails here concerns the account and no letter, so it is AccountTrouble. A token that is refused is exchanged for a
new one, once: it may have been withdrawn before its time.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiosmtplib.esmtp import parse_esmtp_extensions

from mailer.edge.smtp_login import TokenRefused, log_in
from mailer.edge.smtp_replies import RATE_SECONDS, SOON_SECONDS, Reply, Step, trouble_in_session
from mailer.edge.smtp_wire import Lost, Patience, Wire
from mailer.edge.tls import certificate_trouble
from mailer.edge.unreached import why_unreached
from mailer.errors import AccountTrouble
from mailer.model.grant import AccessToken
from mailer.model.places import Secret, Security, Server

log = logging.getLogger(__name__)

OWN_SENDER_ONLY = "own sender only"  # the server lets letters leave from the account's own address alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A connection that is logged in, and what its server offers: keyword in lower case -> parameters.

    `learnt` is what showed only later: OWN_SENDER_ONLY.
    """

    wire: Wire
    offers: Mapping[str, str]
    learnt: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """All that opening a session takes. Without `token` the server's own user and password are used."""

    server: Server
    context: ssl.SSLContext | None  # None for Security.NONE only
    patience: Patience
    token: AccessToken | None = None

    @property
    def place(self) -> str:
        return f"{self.server.host}:{self.server.port}"


async def open_session(door: Doorway) -> Session:
    """A session ready for MAIL. Raises AccountTrouble, and leaves no connection behind when it does.

    1. asks for a token where the account has an OAuth login
    2. connects, verifying the certificate where TLS comes first
    3. reads the greeting, says EHLO
    4. turns to TLS where the account says STARTTLS; a server that does not offer it gets no login
    5. logs in; where the token is refused, once more from the start with a new one
    """
    if door.token is None:
        return await _opened(door, None)
    token = await door.token()
    try:
        return await _opened(door, token)
    except TokenRefused as refused:
        log.info("refused server=%s token, asking for another: %s", door.place, refused.reason)
        another = await door.token(refused=token)
        if another == token:
            raise
    return await _opened(door, another)


async def _opened(door: Doorway, token: Secret | None) -> Session:
    wire = await _connect(door)
    step = Step.GREETING
    try:
        _require(await wire.answer(seconds=door.patience.greeting), door=door, step=step)
        step = Step.EHLO
        offers = await _ehlo(wire, door=door)
        if door.server.security is Security.STARTTLS:
            step = Step.STARTTLS
            await _encrypt(wire, offers=offers, door=door)
            offers = await _ehlo(wire, door=door)
        step = Step.AUTH
        if door.server.user:
            await log_in(wire, door.server, offers=offers, token=token, seconds=door.patience.command)
    except Lost as lost:
        wire.drop()
        # A login that ends in silence may be a refusal: some servers hang up on a wrong password.
        wait = RATE_SECONDS if step is Step.AUTH else SOON_SECONDS
        raise AccountTrouble(f"{door.place}: {step}: {lost}", retry_seconds=wait) from None
    except BaseException:
        wire.drop()
        raise
    log.debug("opened server=%s security=%s login=%s", door.place, door.server.security, bool(door.server.user))
    return Session(wire=wire, offers=offers)


async def _connect(door: Doorway) -> Wire:
    """A connection to the first of the host's addresses that takes it, encrypted where TLS comes first."""
    try:
        async with asyncio.timeout(door.patience.connect):
            return await _first_reached(door)
    except ssl.SSLError as error:
        raise _tls_trouble(error, door=door) from error
    except TimeoutError as error:
        reason = f"{door.place}: no connection within {door.patience.connect:g} s"
        raise AccountTrouble(reason, retry_seconds=SOON_SECONDS) from error
    except OSError as error:
        reason = f"{door.place}: no connection: {why_unreached(error)}"
        raise AccountTrouble(reason, retry_seconds=SOON_SECONDS) from error


async def _first_reached(door: Doorway) -> Wire:
    """In turn, so that a dead IPv6 route costs seconds and not the attempt.

    asyncio's own race (`happy_eyeballs_delay`) loses an open socket when it is cancelled as it ends.
    """
    loop, server = asyncio.get_running_loop(), door.server
    context = door.context if server.security is Security.TLS else None
    failure = OSError(f"{server.host} has no address")
    for *_, address in await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM):
        try:
            async with asyncio.timeout(door.patience.address):
                _, wire = await loop.create_connection(
                    lambda: Wire(loop),
                    str(address[0]),
                    server.port,
                    ssl=context,
                    server_hostname=server.host if context else None,
                )
        except ssl.SSLError:
            raise
        except OSError as error:  # also of time
            failure = error
        else:
            return wire
    raise failure


async def _ehlo(wire: Wire, *, door: Doorway) -> Mapping[str, str]:
    """What the server offers. We greet by address: this machine's name is no one's concern (RFC 5321 §4.1.4)."""
    reply = await wire.command(b"EHLO", wire.address_literal, seconds=door.patience.command)
    _require(reply, door=door, step=Step.EHLO)
    return parse_esmtp_extensions(reply.text)[0]


async def _encrypt(wire: Wire, *, offers: Mapping[str, str], door: Doorway) -> None:
    if "starttls" not in offers or door.context is None:
        reason = f"{door.place}: offers no STARTTLS, so no login was tried; check the port, or set security to tls"
        raise AccountTrouble(reason, needs_person=True)
    try:
        reply = await wire.encrypt(door.context, host=door.server.host, seconds=door.patience.connect)
    except ssl.SSLError as error:
        raise _tls_trouble(error, door=door) from error
    _require(reply, door=door, step=Step.STARTTLS)


def _require(reply: Reply, *, door: Doorway, step: Step) -> None:
    if reply.accepts:
        return
    if not reply.refuses:
        raise Lost("answered out of step")
    raise trouble_in_session(reply, host=door.place, step=step)


def _tls_trouble(error: ssl.SSLError, *, door: Doorway) -> AccountTrouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        return certificate_trouble(door.server, error)
    reason = f"{door.place}: no TLS: {error.reason or error.strerror or 'handshake failed'}; check port and security"
    return AccountTrouble(reason, retry_seconds=SOON_SECONDS)
