"""Which tables does a model allow where? Walks a model's annotations alongside a place in the file.

Needed to answer what pydantic's errors do not say: the names known at a place, the tables around it, and which branch
of a "text or table" key an error speaks of. Understands tables, tuples and lists of them, dict, and unions of these.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mailer.tomlfile.places import Loc, dotted
from mailer.tomlfile.table import Table

_PLAIN = (str, bool, int, float, datetime, date, time)


@dataclass(frozen=True, slots=True)
class Trail:
    """The way from the top of a model to one place."""

    loc: Loc  # as the file has it, without the names pydantic adds for the branches of a union
    tables: tuple[tuple[Loc, type[Table]], ...]  # every table passed, outermost first
    branches: tuple[tuple[Loc, Any, tuple[Any, ...]], ...]  # at a union: where, the branch taken, all branches
    annotation: Any  # what the model allows here, None where it knows no such place

    @property
    def owner(self) -> tuple[Loc, type[Table]]:
        """The table that the last part of the way stands in."""
        return next((loc, table) for loc, table in reversed(self.tables) if len(loc) < len(self.loc))

    @property
    def header(self) -> str | None:
        """The line that opens what the model allows here: [[coach]], [store], or None for a plain key."""
        for option in options(self.annotation):
            if _table(option) is not None:
                return f"[{dotted(self.loc)}]"
            if get_origin(option) in (tuple, list) and _table(get_args(option)[0]) is not None:
                return f"[[{dotted(self.loc)}]]"
        return None


def follow(model: type[Table], loc: Loc) -> Trail:
    """The trail of an error's location through a model."""
    clean: Loc = ()
    tables: list[tuple[Loc, type[Table]]] = [((), model)]
    branches: list[tuple[Loc, Any, tuple[Any, ...]]] = []
    here: Any = model
    for part in loc:
        choices = options(here)
        if len(choices) > 1:
            here = _branch(choices, str(part))
            branches.append((clean, here, choices))
        else:
            here = _inside(choices[0] if choices else None, part)
            clean = (*clean, part)
        if (table := _table(here)) is not None:
            tables.append((clean, table))
        elif get_origin(here) in (dict, Mapping):
            tables.append((clean, Table))  # its names are free, so none of them is known
    return Trail(clean, tuple(tables), tuple(branches), here)


def options(annotation: Any) -> tuple[Any, ...]:
    """What a value may be: the branches of a union without None, or the one annotation itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return options(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(found for arg in get_args(annotation) for found in options(arg))
    return () if annotation in (None, type(None)) else (annotation,)


def names(model: type[Table]) -> dict[str, Any]:
    """The keys of a table as they are written, with their annotations."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def fits(option: Any, value: object) -> bool:
    """Whether a value from a file has the shape of one branch, whatever is wrong inside it."""
    origin = get_origin(option) or option
    if origin is Literal or (isinstance(origin, type) and issubclass(origin, Enum)):
        return isinstance(value, str)
    if origin in (tuple, list):
        return isinstance(value, tuple)
    if _table(option) is not None or origin in (dict, Mapping):
        return isinstance(value, dict)
    if origin in _PLAIN:
        return isinstance(value, int if origin is float else origin) and isinstance(value, bool) == (origin is bool)
    return True


def in_words(option: Any) -> str:
    """What a branch is called in a sentence: "must be …"."""
    origin = get_origin(option) or option
    if origin in (tuple, list):
        return "a list in [ ]"
    if _table(option) is not None or origin in (dict, Mapping):
        return "a table in { }"
    spoken = {bool: "true or false", int: "a whole number", float: "a number", date: "a date", time: "a time"}
    return spoken.get(origin, "text in quotes")


def homes(model: type[Table], key: str, *, loc: Loc = ()) -> Iterator[tuple[Loc, bool]]:
    """Every table below a model that knows a key, and whether it is one of a list: (("account", "smtp"), False)."""
    for name, annotation in names(model).items():
        for option in options(annotation):
            several = get_origin(option) in (tuple, list)
            for inner in options(get_args(option)[0]) if several else (option,):
                if (table := _table(inner)) is not None:
                    if key in names(table):
                        yield (*loc, name), several
                    yield from homes(table, key, loc=(*loc, name))


def _inside(annotation: Any, part: str | int) -> Any:
    if (table := _table(annotation)) is not None:
        return names(table).get(str(part))
    args = get_args(annotation)
    if isinstance(part, int):
        return args[0] if args else None
    return args[1] if len(args) == 2 else None


def _branch(choices: tuple[Any, ...], tag: str) -> Any:
    for option in choices:
        table = _table(option)
        if table is not None and table.__name__ in tag:
            return option
        spoken = getattr(get_origin(option) or option, "__name__", "")
        if table is None and spoken and (tag.startswith(spoken.lower()) or tag.endswith(f"-{spoken}")):
            return option
    return choices[0]


def _table(annotation: Any) -> type[Table] | None:
    found = options(annotation)
    one = found[0] if len(found) == 1 else None
    return one if isinstance(one, type) and issubclass(one, Table) else None
