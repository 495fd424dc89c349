"""Letters and answers the tests of sending share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from mailer.edge.smtp import PROBE_AFTER_SECONDS, USUAL_PATIENCE, SmtpTransport
from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble
from mailer.model.grant import AccessToken
from mailer.model.outgoing import Outcome, WireLetter
from mailer.model.places import Server

SENDER = "petra.vogl@example.org"
RECIPIENT = "dana.reis@example.com"
BODY = "How was this week, 1 to 10?"


def a_letter(
    *,
    number: int = 1,
    recipient: str = RECIPIENT,
    envelope_from: str = SENDER,
    subject: str = "Your week in four lines",
    body: str = BODY,
) -> WireLetter:
    """A small letter whose Message-ID tells its number."""
    message_id = f"prompt-{number}@example.org"
    lines = [
        f"From: Petra Vogl <{SENDER}>",
        f"To: {RECIPIENT}",
        f"Subject: {subject}",
        f"Message-ID: <{message_id}>",
        "",
        body,
        "",
    ]
    raw = "\r\n".join(lines).encode()
    return WireLetter(message_id=message_id, envelope_from=envelope_from, recipient=recipient, raw=raw)


def written_down(answer: bool = True) -> Callable[[], Awaitable[bool]]:
    """A `before_data` that says so."""

    async def before_data() -> bool:
        return answer

    return before_data


@asynccontextmanager
async def a_transport(
    account: Server,
    *,
    patience: Patience = USUAL_PATIENCE,
    token: AccessToken | None = None,
    probe_after_seconds: float = PROBE_AFTER_SECONDS,
) -> AsyncIterator[SmtpTransport]:
    """A transport that is closed with the test."""
    transport = SmtpTransport(account, patience=patience, token=token, probe_after_seconds=probe_after_seconds)
    try:
        yield transport
    finally:
        await transport.close()


async def sent_alone(account: Server, letter: WireLetter, *, patience: Patience = USUAL_PATIENCE) -> Outcome:
    """What becomes of the letter on a connection of its own."""
    async with a_transport(account, patience=patience) as transport:
        return await transport.send(letter, before_data=written_down())


def trouble(outcome: Outcome) -> AccountTrouble:
    """The outcome, which must be the account's trouble."""
    assert isinstance(outcome, AccountTrouble)
    return outcome
