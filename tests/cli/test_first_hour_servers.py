"""What a new operator is told when the mailbox is not reached: a wrong port, a wrong name, a wrong password."""

from __future__ import annotations

import pytest

from tests.cli.operator import CONFIG, Operator
from tests.servers.dovecot import Box
from tests.servers.smtp import SmtpServer


def test_a_port_where_nothing_answers(operator: Operator) -> None:
    said = operator.start("once")

    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[-1] == (
        "mailer: 127.0.0.1:1: no connection: "
        "nothing answers there; check host and port, or wait until the server is back"
    )


def test_a_password_the_mailbox_does_not_take(operator: Operator, box: Box, smtp_server: SmtpServer) -> None:
    operator.write(
        "config.toml", CONFIG.format(address=box.address, smtp=smtp_server.account.port, imap=box.plain_server.port)
    )
    operator.env["MAILER_PASSWORD"] = "not the password"

    said = operator.start("once")

    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[-1] == (
        f"mailer: 127.0.0.1:{box.plain_server.port}: login refused: [AUTHENTICATIONFAILED] Authentication failed.; "
        "check user and password, or log in anew"
    )
    assert "not the password" not in said.err


@pytest.mark.parametrize("command", ["once", "run", "check"])
def test_without_the_password(operator: Operator, command: str) -> None:
    del operator.env["MAILER_PASSWORD"]

    said = operator.type(command)

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "config.toml:25:16: account.imap.password_env: the environment variable MAILER_PASSWORD is not set; "
        "set it where the program is started\n"
    )


KEYS = [
    (
        None,
        "there is no file {key}; `mailer init` makes one; after a move, put back the one this data was written with",
    ),
    ("c2hvcnQ=\n", "the master key has 5 bytes instead of 32; put back the one this data was written with"),
    ("not a key!\n", "the master key is not base64; put back the one this data was written with"),
]


@pytest.mark.parametrize("command", ["check", "plan", "once"])
@pytest.mark.parametrize(("content", "told"), KEYS)
def test_a_master_key_that_is_none(operator: Operator, command: str, content: str | None, told: str) -> None:
    key = operator.folder / "master.key"
    if content is None:
        key.unlink()
    else:
        key.write_text(content)

    said = operator.type(command)

    assert (said.code, said.out) == (2, "")
    assert said.err == f"config.toml:1:1: keys.master_file: {told.format(key=key)}\n"


def test_a_master_key_that_others_can_read(operator: Operator) -> None:
    key = operator.folder / "master.key"
    key.chmod(0o644)

    said = operator.type("check")

    assert (said.code, said.out) == (2, "")
    assert said.err == (f"config.toml:1:1: keys.master_file: others can read {key} (mode 0644); run chmod 600 {key}\n")
