"""How does a person log in? In a browser on this machine, or by a code that is entered on another device.

    code     the browser goes to the provider and comes back to a page of ours with a code (RFC 8252), which only we can
             turn into tokens, since only we know the verifier behind its challenge (PKCE, RFC 7636)
    device   the person opens a short address anywhere and enters a code; meanwhile we ask, at the pace the server
             sets, whether that has happened (RFC 8628)

Either waits for a person, so each has an end of its own.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from mailer.edge.oauth_loopback import Loopback, loopback
from mailer.edge.oauth_server import (
    DevicePending,
    Tokens,
    clean,
    device_answer,
    host_of,
    tokens_for_code,
    tokens_for_device,
)
from mailer.errors import AccountTrouble
from mailer.model.places import OAuthApp, OAuthProvider

PERSON_SECONDS = 600.0  # for finding a password, a phone and the right account
_USUAL_INTERVAL, _SLOWER_BY, _LONGEST_INTERVAL = 5.0, 5.0, 60.0  # seconds; RFC 8628 §3.2, §3.5
_LONGEST_CODE_SECONDS = 1800.0

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsing:
    """A login that waits for the browser: `url` is where the person goes, `page` where the browser comes back to."""

    app: OAuthApp
    url: str
    page: Loopback
    verifier: str

    async def tokens(self, *, seconds: float = PERSON_SECONDS) -> Tokens:
        """The tokens, once the browser has come back; AccountTrouble where it does not or the person declines."""
        try:
            async with asyncio.timeout(seconds):
                returned = await self.page.returned()
        except TimeoutError:
            reason = f"nobody came back from the browser within {seconds / 60:g} minutes; run the command again"
            raise AccountTrouble(reason, needs_person=True) from None
        if returned.error:
            raise AccountTrouble(f"{host_of(self.app)}: no login ({clean(returned.error)})", needs_person=True)
        return await tokens_for_code(
            self.app, code=returned.code, verifier=self.verifier, redirect_uri=self.page.redirect_uri
        )


@asynccontextmanager
async def browser_login(app: OAuthApp, *, address: str, random_text: Callable[[], str]) -> AsyncIterator[Browsing]:
    """A login by browser; `address` is proposed there, `random_text` gives 43 or more unguessable characters."""
    state, verifier = random_text(), random_text()
    async with loopback(app.provider, state=state) as page:
        url = prepare_grant_uri(
            app.authorize_url,
            client_id=app.client_id,
            response_type="code",
            redirect_uri=page.redirect_uri,
            scope=" ".join(app.scopes),
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            login_hint=address,
            **_PARTICULAR[app.provider],
        )
        yield Browsing(app=app, url=url, page=page, verifier=verifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What the person needs on the other device, and what we ask with."""

    url: str
    user_code: str
    device_code: str
    interval: float
    seconds: float

    def __repr__(self) -> str:
        return f"DeviceCode({self.url}, {self.user_code})"


async def device_login(app: OAuthApp) -> DeviceCode:
    """A code to enter; AccountTrouble where the provider gives none."""
    told = await device_answer(app)
    url = told.get("verification_uri") or told.get("verification_url")  # Google's name for it
    user_code, device_code = told.get("user_code"), told.get("device_code")
    if not (isinstance(url, str) and isinstance(user_code, str) and isinstance(device_code, str)):
        raise AccountTrouble(f"{host_of(app)}: answered without a code to enter; log in by browser instead")
    return DeviceCode(
        url=clean(url),
        user_code=clean(user_code),
        device_code=device_code,
        interval=min(_seconds(told, "interval", _USUAL_INTERVAL), _LONGEST_INTERVAL),
        seconds=min(_seconds(told, "expires_in", PERSON_SECONDS), _LONGEST_CODE_SECONDS),
    )


async def tokens_of_device(app: OAuthApp, code: DeviceCode, *, sleep: Sleep = asyncio.sleep) -> Tokens:
    """The tokens, once the person has entered the code; AccountTrouble where that does not happen in time.

    A server that is away meanwhile is asked again more slowly, as RFC 8628 §3.5 wants.
    """
    interval, left = code.interval, code.seconds
    while left > 0:
        await sleep(interval)
        left -= interval
        try:
            return await tokens_for_device(app, device_code=code.device_code)
        except DevicePending as pending:
            interval += _SLOWER_BY if pending.slow_down else 0
        except AccountTrouble as trouble:
            if trouble.needs_person:
                raise
            interval = min(interval * 2, _LONGEST_INTERVAL)
    raise AccountTrouble("the code was not entered in time; run the command again", needs_person=True)


def identities(tokens: Tokens) -> list[str]:
    """The addresses an id token names, in small letters; none where there is no such token.

    It came straight from the authorization server, over TLS, so its signature proves nothing more (OpenID Connect Core
    §3.1.3.7, 6).
    """
    if tokens.identity is None:
        return []
    try:
        part = tokens.identity.reveal().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        found = [claims.get(name) for name in ("email", "preferred_username", "upn")]
    except (ValueError, IndexError, AttributeError, RecursionError):
        return []
    return list(dict.fromkeys(clean(one).lower() for one in found if isinstance(one, str) and "@" in one))


def _seconds(told: Mapping[str, object], key: str, usual: float) -> float:
    value = told.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else usual


# Without these Google gives a refresh token at the very first consent only. Each lets the person choose the mailbox.
_PARTICULAR: Mapping[OAuthProvider, Mapping[str, str]] = {
    OAuthProvider.GMAIL: {"access_type": "offline", "prompt": "consent select_account"},
    OAuthProvider.MICROSOFT: {"prompt": "select_account"},
    OAuthProvider.OTHER: {},
}
