"""Connections: encrypted and verified or not at all, one login at a time, replaced when stale, silent in the log."""

from __future__ import annotations

import base64
import logging
import socket
import traceback
from dataclasses import replace

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.edge.smtp_wire import Patience
from mailer.edge.tls import client_context
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Outcome, Refused, Sent
from mailer.model.places import Secret, Security, Server
from tests.edge.letters import BODY, RECIPIENT, SENDER, a_letter, a_transport, sent_alone, written_down
from tests.servers.certificates import Certificates
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import PASSWORD, USER, StartSmtp

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


def trouble(outcome: Outcome) -> AccountTrouble:
    assert isinstance(outcome, AccountTrouble)
    return outcome


# Real round trips.


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
    assert refused == Refused(
        code=0, status="5.6.7", reply="the letter needs SMTPUTF8, which the server does not offer"
    )


# TLS.


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


# No network.


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


# Stale connections.


@pytest.mark.parametrize(
    "twist",
    [
        Twist(at=At.AFTER, then=Then.CLOSE, on=(1,)),
        Twist(at=At.AFTER, say=b"421 4.4.2 idle for too long\r\n", on=(1,)),
        Twist(at=At.MAIL, say=b"421 4.7.0 enough letters for one connection\r\n", then=Then.CLOSE, on=(1,), turn=2),
        Twist(at=At.MAIL, then=Then.CLOSE, on=(1,), turn=2),
        Twist(at=At.MAIL, then=Then.STAY_SILENT, on=(1,), turn=2),
    ],
    ids=lambda twist: f"{twist.at} {twist.say[:24]!r} {twist.then}",
)
async def test_a_stale_connection_is_replaced_without_the_letter_noticing(twist: Twist) -> None:
    async with ScriptedSmtp(twist) as server, a_transport(server.account(), patience=BRIEF) as transport:
        asked: list[int] = []

        async def before_data() -> bool:
            asked.append(len(server.letters))
            return True

        first = await transport.send(a_letter(number=1), before_data=before_data)
        second = await transport.send(a_letter(number=2), before_data=before_data)

        assert isinstance(first, Sent)
        assert isinstance(second, Sent)
        assert server.connections == 2
        assert asked == [0, 1]
        assert [letter.raw for letter in server.letters] == [a_letter(number=1).raw, a_letter(number=2).raw]


async def test_a_connection_closed_overnight_is_replaced_in_the_morning() -> None:
    async with ScriptedSmtp() as server, a_transport(server.account()) as transport:
        evening = await transport.send(a_letter(number=1), before_data=written_down())
        server.hang_up()
        morning = await transport.send(a_letter(number=2), before_data=written_down())

        assert isinstance(evening, Sent)
        assert isinstance(morning, Sent)
        assert server.connections == 2


@pytest.mark.parametrize("answer", [b"", b"421 4.4.2 bye\r\n", b"250 ok\r\n"])
async def test_a_connection_idle_for_long_is_asked_before_it_is_used(answer: bytes) -> None:
    silence = Twist(at=At.NOOP, say=answer, then=Then.GO_ON if answer else Then.STAY_SILENT)
    async with (
        ScriptedSmtp(silence) as server,
        a_transport(server.account(), patience=BRIEF, probe_after_seconds=-1) as transport,
    ):
        await transport.send(a_letter(number=1), before_data=written_down())
        outcome = await transport.send(a_letter(number=2), before_data=written_down())

        assert isinstance(outcome, Sent)
        assert server.times("NOOP") == 1
        assert server.connections == (1 if answer.startswith(b"250") else 2)


async def test_a_limit_that_meets_the_fresh_connection_too_pauses_the_account() -> None:
    limit = b"421 4.7.0 unusual rate of mail\r\n"
    twists = (Twist(at=At.MAIL, say=limit, on=(1,), turn=2), Twist(at=At.MAIL, say=limit, on=(2,)))
    async with ScriptedSmtp(*twists) as server, a_transport(server.account()) as transport:
        await transport.send(a_letter(number=1), before_data=written_down())
        outcome = await transport.send(a_letter(number=2), before_data=written_down())

        assert trouble(outcome).retry_seconds == 900
        assert not trouble(outcome).needs_person
        assert server.connections == 2


async def test_a_daily_limit_in_mid_run_leaves_the_rest_for_later() -> None:
    limit = Twist(at=At.DOT, say=b"550 5.4.5 Daily sending limit exceeded\r\n", turn=4)
    async with ScriptedSmtp(limit) as server, a_transport(server.account()) as transport:
        outcomes = [await transport.send(a_letter(number=n), before_data=written_down()) for n in range(4)]

        assert [type(outcome) for outcome in outcomes] == [Sent, Sent, Sent, AccountTrouble]
        assert trouble(outcomes[-1]).retry_seconds == 3600
        assert BODY not in trouble(outcomes[-1]).reason


async def test_a_refused_recipient_does_not_spoil_the_connection_for_the_next_letter() -> None:
    refusal = Twist(at=At.RCPT, say=b"550 5.1.1 no such user\r\n", turn=1)
    async with ScriptedSmtp(refusal) as server, a_transport(server.account()) as transport:
        first = await transport.send(a_letter(number=1), before_data=written_down())
        second = await transport.send(a_letter(number=2), before_data=written_down())

        assert isinstance(first, Refused)
        assert isinstance(second, Sent)
        assert server.times("RSET") == 1
        assert server.connections == 1
        assert len(server.letters) == 1


# Login.


async def test_a_refused_password_is_tried_once_and_not_once_per_mechanism() -> None:
    async with ScriptedSmtp(Twist(at=At.AUTH, say=b"535 5.7.8 no\r\n")) as server:
        outcome = await sent_alone(server.account(user=USER, password="wrong"), a_letter())

        assert trouble(outcome).needs_person
        assert server.times("AUTH") == 1


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN"])
async def test_each_common_login_carries_any_password(mechanisms: str) -> None:
    password = 'Grüße "und" \\ Küsse'
    async with ScriptedSmtp(offers=[f"AUTH {mechanisms}"]) as server:
        outcome = await sent_alone(server.account(user=USER, password=password), a_letter())

        assert isinstance(outcome, Sent)
        start, end = (next(n for n, line in enumerate(server.heard) if line.startswith(v)) for v in ("AUTH", "MAIL"))
        words = [word for line in server.heard[start:end] for word in line.split() if word not in {"AUTH", mechanisms}]
        decoded = [base64.b64decode(word) for word in words if word not in {"LOGIN", "PLAIN"}]
        assert b"\0".join(decoded).lstrip(b"\0") == f"{USER}\0{password}".encode()


async def test_a_mechanism_the_server_does_not_know_after_all_is_passed_over() -> None:
    async with ScriptedSmtp(Twist(at=At.AUTH, say=b"504 5.5.4 not that one\r\n", turn=1)) as server:
        outcome = await sent_alone(server.account(user=USER, password=PASSWORD), a_letter())

        assert isinstance(outcome, Sent)
        assert [line.split()[1] for line in server.heard if line.startswith("AUTH")] == ["PLAIN", "LOGIN"]


@pytest.mark.parametrize("offers", [["AUTH CRAM-MD5 GSSAPI"], []])
async def test_a_server_without_a_login_we_know_wants_a_person(offers: list[str]) -> None:
    async with ScriptedSmtp(offers=offers) as server:
        outcome = await sent_alone(server.account(user=USER, password=PASSWORD), a_letter())

        assert trouble(outcome).needs_person
        assert server.times("MAIL") == 0


async def test_a_user_without_a_password_wants_a_person() -> None:
    async with ScriptedSmtp() as server:
        outcome = await sent_alone(server.account(user=USER), a_letter())

        assert trouble(outcome).needs_person


async def test_a_token_logs_in_and_a_refused_one_is_answered_out_of_its_challenge() -> None:
    async def token() -> Secret:
        return Secret("ya29.token")

    challenge = Twist(at=At.AUTH, say=b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", on=(2,))
    async with ScriptedSmtp(challenge) as server:
        async with a_transport(server.account(user=USER), token=token) as transport:
            taken = await transport.send(a_letter(), before_data=written_down())
        async with a_transport(server.account(user=USER), token=token, patience=BRIEF) as transport:
            refused = await transport.send(a_letter(), before_data=written_down())

        assert isinstance(taken, Sent)
        assert trouble(refused).needs_person
        assert "535" in trouble(refused).reason


async def test_a_grant_that_was_revoked_is_the_account_s_trouble() -> None:
    async def token() -> Secret:
        raise AccountTrouble("the grant was revoked; run mailer login", needs_person=True)

    async with ScriptedSmtp() as server, a_transport(server.account(user=USER), token=token) as transport:
        outcome = await transport.send(a_letter(), before_data=written_down())

        assert trouble(outcome).needs_person
        assert server.times("AUTH") == 0


# Nothing private is told.


@pytest.mark.parametrize("code", [235, 334, 421, 451, 504, 535, 999])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_a_server_that_repeats_the_login_makes_no_password_public(
    mechanism: str, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    encoded = [base64.b64encode(text.encode()).decode() for text in (f"\0{USER}\0{PASSWORD}", PASSWORD, USER)]
    echo = f"{code} 5.7.8 {USER} said {' '.join(encoded)}: {PASSWORD}, letters wants in\r\n"
    async with ScriptedSmtp(Twist(at=At.AUTH, say=echo.encode()), offers=[f"AUTH {mechanism}"]) as server:
        outcome = await sent_alone(server.account(user=USER, password=PASSWORD), a_letter(), patience=BRIEF)

    told = caplog.text + repr(outcome)
    for private in (*encoded, PASSWORD, USER, "letters"):
        assert private not in told


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT, At.DATA, At.DOT])
@pytest.mark.parametrize("code", [250, 354, 421, 451, 503, 530, 550, 999])
async def test_a_server_that_repeats_addresses_makes_none_public(
    at: At, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"{code} 5.7.1 no <{RECIPIENT}>, no DANA.REIS, not from petra.vogl or {SENDER}\r\n"
    async with ScriptedSmtp(Twist(at=at, say=echo.encode())) as server:
        outcome = await sent_alone(server.account(), a_letter(), patience=BRIEF)

    told = (caplog.text + repr(outcome)).lower()
    for private in (RECIPIENT, SENDER, "dana.reis", "petra.vogl", BODY.lower()):
        assert private not in told


async def test_what_an_account_s_trouble_carries_along_holds_no_words_of_a_letter_either() -> None:
    """An AccountTrouble is logged with its causes: the original errors of the library would repeat addresses."""
    echo = f"550 5.4.5 Daily sending limit exceeded: {BODY} {RECIPIENT}\r\n"
    async with ScriptedSmtp(Twist(at=At.DOT, say=echo.encode())) as server:
        outcome = await sent_alone(server.account(), a_letter())

    told = "".join(traceback.format_exception(trouble(outcome)))
    assert BODY not in told
    assert RECIPIENT not in told


async def test_a_letter_that_went_leaves_a_debug_line_without_private_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedSmtp() as server:
        account = server.account(user=USER, password=PASSWORD)
        outcome = await sent_alone(account, a_letter())

    assert isinstance(outcome, Sent)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("mailer.")]
    assert lines == [f"opened server=127.0.0.1:{account.port} security=none login=True"]


async def test_a_deferral_after_a_broken_connection_tells_no_words_of_the_server() -> None:
    async with ScriptedSmtp(Twist(at=At.RCPT, say=f"what {RECIPIENT}?\r\n".encode())) as server:
        outcome = await sent_alone(server.account(), a_letter(), patience=BRIEF)

    assert outcome == Deferred(code=0, status="", reply="answered rubbish")
