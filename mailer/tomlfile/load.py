"""From the bytes of a TOML file to a model, or to every problem it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from mailer.errors import ConfigError, Problem
from mailer.tomlfile.places import Places, find_places
from mailer.tomlfile.shape import names
from mailer.tomlfile.syntax import parse
from mailer.tomlfile.table import Table
from mailer.tomlfile.words import explain

T = TypeVar("T", bound=Table)
P = TypeVar("P", bound=Table)

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Generic[T]):
    """One file as far as it could be read: whole where there are no problems, in parts where there are."""

    value: T | None  # None exactly where there are problems
    raw: dict[str, Any]  # the plain values, lists as tuples
    places: Places
    problems: tuple[Problem, ...]

    def each(self, key: str, model: type[P]) -> Iterator[tuple[int, P]]:
        """The sound entries of a list of tables with their indices, whatever is wrong elsewhere in the file."""
        entries = self.raw.get(key)
        for index, entry in enumerate(entries if isinstance(entries, tuple) else ()):
            if (value := _sound(entry, model)) is not None:
                yield index, value

    def part(self, key: str, model: type[P]) -> P | None:
        """One table of the file if it is sound, with its defaults where it does not stand there."""
        return _sound(self.raw.get(key, {}), model)


def load_toml(path: Path, model: type[T]) -> tuple[T, Places]:
    """The content of a file and where each part of it stands; ConfigError with all problems."""
    document = read_toml(path, model)
    if document.value is None:
        raise ConfigError(document.problems)
    return document.value, document.places


def read_toml(path: Path, model: type[T]) -> Document[T]:
    """The same without raising, for a caller that has more to check before it tells the reader."""
    try:
        data = bytes_of(path)
    except ConfigError as error:
        return Document(value=None, raw={}, places=Places(path), problems=error.problems)
    return read_toml_text(path, data, model)


def bytes_of(path: Path) -> bytes:
    """What a file holds; ConfigError where it cannot be read."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe, say, would be waited for
            raise ConfigError([Problem(path, 0, 0, "", "this is no ordinary file; put one in its place")])
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([_unreadable(path, error)]) from error


def read_toml_text(path: Path, data: bytes | str, model: type[T]) -> Document[T]:
    """What a text that stands or stood in a file says, as far as it can be read."""
    text, problems = _decode(path, data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    parsed = parse(path, text, top=names(model))
    places = find_places(path, parsed.text)
    problems += parsed.problems
    raw = {key: _freeze(value) for key, value in parsed.values.items()}
    value: T | None = None
    try:
        value = model.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False)
        if problems:
            found = [one for one in found if not _may_follow_from_a_lost_line(one["type"], one["input"])]
        problems += explain(found, model, raw=raw, places=places)
    return Document(value=None if problems else value, raw=raw, places=places, problems=tuple(sorted(problems)))


def _sound(value: object, model: type[P]) -> P | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _may_follow_from_a_lost_line(kind: str, value: object) -> bool:
    """Whether an error may only say that an unreadable line is not there; it is kept back then."""
    return kind == "missing" or (kind in ("value_error", "assertion_error") and isinstance(value, dict))


def _freeze(value: object) -> Any:
    if isinstance(value, list):
        return tuple(map(_freeze, value))
    if isinstance(value, dict):
        return {key: _freeze(inner) for key, inner in value.items()}
    return value


def _decode(path: Path, data: bytes) -> tuple[str, list[Problem]]:
    if data[:2] in _UTF16_MARKS or b"\0" in data[:100]:
        return "", [Problem(path, 1, 1, "", "the file is saved as UTF-16; save it as UTF-8")]
    problems: list[Problem] = []
    if data.startswith(b"\xef\xbb\xbf"):
        said = 'the file begins with a byte order mark; save it as "UTF-8", not as "UTF-8 with BOM"'
        problems.append(Problem(path, 1, 1, "", said))
        data = data[3:]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        guess = data[error.start : error.start + 1].decode("cp1252", errors="replace")
        said = f'the file is not saved as UTF-8 (a byte here would be "{guess}" in Windows-1252); save it as UTF-8'
        problems.append(Problem(path, line, column, "", said))
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n"), problems


def _unreadable(path: Path, error: OSError) -> Problem:
    match error:
        case FileNotFoundError() if path.is_symlink():
            said = "this is a link that leads nowhere; mend it or delete it"
        case FileNotFoundError():
            said = "there is no such file; check the path"
        case IsADirectoryError():
            said = "this is a folder; name the file in it"
        case PermissionError():
            said = "this user may not read the file; change its owner or mode"
        case _:
            said = f"the file cannot be read: {error.strerror}"
    return Problem(path, 0, 0, "", said)
