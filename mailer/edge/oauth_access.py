"""How does a login at a server get an access token that holds, without asking for one each time?

What is kept is shown until five minutes before its end. Then one of all tasks and processes asks for the next, under
the store's lock, and the others take what it got. (The lock is held across that request, which has an end: where a
provider exchanges refresh tokens, two requests at once would make each other's worthless.) While the old token still
holds, an authorization server that is away is no trouble. A login that has ended is noted: nobody asks again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailer.edge.oauth_server import GrantEnded, Tokens, tokens_renewed
from mailer.errors import AccountTrouble
from mailer.model.grant import Grant, GrantStore
from mailer.model.places import OAuthApp, OAuthProvider, Secret

log = logging.getLogger(__name__)

PAUSES_SECONDS = (1.0, 4.0)  # between tries while the authorization server is away


@dataclass(kw_only=True)
class Access:
    """The access tokens of one account; an AccessToken. For any number of tasks; other processes may have their own."""

    account: str  # its id in config.toml
    app: OAuthApp
    store: GrantStore
    clock: Callable[[], datetime]
    random: random.Random = field(default_factory=random.Random)
    pauses: Sequence[float] = PAUSES_SECONDS

    async def __call__(self, *, refused: Secret | None = None) -> Secret:
        """A token to show; AccountTrouble where there is none to be had.

        1. gives the kept one while it is fresh
        2. else takes the lock, and gives what another has got meanwhile
        3. else asks for a new one and keeps it
        """
        grant = await self._grant()
        if self._is_good(grant, refused=refused):
            return grant.access
        async with self.store.locked():
            grant = await self._grant()
            if not self._is_good(grant, refused=refused):
                grant = await self._renewed(grant, refused=refused)
        return grant.access

    async def renewed_from(self) -> datetime:
        """When the kept token should be exchanged: a session opened with it may end soon after."""
        return (await self._grant()).renewed_from

    def _is_good(self, grant: Grant, *, refused: Secret | None) -> bool:
        return grant.is_fresh(self.clock()) and grant.access != refused

    async def _grant(self) -> Grant:
        """The login as it is kept, still alive."""
        grant = await asyncio.to_thread(self.store.read)
        if grant is None:
            raise self._trouble(f'account "{self.account}" has no OAuth login yet')
        if grant.client_id != self.app.client_id:
            raise self._trouble(f'account "{self.account}" was logged in for another client_id')
        if grant.ended:
            raise self._ended(grant.ended)
        return grant

    async def _renewed(self, grant: Grant, *, refused: Secret | None) -> Grant:
        if grant.refresh is None:
            raise self._trouble(f'the OAuth login of account "{self.account}" gives no second token')
        with self.store.replacing() as keep:
            try:
                tokens = await self._tokens(grant.refresh)
            except GrantEnded as over:
                keep(replace(grant, ended=over.words))
                raise self._ended(over.words) from None
            except AccountTrouble as trouble:
                if trouble.needs_person or grant.access == refused or not grant.holds(self.clock()):
                    raise
                log.warning("kept account=%s old token, no new one: %s", self.account, trouble.reason)
                return grant
            new = renewal(grant, tokens, now=self.clock())
            keep(new)  # at once: between the answer and this nothing may cut in
        log.info("renewed account=%s token seconds=%.0f", self.account, new.lifetime.total_seconds())
        return new

    async def _tokens(self, refresh: Secret) -> Tokens:
        """New tokens, after a few tries while the server is away."""
        for pause in self.pauses:
            try:
                return await tokens_renewed(self.app, refresh)
            except AccountTrouble as trouble:
                if trouble.needs_person:
                    raise
            await asyncio.sleep(pause * self.random.uniform(1, 1.5))
        return await tokens_renewed(self.app, refresh)

    def _trouble(self, fact: str) -> AccountTrouble:
        return AccountTrouble(f"{fact}: run `{login_command(self.app, self.account)}`", needs_person=True)

    def _ended(self, words: str) -> AccountTrouble:
        hint = _SEVEN_DAYS if self.app.provider is OAuthProvider.GMAIL else ""
        command = login_command(self.app, self.account)
        reason = (
            f'the OAuth login of account "{self.account}" has ended: run `{command}`.{hint} The server said: {words}'
        )
        return AccountTrouble(reason, needs_person=True)


def renewal(grant: Grant, tokens: Tokens, *, now: datetime) -> Grant:
    """The same login with its next tokens; a provider that sends no new refresh token keeps the old one good."""
    refresh = tokens.refresh or grant.refresh
    return replace(grant, access=tokens.access, got_at=now, lifetime=tokens.lifetime, refresh=refresh)


def login_command(app: OAuthApp, account: str) -> str:
    """What a person types to log in again."""
    return f"mailer login {app.provider} --account {account}"


_SEVEN_DAYS = ' An app that stands at "Testing" with Google loses its login after 7 days: set it to "In production".'
