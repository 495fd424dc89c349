"""From the bytes of a roster file to its cells, and back: what spreadsheets do to a table of clients on the way.

Read are CSV (RFC 4180) with "," or ";" or tabs, in UTF-8 with or without a byte order mark, in UTF-16 with one, or in
the Windows code page 1252 of Western Europe; columns in any order; blank lines; rows that end early.
A cell that begins with = + - or @ would be run as a formula by a spreadsheet. It is written with an apostrophe before
it, which reading takes off again; apostrophes that stood there already get one more, so that every text comes back.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from mailer.errors import Problem

COLUMNS = (
    "client", "name", "email", "coach", "zone", "country", "language", "form", "tags", "schedule", "start", "end", "at",
    "days_off", "quiet", "shared_address", "state",
)  # fmt: skip
VARIABLE = "var:"  # begins the name of a column that holds a variable
MOST_BYTES = 20_000_000

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_SEPARATORS = (",", ";", "\t")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its filled cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Sheet:
    """A roster's cells, what is wrong with them so far, and what its reader should know."""

    file: Path
    header: int = 1  # its line
    columns: tuple[str, ...] = ()
    misspelt: set[str] = field(default_factory=set)  # columns that names unknown to it may have been meant for
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, line: int, column: str, message: str) -> None:
        """Notes what is wrong with a cell, or with a row where no column is named."""
        self.problems.append(Problem(self.file, line, 0, column, message))


def read_sheet(content: bytes, file: Path) -> Sheet:
    """The cells of a file; whatever stands against it is in `problems`."""
    sheet = Sheet(file)
    if len(content) > MOST_BYTES:
        sheet.problem(0, "", f"it has more than {MOST_BYTES // 1_000_000} million bytes and cannot be a roster")
        return sheet
    lines = _lines(_decoded(content, sheet), sheet)
    header = next(lines, None)
    if header is None:
        sheet.problem(1, "", "it is empty; its first line names the columns: name,email,zone,…")
        return sheet
    sheet.header, names = header
    columns = _columns(names, sheet)
    for line, cells in lines:
        _take_row(line, cells, columns, sheet)
    return sheet


def write_sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A roster as text, its lines ended as RFC 4180 has it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_harmless(row.get(column, "")) for column in columns] for row in rows)
    return out.getvalue()


def _decoded(content: bytes, sheet: Sheet) -> str:
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        sheet.notes.append(f"{sheet.file} is not in UTF-8; read as Windows-1252, so look at names with accents")
        return content.decode("cp1252", "replace")


def _lines(text: str, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Every line with a cell in it, and the number of the line it begins on."""
    body, first = text, 1
    told = re.match(r"\s*sep=(.)\r?\n", text, re.IGNORECASE)  # how Excel is told of a separator
    if told:
        body, first = text[told.end() :], 2
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=told[1] if told else _separator(body), strict=True)
    begins = first
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = first + reader.line_num
    except csv.Error as error:
        said = str(error)
        if "unexpected end of data" in said:
            said = 'a cell that begins with " never ends; close it with another "'
        elif "expected after" in said:
            said = 'inside a cell in quotes, a " is written twice: ""'
        sheet.problem(begins, "", said)


def _separator(text: str) -> str:
    """The separator of the first line that is not blank."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count)


def _columns(names: Sequence[str], sheet: Sheet) -> list[str | None]:
    """The columns as this program names them; None for those it cannot use."""
    columns: list[str | None] = []
    for name in names:
        column = _column(name, sheet)
        if column in columns and column is not None:
            sheet.problem(sheet.header, column, "this column stands twice; take one of the two out")
            column = None
        columns.append(column)
    sheet.columns = tuple(column for column in columns if column)
    return columns


def _column(name: str, sheet: Sheet) -> str | None:
    wanted = name.strip()
    if wanted.lower().startswith(VARIABLE):
        return VARIABLE + wanted[len(VARIABLE) :].strip()
    bare = re.sub(r"[\s_-]+", "", wanted.lower())  # "E-mail", "Days off"
    known = {column.replace("_", ""): column for column in COLUMNS}
    if wanted and bare not in known:
        sheet.problem(sheet.header, wanted[:40], _unknown(bare, sheet))
    return known.get(bare)


def _unknown(bare: str, sheet: Sheet) -> str:
    near = get_close_matches(bare, COLUMNS, n=1) or [one for one in COLUMNS if bare.startswith(one)]
    sheet.misspelt.update(near)
    if near:
        return f'there is no such column; did you mean "{near[0]}"?'
    return f"there is no such column; there are {', '.join(COLUMNS)}, and var:NAME for a variable"


def _take_row(line: int, cells: Sequence[str], columns: Sequence[str | None], sheet: Sheet) -> None:
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        said = f'this row has {len(cells)} cells, the header {len(columns)}; put "…" around a cell that holds a comma'
        sheet.problem(line, "", said)
        return
    named = zip(columns, cells, strict=False)
    filled = {column: _plain(cell) for column, cell in named if column and cell.strip()}
    if filled:
        sheet.rows.append(Row(line, filled))


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:].strip() if text.startswith("'") and _FORMULA.match(text) else text
