"""Where is a text no TOML? Finds every bad line, not only the first.

The standard parser stops at its first mistake. A line that is one key and one value can be left out without changing
what the others mean, so it is, and the rest is parsed again; anything else ends the search.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.errors import Problem
from mailer.tomlfile.places import dotted, find_places
from mailer.tomlfile.remedies import remedy

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_ONE_LINE_PAIR = re.compile(r"\s*([\w.\"'-]+)\s*(?:=|:|\s)(.*)")
_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of a text: its values, the text they came from, and what was wrong with the rest."""

    values: dict[str, Any]
    text: str  # lines that could not be read are empty in it
    problems: tuple[Problem, ...]


def parse(file: Path, text: str, *, top: Collection[str] = ()) -> Parsed:
    """The values of a TOML text; unreadable lines become problems and are left out of the values.

    `top` are the keys that may stand above the first table: one that a table has twice may have been meant for there.
    """
    problems: list[Problem] = []
    while len(problems) < _MOST_PROBLEMS:
        try:
            return Parsed(tomllib.loads(text), text, tuple(problems))
        except tomllib.TOMLDecodeError as error:
            problem, rest = _diagnose(file, text, str(error), top=top)
            problems.append(problem)
            if rest is None:
                break
            text = rest
        except RecursionError:
            problems.append(Problem(file, 0, 0, "", "brackets are nested too deeply to be meant"))
            break
    return Parsed({}, "", tuple(problems))


def _diagnose(file: Path, text: str, reason: str, *, top: Collection[str]) -> tuple[Problem, str | None]:
    """The problem the parser stopped at, and the text without that line (None where it cannot be cut out safely)."""
    lines = text.split("\n")
    problem = _repeated(file, text, top)
    if problem is None:
        line, column = _position(lines, reason)
        message, column = remedy(lines[line - 1], _POSITION.sub("", reason), column)
        problem = Problem(file, line, column, _key_of(lines[line - 1]), message)
    bad = problem.line - 1
    if not _stands_alone(lines[bad]):
        return problem, None
    return problem, "\n".join([*lines[:bad], "", *lines[bad + 1 :]])


def _position(lines: list[str], reason: str) -> tuple[int, int]:
    """Line and column of the parser's message; at the end of the document, the last line that holds anything."""
    match = _POSITION.search(reason)
    if match is not None and match[1]:
        return min(int(match[1]), len(lines)), int(match[2])
    last = max((number for number, line in enumerate(lines, start=1) if line.strip()), default=1)
    return last, len(lines[last - 1]) + 1


def _repeated(file: Path, text: str, top: Collection[str]) -> Problem | None:
    """The first key or table that stands twice, where everything above it can be read."""
    places = find_places(file, text)
    for loc, spots in sorted(places.repeats.items(), key=lambda item: item[1]):
        line, column = spots[0]
        above = "\n".join(text.split("\n")[: line - 1])
        try:
            tomllib.loads(above)
        except tomllib.TOMLDecodeError:
            continue
        first, name = places.key_at(*loc)[0], str(loc[-1])
        what = f"[{dotted(loc)}]" if loc in places.headed else name
        said = f"{what} stands here and already in line {first}; keep one of the two"
        if name in top and len(loc) > 1 and loc not in places.headed:
            said += f", or move one above line {places.first_header} for the whole file"
        return Problem(file, line, column, name, said)
    return None


def _key_of(line: str) -> str:
    match = re.match(r"\s*([A-Za-z][\w.-]*)\s*[=:]", line)
    return match[1] if match else ""


def _stands_alone(line: str) -> bool:
    """Whether a line is one whole key and value, so that the lines after it mean the same without it."""
    match = _ONE_LINE_PAIR.fullmatch(line.rstrip("\r"))
    if match is None or line.lstrip().startswith(("[", "{", "]", "}", '"', "'")):
        return False
    value = match[2]
    balanced = all(value.count(a) == value.count(b) for a, b in ("[]", "{}"))
    return balanced and '"""' not in value and "'''" not in value
