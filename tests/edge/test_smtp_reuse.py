"""A connection serves letter after letter, and is replaced when it is stale without a letter noticing."""

from __future__ import annotations

import pytest

from mailer.edge.smtp_wire import Patience
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Refused, Sent
from tests.edge.letters import BODY, a_letter, a_transport, trouble, written_down
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist

BRIEF = Patience(connect=2, address=1, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3, probe=0.3)


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
