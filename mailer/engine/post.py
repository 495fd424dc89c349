"""An account's two ends at work: letters go out through one connection, and come in through another.

The reading end is a loop of its own, since most of its time is waiting: it keeps what is new, waits for news (IDLE, or
a poll where there is none), and looks again. A lost connection is replaced after a pause that grows to five minutes; a
refused login pauses the end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from mailer.edge.imap import ImapMailbox, open_mailbox
from mailer.edge.oauth_access import Access
from mailer.edge.smtp import SmtpTransport
from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble, MailerError
from mailer.flow.deliver import Sender, never
from mailer.flow.fetch import Reader, fetch_some
from mailer.flow.office import Clock, Office
from mailer.flow.settle_sent import settle_from_sent
from mailer.model.mailbox import Mailbox
from mailer.model.outgoing import Transport
from mailer.model.places import Account
from mailer.secrets import grants_of
from mailer.store import accounts, heartbeats
from mailer.store.schema import AccountEnd

log = logging.getLogger(__name__)

DEFAULT_SEND_TIMEOUT_SECONDS = 120
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 300

OpenMailbox = Callable[[Account], AbstractAsyncContextManager[Mailbox]]
OpenTransport = Callable[[Account], Transport]
TokenEnds = Callable[[Account], Awaitable[datetime | None]]


def machine_time() -> datetime:
    """The time by which tokens end: the machine's own, whatever a test or a demo plays."""
    return datetime.now(UTC)


def access_of(account: Account, *, clock: Clock = machine_time) -> Access | None:
    """Where the account's OAuth tokens come from, None where it logs in with passwords."""
    if account.oauth is None:
        return None
    return Access(account=account.slug, app=account.oauth, store=grants_of(account.oauth), clock=clock)


async def token_end_of(account: Account) -> datetime | None:
    """When a session that was opened just now should make place for the next; None where it may last."""
    access = access_of(account) if account.imap.by_token else None
    return await access.renewed_from() if access is not None else None


def mailbox_of(account: Account) -> AbstractAsyncContextManager[ImapMailbox]:
    """The account's mailbox over IMAP."""
    return open_mailbox(account.imap, token=access_of(account) if account.imap.by_token else None)


def transport_of(account: Account, *, timeout_seconds: float = DEFAULT_SEND_TIMEOUT_SECONDS) -> Transport:
    """The account's way out."""
    return smtp_of(account, timeout_seconds=timeout_seconds)


def smtp_of(account: Account, *, timeout_seconds: float = DEFAULT_SEND_TIMEOUT_SECONDS) -> SmtpTransport:
    """The account's way out over SMTP. The answer after the final dot is awaited longer: giving up there is dear."""
    seconds = timeout_seconds
    patience = Patience(greeting=seconds, command=seconds, data=seconds, block=seconds)
    return SmtpTransport(account.smtp, patience=patience, token=access_of(account) if account.smtp.by_token else None)


def sender_of(account: Account, *, transport: Transport, clock: Clock, stopping: Callable[[], bool] = never) -> Sender:
    """A sender whose leases name this process."""
    owner = f"{socket.gethostname()}/{os.getpid()}/{account.slug}"
    return Sender(account=account, transport=transport, owner=owner, clock=clock, stopping=stopping)


async def read_mailbox(office: Office, account: Account, mailbox: Mailbox, *, clock: Clock) -> bool:
    """Keeps everything new in the account's folders; True if there was anything."""
    await settle_from_sent(office, account, mailbox, now=clock())
    found = False
    for folder in account.folders:
        reader = Reader(account=account, folder=folder, mailbox=mailbox)
        while await fetch_some(office, reader, now=clock()):
            found = True
    await office.db.run(accounts.note_worked, account.slug, AccountEnd.IMAP, now=clock())
    return found


@dataclass(kw_only=True)
class Watch:
    """The reading end of one account."""

    office: Office
    account: Account
    clock: Clock
    idle_seconds: float
    poll_seconds: float
    bell: asyncio.Event  # whose work begins when letters were kept
    open_mailbox: OpenMailbox = mailbox_of
    token_ends: TokenEnds = token_end_of

    @property
    def name(self) -> str:
        """What heartbeats call it."""
        return f"read {self.account.slug}"

    async def run(self) -> None:
        """Watches until cancelled; being cut off while reading loses nothing."""
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            trouble = await self._connected()
            await self._note(trouble)
            grown = pause * self.office.random.uniform(1, 1.5)
            await asyncio.sleep(grown)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2) if trouble else SHORTEST_PAUSE_SECONDS

    async def _connected(self) -> MailerError | None:
        """Connections, one after the other, to their unforeseen end; what that was, None if a pause kept it shut."""
        try:
            while await self._may_open():
                await self._session()
        except MailerError as error:
            return error
        except Exception as error:  # a server may send anything; the watch itself must not end
            log.exception("failed worker=%s", self.name)
            return MailerError(f"unexpected {type(error).__name__}; the log has the details")
        return None

    async def _may_open(self) -> bool:
        state = await self.office.db.look(accounts.end_state, self.account.slug, AccountEnd.IMAP)
        return state.is_open(self.clock())

    async def _session(self) -> None:
        """One connection. It ends by itself only shortly before its token does: the server would cut it then."""
        async with self.open_mailbox(self.account) as mailbox:
            until = await self.token_ends(self.account)
            several = len(self.account.folders) > 1
            while True:
                if await read_mailbox(self.office, self.account, mailbox, clock=self.clock):
                    self.bell.set()
                await self._beat("")
                await mailbox.wait_for_news(self.poll_seconds if several else self.idle_seconds)
                if until is not None and until <= self.clock():
                    log.debug("reopening account=%s end=imap why=token", self.account.slug)
                    return

    async def _note(self, trouble: MailerError | None) -> None:
        if trouble is None:
            return
        log.warning("lost account=%s end=imap why=%s", self.account.slug, trouble)
        try:
            if isinstance(trouble, AccountTrouble):
                await self.office.db.run(
                    accounts.note_trouble, self.account.slug, AccountEnd.IMAP, trouble, now=self.clock()
                )
            await self._beat(str(trouble))
        except MailerError as error:  # the database itself may be the trouble
            log.warning("failed worker=%s heartbeat why=%s", self.name, error)

    async def _beat(self, trouble: str) -> None:
        await self.office.db.run(heartbeats.beat, self.name, trouble=trouble, now=self.clock())
