"""The reading end over hours: a session that must end with its token is followed by the next, and nobody is alarmed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.edge.imap import open_mailbox
from mailer.engine.post import Watch
from mailer.model.mailbox import Mailbox
from mailer.model.places import Account
from mailer.store import accounts, heartbeats, schema
from mailer.store.schema import AccountEnd
from tests.edge.logins import LoggedIn, logged_in
from tests.house import House
from tests.servers.dovecot import Box, DovecotServer
from tests.servers.oauth import AuthorizationServer

MINUTE = timedelta(minutes=1)
LETTER = b"From: Dana <dana@example.com>\r\nSubject: %d\r\nMessage-ID: <%d@example.com>\r\n\r\nwords\r\n"


@dataclass
class Sessions:
    """The sessions of a watch, counted as they open; a letter comes in before each, so the first was there already."""

    login: LoggedIn
    box: Box
    wanted: int
    opened: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def clock(self) -> datetime:
        """Each look at the clock takes five minutes."""
        self.login.hand.now += 5 * MINUTE
        return self.login.hand.now

    def open(self, account: Account) -> AbstractAsyncContextManager[Mailbox]:
        return self._counted(account)

    async def ends(self, account: Account) -> datetime | None:
        return await self.login.access().renewed_from()

    @asynccontextmanager
    async def _counted(self, account: Account) -> AsyncIterator[Mailbox]:
        self.opened += 1
        if self.opened > self.wanted:
            self.enough.set()
            await asyncio.Event().wait()
        self.box.deliver(LETTER % (self.opened, self.opened))
        async with open_mailbox(account.imap, token=self.login.access()) as mailbox:
            yield mailbox


@pytest.fixture
def sessions(oauth: AuthorizationServer, token_dovecot: DovecotServer, tmp_path: Path) -> Sessions:
    """Three sessions at a mailbox that opens by token."""
    box = token_dovecot.new_user()
    return Sessions(logged_in(oauth, tmp_path, address=box.address), box, wanted=3)


async def test_a_session_makes_place_for_the_next_before_its_token_ends_and_goes_on_where_it_was(
    sqlite_house: House, sessions: Sessions
) -> None:
    # given
    house = sqlite_house
    main = house.office.accounts["vogl"]
    account = dataclasses.replace(main, imap=dataclasses.replace(sessions.box.server, password=None, by_token=True))
    watch = Watch(
        office=house.office,
        account=account,
        clock=sessions.clock,
        idle_seconds=0.05,
        poll_seconds=0.05,
        bell=asyncio.Event(),
        open_mailbox=sessions.open,
        token_ends=sessions.ends,
    )

    # when
    async with asyncio.timeout(20):
        running = asyncio.create_task(watch.run())
        await sessions.enough.wait()
        running.cancel()

    # then
    assert sessions.login.server.times("/token") == sessions.wanted - 1
    shown = [form["token"] for path, form in sessions.login.server.asked if path == "/introspect"]
    assert [token for n, token in enumerate(shown) if token not in shown[:n]] == ["at-1", "at-2", "at-3"]
    state = house.store.db.read(accounts.end_state, "main", AccountEnd.IMAP)
    assert (state.reason, state.is_open(house.now)) == ("", True)
    assert house.store.db.read(heartbeats.beats)[watch.name][1] == ""
    assert house.store.db.read(lambda conn: conn.scalars(select(schema.letters.c.uid)).all()) == [2, 3]
