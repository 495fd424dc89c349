"""Connections are encrypted and verified, or nothing is said on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.edge.smtp_wire import Patience
from mailer.edge.tls import client_context
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Sent
from mailer.model.places import Security, Server
from tests.edge.letters import a_letter, sent_alone, trouble
from tests.servers.certificates import Certificates
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import PASSWORD, USER, StartSmtp

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(
    ("fault", "said"), [("expired", "expired"), ("wrong_host", "not valid for"), ("self_signed", "self-signed")]
)
async def test_no_login_is_tried_where_the_certificate_does_not_hold(
    security: Security, fault: str, said: str, certificates: Certificates
) -> None:
    async with ScriptedSmtp(tls=getattr(certificates, fault), security=security) as server:
        account = server.account(user=USER, password=PASSWORD, ca_file=certificates.ca_file)

        outcome = await sent_alone(account, a_letter())

        assert trouble(outcome).needs_person
        assert f"127.0.0.1:{account.port}" in trouble(outcome).reason
        assert said in trouble(outcome).reason.replace("self signed", "self-signed")
        assert server.times("AUTH") == server.times("MAIL") == 0


async def test_an_unknown_authority_is_not_trusted_until_it_is_named(start_smtp: StartSmtp) -> None:
    server = start_smtp(security=Security.TLS)

    unnamed = await sent_alone(replace(server.account, ca_file=None), a_letter())
    named = await sent_alone(server.account, a_letter())

    assert trouble(unnamed).needs_person
    assert "ca_file" in trouble(unnamed).reason
    assert isinstance(named, Sent)


async def test_a_server_that_offers_no_starttls_gets_no_password() -> None:
    async with ScriptedSmtp() as server:
        account = replace(server.account(user=USER, password=PASSWORD), security=Security.STARTTLS)

        outcome = await sent_alone(account, a_letter())

        assert trouble(outcome).needs_person
        assert server.times("AUTH") == 0
        assert not any(PASSWORD in line for line in server.heard)


@pytest.mark.parametrize(
    "twist",
    [
        Twist(at=At.STARTTLS, say=b"454 4.7.0 not now\r\n"),
        Twist(at=At.STARTTLS, say=b"220 ready\r\n", then=Then.CLOSE),
        Twist(at=At.STARTTLS, say=b"220 ready\r\n", then=Then.STAY_SILENT),
        Twist(at=At.STARTTLS, say=b"220 ready\r\nnothing like TLS\r\n", then=Then.STAY_SILENT),
        Twist(at=At.STARTTLS, then=Then.CLOSE),
        Twist(at=At.STARTTLS, say=b"yes please\r\n"),
    ],
    ids=lambda twist: f"{twist.say[:24]!r} {twist.then}",
)
async def test_a_starttls_that_fails_is_tried_again_later_and_never_in_plain_text(
    twist: Twist, certificates: Certificates
) -> None:
    async with ScriptedSmtp(twist, tls=certificates.valid, security=Security.STARTTLS) as server:
        account = server.account(user=USER, password=PASSWORD, ca_file=certificates.ca_file)

        outcome = await sent_alone(account, a_letter(), patience=replace(BRIEF, connect=0.3))

        assert not trouble(outcome).needs_person
        assert server.times("AUTH") == server.times("MAIL") == 0


async def test_words_slipped_in_before_the_handshake_are_not_believed(certificates: Certificates) -> None:
    """An answer in plain text that arrives with the go-ahead must not count for the EHLO said under TLS."""
    slipped = Twist(at=At.STARTTLS, say=b"220 ready\r\n250 AUTH PLAIN\r\n")
    async with ScriptedSmtp(slipped, tls=certificates.valid, security=Security.STARTTLS) as server:
        outcome = await sent_alone(server.account(ca_file=certificates.ca_file), a_letter(), patience=BRIEF)

        assert isinstance(outcome, Sent)
        assert server.times("EHLO") == 2


async def test_tls_spoken_to_a_plain_port_is_told_as_such() -> None:
    async with ScriptedSmtp() as server:
        outcome = await sent_alone(replace(server.account(), security=Security.TLS), a_letter(), patience=BRIEF)

        assert not trouble(outcome).needs_person
        assert "no TLS" in trouble(outcome).reason


@pytest.mark.parametrize("host", ["192.0.2.1", "smtp.example.org", "127.0.0.1.example.org", "localhost.example.org"])
def test_plain_text_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(AccountTrouble, match='write "tls" or "starttls"') as caught:
        SmtpTransport(Server(host=host, port=25, security=Security.NONE))
    assert caught.value.needs_person


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_plain_text_is_allowed_on_this_machine(host: str) -> None:
    assert not SmtpTransport(Server(host=host, port=25, security=Security.NONE)).after_dot


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_authority_that_cannot_be_read_is_named_before_anything_is_sent(
    content: bytes | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(AccountTrouble, match=r"ca\.pem: "):
        client_context(Server(host="smtp.example.org", port=465, security=Security.TLS, ca_file=str(file)))
