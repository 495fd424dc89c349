"""What is typed wrongly is answered with the way to write it; 2 is wrong usage, 1 failed, 0 done."""

from __future__ import annotations

import io
import subprocess

import pytest

from mailer.cli import MODULES
from tests.cli.operator import DANA, MAILER, Operator

USAGE = [
    ("plann", "mailer: no such command 'plann'. Did you mean 'plan'?\n`mailer --help` shows what can be written\n"),
    ("plan --day 3", "mailer plan: no such option: --day (Possible options: --days, --why)\n"),
    ("plan --days soon", "mailer plan: --days: write a whole number\n`mailer plan --help` shows what can be written\n"),
    ("plan --days 0", "mailer plan: --days: must be at least 1\n"),
    ("plan dana", "mailer plan: more than it takes: (dana)\n"),
    ("client show", "mailer client show: missing argument 'CLIENT'\n"),
    ("client add dana", "mailer client add: missing option '--name'\n"),
    (f"{DANA} --form polite", "mailer client add: --form: 'polite' is not one of 'informal', 'formal'\n"),
    ("session add dana '2027-03-04 14:00' --minutes 2", "mailer session add: --minutes: must be at least 5\n"),
    ("session add dana tomorrow", 'mailer: "tomorrow" is no time; write it as "YYYY-MM-DD HH:MM", such as "2027-03-04'),
    ("client pause dana --until tomorrow", 'mailer: --until: "tomorrow" is no day; write YYYY-MM-DD, such as 2027-03'),
    ("client join dana welcome --from 31.12.2027", 'mailer: --from: "31.12.2027" is no day; write YYYY-MM-DD'),
    ("digest --date yesterday", 'mailer: --date: "yesterday" is no day; write YYYY-MM-DD'),
    (DANA.replace("dana ", "Dana ", 1), 'mailer: "Dana" is no short name; write up to 40 small letters, digits and'),
    (DANA.replace("Europe/Lisbon", "Lisbon"), 'mailer: --zone: "Lisbon" is not a time zone; did you mean "Europe/Li'),
    (DANA.replace("dana@", "dana"), 'mailer: --email: "danaexample.org" is no e-mail address: it needs a name, an @'),
    (f"{DANA} --country Portugal", 'mailer: --country: "Portugal" is no country code; write its two letters, such as'),
    ("preview weekly-checkin --client dana", "mailer: name the prompt as well: weekly-checkin/week\n"),
    ("outbox settle abc", "mailer: outbox settle: say --sent, --not-sent, or --not-sent --again: `mailer outbox"),
    ("outbox settle abc --sent --not-sent", "mailer: outbox settle: say --sent, --not-sent, or --not-sent --again"),
    ("outbox settle abc --sent --again", "mailer: outbox settle: say --sent, --not-sent, or --not-sent --again"),
    ("inbox alias dana nowhere", 'mailer: ADDRESS: "nowhere" is no e-mail address'),
    ("status --config", "mailer: option '--config' requires an argument\n"),
    ("read", "mailer read: missing argument 'FILE...'\n"),
]


@pytest.mark.parametrize(("line", "told"), USAGE, ids=[line for line, _ in USAGE])
def test_wrong_usage_says_how_it_is_written(operator: Operator, line: str, told: str) -> None:
    said = operator.type(line)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(told)


NOT_THERE = [
    ("client show nobody", 'mailer: there is no client "nobody"; `mailer client list` shows the short names\n'),
    ("plan --client nobody", 'mailer: there is no client "nobody"; `mailer client list` shows the short names\n'),
    ("thread nobody", 'mailer: there is no client "nobody"; `mailer client list` shows the short names\n'),
    ("session list nobody", 'mailer: there is no client "nobody"; `mailer client list` shows the short names\n'),
    (
        "client join dana nope",
        'mailer: there is no schedule "nope"; the folder has: closing, commitment-followup, good-things, ',
    ),
    ("preview nope/week --client dana", 'mailer: there is no schedule "nope"; the folder has: closing, '),
    (
        "preview weekly-checkin/wek --client dana",
        'mailer: weekly-checkin has no prompt "wek"; it has: weekly-checkin/week\n',
    ),
    ("client leave dana nope", 'mailer: dana is not on "nope"; on: weekly-checkin\n'),
    (DANA, 'mailer: client "dana" exists already; choose another short name\n'),
    (DANA.replace("add dana", "add dana2"), 'mailer: client "dana2": another client has this address; if two people s'),
    (f"{DANA} --coach paul", 'mailer: there is no coach "paul"; config.toml has: petra\n'),
    (f"{DANA} --language xx", 'mailer: --language: letters cannot be written in "xx"; they can in de, en, es, fr, it'),
    ("digest --coach paul", 'mailer: there is no coach "paul"; config.toml has: petra\n'),
    ("digest --date 2026-01-01", "mailer: petra had no digest on 2026-01-01\n"),
    ("inbox show abc", 'mailer: "abc" names 0 waiting letters; `mailer inbox list` shows their ids\n'),
    ("inbox discard abc", 'mailer: "abc" names 0 waiting letters; `mailer inbox list` shows their ids\n'),
    ("inbox assign abc dana", 'mailer: "abc" names 0 waiting letters; `mailer inbox list` shows their ids\n'),
    ("inbox replay abc", 'mailer: "abc" names 0 waiting letters; `mailer inbox list` shows their ids\n'),
    ("outbox cancel abc", 'mailer: "abc" names 0 letters; `mailer outbox list` shows their ids\n'),
    ("outbox settle abc --sent", 'mailer: "abc" names 0 letters; `mailer outbox list` shows their ids\n'),
    (
        "preview weekly-checkin/week --client dana --html nowhere/letter.html",
        "mailer: nowhere/letter.html cannot be written: No such file or directory; name another file\n",
    ),
    (
        "digest --dry-run --html nowhere/digest.html",
        "mailer: nowhere/digest.html cannot be written: No such file or directory; name another file\n",
    ),
]


@pytest.mark.parametrize(("line", "told"), NOT_THERE, ids=[line for line, _ in NOT_THERE])
def test_what_is_not_there_is_said_with_what_is(operator: Operator, line: str, told: str) -> None:
    operator.type(DANA)

    said = operator.type(line)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(told)


EVERY = [
    "client show",
    "client join dana",
    "client leave dana",
    "thread",
    "plan --client",
    "digest --dry-run --coach",
    "inbox show",
    "session add dana",
]


@pytest.mark.parametrize("line", EVERY)
def test_rubbish_is_answered_with_a_message(operator: Operator, line: str) -> None:
    operator.type(DANA)

    for rubbish in ("\x00", "'; drop table clients; --", "🦆" * 500):
        said = operator.type(line, rubbish)

        assert said.code in (1, 2)
        assert said.err.startswith("mailer: ")
        assert said.err.count("\n") == 1


@pytest.mark.parametrize("words", [("client", "leave", "dana"), ("thread",)])
def test_bytes_that_are_no_text_are_answered_with_a_message(operator: Operator, words: tuple[str, ...]) -> None:
    operator.type(DANA)
    done = subprocess.run(
        [*MAILER, *words, b"\xff"], cwd=operator.folder, env=operator.environment, capture_output=True, check=False
    )

    assert done.returncode in (1, 2)
    assert done.stderr.startswith(b"mailer: ")
    assert b"Traceback" not in done.stderr


def test_every_command_answers_help(operator: Operator) -> None:
    for command in (command for commands in MODULES.values() for command in commands):
        said = operator.type(f"{command} --help")

        assert (said.code, said.err) == (0, "")
        assert said.out.startswith(f"Usage: mailer {command}")


def test_the_first_help_cuts_no_sentence_short(operator: Operator) -> None:
    for line in ("--help", "client --help", "session --help", "inbox --help", "outbox --help"):
        assert "..." not in operator.type(line).out.partition("Commands:")[2]


@pytest.mark.parametrize("line", ["", "client", "inbox"])
def test_a_group_alone_shows_its_commands(operator: Operator, line: str) -> None:
    said = operator.type(line)

    assert said.code == 2
    assert "Commands:" in said.out + said.err


def test_the_version(operator: Operator) -> None:
    said = operator.start("--version")

    assert (said.code, said.out) == (0, "mailer 0.1.0\n")


def test_a_configuration_elsewhere_by_option_or_variable(operator: Operator, newcomer: Operator) -> None:
    there = operator.folder / "config.toml"
    operator.folder = newcomer.folder

    by_option = operator.type(f"client list --config {there}")
    operator.env["MAILER_CONFIG"] = str(there)
    by_variable = operator.type("client list")

    assert by_option == by_variable
    assert by_option.out == "no clients yet: `mailer client add`\n"


def test_a_pipe_closed_early_is_no_failure(operator: Operator) -> None:
    operator.type(DANA)
    with subprocess.Popen(
        [*MAILER, "plan", "--days", "366", "--json"],
        cwd=operator.folder,
        env=operator.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert isinstance(process.stdout, io.BufferedReader)
        process.stdout.close()
        code = process.wait(timeout=60)
        assert process.stderr is not None
        complaint = process.stderr.read()

    assert (code, complaint) == (0, b"")


def test_a_full_disk_is_said(operator: Operator) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*MAILER, "client", "list"], cwd=operator.folder, env=operator.environment, stdout=full,
            stderr=subprocess.PIPE, check=False, timeout=60,
        )  # fmt: skip

    assert (done.returncode, done.stderr) == (1, b"mailer: the result cannot be written: No space left on device\n")


def test_letters_that_a_terminal_does_not_know_are_spelt_out(operator: Operator) -> None:
    operator.type(DANA.replace("Dana Reis", "Đana Reiš"))

    said = operator.start("client list", env={"PYTHONIOENCODING": "latin-1"})

    assert said.code == 0
    assert "\\u0110ana Rei\\u0161" in said.out


def test_what_is_piped_has_no_colours_and_no_width(operator: Operator) -> None:
    operator.type(DANA)

    said = operator.start("plan", env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})

    assert (said.code, said.err) == (0, "")
    assert "\x1b" not in said.out
    assert len({line.index("Europe/Lisbon") for line in said.out.splitlines()[1:]}) == 1
