"""No password, address or word of a letter gets into a log or an outcome, whatever a server repeats."""

from __future__ import annotations

import base64
import logging
import traceback

import pytest

from mailer.edge.smtp_wire import Patience
from mailer.model.outgoing import Deferred, Sent
from tests.edge.letters import BODY, RECIPIENT, SENDER, a_letter, sent_alone, trouble
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist
from tests.servers.smtp import PASSWORD, USER

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


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
