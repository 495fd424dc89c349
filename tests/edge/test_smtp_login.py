"""One login at a time, in every form servers ask for it."""

from __future__ import annotations

import base64

import pytest

from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Sent
from mailer.model.places import Secret
from tests.edge.letters import a_letter, a_transport, sent_alone, trouble, written_down
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist
from tests.servers.smtp import PASSWORD, USER

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


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
    async def token(*, refused: Secret | None = None) -> Secret:
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
    async def token(*, refused: Secret | None = None) -> Secret:
        raise AccountTrouble("the grant was revoked; run mailer login", needs_person=True)

    async with ScriptedSmtp() as server, a_transport(server.account(user=USER), token=token) as transport:
        outcome = await transport.send(a_letter(), before_data=written_down())

        assert trouble(outcome).needs_person
        assert server.times("AUTH") == 0
