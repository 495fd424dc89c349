"""What a person says of letters on their way out: taken back, sent, not sent, sent once more."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.cli.operator import Operator
from tests.cli.test_once import DANA, set_up
from tests.house import parsed, to
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import SmtpServer


async def meets(operator: Operator, box: Box, twist: Twist) -> dict[str, Any]:
    """Dana's letter after it met a server that misbehaves."""
    async with ScriptedSmtp(twist) as server:
        await asyncio.to_thread(set_up, operator, box, smtp_port=server.account().port)
        await asyncio.to_thread(operator.start, "once")
    [row] = operator.type("outbox list --json").json
    return dict(row)


async def test_a_letter_that_did_not_arrive_is_sent_once_more_where_a_person_says_so(
    operator: Operator, box: Box, smtp_server: SmtpServer
) -> None:
    # given
    row = await meets(operator, box, Twist(at=At.DOT, then=Then.CLOSE))
    assert (row["state"], row["prompt"]) == ("unknown", "daily/day")
    assert "-- may or may not have arrived; `mailer outbox list` has it\n" in operator.type("thread dana").out

    # when
    config = (operator.folder / "config.toml").read_text()
    port = config.partition("[account.smtp]")[2].partition("port = ")[2].split()[0]
    operator.write("config.toml", config.replace(f"port = {port}", f"port = {smtp_server.account.port}", 1))
    said = operator.type(f"outbox settle {row['id'][-8:]} --not-sent --again")
    await asyncio.to_thread(operator.start, "once")
    await asyncio.to_thread(operator.start, "once")

    # then
    assert (said.code, said.out.partition("; tried until")[0]) == (
        0,
        "settled: it did not arrive, and goes out again",
    )
    [letter] = to(smtp_server.delivered, DANA)
    assert parsed(letter)["Message-ID"].strip("<>") == row["message_id"]
    assert operator.type("outbox list").out == "nothing waits\n"
    again = operator.type(f"outbox settle {row['id'][-8:]} --not-sent --again")
    assert again.err == "mailer: only a letter whose fate is unknown is sent again by hand; this one is sent\n"


async def test_a_letter_given_up_is_listed_with_its_reason_and_not_sent(operator: Operator, box: Box) -> None:
    row = await meets(operator, box, Twist(at=At.DOT, then=Then.CLOSE))

    said = operator.type(f"outbox settle {row['id'][-8:]} --not-sent")

    assert said.out == "settled: it did not arrive, and is not sent again\n"
    [shown] = operator.type("outbox list --json").json
    assert (shown["state"], shown["detail"]) == ("cancelled", "settled by hand")
    assert "-- was not sent: settled by hand\n" in operator.type("thread dana").out


async def test_a_letter_that_waits_is_taken_back(operator: Operator, box: Box) -> None:
    row = await meets(operator, box, Twist(at=At.RCPT, say=b"451 4.7.1 greylisted\r\n"))

    said = operator.type(f"outbox cancel {row['id'][-8:]}")

    assert (said.code, said.out) == (0, "taken back: it is not sent\n")
    [shown] = operator.type("outbox list --json").json
    assert (shown["state"], shown["detail"]) == ("cancelled", "taken back by hand")
    again = operator.type(f"outbox cancel {row['id'][-8:]}")
    assert again.err == "mailer: only a letter that waits can be taken back; this one is cancelled\n"


async def test_a_refused_letter_stands_in_the_list_and_in_the_thread(operator: Operator, box: Box) -> None:
    row = await meets(operator, box, Twist(at=At.RCPT, say=b"550 5.1.1 no such user\r\n"))

    assert (row["state"], row["client"]) == ("refused", "dana")
    assert "-- did not arrive: no such user\n" in operator.type("thread dana").out
    assert "dana: the address does not exist (550 5.1.1); no letters until `mailer client edit dana --email" in (
        operator.type("status").out
    )
