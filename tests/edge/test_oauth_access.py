"""Access tokens: asked for rarely, never too late, by one at a time, and what is said when there are none."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import traceback
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.errors import AccountTrouble
from mailer.model.places import OAuthProvider, Secret
from mailer.secrets import grants_of
from tests.edge.logins import HOUR, START, LoggedIn, a_grant, keep_grant, logged_in
from tests.servers.oauth import Answer, AuthorizationServer, Gate, refusal

MINUTE = timedelta(minutes=1)


async def trouble_of(login: LoggedIn, *, refused: Secret | None = None) -> AccountTrouble:
    """Why there is no token."""
    with pytest.raises(AccountTrouble) as caught:
        await login.access()(refused=refused)
    return caught.value


@pytest.fixture
def login(oauth: AuthorizationServer, tmp_path: Path) -> LoggedIn:
    """An account that has just logged in."""
    return logged_in(oauth, tmp_path)


async def test_a_poll_every_half_minute_for_two_hours_asks_for_three_tokens_at_most(login: LoggedIn) -> None:
    access = login.access()

    shown = set()
    for step in range(241):
        login.hand.now = START + step * MINUTE / 2
        shown.add((await access()).reveal())
        assert login.server.owner((await access()).reveal()) == "letters@example.org"

    assert login.server.times("/token") == 2
    assert len(shown) == 3


AGES = [(timedelta(), 0), (54 * MINUTE, 0), (55 * MINUTE, 1), (HOUR, 1), (30 * HOUR, 1), (-30 * HOUR, 1)]


@pytest.mark.parametrize(("age", "asked"), AGES)
async def test_a_token_is_renewed_five_minutes_before_its_end_and_when_the_clock_was_wrong(
    login: LoggedIn, age: timedelta, asked: int
) -> None:
    login.hand.now = START + age

    await login.access()()

    assert login.server.times("/token") == asked
    assert login.kept.is_fresh(login.hand.now)


async def test_a_token_that_holds_for_a_short_time_is_used_for_half_of_it(login: LoggedIn) -> None:
    login.server.lifetime = 240
    login.hand.now = START + HOUR
    await login.access()()

    login.hand.now += timedelta(seconds=119)
    await login.access()()
    assert login.server.times("/token") == 1

    login.hand.now += timedelta(seconds=2)
    await login.access()()
    assert login.server.times("/token") == 2


async def test_many_who_need_a_new_token_at_once_ask_once(login: LoggedIn) -> None:
    login.hand.now = START + HOUR
    login.server.rotates = True

    tokens = await asyncio.gather(*(login.access()() for _ in range(12)))

    assert len({token.reveal() for token in tokens}) == 1
    assert login.server.times("/token") == 1


PROCESS = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from mailer.edge.oauth_access import Access
from mailer.model.places import OAuthApp, OAuthProvider
from mailer.secrets import grants_of

client_id, url, file, now = sys.argv[1:]
app = OAuthApp(
    provider=OAuthProvider.OTHER, client_id=client_id, client_secret=None, authorize_url="", token_url=url,
    device_url="", scopes=(), tokens_file=Path(file),
)
access = Access(account="main", app=app, store=grants_of(app), clock=lambda: datetime.fromisoformat(now))
print(asyncio.run(access()).reveal())
"""


def test_several_processes_that_need_a_new_token_at_once_ask_once(login: LoggedIn) -> None:
    login.server.rotates = True
    gate = Gate()
    login.server.says("/token", Answer(503, gate=gate))
    words = [login.app.client_id, login.app.token_url, str(login.app.tokens_file), (START + HOUR).isoformat()]
    command = [sys.executable, "-c", PROCESS, *words]

    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    gate.reached.wait()
    gate.open.set()
    said = [process.communicate()[0].strip() for process in processes]

    assert {login.server.owner(token) for token in said} == {"letters@example.org"}
    assert len(set(said)) == 1
    assert login.server.times("/token") == 2


@pytest.mark.parametrize("rotates", [True, False])
async def test_a_new_refresh_token_replaces_the_old_one_and_none_leaves_it(login: LoggedIn, rotates: bool) -> None:
    login.server.rotates = rotates
    before = login.kept.refresh

    for hour in range(1, 4):
        login.hand.now = START + hour * HOUR
        await login.access()()

    assert login.kept.refresh == Secret(login.server.logins[0].refresh)
    assert (login.kept.refresh == before) is not rotates
    assert login.kept.login == "first"


async def test_a_refused_token_is_exchanged_though_it_looked_fresh(login: LoggedIn) -> None:
    shown = await login.access()()

    another = await login.access()(refused=shown)

    assert another != shown
    assert login.server.owner(another.reveal()) == "letters@example.org"
    assert login.server.times("/token") == 1


async def test_a_refused_token_that_another_process_has_exchanged_is_not_exchanged_again(login: LoggedIn) -> None:
    shown = await login.access()()
    other = await login.access()(refused=shown)

    assert await login.access()(refused=shown) == other
    assert login.server.times("/token") == 1


async def test_a_server_that_is_away_for_a_moment_is_asked_again(login: LoggedIn) -> None:
    login.hand.now = START + HOUR
    login.server.says("/token", Answer(503, "busy"), Answer(200, "<html>not json"))

    token = await login.access()()

    assert login.server.owner(token.reveal()) == "letters@example.org"
    assert login.server.times("/token") == 3


async def test_a_token_that_still_holds_is_shown_while_the_server_is_away(
    login: LoggedIn, caplog: pytest.LogCaptureFixture
) -> None:
    login.hand.now = START + 56 * MINUTE
    login.server.says("/token", *[Answer(500)] * 3)

    assert await login.access()() == login.kept.access
    assert "kept account=main" in caplog.text


async def test_a_server_that_stays_away_is_trouble_that_passes(login: LoggedIn) -> None:
    login.hand.now = START + HOUR
    login.server.says("/token", *[Answer(503, "", {"Retry-After": "1200"})] * 3)

    trouble = await trouble_of(login)

    assert not trouble.needs_person
    assert trouble.retry_seconds == 1200
    assert trouble.reason.endswith("no OAuth token at present: answered 503")
    assert login.kept.refresh == Secret("rt-1")


OTHER_LOGIN = (
    'the OAuth login of account "main" has ended: run `mailer login other --account main`. '
    "The server said: invalid_grant: Token has been expired or revoked."
)
GMAIL_LOGIN = (
    'the OAuth login of account "main" has ended: run `mailer login gmail --account main`. An app that stands at '
    '"Testing" with Google loses its login after 7 days: set it to "In production". '
    "The server said: invalid_grant: Token has been expired or revoked."
)


@pytest.mark.parametrize(("provider", "told"), [(OAuthProvider.OTHER, OTHER_LOGIN), (OAuthProvider.GMAIL, GMAIL_LOGIN)])
async def test_a_login_that_was_revoked_needs_a_person_who_is_told_the_command(
    oauth: AuthorizationServer, tmp_path: Path, provider: OAuthProvider, told: str
) -> None:
    login = logged_in(oauth, tmp_path, provider=provider)
    oauth.logins.clear()
    login.hand.now = START + HOUR

    trouble = await trouble_of(login)

    assert trouble.needs_person
    assert trouble.reason == told
    assert len(told) <= 300


async def test_a_login_that_has_ended_is_not_asked_about_again(login: LoggedIn) -> None:
    login.server.logins.clear()
    login.hand.now = START + HOUR
    first = await trouble_of(login)

    assert [(await trouble_of(login)).reason for _ in range(5)] == [first.reason] * 5
    assert login.server.times("/token") == 1


async def test_a_new_login_heals_one_that_has_ended(login: LoggedIn) -> None:
    login.server.logins.clear()
    login.hand.now = START + HOUR
    await trouble_of(login)

    again = login.server.log_in()
    keep_grant(
        login.app,
        replace(a_grant(access="", login="second"), access=Secret(next(iter(again.access))), got_at=login.hand.now),
    )

    assert login.server.owner((await login.access()()).reveal()) == "letters@example.org"


NO_LOGIN = [
    (None, 'account "main" has no OAuth login yet: run `mailer login other --account main`'),
    (
        replace(a_grant(), client_id="another-app"),
        'account "main" was logged in for another client_id: run `mailer login other --account main`',
    ),
    (
        replace(a_grant(refresh=None), got_at=START - HOUR),
        'the OAuth login of account "main" gives no second token: run `mailer login other --account main`',
    ),
]


@pytest.mark.parametrize(("grant", "told"), NO_LOGIN, ids=["none", "another app", "no refresh token"])
async def test_an_account_without_a_usable_login_needs_a_person(
    oauth: AuthorizationServer, tmp_path: Path, grant: object, told: str
) -> None:
    login = LoggedIn(oauth, oauth.app(tmp_path))
    if grant is not None:
        keep_grant(login.app, grant)  # type: ignore[arg-type]

    trouble = await trouble_of(login)

    assert trouble.needs_person
    assert trouble.reason == told
    assert oauth.asked == []


async def test_no_token_is_used_up_where_the_next_cannot_be_kept(login: LoggedIn) -> None:
    login.hand.now = START + HOUR
    login.server.rotates = True
    in_the_way = login.app.tokens_file.with_name(".main.json.new")
    in_the_way.mkdir()

    trouble = await trouble_of(login)

    assert "a new OAuth token cannot be kept" in trouble.reason
    assert login.server.times("/token") == 0


async def test_a_task_that_is_cut_off_while_it_waits_lets_the_next_one_in(login: LoggedIn) -> None:
    login.hand.now = START + HOUR
    gate = Gate()
    login.server.says("/token", Answer(200, gate=gate))
    waiting = asyncio.create_task(login.access()())
    await asyncio.to_thread(gate.reached.wait)

    waiting.cancel()
    token = await login.access()()

    gate.open.set()
    assert login.server.owner(token.reveal()) == "letters@example.org"
    assert waiting.cancelled()


async def test_no_secret_stands_in_an_error_a_log_or_a_repr(
    login: LoggedIn, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    login.hand.now = START + HOUR
    answers = [refusal("invalid_request", "rt-1 is no good with hush-client-9"), Answer(200, {"access_token": "at-9"})]
    told = []
    for answer in answers:
        login.server.says("/token", *[answer] * 3)
        try:
            await login.access()()
        except AccountTrouble as trouble:
            told.append("".join(traceback.format_exception(trouble)))
    told += [repr(login.kept), repr(grants_of(login.app)), repr(login.app), repr(login.access()), caplog.text]

    assert not [one for one in told if "rt-1" in one or "hush" in one or "at-1" in one]
