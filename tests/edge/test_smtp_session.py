"""Letters over real connections: octet for octet, over one connection, and after an outage."""

from __future__ import annotations

import socket

import pytest

from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Refused, Sent
from mailer.model.places import Security, Server
from tests.edge.letters import RECIPIENT, SENDER, a_letter, a_transport, sent_alone, trouble, written_down
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import USER, StartSmtp

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


@pytest.mark.parametrize("security", Security)
async def test_a_letter_arrives_octet_for_octet(security: Security, start_smtp: StartSmtp) -> None:
    server = start_smtp(security=security, login=security is Security.STARTTLS)
    letter = a_letter(body=".\r\n..two\r\n.\r\nGrüße\r\n")

    outcome = await sent_alone(server.account, letter)

    assert outcome == Sent(code=250, reply="2.0.0 kept")
    (delivered,) = server.delivered
    assert (delivered.sender, delivered.recipient) == (SENDER, RECIPIENT)
    assert delivered.raw == letter.raw
    assert delivered.encrypted is (security is not Security.NONE)
    assert delivered.user == (USER if security is Security.STARTTLS else "")


async def test_a_hundred_letters_go_over_one_connection(start_smtp: StartSmtp) -> None:
    server = start_smtp()
    async with a_transport(server.account) as transport:
        for number in range(100):
            outcome = await transport.send(a_letter(number=number), before_data=written_down())
            assert isinstance(outcome, Sent)

    assert len(server.delivered) == 100
    assert server.connections == ["[127.0.0.1]"]


async def test_lone_line_ends_cannot_smuggle_a_second_letter(start_smtp: StartSmtp) -> None:
    server = start_smtp()
    smuggled = "one\n.\nMAIL FROM:<x@example.net>\n.\r\nRCPT TO:<y@example.net>\r.\rDATA\r\n"

    outcome = await sent_alone(server.account, a_letter(body=smuggled))

    assert isinstance(outcome, Sent)
    (delivered,) = server.delivered
    assert b"\r\n.\r\nMAIL FROM" in delivered.raw
    assert delivered.recipient == RECIPIENT


async def test_an_international_address_is_sent_where_the_server_can_and_refused_where_not(
    start_smtp: StartSmtp,
) -> None:
    able, unable = start_smtp(utf8=True), start_smtp(utf8=False)
    letter = a_letter(recipient="jürgen@example.com")

    taken = await sent_alone(able.account, letter)
    refused = await sent_alone(unable.account, letter)

    assert isinstance(taken, Sent)
    assert able.delivered[0].recipient == "jürgen@example.com"
    assert "SMTPUTF8" in able.delivered[0].options
    said = "letters outside ASCII before the @ need SMTPUTF8, which the server does not offer; use another address"
    assert refused == Refused(code=0, status="5.6.7", reply=said)


async def test_a_closed_port_and_an_unknown_host_pause_the_account_for_a_while() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        closed = Server(host="127.0.0.1", port=listener.getsockname()[1], security=Security.NONE)
        unknown = Server(host="no-such-host.invalid", port=465, security=Security.TLS)

        outcomes = [await sent_alone(server, a_letter(), patience=BRIEF) for server in (closed, unknown)]

    for outcome, server in zip(outcomes, (closed, unknown), strict=True):
        assert not trouble(outcome).needs_person
        assert trouble(outcome).reason.startswith(f"{server.host}:{server.port}: no connection")
        assert trouble(outcome).retry_seconds == 300


async def test_after_an_outage_the_same_transport_sends_on_a_fresh_connection() -> None:
    async with ScriptedSmtp(Twist(at=At.GREETING, then=Then.CLOSE, on=(1,))) as server:
        async with a_transport(server.account()) as transport:
            during = await transport.send(a_letter(), before_data=written_down())
            after = await transport.send(a_letter(), before_data=written_down())

        assert isinstance(during, AccountTrouble)
        assert isinstance(after, Sent)
        assert len(server.letters) == 1
