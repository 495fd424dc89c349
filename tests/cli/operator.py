"""An operator at a terminal: types a command in a folder, sees what is printed, and gets an exit code.

`type` runs the command line inside this process, which is quick; `start` runs the installed program, as a shell would.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.cli import load_commands, run_command
from mailer.cli.desk import going_by

MAILER = [sys.executable, "-m", "mailer"]

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
password_env = "MAILER_PASSWORD"
"""

DANA = 'client add dana --name "Dana Reis" --email dana@example.org --zone Europe/Lisbon'
OMAR = 'client add omar --name "Omar Haddad" --email omar@example.org --zone Africa/Cairo'


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Operator:
    """Someone in a folder."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    env: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] | None = None  # what typed commands go by; None: `now`

    def type(self, line: str, *more: str) -> Said:
        """Types a command line; `more` are further words as they are."""
        with self.monkeypatch.context() as here:
            here.chdir(self.folder)
            here.setattr(sys, "argv", ["mailer", *shlex.split(line), *more])
            for name in ("MAILER_PASSWORD", "MAILER_CONFIG"):
                here.delenv(name, raising=False)
            for name, value in self.env.items():
                here.setenv(name, value)
            here.delenv("COLUMNS", raising=False)
            with going_by(self.clock or now):
                code = run_command()
        out, err = self.capsys.readouterr()
        return Said(code, out, err)

    def start(self, line: str, *, env: Mapping[str, str] | None = None) -> Said:
        """Runs the program as a process of its own."""
        done = subprocess.run(
            [*MAILER, *shlex.split(line)],
            cwd=self.folder,
            env=self.environment | dict(env or {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of its own sees."""
        mine = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "MAILER_CONFIG")}
        return {**mine, "MAILER_PASSWORD": "", **self.env}

    def write(self, name: str, text: str) -> None:
        """Writes a file of the folder."""
        (self.folder / name).write_text(text, "utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Changes a file of the folder, as an editor would."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))


def all_commands() -> None:
    """Registers every command, once for the whole run."""
    load_commands("")


def made_folder(folder: Path, *, master: bytes) -> Path:
    """A folder after `mailer init` and `mailer migrate`, to be copied."""
    from mailer.config import load_config
    from mailer.engine.opening import migrate_all
    from mailer.secrets import write_master_key

    folder.mkdir()
    write_master_key(folder / "master.key", master)
    (folder / "config.toml").write_text(CONFIG.format(address="letters@example.org", smtp=1, imap=1))
    for name in ("schedules", "templates"):
        shutil.copytree(Path(__file__).parents[2] / name, folder / name)
    migrate_all(load_config(folder / "config.toml", env={"MAILER_PASSWORD": "a quiet word"}))
    return folder


_BEGUN = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
_MONDAY = _BEGUN + timedelta(days=7 - _BEGUN.weekday())


def now() -> datetime:
    """The time that typed commands go by: a Monday morning, whenever the tests run.

    It is the next one, so that it agrees with what a process of its own does by the machine's time.
    """
    return _MONDAY
