"""From a roster's cells to what each row says of a client; every cell that says nothing sensible is noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from mailer.addresses import client_address
from mailer.flow import client_words as words
from mailer.flow.roster_file import VARIABLE, Row, Sheet
from mailer.model.people import Client, ClientState, Habits
from mailer.zones import valid_zone

_HABITS = {"at": "own_time", "days_off": "days_off", "quiet": "quiet_hours"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A schedule a client is to be on; from today on, and without an end, where no day is named."""

    schedule: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says: the values of its filled cells by column, and the schedules it names."""

    line: int
    values: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()

    @property
    def slug(self) -> str:
        """The short name it names the client by; "" where it leaves that to the address."""
        return str(self.values.get("client", ""))

    @property
    def address(self) -> str:
        """Where letters are to go; "" where it does not say."""
        return str(self.values.get("email", ""))

    @property
    def shares(self) -> bool:
        """Whether it says that two people share the address."""
        return bool(self.values.get("shared_address", False))

    def habits(self, of: Habits) -> Habits:
        """Habits with what it says of them changed."""
        said = {name: self.values[column] for column, name in _HABITS.items() if column in self.values}
        return Habits(
            own_time=said.get("own_time", of.own_time),
            days_off=said.get("days_off", of.days_off),
            quiet_hours=said.get("quiet_hours", of.quiet_hours),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to be named."""

    coaches: Collection[str]
    schedules: Collection[str]
    languages: Collection[str]


def read_rows(sheet: Sheet, known: Known) -> list[Said]:
    """What the rows say, in their order; problems are noted in the sheet."""
    readers = _readers(known)
    for column in sheet.columns:
        if column.startswith(VARIABLE):
            try:
                words.variable_name(column.removeprefix(VARIABLE))
            except ValueError as error:
                sheet.problem(sheet.header, column, str(error))
    return [_read(row, sheet, readers) for row in sheet.rows]


def _read(row: Row, sheet: Sheet, readers: Mapping[str, Callable[[str], Any]]) -> Said:
    values: dict[str, Any] = {}
    variables: dict[str, str] = {}
    for column, text in row.cells.items():
        if column.startswith(VARIABLE):
            try:
                variables[column.removeprefix(VARIABLE)] = words.variable_value(text)
            except ValueError as error:
                sheet.problem(row.line, column, str(error))
        else:
            try:
                values[column] = readers[column](text)
            except ValueError as error:
                sheet.problem(row.line, column, str(error))
    return Said(row.line, values, variables, _wishes(row.line, values, sheet))


def _readers(known: Known) -> dict[str, Callable[[str], Any]]:
    return {
        "client": words.short_name,
        "name": words.one_line,
        "email": client_address,
        "coach": lambda text: _one_of(text, known.coaches, "coach", "config.toml has"),
        "zone": valid_zone,
        "country": words.country,
        "language": lambda text: words.language(text, known.languages),
        "form": words.form,
        "tags": words.tags,
        "schedule": lambda text: tuple(dict.fromkeys(words.several(text))),
        "start": lambda text: tuple(words.day(one) for one in words.several(text)),
        "end": lambda text: tuple(_end(one) for one in words.several(text)),
        "at": words.time_of_day,
        "days_off": words.days_off,
        "quiet": words.quiet_hours,
        "shared_address": words.yes_or_no,
        "state": _state,
    }


def _wishes(line: int, values: Mapping[str, Any], sheet: Sheet) -> tuple[Wish, ...]:
    schedules: Sequence[str] = values.get("schedule", ())
    starts = _for_each(line, "start", values, schedules, sheet)
    ends = _for_each(line, "end", values, schedules, sheet)
    wishes = tuple(Wish(*one) for one in zip(schedules, starts, ends, strict=True))
    for one in wishes:
        if one.start and one.end and one.end < one.start:
            sheet.problem(line, "end", f"{one.end} comes before {one.start}, the first day; nothing would be sent")
    return wishes


def _for_each(
    line: int, column: str, values: Mapping[str, Any], schedules: Sequence[str], sheet: Sheet
) -> tuple[date | None, ...]:
    """A day for each schedule: one day is for all of them."""
    days = values.get(column, ())
    if len(days) in (len(schedules), 0, 1) and schedules:
        return days if len(days) == len(schedules) else (days or (None,)) * len(schedules)
    if days and not schedules:
        sheet.problem(line, column, "there is no schedule for it in this row; name one, or leave the cell empty")
    elif days:
        said = f"{len(days)} days for {len(schedules)} schedules; write one for all, or one for each"
        sheet.problem(line, column, said)
    return (None,) * len(schedules)


def _end(text: str) -> date | None:
    return None if text.lower() == words.NONE else words.day(text)


def _one_of(text: str, known: Collection[str], what: str, has: str) -> str:
    if text in known:
        return text
    near = get_close_matches(text.lower(), sorted(known), n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"{has}: {', '.join(sorted(known)) or 'none'}"
    raise ValueError(f'there is no {what} "{text[:40]}"; {hint}')


def _state(text: str) -> ClientState:
    found = {one.value: one for one in ClientState}.get(text.strip().lower())
    if found is None:
        raise ValueError(f'"{text[:40]}" is no state of a client; leave the cell empty')
    return found


def unknown_schedule(name: str, known: Collection[str]) -> str:
    """What is wrong with a schedule that is named, "" where nothing is."""
    try:
        _one_of(name, known, "schedule", "the folder has")
    except ValueError as error:
        return str(error)
    return ""


def columns_of(client: Client, variables: Collection[str]) -> dict[str, str]:
    """The cells of a client that rows read back, but for coach, schedules and address book."""
    habits = client.habits
    return {
        "client": client.slug,
        "name": client.name,
        "email": client.address,
        "zone": client.zone,
        "country": client.country,
        "language": client.language,
        "form": client.form.value,
        "tags": words.several_words(sorted(client.tags)),
        "at": f"{habits.own_time:%H:%M}" if habits.own_time else "",
        "days_off": words.days_off_words(habits.days_off),
        "quiet": str(habits.quiet_hours or ""),
        "state": client.state.value,
        **{f"{VARIABLE}{name}": client.variables.get(name, "") for name in variables},
    }
