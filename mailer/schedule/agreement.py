"""Do the schedules and config.toml speak of the same practices?

A schedule of a practice that is not there, or of none where there are several, would quietly be nobody's.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path

from mailer.errors import Problem
from mailer.schedule.book import Book, Schedule
from mailer.schedule.tables import ScheduleTable
from mailer.tomlfile import read_toml


def strangers(book: Book, practices: Collection[str], *, folder: Path) -> list[Problem]:
    """What is wrong with the practices that the schedules name; none of them would send anything."""
    found = []
    for schedule in book.schedules.values():
        said = _wrong(schedule, practices)
        if said:
            places = read_toml(folder / f"{schedule.slug}.toml", ScheduleTable).places
            found.append(places.problem(said, "practice"))
    return found


def _wrong(schedule: Schedule, practices: Collection[str]) -> str:
    known = ", ".join(f'"{one}"' for one in sorted(practices))
    if schedule.practice is None and len(practices) > 1:
        return (
            f"config.toml has several practices, and this schedule names none; write practice = … with one of {known}"
        )
    if schedule.practice is None or schedule.practice in practices:
        return ""
    near = difflib.get_close_matches(schedule.practice, sorted(practices), n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"write one of {known}"
    return f'config.toml has no practice "{schedule.practice}"; {hint}'
