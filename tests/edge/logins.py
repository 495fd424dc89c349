"""Logins the tests of OAuth share: a store, a grant, a clock that the test sets."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.edge.oauth_access import Access
from mailer.model.grant import Grant
from mailer.model.places import OAuthApp, OAuthProvider, Secret
from mailer.secrets import grants_of
from tests.servers.oauth import CLIENT_ID, CLIENT_SECRET, AuthorizationServer

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Hand:
    """A clock that the test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class LoggedIn:
    """An account whose login is kept, and the clock its tokens end by."""

    server: AuthorizationServer
    app: OAuthApp
    hand: Hand = field(default_factory=Hand)

    def access(self) -> Access:
        """A token source as a process of its own would have it."""
        return Access(
            account="main",
            app=self.app,
            store=grants_of(self.app),
            clock=self.hand,
            random=random.Random(1),
            pauses=(0, 0),
        )

    @property
    def kept(self) -> Grant:
        """The grant as it stands in the store."""
        grant = grants_of(self.app).read()
        assert grant is not None
        return grant


def logged_in(
    server: AuthorizationServer,
    folder: Path,
    *,
    provider: OAuthProvider = OAuthProvider.OTHER,
    address: str = "",
    secret: str = CLIENT_SECRET,
) -> LoggedIn:
    """An account that has just logged in, with a token for an hour."""
    app, login = server.app(folder, provider=provider, secret=secret), server.log_in(address)
    keep_grant(app, a_grant(access=next(iter(login.access)), refresh=login.refresh, address=login.address))
    return LoggedIn(server, app)


def a_grant(
    *, access: str = "at-1", refresh: str | None = "rt-1", address: str = "letters@example.org", login: str = "first"
) -> Grant:
    """A grant as `mailer login` leaves it."""
    return Grant(
        login=login,
        address=address,
        client_id=CLIENT_ID,
        access=Secret(access),
        got_at=START,
        lifetime=HOUR,
        refresh=Secret(refresh) if refresh is not None else None,
    )


def keep_grant(app: OAuthApp, grant: Grant) -> None:
    """Puts a grant into its store."""
    with grants_of(app).replacing() as keep:
        keep(grant)
