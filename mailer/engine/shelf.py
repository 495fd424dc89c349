"""Schedules and templates while people edit them: what can be read comes into force, the rest stays as it was last.

Looked at whenever the planner is about to plan. A file is read once it has settled: an editor that saves in two writes,
or takes the old file away before the new one is there, is not interrupted. What is wrong stands in `status`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from mailer.engine.templates import TemplateReading, read_templates
from mailer.errors import Problem
from mailer.flow.office import Clock, Office
from mailer.message.writing.template import PromptTemplates
from mailer.schedule.book import Book
from mailer.schedule.load import USUAL_DELAY, BookReading, read_book

log = logging.getLogger(__name__)

LOOKS, LOOK_SECONDS = 40, 0.25  # before the first reading, while files are being written
SETTLED = timedelta(seconds=2)  # unchanged for this long, a file is what its writer means
_NOTHING: Mapping[str, str] = MappingProxyType({})

Stamp = Mapping[Path, tuple[int, int, int]]  # when it was changed in nanoseconds, its size, its number on the disk


class Shelf:
    """The two folders, and what is in force of them. `last_good` are the texts in force when the program stopped."""

    book: Book
    templates: PromptTemplates
    sources: Mapping[str, str]  # of the schedules in force, to be kept as the last good ones
    problems: tuple[Problem, ...]  # of both folders

    def __init__(
        self,
        schedules: Path,
        templates: Path,
        *,
        max_late: timedelta = USUAL_DELAY,
        last_good: Mapping[str, str] = _NOTHING,
    ) -> None:
        self._schedules, self._templates, self._max_late = schedules, templates, max_late
        self.sources, self._own_templates = last_good, _NOTHING
        self._stamp = self._stamp_now()
        self._take(*self._read())

    def look(self, *, now: datetime) -> bool:
        """True if a change was found, had settled, and was read."""
        stamp = self._stamp_now()
        if stamp == self._stamp or _unsettled(stamp, now):
            return False
        before, found = set(self.problems), self._read()
        if stamp != self._stamp_now():  # someone wrote while we read
            return False
        self._stamp = stamp
        self._take(*found)
        for problem in self.problems:
            if problem not in before:
                log.warning("kept what was good before file=%s line=%s", problem.file.name, problem.line)
        return True

    def hand_to(self, office: Office) -> None:
        """Lets an office work by what is in force now."""
        office.book, office.templates = self.book, self.templates
        office.sources, office.problems = self.sources, self.problems
        office.written_at = {
            path.stem: _time(changed) for path, (changed, _, _) in self._stamp.items() if path.parent == self._schedules
        }

    def _read(self) -> tuple[BookReading, TemplateReading]:
        return (
            read_book(self._schedules, max_late=self._max_late, last_good=self.sources),
            read_templates(self._templates, last_good=self._own_templates),
        )

    def _take(self, schedules: BookReading, templates: TemplateReading) -> None:
        self.book, self.sources = schedules.book, schedules.sources
        self.templates, self._own_templates = templates.templates, templates.sources
        self.problems = (*schedules.problems, *templates.problems)

    def _stamp_now(self) -> Stamp:
        return _stamp(self._schedules, self._templates)


async def settled(*folders: Path, clock: Clock) -> None:
    """Waits, before the first look, for files that are just being written; not for ever."""
    for _ in range(LOOKS):
        if not _unsettled(_stamp(*folders), clock()):
            return
        await asyncio.sleep(LOOK_SECONDS)


def _stamp(*folders: Path) -> Stamp:
    """What tells one state of the folders from another; a folder itself changes when a file comes or goes."""
    stamps = {}
    for folder in folders:
        try:
            files = [one for one in folder.iterdir() if not one.name.startswith(".")]
        except OSError:
            continue
        for one in (folder, *sorted(files)):
            try:
                state = one.stat()
            except OSError:  # gone in this moment, or a link into nowhere
                continue
            stamps[one] = (state.st_mtime_ns, state.st_size if one != folder else 0, state.st_ino)
    return stamps


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def _unsettled(stamp: Stamp, now: datetime) -> bool:
    """Whether a part was changed just before `now`; a time far off comes from another clock and says nothing."""
    moment = now.timestamp()
    return any(abs(moment - changed / 1e9) < SETTLED.total_seconds() for changed, _, _ in stamp.values())
