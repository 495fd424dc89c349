"""What `mailer check --live` says of servers and options: logins, protection, pauses, and nothing sent unasked."""

from __future__ import annotations

import os
import pty
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.errors import AccountTrouble
from mailer.model.grant import Grant
from mailer.model.places import Secret, Security
from mailer.secrets import grants_of
from mailer.store import accounts
from mailer.store.schema import AccountEnd
from tests.cli.live_desk import SOON, Desk, open_desk
from tests.cli.operator import CONFIG, MAILER, Operator, now
from tests.servers.carrier import Carrier
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Box, DovecotServer
from tests.servers.oauth import CLIENT_ID, CLIENT_SECRET, AuthorizationServer
from tests.servers.smtp import SmtpServer, StartSmtp

ENCRYPTED = """
[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "starttls"
ca_file = "{ca_file}"
user = "letters@example.org"
password_env = "SMTP_PASSWORD"

[account.imap]
host = "127.0.0.1"
port = {imap}
ca_file = "{ca_file}"
password_env = "MAILER_PASSWORD"
"""

BY_TOKEN = """
[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
user = "{address}"

[account.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{address}"

[account.oauth]
provider = "other"
client_id = "{client_id}"
client_secret_env = "CLIENT_SECRET"
authorize_url = "{oauth}/authorize"
token_url = "{oauth}/token"
scopes = ["imap", "smtp"]
"""


@pytest.fixture
def desk(operator: Operator, box: Box, smtp_server: SmtpServer) -> Desk:
    return open_desk(operator, box, smtp_server)


def test_a_wrong_password_hides_nothing_that_can_still_be_tried(desk: Desk) -> None:
    desk.operator.env["MAILER_PASSWORD"] = "not the password"

    said = desk.check()

    assert (said.code, said.err) == (1, "")
    assert (
        said.out.partition("\n\n")[2]
        == f"""\
main, {desk.box.address}
  ok      sending  {desk.sending}
  FAILED  reading  {desk.reading}: login refused: [AUTHENTICATIONFAILED] Authentication failed.
                   -> check user and password, or log in anew
  ok      letter   taken by the server: 250 2.0.0 kept
  note    arrival  whether it arrived could not be seen
                   -> mend reading first
main: 1 failed
"""
    )
    assert "not the password" not in said.out


def test_without_a_way_out_the_way_in_is_tried(desk: Desk) -> None:
    desk.operator.change("config.toml", f"port = {desk.smtp.account.port}", "port = 1")

    found = desk.findings()

    assert found["sending"] == (
        "failed",
        "127.0.0.1:1: no connection: nothing answers there",
        "check host and port, or wait until the server is back",
    )
    assert [found[about][0] for about in ("reading", "folders")] == ["good", "good"]


def test_without_any_network(operator: Operator) -> None:
    said = operator.type("check --live")

    assert (said.code, said.err) == (1, "")
    assert (
        said.out.partition("\n\n")[2]
        == """\
main, letters@example.org
  FAILED  sending  127.0.0.1:1: no connection: nothing answers there
                   -> check host and port, or wait until the server is back
  FAILED  reading  127.0.0.1:1: no connection: nothing answers there
                   -> check host and port, or wait until the server is back
main: 2 failed
"""
    )


def test_what_protects_the_connections_is_told(
    operator: Operator, box: Box, start_smtp: StartSmtp, certificates: Certificates
) -> None:
    smtp = start_smtp(security=Security.STARTTLS, login=True)
    smtp.hand_on = Carrier(box)
    head = CONFIG.partition("[account.smtp]")[0].format(address=box.address)
    tail = ENCRYPTED.format(smtp=smtp.account.port, imap=box.server.port, ca_file=certificates.ca_file)
    operator.write("config.toml", head + tail)
    operator.env["SMTP_PASSWORD"] = "open-Sesame-7"

    said = operator.type(f"check --live {SOON}")

    assert said.code == 0
    assert f"127.0.0.1:{smtp.account.port}: TLS 1.3, letters up to 1 MB" in said.out
    assert f"127.0.0.1:{box.server.port}: TLS 1.3, tells of new letters at once (IDLE)" in said.out
    assert smtp.delivered[0].user == "letters@example.org"
    operator.env["SMTP_PASSWORD"] = "another"
    refused = operator.type(f"check --live {SOON}")
    assert refused.code == 1
    assert "another" not in refused.out


def test_tokens_open_both_ends_once_somebody_has_logged_in(
    operator: Operator, oauth: AuthorizationServer, token_dovecot: DovecotServer, start_smtp: StartSmtp
) -> None:
    box, smtp = token_dovecot.new_user(), start_smtp(tokens_of=oauth)
    smtp.hand_on = Carrier(box)
    head = CONFIG.partition("[account.smtp]")[0].format(address=box.address)
    ports = {"smtp": smtp.account.port, "imap": token_dovecot.imap_port}
    operator.write(
        "config.toml",
        head + BY_TOKEN.format(**ports, address=box.address, client_id=CLIENT_ID, oauth=oauth.url),
    )
    operator.env["CLIENT_SECRET"] = CLIENT_SECRET

    before = operator.type(f"check --live {SOON}")
    log_in(operator, oauth, box)
    after = operator.type(f"check --live {SOON}")

    assert before.code == 1
    told = 'account "main" has no OAuth login yet: run `mailer login other --account main`\n'
    assert before.out.count(told) == 2
    assert after.code == 0
    assert smtp.delivered[0].user == box.address


def log_in(operator: Operator, oauth: AuthorizationServer, box: Box) -> None:
    """A login, kept as `mailer login` keeps it."""
    login = oauth.log_in(box.address)
    [account] = load_config(operator.folder / "config.toml", env=operator.env).accounts
    assert account.oauth is not None
    grant = Grant(
        login="first",
        address=box.address,
        client_id=CLIENT_ID,
        access=Secret(next(iter(login.access))),
        got_at=datetime.now(UTC),
        lifetime=timedelta(hours=1),
        refresh=Secret(login.refresh),
    )
    with grants_of(account.oauth).replacing() as keep:
        keep(grant)


@pytest.mark.parametrize("option", ["--account main", "--wait 5", "--clean", "--json"])
def test_options_of_a_live_check_alone_are_wrong_usage(operator: Operator, option: str) -> None:
    said = operator.type(f"check {option}")

    name = option.partition(" ")[0]
    assert (said.code, said.out) == (2, "")
    assert said.err == f"mailer: {name} goes with --live; write `mailer check --live {name}`\n"


def test_an_account_that_is_not_there(desk: Desk) -> None:
    said = desk.check("--account petra --json")

    assert (said.code, said.out) == (2, "")
    assert said.err == 'mailer: --account: there is no account "petra"; config.toml has: main\n'
    assert desk.smtp.connections == []


def test_before_the_first_migration(desk: Desk) -> None:
    for name in ("mailer.db", "keys.db"):
        (desk.operator.folder / "data" / name).unlink()

    said = desk.check()

    assert said.code == 2
    assert said.err.endswith("run `mailer migrate`\n")
    assert desk.smtp.connections == []


def test_a_check_that_is_not_live_asks_no_server(desk: Desk) -> None:
    said = desk.operator.type("check")

    assert said.code == 0
    assert desk.smtp.connections == []
    assert desk.smtp.delivered == []


def test_an_end_that_works_again_and_is_still_paused_is_told(desk: Desk) -> None:
    trouble = AccountTrouble("login refused", needs_person=True)
    with open_office(load_config(desk.operator.folder / "config.toml", env=desk.operator.env), now=now()) as (
        office,
        _,
    ):
        for _ in range(3):
            office.db.write(accounts.note_trouble, "main", AccountEnd.IMAP, trouble, now=now())

    said = desk.check()

    assert said.code == 0
    assert "note    reading                 works, and is still paused since: login refused\n" in said.out
    assert "-> `mailer outbox retry` lifts the pause\n" in said.out


def at_a_terminal(operator: Operator, line: str, *, columns: int) -> tuple[int, str]:
    """The exit code, and what stands on the screen."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*MAILER, *line.split()],
        cwd=operator.folder,
        env=operator.environment | {"COLUMNS": str(columns)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the other end is closed
            while data := os.read(ours, 65_536):
                shown += data
        os.close(ours)
        return process.wait(timeout=60), shown.decode().replace("\r\n", "\n")


def test_a_terminal_is_told_what_it_waits_for_and_lines_are_folded_at_words(desk: Desk) -> None:
    desk.smtp.hand_on = lambda letter: ""

    code, shown = at_a_terminal(desk.operator, f"check --live {SOON}", columns=80)

    table = shown.partition(f"main, {desk.box.address}\n")[2]
    assert code == 1
    assert "a letter is on its way; waiting for it, 1 second at most\n" in shown
    assert "FAILED  arrival" in table
    assert all(len(line) <= 80 for line in table.splitlines())


def test_several_accounts_are_tried_and_each_told_by_itself(desk: Desk) -> None:
    config = (desk.operator.folder / "config.toml").read_text()
    second = CONFIG.format(address="other@example.com", smtp=1, imap=1)
    for old, new in (("vogl", "reis"), ("petra", "paul"), ('"main"', '"second"')):
        second = second.replace(old, new)
    practices = {"practice": "vogl"}, {"practice": "reis"}
    texts = []
    for text, names in zip((config, second), practices, strict=True):
        named = f'practice = "{names["practice"]}"\n'
        texts.append(text.replace('zone = "', f'{named}zone = "').replace('address = "', f'{named}address = "'))
    desk.operator.write("config.toml", "".join(texts))
    for schedule in (desk.operator.folder / "schedules").glob("*.toml"):
        schedule.write_text('practice = "vogl"\n' + schedule.read_text())

    both, first = desk.check(), desk.check(f"--account main {SOON}")

    assert (both.code, first.code) == (1, 0)
    assert [line for line in both.out.splitlines() if line.startswith(("main: ", "second: "))] == [
        "main: good",
        "second: 2 failed",
    ]
    assert "other@example.com, as" not in first.out
    assert "second: " not in first.out
