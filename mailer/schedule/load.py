"""From a folder of schedule files to a book: strictly for `check`, and leniently for an engine that goes on running.

Either way every problem of every file is told at once. An engine keeps sending by what a file said last while the file
is broken, half-written, empty or unreadable, and by what all of them said while the folder is away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from mailer.errors import ConfigError, Problem
from mailer.schedule.book import Book, Schedule
from mailer.schedule.schedule_file import read_schedule
from mailer.schedule.tables import ScheduleTable
from mailer.tomlfile import bytes_of, read_toml, read_toml_text

USUAL_DELAY = timedelta(hours=6)  # how late a letter may go where nobody says anything else
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class BookReading:
    """What is in force after a look at a folder, and what is wrong there."""

    book: Book
    sources: Mapping[str, str]  # slug -> the text in force, to be kept as the last good one
    problems: tuple[Problem, ...]  # of all files, in reading order
    stale: frozenset[str]  # slugs whose last good text stands in for a file that cannot be read


def load_book(folder: Path, *, max_late: timedelta = USUAL_DELAY) -> Book:
    """Every schedule of a folder; raises ConfigError with the problems of all its files.

    `max_late` is for schedules that do not say it themselves.
    """
    reading = read_book(folder, max_late=max_late)
    if reading.problems:
        raise ConfigError(reading.problems)
    return reading.book


def read_book(
    folder: Path, *, max_late: timedelta = USUAL_DELAY, last_good: Mapping[str, str] = _NOTHING
) -> BookReading:
    """Every schedule of a folder, `last_good` (slug -> text) standing in for what cannot be read. Raises nothing.

    A file that is gone is gone. What has no readable text at all is left out, and that is one of the problems.
    """
    found = _Found(max_late, last_good)
    try:
        paths = _schedule_files(folder)
    except ConfigError as error:  # the disk is not there yet, say: no reason to believe that every schedule is gone
        found.problems += error.problems
        for slug in sorted(last_good):
            found.keep(folder / f"{slug}.toml")
    else:
        clashes = _same_names(paths)
        found.problems += clashes
        doubtful = {problem.file.stem.casefold() for problem in clashes}
        for path in paths:
            found.read(path, usable=path.stem.casefold() not in doubtful)
    return BookReading(
        book=Book(schedules=found.schedules),
        sources=found.sources,
        problems=tuple(sorted(found.problems)),
        stale=frozenset(found.stale),
    )


def load_schedule(path: Path, *, max_late: timedelta = USUAL_DELAY) -> Schedule:
    """The schedule in a file; raises ConfigError with all its problems."""
    return read_schedule(read_toml(path, ScheduleTable), path.stem, max_late=max_late)


@dataclass(slots=True)
class _Found:
    """What the files read so far have given."""

    max_late: timedelta
    last_good: Mapping[str, str]
    schedules: dict[str, Schedule] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path, *, usable: bool) -> None:
        """Puts in force what a file says, or, where it is broken or not usable, what it said last."""
        try:
            data = bytes_of(path)
            schedule = self._schedule(path, data)
        except ConfigError as error:
            self.problems += error.problems
            self.keep(path)
        else:
            if usable:
                self._put(schedule, data.decode())
            else:
                self.keep(path)

    def keep(self, path: Path) -> None:
        """Puts in force what a file said last, if anything is known of it."""
        text = self.last_good.get(path.stem)
        if text is None:
            return
        try:
            schedule = self._schedule(path, text)
        except ConfigError:
            said = "what it said last cannot be read any more either; nothing of it is sent until the file is mended"
            self.problems.append(Problem(path, 0, 0, "", said))
        else:
            self._put(schedule, text)
            self.stale.add(path.stem)

    def _schedule(self, path: Path, data: bytes | str) -> Schedule:
        return read_schedule(read_toml_text(path, data, ScheduleTable), path.stem, max_late=self.max_late)

    def _put(self, schedule: Schedule, text: str) -> None:
        self.schedules[schedule.slug] = schedule
        self.sources[schedule.slug] = text


def _schedule_files(folder: Path) -> list[Path]:
    """The files of a folder that are schedules by their names, in order; what editors leave lying there is not."""
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        said = "there is no such folder; create it or change the path"
    except NotADirectoryError:
        said = "this is a file; name the folder that holds the schedules"
    except PermissionError:
        said = "this user may not look into the folder; change its owner or mode"
    except OSError as error:
        said = f"the folder cannot be read: {error.strerror}"
    else:
        return [path for path in found if path.suffix.lower() == ".toml"]
    raise ConfigError([Problem(folder, 0, 0, "", said)])


def _same_names(paths: Sequence[Path]) -> list[Problem]:
    """Files that would be one on a file system that does not tell capitals apart."""
    first: dict[str, Path] = {}
    problems = []
    for path in paths:
        if (other := first.setdefault(path.stem.casefold(), path)) is not path:
            said = f'"{path.stem}" and "{other.stem}" in {other} are the same id; rename one of the two files'
            problems.append(Problem(path, 0, 0, "", said))
    return problems
