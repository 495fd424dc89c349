"""The verdict on a week finds what went wrong in it, and says whose letter it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mailer.engine.once import Post
from mailer.engine.post import transport_of
from mailer.errors import MailerError
from mailer.sandbox.installation import open_installation
from mailer.sandbox.people import ACCOUNT, CAST, COACH
from mailer.sandbox.post_office import open_post_office
from mailer.sandbox.stage import Stage
from mailer.sandbox.verdict import judge
from mailer.sandbox.week import BEGINS, Clock, Week


@asynccontextmanager
async def a_week() -> AsyncIterator[Week]:
    """The demo's week, at its end."""
    clock = Clock(now=BEGINS)
    addresses = [ACCOUNT, COACH.address, *(person.address.address for person in CAST)]
    async with open_post_office(addresses, clock=clock) as post_office:
        with open_installation(post_office, now=clock()) as office:
            transports = {account.slug: transport_of(account) for account in office.accounts.values()}
            post = Post(transports=transports)
            week = Week(office=office, post=post, post_office=post_office, clock=clock, stage=Stage())
            await week.pass_by()
            yield week
            for transport in transports.values():
                await transport.close()


async def missing(week: Week) -> list[str]:
    findings, _ = await judge(week)
    return [said for one in findings for said in one.missing]


async def test_the_verdict_sees_a_letter_too_many_one_too_few_and_a_trouble() -> None:
    async with a_week() as week:
        # given a week in which nothing is missing
        assert await missing(week) == []
        delivered = week.post_office.delivered
        first = next(one for one in delivered if one.recipient == "dana@example.com")

        # when a letter comes twice
        delivered.append(first)
        twice = await missing(week)
        delivered.remove(first)

        # or never
        delivered.remove(first)
        never = await missing(week)

        # or the program complains
        week.troubles.append(MailerError("account main: reading is paused"))
        troubled = await missing(week)

    # then each is named
    assert any(said.startswith("dana got 1 letter(s) at Monday 08:00Z that no plan named") for said in twice)
    assert any(said.endswith("was sent 2 times") for said in twice)
    assert "dana's letter of Monday 08:00Z did not go out (1 missing)" in never
    assert "account main: reading is paused" in troubled
