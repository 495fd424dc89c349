"""Logging in with tokens at real servers: a Dovecot and a submission server that ask whether each is alive."""

from __future__ import annotations

import base64
import dataclasses
import logging
from pathlib import Path

import pytest

from mailer.edge.imap import open_mailbox
from mailer.edge.imap_login import TokenRefused as ImapTokenRefused
from mailer.edge.smtp_login import TokenRefused as SmtpTokenRefused
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Sent
from mailer.model.places import Secret, Security, Server
from tests.edge.letters import a_letter, a_transport, trouble, written_down
from tests.edge.logins import LoggedIn, logged_in
from tests.servers.certificates import Certificates
from tests.servers.dovecot import DovecotServer, running_dovecot
from tests.servers.oauth import AuthorizationServer
from tests.servers.scripted_imap import Script, says, scripted_imap
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.smtp import USER, StartSmtp

LETTER = b"From: Dana <dana@example.com>\r\nSubject: hello\r\n\r\nwords\r\n"


@pytest.fixture
def token_box(token_dovecot: DovecotServer, oauth: AuthorizationServer) -> Server:
    """A mailbox with a letter in it that opens for the tokens of its owner."""
    box = token_dovecot.new_user()
    box.deliver(LETTER)
    oauth.person = box.address
    return dataclasses.replace(box.server, password=None, by_token=True)


def withdraw(login: LoggedIn) -> None:
    """Every access token so far is dead, though it looks fresh; the login itself lives."""
    for one in login.server.logins:
        one.access.clear()


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_a_mailbox_opens_for_the_token_of_its_owner_by_either_mechanism(
    certificates: Certificates, oauth: AuthorizationServer, tmp_path: Path, mechanism: str
) -> None:
    with running_dovecot(certificates, tokens_of=oauth.url, mechanisms=mechanism) as dovecot:
        box = dovecot.new_user()
        box.deliver(LETTER)
        login = logged_in(oauth, tmp_path, address=box.address)

        async with open_mailbox(box.server, token=login.access()) as mailbox:
            assert (await mailbox.select("INBOX")).exists == 1

    assert oauth.times("/introspect", token="at-1") >= 1


async def test_a_mailbox_opens_after_its_token_was_withdrawn_before_its_time(
    token_box: Server, oauth: AuthorizationServer, tmp_path: Path
) -> None:
    login = logged_in(oauth, tmp_path)
    withdraw(login)

    async with open_mailbox(token_box, token=login.access()) as mailbox:
        assert (await mailbox.select("INBOX")).exists == 1

    assert oauth.times("/token") == 1


async def test_a_mailbox_of_someone_else_stays_shut_after_one_new_token(
    token_box: Server, oauth: AuthorizationServer, tmp_path: Path
) -> None:
    login = logged_in(oauth, tmp_path, address="somebody.else@example.org")

    with pytest.raises(ImapTokenRefused) as caught:
        async with open_mailbox(token_box, token=login.access()):
            pass

    assert caught.value.needs_person
    assert oauth.times("/token") == 1
    assert {form["token"] for path, form in oauth.asked if path == "/introspect"} == {"at-1", "at-2"}
    assert caught.value.reason == (
        f"localhost:{token_box.port}: login refused: [AUTHENTICATIONFAILED] Authentication failed.;"
        " is this the mailbox that logged in with `mailer login`, and is IMAP switched on for it?"
    )


@pytest.mark.parametrize("security", [Security.NONE, Security.STARTTLS])
async def test_a_letter_leaves_by_token(
    start_smtp: StartSmtp, oauth: AuthorizationServer, tmp_path: Path, security: Security
) -> None:
    server = start_smtp(security=security, tokens_of=oauth)
    login = logged_in(oauth, tmp_path, address=USER)

    async with a_transport(server.account, token=login.access()) as transport:
        outcome = await transport.send(a_letter(), before_data=written_down())

    assert isinstance(outcome, Sent)
    assert [one.user for one in server.delivered] == [USER]


async def test_a_letter_leaves_after_its_token_was_withdrawn_before_its_time(
    start_smtp: StartSmtp, oauth: AuthorizationServer, tmp_path: Path
) -> None:
    server, login = start_smtp(tokens_of=oauth), logged_in(oauth, tmp_path, address=USER)
    withdraw(login)

    async with a_transport(server.account, token=login.access()) as transport:
        outcome = await transport.send(a_letter(), before_data=written_down())

    assert isinstance(outcome, Sent)
    assert oauth.times("/token") == 1


async def test_a_sender_that_is_refused_with_a_new_token_too_needs_a_person(
    start_smtp: StartSmtp, oauth: AuthorizationServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server, login = start_smtp(tokens_of=oauth), logged_in(oauth, tmp_path, address="somebody.else@example.org")

    async with a_transport(server.account, token=login.access()) as transport:
        told = trouble(await transport.send(a_letter(), before_data=written_down()))

    assert isinstance(told, SmtpTokenRefused)
    assert told.needs_person
    assert oauth.times("/token") == 1
    assert told.reason == (
        f"127.0.0.1:{server.account.port}: login refused: 535 5.7.8 Authentication credentials invalid;"
        " is this the mailbox that logged in with `mailer login`, and is SMTP switched on for it?"
    )
    assert "at-1" not in caplog.text
    assert "at-2" not in caplog.text


async def test_a_session_that_ended_with_its_token_is_opened_with_the_next(
    token_box: Server, oauth: AuthorizationServer, tmp_path: Path
) -> None:
    login = logged_in(oauth, tmp_path)
    async with open_mailbox(token_box, token=login.access()):
        pass
    withdraw(login)
    login.hand.now = login.kept.got_at + login.kept.lifetime

    async with open_mailbox(token_box, token=login.access()) as mailbox:
        assert (await mailbox.select("INBOX")).exists == 1

    assert oauth.times("/token") == 1
    assert oauth.times("/introspect", token="at-1") == 1


async def the_token(*, refused: Secret | None = None) -> Secret:
    return Secret("at-7")


async def test_a_server_that_takes_no_tokens_is_shown_none() -> None:
    async with scripted_imap({"GREETING": says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello")}) as imap:
        with pytest.raises(AccountTrouble) as caught:
            async with open_mailbox(imap.server, token=the_token):
                pass
    async with (
        ScriptedSmtp(offers=["AUTH PLAIN LOGIN"]) as smtp,
        a_transport(smtp.account(user=USER), token=the_token) as transport,
    ):
        told = trouble(await transport.send(a_letter(), before_data=written_down()))

    assert caught.value.needs_person
    assert told.needs_person
    assert caught.value.reason.endswith(
        "takes no OAuth token (XOAUTH2 or OAUTHBEARER; offered: PLAIN); is this the right host?"
    )
    assert told.reason.endswith("offers no login this account can use (XOAUTH2 or OAUTHBEARER; offered: LOGIN, PLAIN)")
    assert imap.heard == []
    assert smtp.times("AUTH") == 0


async def test_the_standard_mechanism_names_host_and_port_and_answers_its_challenge() -> None:
    script: Script = {
        "GREETING": says("* OK [CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER] hello"),
        "ANSWER": [says("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0="), says("TAG NO [AUTHENTICATIONFAILED] no")],
    }
    async with scripted_imap(script) as server:
        with pytest.raises(ImapTokenRefused):
            async with open_mailbox(dataclasses.replace(server.server, user="a=b,c@example.org"), token=the_token):
                pass

    words = base64.b64decode(server.heard[1]).decode()
    assert words == f"n,a=a=3Db=2Cc@example.org,\1host=127.0.0.1\1port={server.port}\1auth=Bearer at-7\1\1"
    assert base64.b64decode(server.heard[2]) == b"\1"
