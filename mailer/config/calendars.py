"""Where is each coach's calendar? A file beside config.toml, or an address that is kept like a password.

Whoever has the private address of a calendar reads it, so it stands in no file that is shown or shared, and in no
message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mailer.config.tables import CoachTable
from mailer.errors import Problem
from mailer.model.calendar import CalendarPlace
from mailer.secrets import SecretSource, read_secret
from mailer.tomlfile import KeyProblem, Places, path_beside

_HINT = "write the calendar's private address into it, for your eyes only (chmod 600)"


def read_calendar_place(
    table: CoachTable, index: int, *, places: Places, env: Mapping[str, str], connects: bool
) -> CalendarPlace | Problem | None:
    """The calendar of one coach, what is wrong with it, or None where the coach has none.

    For a caller who connects to nothing, an address that is not found is no problem until the calendar is asked for.
    """
    reading = _Reading(table, index, places)
    source = SecretSource(name="calendar", env=table.calendar_env, file=table.calendar_file, hint=_HINT)
    given = source.given()
    if table.calendar is not None and given:
        return reading.problem(f"a coach has one calendar; keep calendar or {given[0]}", given[0])
    if table.calendar is not None:
        return reading.file(table.calendar)
    if not given:
        said = "there is no calendar to use it on; write calendar, calendar_env or calendar_file"
        return reading.problem(said, "calendar_rule") if table.calendar_rule else None
    try:
        url = read_secret(source, folder=reading.folder, env=env)
        _check_address(url.reveal(), key=given[0])
    except KeyProblem as error:
        trouble = CalendarPlace(coach=table.id, rule=table.calendar_rule or "", trouble=f"{error.key}: {error}")
        return reading.problem(str(error), error.key) if connects else trouble
    return CalendarPlace(coach=table.id, url=url, rule=table.calendar_rule or "")


@dataclass(frozen=True, slots=True)
class _Reading:
    table: CoachTable
    index: int
    places: Places

    @property
    def folder(self) -> Path:
        return self.places.file.absolute().parent

    def problem(self, said: str, key: str) -> Problem:
        return self.places.problem(said, "coach", self.index, key)

    def file(self, name: str) -> CalendarPlace | Problem:
        if "://" in name:
            said = "who has a calendar's address reads the calendar, so it does not stand here; name where it is kept: "
            return self.problem(said + 'calendar_env = "VARIABLE" or calendar_file = "path"', "calendar")
        return CalendarPlace(
            coach=self.table.id, path=path_beside(self.folder, name), rule=self.table.calendar_rule or ""
        )


def _check_address(text: str, *, key: str) -> None:
    """KeyProblem where this cannot be a calendar's address; the text itself is never shown."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("https", "webcal", "webcals", "http") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        said = "what is kept there is no address of a calendar; it begins with https:// or webcal://"
        raise KeyProblem(key, said)
