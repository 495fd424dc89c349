"""What an authorization server may answer, and what each answer means for the account."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mailer.edge.oauth_server import GrantEnded, host_of, tokens_renewed
from mailer.errors import AccountTrouble
from mailer.model.places import OAuthApp, Secret
from tests.servers.oauth import Answer, AuthorizationServer, refusal

REFRESH = Secret("rt-1")
TOKENS = {"access_token": "at-9", "token_type": "Bearer", "expires_in": 3600}
CHECK_APP = "check client_id, client secret and tenant under [account.oauth], and which kind of app it is"
AADSTS = (
    "AADSTS700082: The refresh token has expired due to inactivity.\r\nTrace ID: 6c1c\r\nCorrelation ID: 8d2e\r\n"
    "Timestamp: 2027-03-01 09:00:00Z"
)


@pytest.fixture
def app(oauth: AuthorizationServer, tmp_path: Path) -> OAuthApp:
    """The app registered at the server."""
    return oauth.app(tmp_path)


async def refused(app: OAuthApp) -> AccountTrouble:
    with pytest.raises(AccountTrouble) as caught:
        await tokens_renewed(app, REFRESH)
    return caught.value


# what the server answers, whether a person is needed, what is told after its name
REFUSALS = [
    (refusal("invalid_grant", "gone"), True, "the OAuth login has ended: invalid_grant: gone"),
    (refusal("invalid_grant"), True, "the OAuth login has ended: invalid_grant"),
    (
        refusal("invalid_grant", AADSTS),
        True,
        "the OAuth login has ended: invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.",
    ),
    (refusal("interaction_required", "MFA"), True, "the OAuth login has ended: interaction_required: MFA"),
    (refusal("consent_required"), True, "the OAuth login has ended: consent_required"),
    (Answer(401, {"error": "invalid_client"}), True, f"HOST: the app is not accepted (invalid_client); {CHECK_APP}"),
    (refusal("unauthorized_client", "x"), True, f"HOST: the app is not accepted (unauthorized_client: x); {CHECK_APP}"),
    (
        refusal("invalid_scope"),
        True,
        "HOST: the app may not ask for mail (invalid_scope); give it the mail permissions where it was registered",
    ),
    (refusal("invalid_request", "x"), True, "HOST: refused (invalid_request: x); check what stands under [account."),
    (refusal("brand_new_error"), True, "HOST: refused (brand_new_error); check what stands under [account.oauth]"),
    (
        Answer(404, "<html>"),
        True,
        "HOST: answered 404 instead of a token; check the tenant, or the addresses under [account.oauth]",
    ),
    (refusal("temporarily_unavailable"), False, "HOST: no OAuth token at present: temporarily_unavailable"),
    (refusal("server_error", "oops"), False, "HOST: no OAuth token at present: server_error: oops"),
    (Answer(500, {"error": "invalid_grant"}), False, "HOST: no OAuth token at present: answered 500"),
    (Answer(502, "<html>bad gateway"), False, "HOST: no OAuth token at present: answered 502"),
    (Answer(429, "slow down"), False, "HOST: no OAuth token at present: answered 429"),
    (Answer(200, "<html>a captive portal"), False, "HOST: no OAuth token at present: answered what is no OAuth"),
    (Answer(200, "[]"), False, "HOST: no OAuth token at present: answered what is no OAuth"),
    (Answer(200, "[" * 100_000), False, "HOST: no OAuth token at present: answered what is no OAuth"),
    (Answer(200, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")), False, "answered what is no OAuth"),
    (Answer(200, TOKENS | {"expires_in": "soon"}), False, "answered what is no OAuth"),
    (Answer(200, TOKENS | {"expires_in": float("inf")}), False, "answered what is no OAuth"),
    (Answer(200, {}), False, "HOST: no OAuth token at present: answered without an access token"),
    (Answer(200, {"access_token": 7}), False, "HOST: no OAuth token at present: answered without an access token"),
    (Answer(200, TOKENS | {"access_token": "a\x01auth=x"}), False, "answered without an access token"),
    (Answer(200, TOKENS | {"access_token": "a b\r\n"}), False, "answered without an access token"),
    (Answer(200, TOKENS | {"access_token": "ä"}), False, "answered without an access token"),
    (Answer(200, TOKENS | {"token_type": "mac"}), False, "answered without an access token"),
    (Answer(302, "", {"Location": "http://127.0.0.1:1/elsewhere"}), True, "HOST: answered 302 instead of a token"),
    (Answer(200, {"error": {"code": 400}}), True, "HOST: refused ({'code': 400}); check what stands under"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "needs_person", "told"), REFUSALS, ids=range(len(REFUSALS)))
async def test_each_refusal_says_whether_waiting_helps_and_what_to_do(
    app: OAuthApp, oauth: AuthorizationServer, answer: Answer, needs_person: bool, told: str
) -> None:
    oauth.says("/token", answer)

    trouble = await refused(app)

    assert trouble.needs_person is needs_person
    assert told.replace("HOST", host_of(app)) in trouble.reason
    assert isinstance(trouble, GrantEnded) is ("login has ended" in told)
    assert trouble.reason.isprintable()


async def test_words_without_end_are_cut_and_secrets_taken_out(app: OAuthApp, oauth: AuthorizationServer) -> None:
    oauth.says("/token", refusal("invalid_request", "hush-client-9 rt-1 " + "word " * 1000))

    trouble = await refused(app)

    assert len(trouble.reason) <= 300
    assert "rt-1" not in trouble.reason
    assert "hush" not in trouble.reason


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/token", "http://no-such-host.invalid/token"])
async def test_a_server_that_is_not_there_is_trouble_that_passes(app: OAuthApp, url: str) -> None:
    trouble = await refused(dataclasses.replace(app, token_url=url))

    assert not trouble.needs_person
    assert ": no OAuth token at present: no connection: " in trouble.reason


WAITS = [("1200", 1200), ("60", 300), ("999999999", 300), ("86400", 3600), ("Wed, 21 Oct 2027 07:28:00 GMT", 300)]


@pytest.mark.parametrize(("asked", "seconds"), WAITS)
async def test_a_server_s_wish_for_time_is_followed_within_reason(
    app: OAuthApp, oauth: AuthorizationServer, asked: str, seconds: int
) -> None:
    oauth.says("/token", Answer(503, "", {"Retry-After": asked}))

    assert (await refused(app)).retry_seconds == seconds


LIFETIMES = [
    (3600, 3600), ("3599", 3599), (3599.5, 3599.5), (0, 60), (-5, 60), (10**9, 86_400),
    (None, 1800), ("", 1800), ([], 1800), (True, 60),
]  # fmt: skip


@pytest.mark.parametrize(("told", "seconds"), LIFETIMES)
async def test_however_long_a_token_is_said_to_hold_the_time_is_a_sound_one(
    app: OAuthApp, oauth: AuthorizationServer, told: object, seconds: float
) -> None:
    oauth.says("/token", Answer(200, TOKENS | {"expires_in": told}))

    assert (await tokens_renewed(app, REFRESH)).lifetime.total_seconds() == seconds


@pytest.mark.parametrize("secret", ["hush-client-9", ""])
async def test_a_public_app_shows_no_secret_and_another_shows_its_own(
    oauth: AuthorizationServer, tmp_path: Path, secret: str
) -> None:
    login = oauth.log_in()

    await tokens_renewed(oauth.app(tmp_path, secret=secret), Secret(login.refresh))

    [(_, form)] = oauth.asked
    assert form.get("client_secret", "") == secret
    assert (form["client_id"], form["grant_type"]) == ("mailer-of-petra", "refresh_token")
    assert "scope" not in form
