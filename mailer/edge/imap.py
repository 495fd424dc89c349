"""How does the program read a mailbox?

    async with open_mailbox(server) as mailbox:
        state = await mailbox.select("INBOX")
        uids = await mailbox.uids_after(cursor)
        letters = await mailbox.fetch(uids[:50], max_bytes=...)
        await mailbox.wait_for_news(240)

One connection, one command at a time, read-only (EXAMINE, BODY.PEEK): what a person sees in the mailbox never changes,
but for `append` and `remove`.
Every call ends in bounded time. After a TemporaryFailure the connection is over; open another, after a pause.

imap_login    reach the server, TLS, login      imap_wire       one command out, its answers back
imap_folders  folders and choosing one          imap_frames     where an answer ends
imap_search   which letters there are           imap_values     what it says
imap_fetch    bringing them over                imap_words      how things are written in a command
imap_remove   taking away a letter to oneself
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

from mailer.edge import imap_fetch, imap_folders, imap_remove, imap_search
from mailer.edge.imap_login import open_wire
from mailer.edge.imap_wire import Wire
from mailer.edge.imap_words import date_time
from mailer.edge.tls import tls_version
from mailer.errors import TemporaryFailure
from mailer.model.checkup import Offered
from mailer.model.grant import AccessToken
from mailer.model.mailbox import Fetched, FetchedHeaders, Folder, FolderState
from mailer.model.places import Server

POLL_SECONDS = 60.0  # how often a server without IDLE is asked
_FAREWELL_SECONDS = 2.0


@asynccontextmanager
async def open_mailbox(
    server: Server, *, timeout_seconds: float = 30, token: AccessToken | None = None
) -> AsyncIterator[ImapMailbox]:
    """A mailbox, logged in by password, or with an OAuth access token where `token` gives one.

    TemporaryFailure where the network or the server is away; AccountTrouble where the login or the certificate is
    refused, `needs_person` where trying again would only get the account locked.
    """
    wire = await open_wire(server, timeout_seconds=timeout_seconds, token=token)
    try:
        yield ImapMailbox(wire)
        if wire.lost is None:
            with suppress(TemporaryFailure, TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await wire.ask("LOGOUT")
    finally:
        wire.end(f"{wire.peer}: closed")
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await wire.closed()


class ImapMailbox:
    """A mailbox over IMAP (RFC 3501); the calls are those of `mailer.model.mailbox.Mailbox`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._grants_idle = "IDLE" in wire.capabilities

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, upper case."""
        return frozenset(self._wire.capabilities)

    @property
    def offered(self) -> Offered:
        """What the server offers, and how the connection to it is protected."""
        return Offered(place=self._wire.peer, tls=tls_version(self._wire.transport), words=self.capabilities)

    async def select(self, folder: str) -> FolderState:
        """Choose the folder that the following calls read."""
        return await imap_folders.examine(self._wire, folder)

    async def uids_after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending."""
        self._wire.has_news = False
        return await imap_search.uids_after(self._wire, uid)

    async def uids_since(self, day: date) -> list[int]:
        """UIDs of letters received on `day` or later, by the server's calendar, ascending."""
        self._wire.has_news = False
        return await imap_search.uids_since(self._wire, day)

    async def search_message_id(self, message_id: str) -> list[int]:
        """UIDs of letters with exactly this Message-ID (brackets may be left out)."""
        return await imap_search.uids_with_message_id(self._wire, message_id)

    async def search_reference(self, message_id: str) -> list[int]:
        """UIDs of letters that name exactly this id in References."""
        return await imap_search.uids_that_refer_to(self._wire, message_id)

    async def fetch(self, uids: Sequence[int], *, max_bytes: int | None) -> list[Fetched]:
        """The letters, in the order asked for; those above `max_bytes` without their attachments."""
        return await imap_fetch.fetch_letters(self._wire, uids, max_bytes=max_bytes)

    async def fetch_headers(self, uids: Sequence[int]) -> list[FetchedHeaders]:
        """The headers only, in the order asked for."""
        return await imap_fetch.fetch_headers(self._wire, uids)

    async def folders(self) -> list[Folder]:
        """Every folder of the account."""
        return await imap_folders.list_folders(self._wire)

    async def wait_for_news(self, seconds: float) -> bool:
        """True as soon as letters came since the last look, False after `seconds` without any.

        1. Letters that came while something else was asked count, and NOOP brings out those that just did: not every
           server's IDLE mentions what came before it.
        2. IDLE where the server grants it; its end must be confirmed, so a dead connection is found out.
        3. Else NOOP again, at least once a minute and at the end.
        """
        wire, loop = self._wire, asyncio.get_running_loop()
        until = loop.time() + seconds
        if not wire.has_news:
            await wire.ask("NOOP")
        if self._grants_idle and not wire.has_news:
            self._grants_idle = await wire.idle(seconds)
        while not self._grants_idle and not wire.has_news and loop.time() < until:
            await wire.pause(min(until - loop.time(), POLL_SECONDS))
            await wire.ask("NOOP")
        came, wire.has_news = wire.has_news, False
        return came

    async def append(self, folder: str, raw: bytes, *, received_at: datetime | None = None) -> None:
        """Put a letter into a folder; TemporaryFailure after it went out leaves open whether it is there."""
        date_words = [date_time(received_at)] if received_at else []
        told = await self._wire.ask(
            "APPEND",
            imap_folders.as_argument(folder),
            *date_words,
            f"{{{len(raw)}}}",
            more=[raw + b"\r\n"],
        )
        if not told.is_ok:
            raise await imap_folders.folder_trouble(self._wire, folder, told.status)

    async def remove(self, folder: str, uid: int, *, message_id: str) -> str:
        """Take away one letter that has this Message-ID, and no other; gives the folder it is in now, "" for none."""
        return await imap_remove.remove_letter(self._wire, folder, uid, message_id=message_id)
