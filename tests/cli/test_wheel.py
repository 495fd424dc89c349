"""What is installed is whole: the wheel begins a practice by itself, far from any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout and unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_all_that_comes_with_the_program(installed: Path) -> None:
    shipped = [
        one.relative_to(ROOT)
        for name in ("schedules", "templates", "schemas")
        for one in (ROOT / name).iterdir()
        if one.suffix in (".toml", ".md", ".html", ".json")
    ]
    data = [
        one.relative_to(ROOT)
        for one in (ROOT / "mailer").rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    ]

    assert [one for one in shipped if not (installed / "mailer/defaults" / one).exists()] == []
    assert [one for one in data if not (installed / one).exists()] == []
    assert (installed / "mailer/defaults/config.example.toml").exists()


def test_a_practice_begins_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(installed), "MAILER_PASSWORD": "a quiet word"}

    def mailer(*words: str) -> str:
        command = [sys.executable, "-m", "mailer", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, text=True).stdout

    where = subprocess.run(
        [sys.executable, "-c", "import mailer; print(mailer.__file__)"],
        cwd=tmp_path, env=env, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip

    assert where.startswith(str(installed))
    assert "made config.toml\nmade schedules\nmade templates\nmade schemas\nmade master.key\n" in mailer("init")
    assert mailer("check").startswith("config.toml: good\n")
    assert mailer("migrate").startswith("keys: made")
