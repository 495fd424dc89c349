"""What a new operator meets in the first hour, from an empty folder on: each message to its last letter.

Mistakes in files stand in test_first_hour_files.py, those about people in test_first_hour_people.py.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.engine.lock import data_folder_lock
from mailer.store.migrate import DATA, KEYS, newest
from tests.cli.operator import DANA, Operator

NEXT = """
Next:
  1. keep a copy of master.key somewhere safe and apart: without it nothing in the database can be read
  2. cd practice
  3. fill in config.toml: your name, your addresses, your time zone
  4. export MAILER_PASSWORD='...' with the mailbox's password (for Gmail an app password)
  5. mailer check, then mailer migrate
  6. mailer check --live, which sends a letter from the mailbox to itself
  7. mailer client add --help
"""


@pytest.fixture
def beginner(newcomer: Operator) -> Operator:
    """Has typed `mailer init practice` and gone there, and has a password."""
    newcomer.type("init practice")
    newcomer.folder /= "practice"
    newcomer.env["MAILER_PASSWORD"] = "a quiet word"
    return newcomer


def test_init_makes_all_that_is_needed_and_says_what_comes_next(newcomer: Operator) -> None:
    said = newcomer.type("init practice")

    assert said.code == 0
    assert said.out.startswith(
        "made practice/config.toml\nmade practice/schedules\nmade practice/templates\n"
        "made practice/schemas\nmade practice/master.key\n"
    )
    assert NEXT in said.out
    assert stat.S_IMODE((newcomer.folder / "practice/master.key").stat().st_mode) == 0o600


def test_init_touches_nothing_that_is_there(beginner: Operator) -> None:
    beginner.write("config.toml", "# mine\n")
    key = (beginner.folder / "master.key").read_bytes()
    (beginner.folder / "templates/prompt.md").unlink()

    said = beginner.type("init")

    assert (said.code, said.out.splitlines()[0]) == (0, "made templates")
    assert (beginner.folder / "config.toml").read_text() == "# mine\n"
    assert (beginner.folder / "master.key").read_bytes() == key
    assert (beginner.folder / "templates/prompt.md").exists()
    assert beginner.type("init").out == "everything is there already; nothing was changed\n"


def test_init_writes_for_editors_where_the_schemas_are(beginner: Operator) -> None:
    for name in ("config.toml", *(f"schedules/{one.name}" for one in (beginner.folder / "schedules").iterdir())):
        directive, path = (beginner.folder / name).read_text("utf-8").splitlines()[0].split()

        assert directive == "#:schema"
        assert (beginner.folder / name).parent.joinpath(path).exists()


def test_init_renews_the_schemas_of_an_older_version(beginner: Operator) -> None:
    schema = beginner.folder / "schemas/config.schema.json"
    new = schema.read_text("utf-8")
    schema.write_text("{}")

    said = beginner.type("init")

    assert (said.code, said.out) == (0, "renewed schemas\n")
    assert schema.read_text("utf-8") == new


NOT_THERE = [
    ("file", "mailer: file: a file is in the way of this folder; name another\n"),
    ("file/below", "mailer: file/below: nothing can be made here: Not a directory; name another folder\n"),
]


@pytest.mark.parametrize(("folder", "told"), NOT_THERE)
def test_init_where_nothing_can_be_made(newcomer: Operator, folder: str, told: str) -> None:
    newcomer.write("file", "")

    said = newcomer.type(f"init {folder}")

    assert (said.code, said.out, said.err) == (1, "", told)


def test_the_way_from_nothing_to_a_plan(beginner: Operator) -> None:
    check, migrate = beginner.type("check"), beginner.type("migrate")
    add, plan = beginner.type(DANA), beginner.type("plan")

    assert (check.code, migrate.code, add.code, plan.code) == (0, 0, 0, 0)
    assert check.out == (
        "config.toml: good\n"
        "coaches: petra\n"
        "schedules in force: weekly-checkin\n"
        "note: petra@example.org is an address for examples; nothing sent there arrives\n"
        "rehearsing: letters meant for clients go to their coach\n"
    )
    assert migrate.out == f"keys: made, schema {newest(KEYS)}\ndata: made, schema {newest(DATA)}\n"
    assert add.out == "added dana; on weekly-checkin\n"
    assert "dana/weekly-checkin/week/" in plan.out
    assert {"send", "every Friday at 08:30"} <= {cell.strip() for cell in re.split(r"\s{2,}|\n", plan.out)}
    assert beginner.type("migrate").out.startswith(f"keys: was up to date, schema {newest(KEYS)}\n")


def test_without_a_configuration(newcomer: Operator) -> None:
    said = newcomer.type("plan")

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "config.toml: there is no such file; `mailer init` makes one, and --config names one elsewhere\n"
    )


def test_without_the_password(beginner: Operator) -> None:
    del beginner.env["MAILER_PASSWORD"]
    lines = (beginner.folder / "config.toml").read_text("utf-8").splitlines()
    [number] = [number for number, line in enumerate(lines, 1) if line.startswith("password_env = ")]

    said = beginner.type("check")

    assert said.code == 2
    assert said.err == (
        f"config.toml:{number}:16: account.password_env: the environment variable MAILER_PASSWORD is not set; "
        "set it where the program is started\n"
    )


def test_without_the_password_what_connects_to_no_server_is_done_all_the_same(operator: Operator) -> None:
    del operator.env["MAILER_PASSWORD"]

    said = operator.type(DANA)

    assert (said.code, said.out) == (0, "added dana; on weekly-checkin\n")
    assert said.err == (
        "mailer: config.toml:25:16: account.imap.password_env: the environment variable MAILER_PASSWORD is not set; "
        "set it where the program is started; this command does without\n"
    )
    assert operator.type("client list --json").json[0]["slug"] == "dana"
    assert operator.type("once").code == operator.type("run").code == operator.type("check").code == 2


def test_unmigrated_databases_name_the_command(beginner: Operator) -> None:
    said = beginner.type("client list")

    assert said.code == 2
    assert said.err == (
        f"{beginner.folder / 'config.toml'}: store: the data database has no tables yet; run `mailer migrate`\n"
    )


def test_a_wrong_master_key_opens_nothing_and_is_named(operator: Operator) -> None:
    operator.type(DANA)
    operator.write("master.key", "A" * 43 + "=\n")

    said = operator.type("client list")

    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "mailer: the master key does not open the key store; put back the master key this store was made with\n"
    )


def test_a_file_that_is_no_database_is_named(operator: Operator) -> None:
    operator.write("data/mailer.db", "not what it was\n" * 100)

    said = operator.type("client list")

    assert (said.code, said.out) == (1, "")
    assert said.err == f"mailer: {operator.folder / 'data/mailer.db'}: file is not a database; put back a backup\n"


@pytest.fixture
def another_engine(operator: Operator) -> Iterator[Path]:
    """Somebody else at work in the data folder."""
    with data_folder_lock(operator.folder / "data"):
        yield operator.folder / "data"


@pytest.mark.parametrize("command", ["run", "once"])
def test_a_second_engine_is_refused(operator: Operator, another_engine: Path, command: str) -> None:
    said = operator.start(command)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"mailer: {another_engine}: another mailer (process ")
    assert said.err.endswith(") is at work here; stop it, or use another data folder\n")


def test_nothing_secret_stands_in_what_is_said(operator: Operator) -> None:
    operator.env["MAILER_PASSWORD"] = "hunter2 sesame"
    operator.type(DANA)

    said = operator.start("once")

    assert said.code == 1
    for secret in ("hunter2", "Dana", "dana@", "Traceback"):
        assert secret not in said.out + said.err
