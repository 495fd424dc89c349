"""How does one letter leave over SMTP, and what is known about it afterwards?

`SmtpTransport.send` takes a letter through MAIL, RCPT and DATA and answers with one Outcome. What an Outcome says is
exact: Deferred, Refused and AccountTrouble mean that the letter was certainly not taken, Sent that it was, and only
Unknown that nobody can tell. Sources: RFC 5321 §3.3, §4.1.1, §4.5.3.2; RFC 6409.

    what happened                                          Outcome
    ---------------------------------------------------    --------------------------------------------------------
    no name, no route, no TLS, no greeting, EHLO refused   AccountTrouble, to be tried again
    certificate not valid, no STARTTLS offered             AccountTrouble, a person is needed; no login was tried
    login refused 5xx / 4xx                                AccountTrouble, a person is needed / to be tried again
    an idle connection turned out dead, or 421 to MAIL     none: a fresh connection takes the same letter
    letter too large for the server, or not transportable  Refused, before MAIL
    MAIL refused                                           AccountTrouble; Refused where the letter's size is the reason
    RCPT refused 4xx / 5xx                                 Deferred / Refused, with `address_dead` where it says so
    the account's limit, ban or lost login, at any step    AccountTrouble
    `before_data` says False                               Deferred, after RSET
    DATA refused 4xx / 5xx                                 Deferred / Refused
    connection lost, silent or rubbish before the dot      Deferred
    connection lost, silent or rubbish after the dot       Unknown
    answer after the dot 2xx / 4xx / 5xx                   Sent / Deferred / Refused
    connection lost after that answer                      as the answer said
    task cancelled                                         CancelledError; `after_dot` tells whether it is Unknown
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from mailer.edge.smtp_delivery import Delivery
from mailer.edge.smtp_envelope import envelope
from mailer.edge.smtp_replies import Step
from mailer.edge.smtp_session import Doorway, Session, open_session
from mailer.edge.smtp_wire import Lost, Patience
from mailer.edge.tls import client_context, require_loopback, tls_version
from mailer.errors import AccountTrouble
from mailer.model.checkup import Offered
from mailer.model.grant import AccessToken
from mailer.model.outgoing import BeforeData, Deferred, Outcome, Refused, Unknown, WireLetter
from mailer.model.places import Security, Server

log = logging.getLogger(__name__)

PROBE_AFTER_SECONDS = 20.0  # idle for longer: ask NOOP before use; a router may have forgotten the connection
CLOSING = 421  # too long idle, too many letters: the server wants a new connection (RFC 5321 §3.8)
USUAL_PATIENCE = Patience()


class SmtpTransport:
    """One connection to one account's server, opened when the first letter comes and used again for the next.

    For one task at a time. A timed-out or broken connection is closed and replaced, never reused.
    """

    def __init__(
        self,
        server: Server,
        *,
        patience: Patience = USUAL_PATIENCE,
        token: AccessToken | None = None,
        probe_after_seconds: float = PROBE_AFTER_SECONDS,
    ) -> None:
        """Raises AccountTrouble for a server that cannot be spoken to safely as it is configured."""
        require_loopback(server)
        context = None if server.security is Security.NONE else client_context(server)
        self._door = Doorway(server=server, context=context, patience=patience, token=token)
        self._probe_after_seconds = probe_after_seconds
        self._session: Session | None = None
        self._used_at = 0.0  # in the loop's own time
        self._after_dot = False
        self._others: list[SmtpTransport] = []

    def connections(self, count: int) -> Sequence[SmtpTransport]:
        """This one and others to the same server, kept for the next time."""
        door, pause = self._door, self._probe_after_seconds
        while len(self._others) < count - 1:
            other = SmtpTransport(door.server, patience=door.patience, token=door.token, probe_after_seconds=pause)
            self._others.append(other)
        return [self, *self._others][:count]

    @property
    def after_dot(self) -> bool:
        """Whether the last letter's final dot was handed over and its answer not read.

        After CancelledError: True means the letter is Unknown, False that it was certainly not taken.
        """
        return self._after_dot

    async def send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        """What became of the letter; see the table above. Raises only what `before_data` raises, and CancelledError.

        1. takes the open session if it still answers, else a new one, and names the sender
        2. names the recipient
        3. awaits `before_data`, which writes down that the letter is being sent; False leaves it to someone else
        4. hands over the content, then the final dot, and reads the answer
        """
        self._after_dot = False
        over = False
        try:
            outcome = await self._send(letter, before_data=before_data)
            over = True
        finally:
            self._used_at = asyncio.get_running_loop().time()
            if not over:
                self._drop()
        return outcome

    async def offered(self) -> Offered:
        """What the server offers to whom is logged in; opens the session where there is none. Raises AccountTrouble."""
        if not await self._still_open() or self._session is None:
            self._session = await open_session(self._door)
        self._used_at = asyncio.get_running_loop().time()
        words = frozenset(f"{name} {said}".strip().upper() for name, said in self._session.offers.items())
        return Offered(place=self._door.place, tls=tls_version(self._session.wire.transport), words=words)

    async def close(self) -> None:
        """Parts from the server politely; a dead connection is simply let go. A later send opens a new one."""
        for other in self._others:
            await other.close()
        session, self._session = self._session, None
        if session is not None:
            await session.wire.part(seconds=self._door.patience.probe)

    async def _send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        try:
            delivery = await self._sender_accepted(letter)
            if not isinstance(delivery, Delivery):
                return delivery
            refusal = await delivery.recipient()
            if refusal is not None:
                return refusal
            if not await before_data():
                await delivery.reset()
                return Deferred(code=0, status="", reply="someone else has taken the letter")
            return await self._handed_over(delivery)
        except Lost as lost:
            self._drop()
            if self._after_dot:
                return Unknown(reason=f"{self._door.place}: {lost} after the letter")
            return Deferred(code=0, status="", reply=str(lost))

    async def _handed_over(self, delivery: Delivery) -> Outcome:
        refusal = await delivery.content()
        if refusal is not None:
            return refusal
        self._after_dot = True
        outcome = await delivery.final_dot()
        self._after_dot = False
        return outcome

    async def _sender_accepted(self, letter: WireLetter) -> Delivery | Outcome:
        """The letter on a session that took its sender. A session found stale is replaced once, which is no attempt."""
        used_before = await self._still_open()
        try:
            delivery = await self._delivery(letter)
        except AccountTrouble as trouble:
            return trouble.with_traceback(None)  # its frames would keep the password
        if isinstance(delivery, Refused):
            return delivery
        try:
            reply = await delivery.sender()
        except Lost:
            if not used_before:
                raise
            return await self._on_fresh_session(letter)
        if used_before and reply.code == CLOSING:
            return await self._on_fresh_session(letter)
        return await delivery.judged(reply, step=Step.MAIL) or delivery

    async def _on_fresh_session(self, letter: WireLetter) -> Delivery | Outcome:
        log.debug("replaced server=%s reason=stale", self._door.place)
        self._drop()
        return await self._sender_accepted(letter)

    async def _still_open(self) -> bool:
        """Whether there is a session that answers; one that does not is dropped."""
        if self._session is None:
            return False
        wire = self._session.wire
        idle_seconds = asyncio.get_running_loop().time() - self._used_at
        try:
            if wire.usable and idle_seconds > self._probe_after_seconds:
                answers = (await wire.command(b"NOOP", seconds=self._door.patience.probe)).accepts
            else:
                answers = wire.usable
        except Lost:
            answers = False
        if not answers:
            log.debug("replaced server=%s reason=silent", self._door.place)
            self._drop()
        return answers

    async def _delivery(self, letter: WireLetter) -> Delivery | Refused:
        if self._session is None:
            self._session = await open_session(self._door)
        words = envelope(letter, offers=self._session.offers)
        if isinstance(words, Refused):
            return words
        return Delivery(
            letter=letter, words=words, session=self._session, place=self._door.place, patience=self._door.patience
        )

    def _drop(self) -> None:
        if self._session is not None:
            self._session.wire.drop()
            self._session = None
