"""How is a mailbox reached and opened, and what does it mean when that fails?

Nothing is said to a server whose certificate does not hold, and no login over a plain connection (RFC 8314). The
secret goes out when the server asks for it, never as an argument: by AUTHENTICATE, PLAIN (RFC 4616) or with a token,
whose refusal is a question that must be answered, or by LOGIN with a literal, so that quotes and umlauts are no matter.

A refused login is AccountTrouble, and never tried again by itself: providers lock out whoever hammers (RFC 5530 says by
its codes whether waiting may help; without a code the words must do). Only a refused token is exchanged for a new one,
once. A dead network is TemporaryFailure.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from base64 import b64encode

from aioimaplib.aioimaplib import AUTH

from mailer.edge.imap_command import Told
from mailer.edge.imap_values import Status, status
from mailer.edge.imap_wire import Wire
from mailer.edge.imap_words import is_quotable, quoted
from mailer.edge.sasl import bearing, spellings
from mailer.edge.tls import certificate_trouble, client_context, require_loopback
from mailer.edge.unreached import why_unreached
from mailer.errors import AccountTrouble, TemporaryFailure
from mailer.model.grant import AccessToken
from mailer.model.places import Secret, Security, Server

log = logging.getLogger(__name__)

BUSY_SECONDS = 600  # how long a server that says "not now" to a login is left alone
BROKEN_SECONDS = 900  # the same for one that cannot be spoken to safely: it may be a hotel's network
_FIRST_ADDRESS_SECONDS = 0.25  # after this the next address is tried as well (RFC 8305 §5)

_FOR_GOOD = frozenset(
    {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN", "WEBALERT"}
)
_PASSING = frozenset({"UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "OVERQUOTA", "THROTTLED"})
_FOR_GOOD_WORDS = re.compile(r"password|credential|browser|disabled|denied|not allowed", re.IGNORECASE)
_PASSING_WORDS = re.compile(
    r"try again|later|temporar|too many|exceeded|rate limit|throttl|busy|unavailable|not connected|internal error",
    re.IGNORECASE,
)


class TokenRefused(AccountTrouble):
    """The server will not have this access token; it may take a newer one."""


async def open_wire(server: Server, *, timeout_seconds: float, token: AccessToken | None) -> Wire:
    """A connection that is logged in, its capabilities known. Every step has `timeout_seconds`."""
    if token is None:
        return await _opened(server, timeout_seconds, None)
    secret = await token()
    try:
        return await _opened(server, timeout_seconds, secret)
    except TokenRefused as refused:
        log.info("refused server=%s:%s token, asking for another: %s", server.host, server.port, refused.reason)
        another = await token(refused=secret)
        if another == secret:
            raise
    return await _opened(server, timeout_seconds, another)


async def _opened(server: Server, timeout_seconds: float, token: Secret | None) -> Wire:
    require_loopback(server)
    peer = f"{server.host}:{server.port}"
    wire = Wire(peer, patience_seconds=timeout_seconds)
    try:
        await _reach(server, wire, timeout_seconds)
        await _log_in(server, wire, token)
    except ssl.SSLCertVerificationError as error:
        raise certificate_trouble(server, error) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as error:
        raise TemporaryFailure(f"{peer}: connection lost in the TLS handshake") from error
    except ssl.SSLError as error:
        fact = (error.reason or str(error)).lower().replace("_", " ")
        reason = f"{peer}: no TLS to be had ({fact}); check port and security; nothing was sent"
        raise AccountTrouble(reason, retry_seconds=BROKEN_SECONDS) from error
    except TimeoutError as error:
        raise TemporaryFailure(f"{peer}: no connection within {timeout_seconds:g} seconds") from error
    except OSError as error:
        raise TemporaryFailure(f"{peer}: no connection: {why_unreached(error)}") from error
    except UnicodeError as error:
        raise AccountTrouble(f"{peer}: not a host name", needs_person=True) from error
    finally:
        if wire.state != AUTH:
            wire.end("never opened")
    return wire


async def _reach(server: Server, wire: Wire, timeout_seconds: float) -> None:
    """Connect, hear the greeting, and put TLS in place."""
    context = None if server.security is Security.NONE else await asyncio.to_thread(client_context, server)
    implicit = context if server.security is Security.TLS else None
    async with asyncio.timeout(timeout_seconds):
        await asyncio.get_running_loop().create_connection(
            lambda: wire,
            server.host,
            server.port,
            ssl=implicit,
            server_hostname=server.host if implicit else None,
            happy_eyeballs_delay=_FIRST_ADDRESS_SECONDS,
        )
    greeting = await wire.greet()
    _note_capabilities(wire, Told(greeting, ()))
    if server.security is not Security.STARTTLS or context is None:
        return
    if greeting.kind == "PREAUTH":  # a way to keep a client from ever asking for TLS
        raise _no_tls(wire, "the server counts us as logged in before TLS")
    if not (told := await wire.ask("STARTTLS")).is_ok:
        raise _no_tls(wire, f"STARTTLS was refused: {told.status.words}")
    await wire.secure(context, server.host)
    wire.capabilities = frozenset()  # whatever was said in plain text counts for nothing


def _no_tls(wire: Wire, fact: str) -> AccountTrouble:
    reason = f'{wire.peer}: {fact}; no login over a plain connection; try security = "tls" and port 993'
    return AccountTrouble(reason, retry_seconds=BROKEN_SECONDS)


async def _log_in(server: Server, wire: Wire, token: Secret | None) -> None:
    if wire.state == AUTH:
        return
    if not wire.capabilities:
        await learn_capabilities(wire)
    secret = token or server.password
    if not server.user or secret is None or not secret.reveal():
        raise AccountTrouble(f"{wire.peer}: the server wants a login; set user and password", needs_person=True)
    told = await (_show(wire, server, secret) if token is not None else _present(wire, server.user, secret))
    if not told.is_ok:
        raise login_trouble(server, told.status, secret, by_token=token is not None)
    wire.state = AUTH
    wire.capabilities = frozenset()
    _note_capabilities(wire, told)
    if not wire.capabilities:
        await learn_capabilities(wire)


async def _show(wire: Wire, server: Server, token: Secret) -> Told:
    """Show a token. A refusal comes as a question with the reason in it; the answer asks for the verdict."""
    offered = frozenset(one.removeprefix("AUTH=") for one in wire.capabilities if one.startswith("AUTH="))
    shown = bearing(server, token, offered=offered)
    if shown is None:
        known = ", ".join(sorted(offered)) or "none"
        reason = (
            f"{wire.peer}: takes no OAuth token (XOAUTH2 or OAUTHBEARER; offered: {known}); is this the right host?"
        )
        raise AccountTrouble(reason, needs_person=True)
    more = [_line(shown.words), _line(shown.after_refusal), b"*\r\n"]
    return await wire.ask("AUTHENTICATE", shown.mechanism, more=more)


async def _present(wire: Wire, user: str, secret: Secret) -> Told:
    """Show a password, in the one way that fits."""
    password = secret.reveal()
    if "AUTH=PLAIN" in wire.capabilities and "\0" not in user + password:
        return await wire.ask("AUTHENTICATE", "PLAIN", more=[_line(_base64(f"\0{user}\0{password}")), b"*\r\n"])
    if "LOGINDISABLED" in wire.capabilities:
        raise AccountTrouble(f"{wire.peer}: the server takes no password; use an OAuth login", needs_person=True)
    announced = f"{{{len(password.encode())}}}"
    if is_quotable(user):
        return await wire.ask("LOGIN", quoted(user), announced, more=[_line(password)])
    return await wire.ask("LOGIN", f"{{{len(user.encode())}}}", more=[_line(f"{user} {announced}"), _line(password)])


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _line(text: str) -> bytes:
    return text.encode() + b"\r\n"


def login_trouble(server: Server, refusal: Status, secret: Secret, *, by_token: bool) -> AccountTrouble:
    """What a refused login means: wait where the server says that it is its own trouble, else tell a person."""
    peer = f"{server.host}:{server.port}"
    said = refusal.words
    for word in (*spellings(server, secret), server.user):
        said = said.replace(word, "…")
    if _may_pass(refusal):
        return AccountTrouble(f"{peer}: no login at present: {said}", retry_seconds=BUSY_SECONDS)
    reason = f"{peer}: login refused: {said}"
    if by_token:
        remedy = "is this the mailbox that logged in with `mailer login`, and is IMAP switched on for it?"
        return TokenRefused(f"{reason}; {remedy}", needs_person=True)
    return AccountTrouble(f"{reason}; check user and password, or log in anew", needs_person=True)


def _may_pass(refusal: Status) -> bool:
    """Codes come before words, and what needs a person before what may pass: a lock-out costs more than a call."""
    if refusal.code in _FOR_GOOD | _PASSING:
        return refusal.code in _PASSING
    if _FOR_GOOD_WORDS.search(refusal.text):
        return False
    return refusal.kind == "BAD" or bool(_PASSING_WORDS.search(refusal.text))


async def learn_capabilities(wire: Wire) -> None:
    """Ask what the server can do."""
    _note_capabilities(wire, await wire.ask("CAPABILITY"))


def _note_capabilities(wire: Wire, told: Told) -> None:
    """Keep what the server volunteers, in a code or in an answer of its own."""
    said = told.status.argument if told.status.code == "CAPABILITY" else ""
    for answer in told.answers:
        line = answer.lines[0].decode("ascii", "replace")
        found = status(answer)
        if found is not None and found.code == "CAPABILITY":
            said = found.argument
        elif line.upper().startswith("* CAPABILITY "):
            said = line[len("* CAPABILITY ") :]
    if said:
        wire.capabilities = frozenset(said.upper().split())
