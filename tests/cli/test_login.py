"""`mailer login`: by browser, by pasted address, by device code; and everything that keeps a login from being kept."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.errors import AccountTrouble
from mailer.store import accounts
from mailer.store.schema import AccountEnd
from tests.cli.operator import MAILER, Operator, now
from tests.servers.dovecot import DovecotServer
from tests.servers.oauth import CLIENT_ID, CLIENT_SECRET, Answer, AuthorizationServer, browse, refusal
from tests.servers.smtp import SmtpServer, StartSmtp

CONFIG = """
[[practice]]
id = "vogl"
title = "Vogl Coaching"

[[coach]]
id = "petra"
name = "Petra Vogl"
email = "petra@coach.example.org"
zone = "Europe/Berlin"

[[account]]
id = "main"
address = "{address}"

[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[account.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{address}"

[account.oauth]
provider = "{provider}"
client_id = "{client_id}"
client_secret_env = "CLIENT_SECRET"
authorize_url = "{oauth}/authorize"
token_url = "{oauth}/token"
device_url = "{oauth}/device"
scopes = ["imap", "smtp"]
"""

THANKS = "You may close this page."


@dataclass
class Desk:
    """An operator whose account logs in with tokens."""

    operator: Operator
    oauth: AuthorizationServer
    address: str
    config: str

    def write_config(self, **changes: object) -> None:
        """Writes config.toml, with these words of it changed."""
        text = self.config
        for old, new in changes.items():
            assert f'{old} = "' in text
            text = re.sub(rf'^{old} = ".*"$', f'{old} = "{new}"', text, flags=re.MULTILINE)
        self.operator.write("config.toml", text)

    @property
    def tokens_file(self) -> Path:
        return self.operator.folder / "data" / "tokens" / "main.json"

    @property
    def kept(self) -> dict[str, object]:
        """What stands in the file of the tokens."""
        found: dict[str, object] = json.loads(self.tokens_file.read_text())
        return found

    @contextmanager
    def logging_in(self, line: str = "login --no-browser") -> Iterator[Terminal]:
        """The command as it waits for the person."""
        process = subprocess.Popen(
            [*MAILER, *line.split()],
            cwd=self.operator.folder,
            env=self.operator.environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield Terminal(process)
        finally:
            process.kill()
            process.communicate()


@dataclass
class Terminal:
    """What stands on the screen while a login waits, and how it ends."""

    process: subprocess.Popen[str]
    seen: str = ""

    def indented(self) -> str:
        """The next line that stands apart: the address to open, or the code to enter."""
        assert self.process.stdout is not None
        while not (line := self.process.stdout.readline()).startswith("    "):
            assert line, self.process.communicate()
            self.seen += line
        self.seen += line
        return line.strip()

    def until(self, words: str) -> None:
        """Reads on to a line with these words."""
        assert self.process.stdout is not None
        while words not in (line := self.process.stdout.readline()):
            assert line, self.process.communicate()

    def paste(self, line: str) -> None:
        """Pastes a line into the terminal."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        """The exit code, and what was said from here on."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return self.process.wait(timeout=30), out, err


@pytest.fixture
def desk(operator: Operator, oauth: AuthorizationServer, token_dovecot: DovecotServer, smtp_server: SmtpServer) -> Desk:
    """An operator whose account logs in with tokens, and has not yet."""
    box = token_dovecot.new_user()
    oauth.person = box.address
    text = CONFIG.format(
        address=box.address,
        smtp=smtp_server.account.port,
        imap=token_dovecot.imap_port,
        provider="other",
        client_id=CLIENT_ID,
        oauth=oauth.url,
    )
    made = Desk(operator, oauth, box.address, text)
    made.write_config()
    operator.env["CLIENT_SECRET"] = CLIENT_SECRET
    return made


def test_a_login_by_browser_is_kept_for_its_owner_alone(desk: Desk) -> None:
    with desk.logging_in() as terminal:
        page = browse(terminal.indented())
        code, out, err = terminal.end()

    assert THANKS in page
    assert (code, err) == (0, "")
    assert terminal.seen.startswith("Open this address:\n")
    assert out == (
        f"\nand log in as {desk.address}. This waits 10 minutes.\n"
        "Where the browser ends on a page that it cannot load, paste that page's address here.\n"
        f"logged in as {desk.address}; account main works with it from now on\n"
        f"its tokens are kept in {desk.tokens_file} and renewed by themselves\n"
    )
    assert (desk.kept["access_token"], desk.kept["refresh_token"]) == ("at-2", "rt-2")
    assert desk.kept["address"] == desk.address
    assert stat.S_IMODE(desk.tokens_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.tokens_file.parent.stat().st_mode) == 0o700
    asked = next(form for path, form in desk.oauth.asked if path == "/authorize")
    assert asked["code_challenge_method"] == "S256"
    assert asked["login_hint"] == desk.address
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", asked["redirect_uri"])


def test_a_browser_is_opened_where_there_is_one(desk: Desk, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport sys, urllib.request\nurllib.request.urlopen(sys.argv[1], timeout=10).read()\n"
    )
    browser.chmod(0o700)
    desk.operator.env["BROWSER"] = f"{browser} %s &"

    with desk.logging_in("login") as terminal:
        code, out, _ = terminal.end()

    assert code == 0
    assert out.startswith("A browser opens; if none does, open this address:\n")
    assert f"logged in as {desk.address}" in out


def test_an_address_from_a_browser_elsewhere_is_pasted(desk: Desk) -> None:
    with desk.logging_in() as terminal:
        url = terminal.indented()
        terminal.until("paste")
        answer = desk.oauth.page(dict(parse_qsl(urlsplit(url).query)))
        terminal.paste("https://example.org/?code=1&state=another")
        terminal.paste(answer.headers["Location"])
        code, _, err = terminal.end()

    assert (code, err) == (0, "that is not the address this login ends on; copy the whole address line\n")
    assert desk.kept["address"] == desk.address


def test_a_request_of_another_login_is_turned_away_and_the_login_goes_on(desk: Desk) -> None:
    with desk.logging_in() as terminal:
        url = terminal.indented()
        port = re.search(r"127\.0\.0\.1%3A(\d+)", url)
        assert port is not None
        here = f"http://127.0.0.1:{port[1]}"
        strangers = [
            browse(f"{here}/{words}")
            for words in ("", "?code=x", "?code=x&state=y", "?state=&code=x", "favicon.ico", "?code=%00<b>&state=%ff")
        ]
        page = browse(url)
        code, _, _ = terminal.end()

    assert all("belongs to no login" in one for one in strangers)
    assert not any("<b>" in one for one in strangers)
    assert THANKS in page
    assert code == 0


def test_a_login_by_device_code_asks_at_the_pace_the_server_sets(desk: Desk) -> None:
    desk.oauth.interval = 0.01
    desk.oauth.says("/token", refusal("authorization_pending"), Answer(503, "busy"), refusal("authorization_pending"))

    with desk.logging_in("login --device") as terminal:
        desk.oauth.agree(terminal.indented())
        code, out, _ = terminal.end()

    assert code == 0
    assert terminal.seen.startswith(f"On any device open {desk.oauth.url}/activate and enter the code\n")
    assert out.startswith(f"\nand log in as {desk.address}. This waits 15 minutes.\nlogged in as {desk.address};")
    assert desk.kept["refresh_token"] == f"rt-{desk.kept['access_token'].removeprefix('at-')}"  # type: ignore[attr-defined]


def test_a_person_who_says_no_is_not_logged_in(desk: Desk) -> None:
    desk.oauth.declines = True

    with desk.logging_in() as terminal:
        page = browse(terminal.indented())
        code, _, err = terminal.end()

    assert "The provider gave no access." in page
    host = desk.oauth.url.removeprefix("http://")
    assert (code, err) == (1, f"mailer: {host}: no login (access_denied: no, thank you)\n")
    assert not desk.tokens_file.exists()


def test_someone_else_s_login_is_refused_and_the_one_before_stays(desk: Desk) -> None:
    with desk.logging_in() as terminal:
        browse(terminal.indented())
        terminal.end()
    before = desk.tokens_file.read_bytes()
    desk.oauth.person = "somebody.else@example.org"

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert (code, err) == (
        1,
        f"mailer: somebody.else@example.org logged in, and the account is {desk.address}: nothing was kept. Log in "
        f"again and choose {desk.address}; if it is another name of that mailbox, write user = "
        '"somebody.else@example.org" under [account.imap] and [account.smtp]\n',
    )
    assert desk.tokens_file.read_bytes() == before


@pytest.mark.parametrize("provider", ["other", "microsoft"])
def test_a_login_that_does_not_open_the_mailbox_is_refused_whoever_it_says_it_is(desk: Desk, provider: str) -> None:
    desk.write_config(provider=provider)
    desk.oauth.person = "somebody.else@example.org"
    desk.oauth.identifies = provider == "microsoft"

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert code == 1
    assert err.startswith("mailer: the login does not open the mailbox, so it was not kept: 127.0.0.1:")
    assert err.endswith("is this the mailbox that logged in with `mailer login`, and is IMAP switched on for it?\n")
    assert not desk.tokens_file.exists()


def test_a_login_without_a_refresh_token_is_not_kept(desk: Desk) -> None:
    desk.oauth.refreshes = False

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    said = "the login gives a token for an hour and no more, so it was not kept; the scopes may need offline_access"
    assert (code, err) == (1, f"mailer: {said}\n")
    assert not desk.tokens_file.exists()


def test_a_mailbox_that_is_away_leaves_a_login_that_names_its_owner(desk: Desk, token_dovecot: DovecotServer) -> None:
    desk.config = desk.config.replace(f"port = {token_dovecot.imap_port}", "port = 1")
    desk.write_config()

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert code == 0
    assert err.startswith("note: the mailbox itself could not be tried now: 127.0.0.1:1: no connection")
    assert desk.kept["address"] == desk.address


def test_a_mailbox_that_is_away_and_a_login_that_names_nobody_are_too_little(
    desk: Desk, token_dovecot: DovecotServer
) -> None:
    desk.oauth.identifies = False
    desk.config = desk.config.replace(f"port = {token_dovecot.imap_port}", "port = 1")
    desk.write_config()

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert code == 1
    assert err.startswith(
        "mailer: whose login this is could not be seen, so it was not kept: 127.0.0.1:1: no connection"
    )
    assert not desk.tokens_file.exists()


def test_a_new_login_lifts_the_pause_of_an_engine_that_runs_and_waits_for_a_person(desk: Desk) -> None:
    settings = load_config(desk.operator.folder / "config.toml", env={"CLIENT_SECRET": CLIENT_SECRET})
    with open_office(settings, now=now()) as (office, _):  # as the engine has it open all the time
        trouble = AccountTrouble("the login has ended", needs_person=True)
        for _ in range(accounts.REFUSALS):
            office.db.write(accounts.note_trouble, "main", AccountEnd.IMAP, trouble, now=now())
        assert not office.db.read(accounts.end_state, "main", AccountEnd.IMAP).is_open(now())

        with desk.logging_in() as terminal:
            browse(terminal.indented())
            code, _, _ = terminal.end()

        assert code == 0
        assert office.db.read(accounts.end_state, "main", AccountEnd.IMAP).is_open(now())


def test_a_login_may_come_before_the_databases(desk: Desk) -> None:
    for database in (desk.operator.folder / "data").glob("*.db*"):
        database.unlink()

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert (code, err) == (0, "")
    assert desk.kept["address"] == desk.address


def by_token(desk: Desk, start_smtp: StartSmtp) -> SmtpServer:
    """A submission server that takes the account's tokens too, now in the configuration."""
    server = start_smtp(tokens_of=desk.oauth)
    smtp = f'port = {server.account.port}\nsecurity = "none"\nuser = "{desk.address}"'
    desk.config = re.sub(r'(?<=\[account.smtp\]\nhost = "127.0.0.1"\n)port = \d+\nsecurity = "none"', smtp, desk.config)
    desk.write_config()
    return server


def test_after_a_login_both_ends_work_with_its_tokens(desk: Desk, start_smtp: StartSmtp) -> None:
    by_token(desk, start_smtp)
    with desk.logging_in() as terminal:
        browse(terminal.indented())
        terminal.end()

    said = desk.operator.start("once")

    assert (said.code, said.out) == (0, "")
    assert desk.operator.start("status").code == 0
    assert "HTTP" not in said.err


def test_before_a_login_and_after_its_end_the_command_to_type_is_told(desk: Desk, start_smtp: StartSmtp) -> None:
    by_token(desk, start_smtp)
    never = desk.operator.start("once")
    with desk.logging_in() as terminal:
        browse(terminal.indented())
        terminal.end()
    desk.tokens_file.write_text(re.sub(r'"got_at": "\d+', '"got_at": "2020', desk.tokens_file.read_text()))
    desk.oauth.logins.clear()
    ended = desk.operator.start("once")

    assert (never.code, ended.code) == (1, 1)
    assert never.err.endswith(
        'mailer: account "main" has no OAuth login yet: run `mailer login other --account main`\n'
    )
    assert ended.err.endswith(
        'mailer: the OAuth login of account "main" has ended: run `mailer login other --account main`. '
        "The server said: invalid_grant: Token has been expired or revoked.\n"
    )
    assert desk.kept["ended"] == "invalid_grant: Token has been expired or revoked."


WRONG_WORDS = [
    ("login gmail", 'mailer: account "main" gets its tokens elsewhere: type `mailer login other`\n'),
    ("login --account mian", 'mailer: there is no account "mian"; there is main\n'),
    (
        "login yahoo",
        "mailer login: [PROVIDER]: 'yahoo' is not one of 'gmail', 'microsoft', 'other'\n"
        "`mailer login --help` shows what can be written\n",
    ),
]


@pytest.mark.parametrize(("line", "told"), WRONG_WORDS, ids=[one[0] for one in WRONG_WORDS])
def test_a_login_that_cannot_be_meant_says_how_it_is_typed(desk: Desk, line: str, told: str) -> None:
    said = desk.operator.type(line)

    assert (said.code, said.out, said.err) == (2, "", told)


SECOND = """
[[practice]]
id = "acme"
title = "Acme"

[[account]]
id = "second"
practice = "acme"
address = "second@example.org"
smtp = {{host = "smtp.example.org"}}
imap = {{host = "imap.example.org"}}
oauth = {{provider = "other", client_id = "x", authorize_url = "{url}/a", token_url = "{url}/t", scopes = ["mail"]}}
"""


def test_where_several_accounts_log_in_the_one_that_is_meant_is_named(desk: Desk) -> None:
    named = {'name = "Petra Vogl"': 'practice = "vogl"', 'id = "main"': 'practice = "vogl"'}
    for line, practice in named.items():
        desk.config = desk.config.replace(line, f"{line}\n{practice}")
    desk.config += SECOND.format(url=desk.oauth.url)
    desk.write_config()

    said = desk.operator.type("login other")
    with desk.logging_in("login --account main --no-browser") as terminal:
        browse(terminal.indented())
        code, _, _ = terminal.end()

    told = "several accounts log in there; name one with --account: main, second"
    assert (said.code, said.err) == (2, f"mailer: {told}\n")
    assert code == 0


def test_google_gives_no_mail_by_device_code(desk: Desk) -> None:
    desk.config = desk.config.replace(f'device_url = "{desk.oauth.url}/device"\n', "")
    desk.write_config(provider="gmail")

    said = desk.operator.type("login gmail --device")

    told = "Google gives no access to mail by device code; leave --device out and open the address"
    assert (said.code, said.err) == (2, f"mailer: {told}\n")


def test_an_account_with_a_password_is_told_what_a_login_needs(operator: Operator) -> None:
    said = operator.type("login microsoft")

    told = "no account has [account.oauth] in config.toml; docs/operating.md shows what to write there"
    assert (said.code, said.err) == (2, f"mailer: {told}\n")


def test_a_client_secret_that_is_not_there_is_named_with_its_line(desk: Desk) -> None:
    del desk.operator.env["CLIENT_SECRET"]

    said = desk.operator.type("login")

    assert said.code == 2
    assert said.err == (
        "config.toml:30:21: account.oauth.client_secret_env: the environment variable CLIENT_SECRET is not set; set it "
        "where the program is started\n"
    )


def test_a_wrong_client_secret_is_told_without_showing_it(desk: Desk) -> None:
    desk.operator.env["CLIENT_SECRET"] = "something-private"

    with desk.logging_in() as terminal:
        browse(terminal.indented())
        code, _, err = terminal.end()

    assert code == 1
    assert err.endswith(
        "the app is not accepted (invalid_client: no such app); check client_id, client secret and tenant under "
        "[account.oauth], and which kind of app it is\n"
    )
    assert "private" not in err


def test_no_token_stands_on_the_screen(desk: Desk) -> None:
    with desk.logging_in() as terminal:
        browse(terminal.indented())
        _, out, err = terminal.end()

    for secret in ("at-2", "rt-2", CLIENT_SECRET):
        assert secret not in terminal.seen + out + err
