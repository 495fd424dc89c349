"""From a folder of schedule files to a book, or to every problem of every file at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from mailer.errors import ConfigError, Problem
from mailer.schedule.book import Book, Schedule
from mailer.schedule.schedule_file import read_schedule
from mailer.schedule.tables import ScheduleTable
from mailer.tomlfile import read_toml

USUAL_DELAY = timedelta(hours=6)  # how late a letter may go where nobody says anything else


def load_book(folder: Path, *, max_late: timedelta = USUAL_DELAY) -> Book:
    """Every schedule of a folder; raises ConfigError with the problems of all its files.

    `max_late` is for schedules that do not say it themselves.
    """
    if not folder.is_dir():
        raise ConfigError([Problem(folder, 0, 0, "", "there is no such folder; create it or change the path")])
    paths = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))
    problems = _same_names(paths)
    schedules = {}
    for path in paths:
        try:
            schedules[path.stem] = load_schedule(path, max_late=max_late)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return Book(schedules=schedules)


def load_schedule(path: Path, *, max_late: timedelta = USUAL_DELAY) -> Schedule:
    """The schedule in a file; raises ConfigError with all its problems."""
    return read_schedule(read_toml(path, ScheduleTable), path.stem, max_late=max_late)


def _same_names(paths: Sequence[Path]) -> list[Problem]:
    """Files that would be one on a file system that does not tell capitals apart."""
    first: dict[str, Path] = {}
    problems = []
    for path in paths:
        if (other := first.setdefault(path.stem.casefold(), path)) is not path:
            said = f'"{path.stem}" and "{other.stem}" in {other} are the same id; rename one of the two files'
            problems.append(Problem(path, 0, 0, "", said))
    return problems
