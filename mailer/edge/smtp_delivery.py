"""How is one letter taken through MAIL, RCPT and DATA on an open session?

Each step answers None where the letter may go on, and its Outcome where the server said no (RFC 5321 §3.3). Each may
raise Lost. What a loss means depends on the step, and is judged by the caller, which knows where the letter stood.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from mailer.edge.smtp_envelope import Envelope, dot_stuffed
from mailer.edge.smtp_replies import Reply, Step, private_words, redact, verdict
from mailer.edge.smtp_session import OWN_SENDER_ONLY, Session
from mailer.edge.smtp_wire import Lost, Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Refused, Sent, WireLetter

log = logging.getLogger(__name__)

FOR_GOOD = 5  # first digit of a refusal (RFC 5321 §4.2.1)
START_INPUT = 354  # RFC 5321 §4.3.2: "send the letter"

No = Deferred | Refused | AccountTrouble

_OF_SENDER = re.compile(r"\bsender\b|send[ -]?as|not owned by|\b5\.1\.[78]\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One letter on one session; the steps in order are sender, recipient, content, final_dot."""

    letter: WireLetter
    words: Envelope
    session: Session
    place: str  # the server, as reasons name it
    patience: Patience

    async def sender(self) -> Reply:
        """The bare answer to MAIL: on a connection that was used before, 421 only means "too late".

        A server that refuses the sender with a token is asked with the account's own address, and never again with
        the other on this connection: after some twenty refusals servers hang up.
        """
        if not self._has_token:
            return await self._said(self.words.plain_mail)
        reply = await self._said(self.words.mail)
        return await self._plain_sender() if reply.code // 100 == FOR_GOOD else reply

    async def recipient(self) -> No | None:
        """None: the server takes letters for this address. Many servers refuse a sender only here (Postfix does)."""
        reply = await self._said(self.words.rcpt)
        if self._has_token and reply.code // 100 == FOR_GOOD and _OF_SENDER.search(reply.text):
            await self.reset()
            if (await self._plain_sender()).accepts:
                reply = await self._said(self.words.rcpt)
        return await self.judged(reply, step=Step.RCPT)

    async def content(self) -> No | None:
        """None: all but the final dot is handed over, and the server has not heard the end of the letter."""
        wire = self.session.wire
        reply = await wire.command(b"DATA", seconds=self.patience.data)
        if reply.code != START_INPUT:
            if reply.accepts:
                raise Lost("answered out of step")
            return await self.judged(reply, step=Step.DATA)
        cut_in = await wire.upload(dot_stuffed(self.letter.raw), seconds=self.patience.block)
        if cut_in is None:
            return None
        if not cut_in.refuses:
            raise Lost("answered before the letter was whole")
        return self._no(cut_in, step=Step.DATA)

    async def final_dot(self) -> Sent | No:
        """The server's verdict. After Lost it is unknown."""
        reply = await self.session.wire.final_dot(seconds=self.patience.final)
        if reply.accepts:
            return Sent(code=reply.code, reply=redact(reply.text, private=self._private()))
        if not reply.refuses:
            raise Lost("answered out of step")
        if reply.ends_session:
            self.session.wire.drop()
        return self._no(reply, step=Step.DOT)

    async def judged(self, reply: Reply, *, step: Step) -> No | None:
        """None for a yes; a no is followed by RSET, so that the session can take the next letter."""
        if reply.accepts:
            return None
        if not reply.refuses:
            raise Lost("answered out of step")
        if reply.ends_session:
            self.session.wire.drop()
        else:
            await self.reset()
        return self._no(reply, step=step)

    async def reset(self) -> None:
        """Takes the envelope back, or drops a connection that cannot."""
        try:
            reply = await self.session.wire.command(b"RSET", seconds=self.patience.probe)
        except Lost:
            return
        if not reply.accepts:
            self.session.wire.drop()

    @property
    def _has_token(self) -> bool:
        """Whether the sender's address has a token in it, and the server is not known to refuse those."""
        return self.words.mail != self.words.plain_mail and OWN_SENDER_ONLY not in self.session.learnt

    async def _plain_sender(self) -> Reply:
        """The answer to MAIL from the account's own address; where it is a yes, the token was the trouble."""
        reply = await self._said(self.words.plain_mail)
        if reply.accepts:
            log.info("refused server=%s sender with a token; verp = false saves asking", self.place)
            self.session.learnt.add(OWN_SENDER_ONLY)
        return reply

    async def _said(self, words: tuple[bytes, ...]) -> Reply:
        return await self.session.wire.command(*words, seconds=self.patience.command)

    def _no(self, reply: Reply, *, step: Step) -> No:
        return verdict(reply, host=self.place, step=step, private=self._private())

    def _private(self) -> list[str]:
        return private_words(self.letter.recipient, self.letter.envelope_from)
