"""Where does mail go when there is no internet? To a post office on loopback, which takes it by SMTP.

Both servers are real (aiosmtpd here, the mailboxes in mailbox_server.py), in this event loop and on ports the system
chose. A letter for name+anything@host goes to name@host (RFC 5233); one for nobody known here is refused with 550
5.1.1. Into the mailbox it goes with the trace a last server adds (RFC 5321 §4.4), and with the time of a clock that the
caller moves. Left out: TLS and a login for sending, since nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from secrets import token_urlsafe
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.model.places import Secret, Security, Server
from mailer.sandbox.mailbox_server import ANY_PORT, LOOPBACK, MailboxServer, open_mailbox_server

HOST_NAME = "post.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A letter as it was put into a mailbox."""

    sender: str  # of the envelope, "" for the null path
    recipient: str  # as the envelope says, with what stands behind the plus
    raw: bytes
    at: datetime


@dataclass(kw_only=True)
class PostOffice:
    """Where mail is handed in and read, and every letter that was delivered, in order."""

    smtp: Server
    mailboxes: dict[str, Server]  # by address
    delivered: list[Delivered] = field(default_factory=list)


@asynccontextmanager
async def open_post_office(addresses: Iterable[str], *, clock: Callable[[], datetime]) -> AsyncIterator[PostOffice]:
    """A post office with a mailbox for each address, open while the block runs."""
    async with open_mailbox_server() as shelf:
        mailboxes = {one: await shelf.add_user(one, Secret(token_urlsafe(12))) for one in addresses}
        office = PostOffice(smtp=_on_loopback(ANY_PORT), mailboxes=mailboxes)
        counter = _Counter(office, shelf, clock)
        loop = asyncio.get_running_loop()
        async with await loop.create_server(
            lambda: SMTP(counter, hostname=HOST_NAME, enable_SMTPUTF8=True, loop=loop), LOOPBACK, ANY_PORT
        ) as smtp:
            office.smtp = _on_loopback(smtp.sockets[0].getsockname()[1])
            yield office


class _Counter:
    """Takes letters and puts each into its mailbox; the names of the methods are aiosmtpd's."""

    def __init__(self, office: PostOffice, shelf: MailboxServer, clock: Callable[[], datetime]) -> None:
        self._office, self._shelf, self._clock = office, shelf, clock

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if owner(address) not in self._office.mailboxes:
            return "550 5.1.1 there is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known here"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: Any = envelope.content  # bytes: without decode_data nothing is decoded
        sender = (envelope.mail_from or "").strip("<>")  # the null path comes as "<>", others without brackets
        now = self._clock()
        for recipient in envelope.rcpt_tos:
            trace = (
                f"Return-Path: <{sender}>\r\n"
                f"Delivered-To: {recipient}\r\n"
                f"Received: from {session.host_name} by {HOST_NAME} with ESMTP; {format_datetime(now)}\r\n"
            )
            letter = Delivered(sender=sender, recipient=recipient, raw=trace.encode() + content, at=now)
            await self._shelf.deliver(owner(recipient), letter.raw, received_at=now)
            self._office.delivered.append(letter)
        return "250 2.0.0 delivered"


def owner(address: str) -> str:
    """Whose mailbox an address is, whatever stands behind its plus."""
    local, _, host = address.rpartition("@")
    return f"{local.partition('+')[0]}@{host}".lower()


def _on_loopback(port: int) -> Server:
    return Server(host=LOOPBACK, port=port, security=Security.NONE)
