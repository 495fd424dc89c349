"""A sender with a token in its address, on servers that know only the account's own."""

from __future__ import annotations

import pytest

from mailer.errors import AccountTrouble
from mailer.model.outgoing import Refused, Sent
from tests.edge.letters import SENDER, a_letter, a_transport, written_down
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist

TOKEN = "aebagbafaydqqcikbmga2dqpcaireqcaheq2"
TAGGED = SENDER.replace("@", f"+{TOKEN}@")
NOT_YOURS = b"553 5.7.1 <x@example.org>: Sender address rejected: not owned by user petra\r\n"


def senders(server: ScriptedSmtp) -> list[str]:
    return [line.split()[1] for line in server.heard if line.startswith("MAIL")]


async def test_a_server_that_takes_the_sender_with_a_token_gets_no_other() -> None:
    async with ScriptedSmtp() as server, a_transport(server.account()) as transport:
        outcome = await transport.send(a_letter(envelope_from=TAGGED), before_data=written_down())

        assert isinstance(outcome, Sent)
        assert senders(server) == [f"FROM:<{TAGGED}>"]


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT])
async def test_a_server_that_refuses_the_sender_with_a_token_gets_the_plain_one_from_then_on(at: At) -> None:
    # given: it refuses once on this connection, at MAIL or, as many do, only at RCPT
    async with ScriptedSmtp(Twist(at=at, say=NOT_YOURS, turn=1)) as server, a_transport(server.account()) as transport:
        # when
        letters = [a_letter(number=number, envelope_from=TAGGED) for number in (1, 2, 3)]
        outcomes = [await transport.send(letter, before_data=written_down()) for letter in letters]

        # then
        assert all(isinstance(outcome, Sent) for outcome in outcomes)
        assert senders(server) == [f"FROM:<{TAGGED}>", *[f"FROM:<{SENDER}>"] * 3]
        assert [letter.mail.split()[1] for letter in server.letters] == [f"FROM:<{SENDER}>"] * 3


async def test_a_server_that_refuses_both_senders_is_the_accounts_trouble() -> None:
    async with ScriptedSmtp(Twist(at=At.MAIL, say=NOT_YOURS)) as server, a_transport(server.account()) as transport:
        outcome = await transport.send(a_letter(envelope_from=TAGGED), before_data=written_down())

        assert isinstance(outcome, AccountTrouble)
        assert outcome.needs_person
        assert TOKEN not in outcome.reason
        assert len(senders(server)) == 2


async def test_a_refused_recipient_is_not_asked_for_again_with_another_sender() -> None:
    unknown = b"550 5.1.1 <dana@example.com>: no such user\r\n"
    async with ScriptedSmtp(Twist(at=At.RCPT, say=unknown)) as server, a_transport(server.account()) as transport:
        outcome = await transport.send(a_letter(envelope_from=TAGGED), before_data=written_down())

        assert isinstance(outcome, Refused)
        assert outcome.address_dead
        assert server.times("RCPT") == 1


async def test_an_account_whose_own_address_has_a_plus_keeps_it() -> None:
    own = "petra+coach@example.org"
    async with (
        ScriptedSmtp(Twist(at=At.MAIL, say=NOT_YOURS, turn=1)) as server,
        a_transport(server.account()) as transport,
    ):
        letter = a_letter(envelope_from=own.replace("@", f"+{TOKEN}@"))

        outcome = await transport.send(letter, before_data=written_down())

        assert isinstance(outcome, Sent)
        assert senders(server)[-1] == f"FROM:<{own}>"
