"""How is an authorization server asked for tokens, and what does its answer mean?

One request each: a code, a device code or a refresh token for tokens (RFC 6749 §4.1.3, §6; RFC 8628 §3.4), or a device
code to begin with (RFC 8628 §3.1). What is wrong with the login itself is GrantEnded, what is wrong with the app needs
a person, all else passes. The one home of authlib, which speaks to Google, Microsoft and any other server alike; msal
and google-auth-oauthlib know one provider each, block, and keep tokens in files of their own.

An answer's words are shown on one line, cut, and without any secret that was sent.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from mailer.errors import AccountTrouble
from mailer.model.places import OAuthApp, OAuthProvider, Secret

ANSWER_SECONDS = 30.0
SOON_SECONDS, LONGEST_WAIT_SECONDS = 300, 3600
WORDS_LIMIT = 120

_USUAL_LIFETIME = timedelta(minutes=30)  # where the server does not say (RFC 6749 §5.1 only recommends it)
_SHORTEST_LIFETIME, _LONGEST_LIFETIME = timedelta(minutes=1), timedelta(days=1)
_ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_PASSING = frozenset({"temporarily_unavailable", "server_error", "too_many_requests"})
_PENDING = frozenset({"authorization_pending", "slow_down"})
_DECLINED = ("the login was declined", "log in again and agree")
_NO_APP = (
    "the app is not accepted",
    "check client_id, client secret and tenant under [account.oauth], and which kind of app it is",
)
_FOR_A_PERSON = {  # error code: what it means, and what to do
    "access_denied": _DECLINED,
    "authorization_declined": _DECLINED,
    "expired_token": ("the code has expired", "run the command again"),
    "invalid_client": _NO_APP,
    "unauthorized_client": _NO_APP,
    "invalid_scope": ("the app may not ask for mail", "give it the mail permissions where it was registered"),
}
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_TOKEN = re.compile(r"[!-~]+")  # RFC 6749 §A.12, without the space; anything else would break out of a login's words
_FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}

T = TypeVar("T")


class GrantEnded(AccountTrouble):
    """The login gives no more tokens; `words` are the server's."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(f"the OAuth login has ended: {words}", needs_person=True)


class DevicePending(AccountTrouble):
    """The person has not finished on the other device; `slow_down` asks for longer pauses (RFC 8628 §3.5)."""

    def __init__(self, *, slow_down: bool) -> None:
        self.slow_down = slow_down
        super().__init__("the login waits for the person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a server handed out."""

    access: Secret
    lifetime: timedelta
    refresh: Secret | None
    identity: Secret | None  # the id token, where the scopes asked for one


async def tokens_for_code(app: OAuthApp, *, code: str, verifier: str, redirect_uri: str) -> Tokens:
    """The tokens that a code brings, once (RFC 7636 §4.5)."""

    async def ask(client: AsyncOAuth2Client) -> Mapping[str, Any]:
        return await _token(
            client,
            app,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=redirect_uri,
        )

    return _tokens(app, await _asked(app, ask, secrets=(code, verifier)))


async def tokens_for_device(app: OAuthApp, *, device_code: str) -> Tokens:
    """The tokens that a device code brings once the person has agreed; DevicePending until then."""

    async def ask(client: AsyncOAuth2Client) -> Mapping[str, Any]:
        return await _token(client, app, grant_type=_DEVICE_GRANT, device_code=device_code)

    return _tokens(app, await _asked(app, ask, secrets=(device_code,)))


async def tokens_renewed(app: OAuthApp, refresh: Secret) -> Tokens:
    """New tokens; without a new refresh token the one that was shown stays good (RFC 6749 §6).

    The scopes are left out: all that were granted are meant, and naming one that was not would be refused.
    """

    async def ask(client: AsyncOAuth2Client) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await client.refresh_token(app.token_url, refresh_token=refresh.reveal())
        return answer

    return _tokens(app, await _asked(app, ask, secrets=(refresh.reveal(),)))


async def device_answer(app: OAuthApp) -> Mapping[str, Any]:
    """What the server answers to the wish for a device code, as it came (RFC 8628 §3.2)."""

    async def ask(client: AsyncOAuth2Client) -> Mapping[str, Any]:
        showing = client.client_auth(client.token_endpoint_auth_method)  # puts client_id and secret where they belong
        answer = await client.post(app.device_url, data={"scope": " ".join(app.scopes)}, headers=_FORM, auth=showing)
        found: Mapping[str, Any] = client.parse_response_token(answer)
        return found

    return await _asked(app, ask)


def host_of(app: OAuthApp) -> str:
    """The authorization server, for messages."""
    return urlsplit(app.token_url).netloc


def clean(words: object, secrets: tuple[str, ...] = ()) -> str:
    """One line of what a server said; what Microsoft adds for its own search (trace ids, times) is cut off."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(words or "")).split())
    for secret in filter(None, secrets):
        line = line.replace(secret, "…")
    line = line.partition(" Trace ID:")[0]
    return line if len(line) <= WORDS_LIMIT else line[: WORDS_LIMIT - 1] + "…"


async def _token(client: AsyncOAuth2Client, app: OAuthApp, **words: str) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = await client.fetch_token(app.token_url, **words)
    return answer


async def _asked(
    app: OAuthApp, ask: Callable[[AsyncOAuth2Client], Awaitable[Mapping[str, Any]]], *, secrets: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """The server's answer, or AccountTrouble: nothing of what the libraries raise, which might show what was sent."""
    host, secret = host_of(app), app.client_secret.reveal() if app.client_secret else None
    usual = "client_secret_basic" if app.provider is OAuthProvider.OTHER else "client_secret_post"
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            AsyncOAuth2Client(
                client_id=app.client_id,
                client_secret=secret,
                token_endpoint_auth_method=usual if secret else "none",
                timeout=ANSWER_SECONDS,
            ) as client,
        ):
            return await ask(client)
    except OAuthError as error:
        raise _refusal(host, str(error.error), clean(error.description, (*secrets, secret or ""))) from None
    except httpx2.HTTPStatusError as error:
        raise _bad_status(host, error.response) from None
    except TimeoutError:
        raise _away(host, f"no answer within {ANSWER_SECONDS:g} s") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise _away(host, f"no connection: {clean(str(error), secrets) or type(error).__name__}") from None
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        raise _away(host, "answered what is no OAuth") from None


def _refusal(host: str, code: str, words: str) -> AccountTrouble:
    code = clean(code)
    said = f"{code}: {words}" if words else code
    if code in _PENDING:
        return DevicePending(slow_down=code == "slow_down")
    if code in _ENDED:
        return GrantEnded(said)
    if code in _PASSING:
        return _away(host, said)
    fact, remedy = _FOR_A_PERSON.get(code, ("refused", "check what stands under [account.oauth]"))
    return AccountTrouble(f"{host}: {fact} ({said}); {remedy}", needs_person=True)


def _bad_status(host: str, response: httpx2.Response) -> AccountTrouble:
    code = response.status_code
    if code >= 500 or code in (408, 425, 429):
        asked = response.headers.get("Retry-After", "")
        wait = min(int(asked), LONGEST_WAIT_SECONDS) if asked.isdecimal() and len(asked) < 9 else 0
        return _away(host, f"answered {code}", seconds=max(wait, SOON_SECONDS))
    remedy = "check the tenant, or the addresses under [account.oauth]"
    return AccountTrouble(f"{host}: answered {code} instead of a token; {remedy}", needs_person=True)


def _away(host: str, fact: str, *, seconds: int = SOON_SECONDS) -> AccountTrouble:
    return AccountTrouble(f"{host}: no OAuth token at present: {fact}", retry_seconds=seconds)


def _tokens(app: OAuthApp, answer: Mapping[str, Any]) -> Tokens:
    access, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access) or str(kind).lower() != "bearer":
        raise _away(host_of(app), "answered without an access token")
    refresh, identity = answer.get("refresh_token"), answer.get("id_token")
    return Tokens(
        access=Secret(access),
        lifetime=_lifetime(answer.get("expires_in")),
        refresh=Secret(refresh) if isinstance(refresh, str) and refresh else None,
        identity=Secret(identity) if isinstance(identity, str) and identity else None,
    )


def _lifetime(seconds: object) -> timedelta:
    try:
        told = timedelta(seconds=float(seconds)) if isinstance(seconds, int | float | str) else _USUAL_LIFETIME
    except (ValueError, OverflowError):
        told = _USUAL_LIFETIME
    return min(max(told, _SHORTEST_LIFETIME), _LONGEST_LIFETIME)
