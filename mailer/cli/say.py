"""How results are printed: JSON for programs, and tables that lose nothing.

A table is as wide as its cells. On a terminal that is narrower, the columns that do not fit go to a second, indented
line: nothing is cut, so that an address or a zone can always be read and copied. No colours: whatever is said is said
in words.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import typer
from rich.cells import cell_len

GAP = 2  # blanks between columns


def say_json(value: Any) -> None:
    """Prints a value as one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_as_json))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, nothing: str) -> None:
    """Prints rows under their columns; `nothing` where there are none."""
    if not rows:
        typer.echo(nothing)
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() or _is_told_a_width() else 0
    for line in table_lines(columns, rows, width=width):
        typer.echo(line)


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], *, width: int) -> list[str]:
    """The lines of a table; `width` is the terminal's, 0 where there is none to keep to."""
    cells = [[printable(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(cell_len(row[index]) for row in cells) for index in range(len(columns))]
    groups = _groups(widths, width)
    return [line for row in cells for line in _folded(row, widths, groups)]


def printable(text: str) -> str:
    """A cell on one line: a server's words may hold what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def short(identity: UUID) -> str:
    """The end of an id: enough to name it."""
    return identity.hex[-8:]


def _is_told_a_width() -> bool:
    """Whoever sets COLUMNS wants it kept to, on a terminal or not."""
    return os.environ.get("COLUMNS", "").isdigit()


def _groups(widths: Sequence[int], width: int) -> list[range]:
    """Which columns share a line: as many as fit; later lines are indented under the first column."""
    groups, start, used = [], 0, 0
    indent = widths[0] + GAP
    for index, wide in enumerate(widths):
        if width and index > start and used + wide > width:
            groups.append(range(start, index))
            start, used = index, indent
        used += wide + GAP
    return [*groups, range(start, len(widths))]


def _folded(row: Sequence[str], widths: Sequence[int], groups: Sequence[range]) -> list[str]:
    lines = []
    for group in groups:
        text = (" " * GAP).join(row[index] + " " * (widths[index] - cell_len(row[index])) for index in group).rstrip()
        indent = " " * (widths[0] + GAP) if group.start else ""
        if text:
            lines.append(indent + text)
    return lines


def _as_json(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case frozenset() | set() | tuple():
            return sorted(value) if isinstance(value, frozenset | set) else list(value)
        case _:
            return str(value)
