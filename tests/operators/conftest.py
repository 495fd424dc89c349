"""Opens the practices of the stories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli.operator import all_commands, made_folder
from tests.operators.practice import Practice, open_practice

MASTER = bytes(range(32))


class Opens(Protocol):
    """Gives the practice of a story, at the moment it begins."""

    def __call__(self, story: str, *, at: datetime, people: Sequence[str]) -> Practice: ...


@pytest.fixture(scope="session")
def set_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after `mailer init` and `mailer migrate`, to be copied."""
    all_commands()
    return made_folder(tmp_path_factory.mktemp("operators") / "practice", master=MASTER)


@pytest.fixture
def opened(
    set_up_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Opens]:
    """Opens a practice, closed with the test."""
    with ExitStack() as stack:

        def open_one(story: str, *, at: datetime, people: Sequence[str]) -> Practice:
            folder = tmp_path / story
            return stack.enter_context(
                open_practice(story, people, set_up_folder, folder, at=at, monkeypatch=monkeypatch, capsys=capsys)
            )

        yield open_one
