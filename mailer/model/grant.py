"""What a person's login at a provider leaves with the program: a grant, which gives access tokens until it ends.

An access token holds for about an hour and is shown to SMTP and IMAP servers in place of a password. The refresh token
gives the next one; some providers hand out a new refresh token each time, and then the old one is worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mailer.model.places import Secret

EARLY = timedelta(minutes=5)  # a token this close to its end is not shown to a server any more
_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One login, as far as it has come: the same `login` through all its tokens."""

    login: str  # made up at the login; another one means that a person has logged in again
    address: str  # who logged in, "" where the provider did not say
    client_id: str  # the app it was given to
    access: Secret
    got_at: datetime  # when `access` came, aware UTC
    lifetime: timedelta  # how long `access` holds from then on
    refresh: Secret | None
    ended: str = ""  # the provider's words, once it said that this login gives no more tokens

    @property
    def renewed_from(self) -> datetime:
        """When a new access token is asked for: five minutes before the end, half-way for very short ones."""
        return self.got_at + self.lifetime - min(EARLY, self.lifetime / 2)

    def holds(self, now: datetime) -> bool:
        """Whether the access token may still work; not if it comes from the future, for then the clock was wrong."""
        return self.got_at - _SKEW <= now < self.got_at + self.lifetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether it holds for a while yet."""
        return self.holds(now) and now < self.renewed_from


class GrantStore(Protocol):
    """Where the grant of one account is kept."""

    @property
    def place(self) -> str:
        """Its file or keyring entry, for messages."""

    def read(self) -> Grant | None:
        """The grant, None before the first login; AccountTrouble where it cannot be read."""

    def replacing(self) -> AbstractContextManager[Callable[[Grant], None]]:
        """Gives the function that replaces the grant; entering makes room, so that it fails before, not after.

        Whoever dies at any moment leaves the old grant or the new one. AccountTrouble where there is no room.
        """

    def locked(self) -> AbstractAsyncContextManager[None]:
        """Keeps every other task and process from replacing it; AccountTrouble where another does not let go."""


class AccessToken(Protocol):
    """Gives an access token that can be shown to a server, or raises AccountTrouble."""

    async def __call__(self, *, refused: Secret | None = None) -> Secret:
        """Where a server has just `refused` one, another one, however fresh that looked."""
