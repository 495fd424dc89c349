"""How does a connection to a submission server come to be ready for letters?

Connect, greeting, EHLO, STARTTLS and EHLO again where the account says so, login (RFC 6409, RFC 3207, RFC 4954). All
that fails here concerns the account and no letter, so it is AccountTrouble. One mechanism is tried and a refused
password never twice: aiosmtplib's own login tries each mechanism in turn, which counts as three wrong passwords.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiosmtplib.auth import auth_login_encode, auth_plain_encode, auth_xoauth2_encode
from aiosmtplib.esmtp import parse_esmtp_extensions

from mailer.edge.smtp_replies import RATE_SECONDS, SOON_SECONDS, Reply, Step, private_words, trouble_in_session
from mailer.edge.smtp_wire import Lost, Patience, Wire
from mailer.edge.tls import certificate_trouble
from mailer.errors import AccountTrouble
from mailer.model.places import Secret, Security, Server

log = logging.getLogger(__name__)

AccessToken = Callable[[], Awaitable[Secret]]  # gives a valid OAuth access token, or raises AccountTrouble

MECHANISM_UNKNOWN = 504  # RFC 4954 §4: nothing was checked, another mechanism may be tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A connection that is logged in, and what its server offers: keyword in lower case -> parameters."""

    wire: Wire
    offers: Mapping[str, str]


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

    1. connects, verifying the certificate where TLS comes first
    2. reads the greeting, says EHLO
    3. turns to TLS where the account says STARTTLS; a server that does not offer it gets no login
    4. logs in
    """
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
            await _login(wire, offers=offers, door=door)
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
        reason = f"{door.place}: no connection: {error.strerror or error}"
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


async def _login(wire: Wire, *, offers: Mapping[str, str], door: Doorway) -> None:
    user, known = door.server.user, set(offers.get("auth", "").upper().split())
    if door.token is not None:
        secret, usable = await door.token(), ["XOAUTH2"]
    elif door.server.password is not None:
        secret, usable = door.server.password, ["PLAIN", "LOGIN"]
    else:
        raise AccountTrouble(f"{door.place}: a user is set, but no password", needs_person=True)
    for mechanism in (name for name in usable if name in known):
        reply = await _LOGINS[mechanism](wire, user, secret.reveal(), door.patience.command)
        if reply.accepts:
            return
        if reply.code == MECHANISM_UNKNOWN:
            continue
        if not reply.refuses:
            raise Lost("answered out of step")
        raise trouble_in_session(reply, host=door.place, step=Step.AUTH, private=_secrets(user, secret))
    offered = ", ".join(sorted(known)) or "none"
    reason = f"{door.place}: offers no login this account can use ({' or '.join(usable)}; offered: {offered})"
    raise AccountTrouble(reason, needs_person=True)


async def _plain(wire: Wire, user: str, password: str, seconds: float) -> Reply:
    return await wire.command(b"AUTH", b"PLAIN", auth_plain_encode(user, password), seconds=seconds)


async def _two_questions(wire: Wire, user: str, password: str, seconds: float) -> Reply:
    """LOGIN as every server takes it: nothing with the command, then name and password when asked."""
    reply = await wire.command(b"AUTH", b"LOGIN", seconds=seconds)
    for answer in auth_login_encode(user, password):
        if reply.code != 334:
            break
        reply = await wire.command(answer, seconds=seconds)
    return reply


async def _bearer(wire: Wire, user: str, token: str, seconds: float) -> Reply:
    """A refused token is told in a challenge that wants an empty answer before the refusal itself comes."""
    reply = await wire.command(b"AUTH", b"XOAUTH2", auth_xoauth2_encode(user, token), seconds=seconds)
    return await wire.command(b"", seconds=seconds) if reply.code == 334 else reply


_LOGINS: dict[str, Callable[[Wire, str, str, float], Awaitable[Reply]]] = {
    "PLAIN": _plain,
    "LOGIN": _two_questions,
    "XOAUTH2": _bearer,
}


def _secrets(user: str, secret: Secret) -> list[str]:
    """Every form in which an answer could repeat what was sent to log in."""
    password = secret.reveal()
    sent = [auth_plain_encode(user, password), *auth_login_encode(user, password), auth_xoauth2_encode(user, password)]
    forms = [text.decode("ascii") for text in sent]
    return [*private_words(user), password, *forms, *(form.rstrip("=") for form in forms)]


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
