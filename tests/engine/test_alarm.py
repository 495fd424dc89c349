"""The operator's own command, told what no letter can tell."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from mailer.engine.alarm import Alarm
from mailer.errors import PermanentFailure, TemporaryFailure


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def test_the_command_gets_the_text_and_its_arguments_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a name; with $HOME"
    code = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"

    assert await Alarm(command=(*python(code), str(path))).run_command("Grüße, the account has stopped.\n")

    assert path.read_text() == "Grüße, the account has stopped.\n"


async def test_without_a_command_nobody_is_told() -> None:
    assert not await Alarm().run_command("text")


async def test_no_secret_of_the_environment_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILER_PASSWORD", "a quiet word")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    path = tmp_path / "seen"
    code = f"import os; open({str(path)!r}, 'w').write(repr(dict(os.environ)))"

    await Alarm(command=python(code)).run_command("text")

    assert "a quiet word" not in path.read_text()
    assert "LC_ALL" in path.read_text()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit(3)", "exit 3"),
        ("import sys; sys.stderr.write('no\\n  network' + 'x' * 10_000_000); sys.exit(1)", "exit 1 no network"),
        ("import time; time.sleep(600)", "not done after 0.5 seconds"),
        ("import sys; sys.stdin.close(); import time; time.sleep(600)", "not done after 0.5 seconds"),
        ("import os; os.kill(os.getpid(), 9)", "exit -9"),
    ],
)
async def test_a_command_that_fails_or_hangs_is_ended_and_told(code: str, told: str) -> None:
    alarm = Alarm(command=python(code), timeout_seconds=0.5 if "sleep" in code else 20)

    with pytest.raises(TemporaryFailure, match=told) as failure:
        await alarm.run_command("text" * 100_000)

    assert str(failure.value).startswith(f"[operator] command {sys.executable}: ")
    assert len(str(failure.value)) < 400


async def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match="nowhere: cannot be run: No such file or directory"):
        await Alarm(command=(str(tmp_path / "nowhere"),)).run_command("text")


async def test_a_program_that_stops_leaves_no_command_behind(tmp_path: Path) -> None:
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    code = f"import os, time; open({str(pipe)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    task = asyncio.create_task(Alarm(command=python(code)).run_command("text"))
    pid = int(await asyncio.to_thread(pipe.read_text))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
