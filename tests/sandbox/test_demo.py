"""The demo as a person runs it: a command, its exit code, and what it leaves behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SECONDS = 60


def demo(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mailer", "demo", "--output", "seen", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False)


def test_the_demo_ends_well_and_leaves_the_digest(tmp_path: Path) -> None:
    ended = demo(tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "missing" not in ended.stdout
    assert "Dana's answers, written in Gmail, stand under their questions" in ended.stdout
    assert f"{Path('seen', 'digest.txt')} and {Path('seen', 'digest.html')}" in ended.stdout
    text = (tmp_path / "seen" / "digest.txt").read_text("utf-8")
    page = (tmp_path / "seen" / "digest.html").read_text("utf-8")
    for words in ("Should I tell my manager before the review", "The house never came up.", "walk home"):
        assert words in " ".join(text.split())
        assert words in " ".join(page.split())
    assert [one.name for one in tmp_path.iterdir()] == ["seen"]


def test_a_demo_in_which_an_answer_gets_lost_fails_and_names_it(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--lose", "dana")

    assert ended.returncode == 1
    assert "Dana's letter about “Your week in four lines” was not filed" in ended.stdout
    assert "Omar's answers, written in Outlook, stand under their questions" in ended.stdout
    assert "Lena said yes" not in (tmp_path / "seen" / "digest.txt").read_text("utf-8")


def test_a_demo_in_which_the_pause_gets_lost_sends_the_letter_and_fails(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--lose", "jonas")

    assert ended.returncode == 1
    assert "Jonas should be paused" in ended.stdout
    assert "Ihre Woche in vier Zeilen" in ended.stdout


def test_losing_the_letters_of_a_stranger_is_refused(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--lose", "bob")

    assert ended.returncode == 1
    assert 'nobody called "bob" writes in the demo; those who do: dana' in ended.stderr


def test_a_folder_that_cannot_be_made_is_named_before_the_week_begins(tmp_path: Path) -> None:
    (tmp_path / "seen").write_text("a file")

    ended = demo(tmp_path)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("mailer: seen: no folder can be made there")
