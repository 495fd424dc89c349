"""Logging in by a code on another device: asked at the pace the server sets, and not for ever (RFC 8628)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.edge.oauth_login import DeviceCode, device_login, tokens_of_device
from mailer.errors import AccountTrouble
from mailer.model.places import OAuthApp
from tests.servers.oauth import Answer, AuthorizationServer, refusal

PENDING, SLOWER = refusal("authorization_pending"), refusal("slow_down")
CODE = DeviceCode(
    url="https://login.example.org/", user_code="WORD-1", device_code="device-WORD-1", interval=5, seconds=900
)


@pytest.fixture
def app(oauth: AuthorizationServer, tmp_path: Path) -> OAuthApp:
    """The app registered at the server."""
    return oauth.app(tmp_path)


class Naps:
    """Pauses that are noted and take no time."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


# what the server answers before the tokens, and how long we paused before each question
PACES = [
    ([], [5]),
    ([PENDING, PENDING], [5, 5, 5]),
    ([PENDING, SLOWER, PENDING, SLOWER], [5, 5, 10, 10, 15]),
    ([Answer(503), Answer(503), PENDING], [5, 10, 20, 20]),
]


@pytest.mark.parametrize(("answers", "pauses"), PACES)
async def test_the_server_sets_the_pace(
    app: OAuthApp, oauth: AuthorizationServer, answers: list[Answer], pauses: list[float]
) -> None:
    code, naps = await device_login(app), Naps()
    oauth.agree(code.user_code)
    oauth.says("/token", *answers)

    tokens = await tokens_of_device(app, code, sleep=naps)

    assert naps.taken == pauses
    assert oauth.owner(tokens.access.reveal()) == "letters@example.org"


async def test_a_code_that_nobody_enters_is_given_up_when_it_ends(app: OAuthApp, oauth: AuthorizationServer) -> None:
    oauth.says("/token", *[PENDING] * 1000)
    naps = Naps()

    with pytest.raises(AccountTrouble, match="the code was not entered in time; run the command again"):
        await tokens_of_device(app, CODE, sleep=naps)

    assert sum(naps.taken) == CODE.seconds


ENDS = [
    (refusal("expired_token"), "the code has expired (expired_token); run the command again"),
    (refusal("access_denied"), "the login was declined (access_denied); log in again and agree"),
    (refusal("authorization_declined", "no"), "the login was declined (authorization_declined: no); log in again"),
]


@pytest.mark.parametrize(("answer", "told"), ENDS)
async def test_a_no_on_the_other_device_ends_the_waiting_at_once(
    app: OAuthApp, oauth: AuthorizationServer, answer: Answer, told: str
) -> None:
    oauth.says("/token", PENDING, answer)

    with pytest.raises(AccountTrouble) as caught:
        await tokens_of_device(app, CODE, sleep=Naps())

    assert caught.value.needs_person
    assert told in caught.value.reason
    assert oauth.times("/token") == 2


TOLD = {"device_code": "d", "user_code": "U", "verification_uri": "https://login.example.org/"}
GOOGLES = {"device_code": "d", "user_code": "U", "verification_url": "https://g.example.org/"}
CODES = [
    (TOLD, ("https://login.example.org/", "U", 5, 600)),
    (GOOGLES, ("https://g.example.org/", "U", 5, 600)),
    ({**TOLD, "interval": 12, "expires_in": 300}, ("https://login.example.org/", "U", 12, 300)),
    ({**TOLD, "interval": 10**6, "expires_in": 10**6}, ("https://login.example.org/", "U", 60, 1800)),
    ({**TOLD, "interval": "x", "expires_in": -1}, ("https://login.example.org/", "U", 5, 600)),
    ({**TOLD, "user_code": "U\x1b[2J"}, ("https://login.example.org/", "U [2J", 5, 600)),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "read"), CODES, ids=range(len(CODES)))
async def test_whatever_comes_with_a_code_is_read_soundly(
    app: OAuthApp, oauth: AuthorizationServer, answer: dict[str, object], read: tuple[object, ...]
) -> None:
    oauth.says("/device", Answer(200, answer))

    code = await device_login(app)

    assert (code.url, code.user_code, code.interval, code.seconds) == read
    assert "device_code" not in repr(code)


@pytest.mark.parametrize("answer", [Answer(200, {}), Answer(200, {**TOLD, "user_code": 7}), Answer(200, {"x": 1})])
async def test_an_answer_without_a_code_says_to_use_a_browser(
    app: OAuthApp, oauth: AuthorizationServer, answer: Answer
) -> None:
    oauth.says("/device", answer)

    with pytest.raises(AccountTrouble, match="answered without a code to enter; log in by browser instead"):
        await device_login(app)
