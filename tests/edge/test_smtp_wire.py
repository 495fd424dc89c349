"""A connection that is out of step or cannot take more is given up, and never left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mailer.edge.smtp_wire import Lost, Wire
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Outcome, Sent
from mailer.model.places import Security
from tests.edge.letters import a_letter, a_transport, sent_alone, written_down
from tests.servers.certificates import Certificates
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist


@asynccontextmanager
async def a_wire(server: ScriptedSmtp) -> AsyncIterator[Wire]:
    """A connection whose greeting has been read."""
    loop = asyncio.get_running_loop()
    account = server.account()
    _, wire = await loop.create_connection(lambda: Wire(loop), account.host, account.port)
    await wire.answer(seconds=1)
    try:
        yield wire
    finally:
        await wire.part(seconds=1)


async def test_words_that_nobody_asked_for_end_the_connection_before_the_next_command() -> None:
    async with ScriptedSmtp() as server, a_wire(server) as wire:
        wire.data_received(b"250 what you did not ask\r\n")

        with pytest.raises(Lost):
            await wire.command(b"MAIL", b"FROM:<>", seconds=1)

        assert not wire.usable
        assert server.heard == []


async def test_an_upload_is_not_over_while_anything_of_it_waits_on_our_side() -> None:
    async with ScriptedSmtp(Twist(at=At.NOOP, then=Then.STOP_READING)) as server, a_wire(server) as wire:
        transport = wire.transport
        assert isinstance(transport, asyncio.WriteTransport)
        wire.write(b"NOOP\r\n")
        await server.reached(At.NOOP)
        while transport.get_write_buffer_size() == 0:
            wire.write(b"x" * 16_384)  # until the network takes no more

        with pytest.raises(Lost, match="stopped taking"):
            await wire.upload(b"the rest\r\n", seconds=0.1)


@pytest.mark.parametrize(
    "twist",
    [
        Twist(at=At.MAIL, say=b"354 go ahead\r\n", on=(1,)),
        Twist(at=At.RCPT, say=b"503 5.5.1 MAIL first\r\n", on=(1,)),
        Twist(at=At.RCPT, say=b"550 5.1.1 no such user\r\n421 4.7.0 and goodbye\r\n", on=(1,)),
        Twist(at=At.DATA, say=b"250 ok\r\n", on=(1,)),
        Twist(at=At.DOT, say=b"354 go ahead\r\n", on=(1,)),
        Twist(at=At.DOT, say=b"503 5.5.1 DATA first\r\n", on=(1,)),
        Twist(at=At.DOT, say=b"421 4.3.2 shutting down\r\n", on=(1,)),
    ],
    ids=lambda twist: f"{twist.at} {twist.say[:24]!r}",
)
async def test_a_connection_out_of_step_is_not_used_for_the_next_letter(twist: Twist) -> None:
    async with ScriptedSmtp(twist) as server, a_transport(server.account()) as transport:
        first = await transport.send(a_letter(number=1), before_data=written_down())
        second = await transport.send(a_letter(number=2), before_data=written_down())

        assert not isinstance(first, Sent)
        assert isinstance(second, Sent)
        assert server.connections == 2
        assert server.times("NOOP") == server.times("RSET") == 0


async def refused_at_the_door(server: ScriptedSmtp, *, ca_file: str | None = None) -> Outcome:
    return await sent_alone(server.account(user="petra", password="open-Sesame-7", ca_file=ca_file), a_letter())


@pytest.mark.parametrize(
    "twist",
    [
        Twist(at=At.GREETING, say=b"554 5.7.1 not you\r\n"),
        Twist(at=At.GREETING, say=b"354 go ahead\r\n"),
        Twist(at=At.EHLO, say=b"502 5.5.1 no\r\n"),
        Twist(at=At.AUTH, say=b"535 5.7.8 wrong\r\n"),
        Twist(at=At.AUTH, say=b"354 go ahead\r\n"),
    ],
    ids=lambda twist: f"{twist.at} {twist.say[:24]!r}",
)
async def test_no_connection_is_left_open_behind_a_session_that_did_not_come_about(twist: Twist) -> None:
    async with ScriptedSmtp(twist) as server:
        outcome = await refused_at_the_door(server)

        await server.deserted()
        assert isinstance(outcome, AccountTrouble)


async def test_no_connection_is_left_open_behind_a_certificate_that_does_not_hold(certificates: Certificates) -> None:
    async with ScriptedSmtp(tls=certificates.expired, security=Security.STARTTLS) as server:
        outcome = await refused_at_the_door(server, ca_file=certificates.ca_file)

        await server.deserted()
        assert isinstance(outcome, AccountTrouble)
