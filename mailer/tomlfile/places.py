"""Where does a key or value stand in the file?

The standard parser gives values only. tree-sitter parses the same text again, forgivingly: it yields positions for
every part it understands, also in a file with mistakes. It counts columns in bytes; people count characters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from mailer.errors import Problem

Loc = tuple[str | int, ...]
"""Keys and list indices from the top of the file: ("prompt", 0, "when")."""

Spot = tuple[int, int]
"""Line and column, from 1."""

_LANGUAGE = Language(tree_sitter_toml.language())
_KEY_NODES = ("bare_key", "quoted_key", "dotted_key")
_PUNCTUATION = ("[", "]", "{", "}", ",", "comment", "ERROR")


@dataclass(slots=True)
class Places:
    """The position of everything in one file."""

    file: Path
    keys: dict[Loc, Spot] = field(default_factory=dict)
    values: dict[Loc, Spot] = field(default_factory=dict)
    openings: dict[Loc, int] = field(default_factory=dict)  # of texts: how many quotes open them
    headed: set[Loc] = field(default_factory=set)  # tables opened by a [header] line
    repeats: dict[Loc, list[Spot]] = field(default_factory=dict)  # further places of a key that stands more than once

    @property
    def first_header(self) -> int:
        """The line above which keys belong to no table, but to the file itself; 1 where the file has no table."""
        return self.header_below(0)

    def header_below(self, line: int) -> int:
        """The line of the first [table] or [[table]] after a line; that line's own successor where there is none."""
        return min((one for loc in self.headed if (one := self.key_at(*loc)[0]) > line), default=line + 1)

    def at(self, *loc: str | int) -> Spot:
        """Line and column of a value, or of the nearest table around it that the file has."""
        while loc and loc not in self.values:
            loc = loc[:-1]
        return self.values.get(loc, (1, 1))

    def key_at(self, *loc: str | int) -> Spot:
        """Line and column of a key, or of the nearest table around it that the file has."""
        return self.keys.get(loc) or self.at(*loc)

    def within(self, offset: int, *loc: str | int) -> Spot:
        """Line and column of the character at `offset` (from 0) of a one-line text value without escapes."""
        line, column = self.at(*loc)
        return line, column + self.openings.get(loc, 0) + offset

    def problem(self, message: str, *loc: str | int) -> Problem:
        """A problem with the value at `loc`."""
        return Problem(self.file, *self.at(*loc), dotted(loc), message)

    def key_problem(self, message: str, *loc: str | int) -> Problem:
        """A problem with the key at `loc` itself."""
        return Problem(self.file, *self.key_at(*loc), dotted(loc), message)


def dotted(loc: Loc) -> str:
    """The name a person calls a key by: ("prompt", 0, "when") is prompt.when."""
    return ".".join(part for part in loc if isinstance(part, str))


def path_beside(folder: Path, name: str) -> Path:
    """The path a file in `folder` means by a name: its own folder is where relative names and ~ are settled."""
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:  # ~somebody who has no account here
        return folder / name


def find_places(file: Path, text: str) -> Places:
    """The places of all that can be understood in `text`; never fails."""
    scan = _Scan(Places(file), text.encode())
    scan.run()
    return scan.places


class _Scan:
    """One walk through a file, in reading order."""

    def __init__(self, places: Places, source: bytes) -> None:
        self.places = places
        self._source = source
        self._lines = source.split(b"\n")
        self._counts: dict[Loc, int] = {}  # how many [[name]] so far

    def run(self) -> None:
        table: Loc = ()
        for node in Parser(_LANGUAGE).parse(self._source).root_node.children:
            if node.type in ("table", "table_array_element"):
                table = self._header(node)
                for child in node.children:
                    self._maybe_pair(table, child)
            else:
                self._maybe_pair((), node)

    def _header(self, node: Node) -> Loc:
        """Enters a [table] or [[table]] and answers its place; an array's name stands for its latest entry."""
        key = next((child for child in node.children if child.type in _KEY_NODES), None)
        if key is None:
            return ("",)
        loc: Loc = ()
        parts = list(self._key_parts(key))
        for name, spot in parts[:-1]:
            loc = (*loc, name)
            self._note(loc, spot)
            if loc in self._counts:
                loc = (*loc, self._counts[loc] - 1)
        name, _ = parts[-1]
        loc = (*loc, name)
        spot = self._spot(node)
        if node.type == "table_array_element":
            self._note(loc, spot)
            self._counts[loc] = self._counts.get(loc, 0) + 1
            loc = (*loc, self._counts[loc] - 1)
        elif loc in self.places.headed:
            self.places.repeats.setdefault(loc, []).append(spot)
        self._note(loc, spot)
        self.places.headed.add(loc)
        return loc

    def _maybe_pair(self, table: Loc, node: Node) -> None:
        if node.type != "pair" or node.has_error:
            return
        key, _, value, *_comment = node.children
        loc = table
        parts = list(self._key_parts(key))
        for name, spot in parts[:-1]:
            loc = (*loc, name)
            self._note(loc, spot)
        name, spot = parts[-1]
        loc = (*loc, name)
        if loc in self.places.keys:
            self.places.repeats.setdefault(loc, []).append(spot)
            return
        self.places.keys[loc] = spot
        self._value(loc, value)

    def _value(self, loc: Loc, node: Node) -> None:
        self.places.values[loc] = self._spot(node)
        if node.type == "string":
            self.places.openings[loc] = 3 if _text(node)[:3] in ('"""', "'''") else 1
        elif node.type == "inline_table":
            for child in node.children:
                self._maybe_pair(loc, child)
        elif node.type == "array":
            items = [child for child in node.children if child.type not in _PUNCTUATION]
            for index, child in enumerate(items):
                self._value((*loc, index), child)

    def _note(self, loc: Loc, spot: Spot) -> None:
        self.places.keys.setdefault(loc, spot)
        self.places.values.setdefault(loc, spot)

    def _key_parts(self, key: Node) -> Iterator[tuple[str, Spot]]:
        if key.type == "dotted_key":
            for child in key.children:
                if child.type in _KEY_NODES:
                    yield from self._key_parts(child)
        elif key.type == "quoted_key":
            yield next(iter(tomllib.loads(f"{_text(key)} = 0"))), self._spot(key)
        else:
            yield _text(key), self._spot(key)

    def _spot(self, node: Node) -> Spot:
        row, byte_column = node.start_point
        return row + 1, len(self._lines[row][:byte_column].decode(errors="replace")) + 1


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
