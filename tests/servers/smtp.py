"""A real submission server on loopback that collects what it is given: aiosmtpd, in a thread of its own.

`smtp_server` is plain and asks for no login. `start_smtp` makes one as the test wants it: TLS, STARTTLS, login, a size
limit. Both stop with the test.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailer.model.places import Secret, Security, Server
from tests.servers.certificates import Certificates
from tests.servers.oauth import AuthorizationServer

USER = "letters@example.org"
PASSWORD = "open-Sesame-7"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A letter the server took."""

    sender: str
    recipient: str
    raw: bytes
    options: tuple[str, ...]  # of MAIL
    encrypted: bool
    user: str


@dataclass(slots=True)
class SmtpServer:
    """Where the server is, and what it has taken so far."""

    account: Server
    delivered: list[Delivered] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)  # the name in each EHLO, those after STARTTLS too
    refuse: Callable[[str], str] = lambda recipient: ""  # what is said to RCPT instead of yes
    hand_on: Callable[[Delivered], str] = lambda letter: ""  # what is done with a letter; what is said instead of 250


StartSmtp = Callable[..., SmtpServer]


@pytest.fixture
def start_smtp(certificates: Certificates) -> Iterator[StartSmtp]:
    """`start_smtp(security=…, login=…, context=…, size=…, tokens_of=…)`; the context is the valid one unless told."""
    running: list[_AnyPort] = []

    def start(
        *,
        security: Security = Security.NONE,
        login: bool = False,
        context: ssl.SSLContext | None = None,
        size: int = 1 << 20,
        utf8: bool = True,
        tokens_of: AuthorizationServer | None = None,
    ) -> SmtpServer:
        collector = _Collector() if tokens_of is None else _ByToken(tokens_of)
        controller = _AnyPort(
            collector,
            hostname="127.0.0.1",
            port=0,
            server_hostname="loopback.example.org",
            ssl_context=(context or certificates.valid) if security is Security.TLS else None,
            tls_context=(context or certificates.valid) if security is Security.STARTTLS else None,
            require_starttls=security is Security.STARTTLS,
            data_size_limit=size,
            enable_SMTPUTF8=utf8,
            authenticator=_knows if login else None,
            auth_required=(login or tokens_of is not None) and security is Security.STARTTLS,
            auth_require_tls=security is Security.STARTTLS,
            auth_exclude_mechanism=["PLAIN", "LOGIN"] if tokens_of is not None else None,
        )
        with warnings.catch_warnings():
            # It probes its own TLS port with a connection it does not close.
            warnings.simplefilter("ignore", ResourceWarning)
            controller.start()
        running.append(controller)
        collector.server.account = Server(
            host="127.0.0.1",
            port=controller.port,
            security=security,
            user=USER if login or tokens_of is not None else "",
            password=Secret(PASSWORD) if login else None,
            ca_file=certificates.ca_file,
            by_token=tokens_of is not None,
        )
        return collector.server

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def smtp_server(start_smtp: StartSmtp) -> SmtpServer:
    """Plain, on loopback, without login."""
    return start_smtp()


class _AnyPort(Controller):
    """A controller whose port the system chose: it must know the port before it calls itself."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Collector:
    def __init__(self) -> None:
        self.server = SmtpServer(account=Server(host="127.0.0.1", port=0, security=Security.NONE))

    async def handle_EHLO(  # noqa: N802  # the names are aiosmtpd's
        self, conversation: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.server.connections.append(hostname)
        return responses

    async def handle_RCPT(  # noqa: N802
        self, conversation: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := self.server.refuse(address):
            return said
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, conversation: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.original_content
        login: Any = session.auth_data  # LoginPassword once logged in
        self.server.delivered.append(
            Delivered(
                sender=str(envelope.mail_from or ""),
                recipient=str(envelope.rcpt_tos[0]),
                raw=bytes(content),
                options=tuple(envelope.mail_options),
                encrypted=conversation.transport is not None
                and conversation.transport.get_extra_info("sslcontext") is not None,
                user=login.login.decode() if session.authenticated else "",
            )
        )
        return self.server.hand_on(self.server.delivered[-1]) or "250 2.0.0 kept"


class _ByToken(_Collector):
    """Takes XOAUTH2, and tells why it refuses a token before it does, as Google and Microsoft do."""

    def __init__(self, tokens_of: AuthorizationServer) -> None:
        super().__init__()
        self._tokens_of = tokens_of

    async def auth_XOAUTH2(self, conversation: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        shown = base64.b64decode(words[1]).decode().split("\1")
        user, token = shown[0].removeprefix("user="), shown[1].removeprefix("auth=Bearer ")
        if self._tokens_of.owner(token) == user:
            return AuthResult(success=True, auth_data=LoginPassword(user.encode(), b""))
        answer: Any = await conversation.challenge_auth(b'{"status":"401","schemes":"bearer"}', encode_to_b64=True)
        if answer != b"":
            return AuthResult(success=False, handled=True)
        return AuthResult(success=False, handled=False)


def _knows(conversation: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=given)
