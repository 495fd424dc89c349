"""Where do the demo's letters arrive? In an IMAP server of its own, in memory and on the loopback.

Nothing it holds outlives the program, and nobody but this machine can reach it. It is pymap with its in-memory store:
enough to show a day of letters with any mail program, too slow for a practice.
"""

from __future__ import annotations

from argparse import Namespace
from asyncio import Server as Listener
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.imap import IMAPService
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata

from mailer.errors import PermanentFailure
from mailer.model.places import Secret, Security, Server

LOOPBACK = "127.0.0.1"
ANY_PORT = 0

_T = TypeVar("_T")


class MailboxServer:
    """A running server; people come in by `add_user`, letters by `deliver`."""

    def __init__(self, backend: DictBackend, port: int) -> None:
        self._backend = backend
        self.port = port

    async def add_user(self, user: str, password: Secret) -> Server:
        """Give somebody an empty mailbox; answers how to reach it."""
        known = UserMetadata(self._backend.config, user, password=password.reveal())
        await self._identity(user).set(known)
        return Server(host=LOOPBACK, port=self.port, security=Security.NONE, user=user, password=password)

    async def deliver(self, user: str, raw: bytes, *, received_at: datetime) -> None:
        """Put a letter into somebody's INBOX; whoever waits there is told at once."""
        async with self._identity(user).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(AppendMessage(raw, received_at), recent=True)

    def _identity(self, user: str) -> Identity:
        return Identity(user, self._backend.login, None, frozenset())


class _Settings(Config):
    """Loopback only, so without TLS; and a greeting that does not first ask the network for our name."""

    def __init__(self, port: int) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None),
            host=LOOPBACK,
            port=port,
            tls_enabled=False,
            reject_dnsbl=False,
            hash_context=_Unhashed(),
            demo_data=False,
            demo_user="",
            demo_password="",
        )

    @property
    def greeting(self) -> bytes:
        return b"The sandbox is open"


class _Unhashed:
    """Passwords as they are: they live as long as this process, and pymap's usual hash takes 0.3 s for each login."""

    def copy(self, **_: Any) -> _Unhashed:
        return self

    def hash(self, secret: str) -> str:
        return secret

    def verify(self, secret: str, hash: str) -> bool:
        return secret == hash


class _Listening(AsyncExitStack):
    """Closes what pymap starts, and notes the port the system gave it: pymap tells nobody."""

    port = ANY_PORT

    async def enter_async_context(self, cm: AbstractAsyncContextManager[_T, bool | None]) -> _T:
        entered = await super().enter_async_context(cm)
        if isinstance(entered, Listener):
            self.port = entered.sockets[0].getsockname()[1]
        return entered


@asynccontextmanager
async def open_mailbox_server(port: int = ANY_PORT) -> AsyncIterator[MailboxServer]:
    """A server on the loopback, on a port of the system's choice if none is named; PermanentFailure if it is taken."""
    settings = _Settings(port)
    settings.apply_context()
    backend = DictBackend(Login(settings), settings)
    async with _Listening() as stack:
        try:
            await IMAPService(backend, settings).start(stack)
        except OSError as error:
            raise PermanentFailure(f"{LOOPBACK}:{port}: no mailbox server there: {error.strerror}") from error
        yield MailboxServer(backend, stack.port)
