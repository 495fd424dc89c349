"""Operators for tests of the command line: one in an empty folder, one in a folder that is set up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.operator import Operator, all_commands, made_folder

MASTER = bytes(range(32))


@pytest.fixture(scope="session")
def commands() -> None:
    """Every command, registered."""
    all_commands()


@pytest.fixture(scope="session")
def set_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, a key, schedules, templates and migrated databases."""
    return made_folder(tmp_path_factory.mktemp("folder") / "practice", master=MASTER)


@pytest.fixture
def newcomer(
    commands: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """Someone who has just installed the program; the folder is empty."""
    return Operator(tmp_path, monkeypatch, capsys)


@pytest.fixture
def operator(
    commands: None,
    set_up_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Operator:
    """Someone whose folder is set up, with the coach Petra and no clients; its servers answer nobody."""
    folder = tmp_path / "practice"
    shutil.copytree(set_up_folder, folder)
    return Operator(folder, monkeypatch, capsys, env={"MAILER_PASSWORD": "a quiet word"})
