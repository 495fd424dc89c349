"""How is one letter taken through MAIL, RCPT and DATA on an open session?

Each step answers None where the letter may go on, and its Outcome where the server said no (RFC 5321 §3.3). Each may
raise Lost. What a loss means depends on the step, and is judged by the caller, which knows where the letter stood.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.edge.smtp_envelope import Envelope, dot_stuffed
from mailer.edge.smtp_replies import Reply, Step, private_words, redact, verdict
from mailer.edge.smtp_session import Session
from mailer.edge.smtp_wire import Lost, Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Refused, Sent, WireLetter

START_INPUT = 354  # RFC 5321 §4.3.2: "send the letter"

No = Deferred | Refused | AccountTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One letter on one session; the steps in order are sender, recipient, content, final_dot."""

    letter: WireLetter
    words: Envelope
    session: Session
    place: str  # the server, as reasons name it
    patience: Patience

    async def sender(self) -> Reply:
        """The bare answer to MAIL: on a connection that was used before, 421 only means "too late"."""
        return await self.session.wire.command(*self.words.mail, seconds=self.patience.command)

    async def recipient(self) -> No | None:
        return await self.judged(
            await self.session.wire.command(*self.words.rcpt, seconds=self.patience.command), step=Step.RCPT
        )

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

    def _no(self, reply: Reply, *, step: Step) -> No:
        return verdict(reply, host=self.place, step=step, private=self._private())

    def _private(self) -> list[str]:
        return private_words(self.letter.recipient, self.letter.envelope_from)
