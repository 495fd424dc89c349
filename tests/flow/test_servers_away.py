"""Servers that refuse, or are away, for hours: nobody is hammered, nothing is lost, and all goes on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.store import accounts, inbox
from mailer.store.schema import AccountEnd
from tests.house import MONDAY, House, plain, reply, to
from tests.servers.scripted_imap import Script, says, scripted_imap

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
DANA = "dana@example.org"
MINUTES = 5


@pytest.mark.parametrize(
    ("script", "most"),
    [
        ({"ANSWER": says("TAG NO [AUTHENTICATIONFAILED] wrong password")}, 3),
        ({"ANSWER": says("TAG NO [UNAVAILABLE] try again later")}, 24 * 60 / 10 + 1),
    ],
)
async def test_a_mailbox_that_lets_nobody_in_is_not_hammered(sqlite_house: House, script: Script, most: float) -> None:
    """Looked at every five minutes for a day."""
    house = sqlite_house
    async with scripted_imap(script) as server:
        house.office.accounts = {name: replace(one, imap=server.server) for name, one in house.office.accounts.items()}
        for step in range(24 * 60 // MINUTES):
            await house.once(MONDAY + timedelta(minutes=MINUTES * step))

    assert 1 <= server.connections <= most


async def test_two_hours_without_a_network_cost_nothing_but_the_time(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))  # the digest of the day
    usual, there = house.post, dict(house.office.accounts)
    gone = {name: replace(one, imap=replace(one.imap, port=1)) for name, one in there.items()}

    # when
    nowhere = SmtpTransport(replace(house.smtp.account, port=1))
    house.post, house.office.accounts = Post(transports={"main": nowhere}), gone
    for minutes in range(0, 120, MINUTES):
        assert await house.once(FRIDAY + timedelta(minutes=minutes)) == []
    away = list(map(str, house.troubles))
    house.post, house.office.accounts = usual, there
    sent = [*await house.once(FRIDAY + timedelta(hours=2)), *await house.once(FRIDAY + timedelta(hours=2, minutes=5))]

    # then: it was said, the prompt goes out late and once, and a reply is read once
    assert len(away) == 1
    [prompt] = to(sent, DANA)
    house.deliver(reply(prompt, "An 8."))
    for minutes in (10, 15):
        await house.once(FRIDAY + timedelta(hours=2, minutes=minutes))
    assert [one.kind.value for one in house.entries("dana")] == ["prompt", "reply"]
    assert house.store.db.read(inbox.count_waiting) == 0
    assert house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP).is_open(house.now)
    assert "An 8." in plain((await house.once(FRIDAY + timedelta(days=1)))[0])
