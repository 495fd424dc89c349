"""Schedules and templates while people edit them: a good change comes into force, a broken one is reported.

Looked at whenever the planner is about to plan. A half-written file keeps the last good book; what is wrong with it
stands in `status`, with file and line.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from mailer.defaults import shipped
from mailer.errors import ConfigError, MailerError, Problem
from mailer.message.writing.template import PromptTemplates
from mailer.schedule.book import Book
from mailer.schedule.load import USUAL_DELAY, load_book

log = logging.getLogger(__name__)

Stamp = Mapping[str, tuple[int, int]]


class Shelf:
    """The two folders, and what was read from them last."""

    def __init__(self, schedules: Path, templates: Path, *, max_late: timedelta = USUAL_DELAY) -> None:
        self._schedules, self._templates, self._max_late = schedules, templates, max_late
        self._stamp: Stamp = {}
        self.trouble = ""
        self.book, self.templates = self._read()

    def look(self) -> bool:
        """True if a change was found and read; a broken one leaves everything as it was, and `trouble` says why."""
        if self._stamp == self._stamps():
            return False
        try:
            self.book, self.templates = self._read()
        except MailerError as error:
            self.trouble = str(error)
            log.warning("kept the last good schedules and templates why=%s", self.trouble.splitlines()[0])
            return False
        self.trouble = ""
        return True

    def _read(self) -> tuple[Book, PromptTemplates]:
        self._stamp = self._stamps()
        return load_book(self._schedules, max_late=self._max_late), load_templates(self._templates)

    def _stamps(self) -> Stamp:
        files = [one for folder in (self._schedules, self._templates) if folder.is_dir() for one in folder.iterdir()]
        return {str(one): (one.stat().st_mtime_ns, one.stat().st_size) for one in sorted(files) if one.is_file()}


def load_templates(folder: Path) -> PromptTemplates:
    """The shipped templates, and over them the operator's own; ConfigError with every one that is broken."""
    folders = [_texts(shipped("templates"))]
    if folder.is_dir() and folder.resolve() != shipped("templates").resolve():
        folders.append(_texts(folder))
    templates = PromptTemplates(*folders)
    broken = [Problem(folder / one.template, one.line, 0, "", one.message) for one in templates.problems()]
    if broken:
        raise ConfigError(broken)
    return templates


def _texts(folder: Path) -> dict[str, str]:
    names = (".md", ".html", ".toml", ".txt")
    return {one.name: one.read_text("utf-8") for one in sorted(folder.iterdir()) if one.suffix in names}
