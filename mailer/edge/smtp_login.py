"""How does a session log in, and what does it mean when it may not? (RFC 4954, RFC 7628)

One mechanism is tried and a refused password never twice: aiosmtplib's own login tries each mechanism in turn, which
counts as three wrong passwords.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiosmtplib.auth import auth_login_encode, auth_plain_encode

from mailer.edge.sasl import bearing, spellings
from mailer.edge.smtp_replies import Reply, Step, private_words, trouble_in_session
from mailer.edge.smtp_wire import Lost, Wire
from mailer.errors import AccountTrouble
from mailer.model.places import Secret, Server

MECHANISM_UNKNOWN = 504  # RFC 4954 §4: nothing was checked, another mechanism may be tried


class TokenRefused(AccountTrouble):
    """The server will not have this access token; it may take a newer one."""


async def log_in(
    wire: Wire, server: Server, *, offers: Mapping[str, str], token: Secret | None, seconds: float
) -> None:
    """Logs in, with the token where there is one. AccountTrouble where that is refused; raises Lost."""
    known = frozenset(offers.get("auth", "").upper().split())
    if token is not None:
        await _with_token(wire, server, token, known=known, seconds=seconds)
    elif server.password is not None:
        await _with_password(wire, server, server.password, known=known, seconds=seconds)
    else:
        raise AccountTrouble(f"{_place(server)}: a user is set, but no password", needs_person=True)


async def _with_token(wire: Wire, server: Server, token: Secret, *, known: frozenset[str], seconds: float) -> None:
    shown = bearing(server, token, offered=known)
    if shown is None:
        raise _no_way(server, ("XOAUTH2", "OAUTHBEARER"), known)
    reply = await wire.command(b"AUTH", shown.mechanism.encode(), shown.words.encode(), seconds=seconds)
    if reply.code == 334:  # the reason, which no person can read; the refusal itself follows
        reply = await wire.command(shown.after_refusal.encode(), seconds=seconds)
    if reply.accepts:
        return
    trouble = _refusal(reply, server, spellings(server, token))
    if trouble.needs_person:
        remedy = "is this the mailbox that logged in with `mailer login`, and is SMTP switched on for it?"
        raise TokenRefused(f"{trouble.reason}; {remedy}", needs_person=True, retry_seconds=trouble.retry_seconds)
    raise trouble


async def _with_password(
    wire: Wire, server: Server, password: Secret, *, known: frozenset[str], seconds: float
) -> None:
    for mechanism in (name for name in _LOGINS if name in known):
        reply = await _LOGINS[mechanism](wire, server.user, password.reveal(), seconds)
        if reply.accepts:
            return
        if reply.code != MECHANISM_UNKNOWN:
            raise _refusal(reply, server, _spellings(server.user, password.reveal()))
    raise _no_way(server, _LOGINS, known)


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


_LOGINS: dict[str, Callable[[Wire, str, str, float], Awaitable[Reply]]] = {"PLAIN": _plain, "LOGIN": _two_questions}


def _refusal(reply: Reply, server: Server, forms: list[str]) -> AccountTrouble:
    if not reply.refuses:
        raise Lost("answered out of step")
    private = [*private_words(server.user), *forms, *(form.rstrip("=") for form in forms)]
    return trouble_in_session(reply, host=_place(server), step=Step.AUTH, private=private)


def _no_way(server: Server, usable: Iterable[str], known: frozenset[str]) -> AccountTrouble:
    offered = ", ".join(sorted(known)) or "none"
    said = f"offers no login this account can use ({' or '.join(usable)}; offered: {offered})"
    return AccountTrouble(f"{_place(server)}: {said}", needs_person=True)


def _spellings(user: str, password: str) -> list[str]:
    """Every form in which an answer could repeat what was sent to log in."""
    sent = [auth_plain_encode(user, password), *auth_login_encode(user, password)]
    return [password, *(text.decode("ascii") for text in sent)]


def _place(server: Server) -> str:
    return f"{server.host}:{server.port}"
