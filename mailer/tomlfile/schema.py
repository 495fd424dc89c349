"""What does an editor have to know of a model? Its JSON Schema, in the dialect that editors of TOML read.

Even Better TOML and Taplo complete keys and check values by a draft-07 schema and show what it says of the key under
the cursor. There a reference hides what stands beside it, so there are none; every key has its sentence (the text
below its field); and nothing is said of null, which TOML does not have. A schema is never stricter than the program.
What it cannot say, that an id stands once or that a `when` can be read, `mailer check` tells.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from mailer.tomlfile.shape import names, options
from mailer.tomlfile.table import Table

DIALECT = "http://json-schema.org/draft-07/schema#"


def schema_of(model: type[Table]) -> dict[str, Any]:
    """The JSON Schema of a model; its title is the first line of the model's docstring."""
    raw = model.model_json_schema()
    tables = raw.pop("$defs", {})
    tables[model.__name__] = raw
    for table in {model, *_tables_below(model)}:
        _describe(tables[table.__name__]["properties"], table)
    title, _, description = (inspect.getdoc(model) or "").partition("\n\n")
    whole = _plain(raw, tables)
    whole.pop("description", None)
    said = {"title": title, "description": description} if description else {"title": title}
    return {"$schema": DIALECT, **said, **whole}


def sentences(table: type[Table]) -> dict[str, str]:
    """What is written below each field of a table, by the name of the field; its own fields and inherited ones."""
    found: dict[str, str] = {}
    for owner in (one for one in reversed(table.__mro__) if issubclass(one, Table) and one is not Table):
        [written] = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        lines = written.body if isinstance(written, ast.ClassDef) else []
        for field, below in itertools.pairwise(lines):
            match field, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    found[name] = " ".join(text.split())
    return found


def _tables_below(model: type[Table]) -> Iterator[type[Table]]:
    """Every table a model may hold, at any depth."""
    waiting = list(names(model).values())
    while waiting:
        for option in options(waiting.pop()):
            if isinstance(option, type) and issubclass(option, Table):
                yield option
                waiting += names(option).values()
            elif get_origin(option) is not None:
                waiting += get_args(option)


def _describe(properties: dict[str, Any], table: type[Table]) -> None:
    said = sentences(table)
    for name, field in table.model_fields.items():
        properties[field.alias or name]["description"] = said.get(name, "")


def _plain(schema: dict[str, Any], tables: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with its references resolved, and without null and the names of classes."""
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**tables[schema["$ref"].rpartition("/")[2]], **beside}, tables)
    found: dict[str, Any] = {}
    for key, value in schema.items():
        match key, value:
            case ("title", _) | ("default", None | {} | []):
                continue
            case "default", dict():  # a table that may be left out is its own defaults
                continue
            case "anyOf", list():
                found |= _one_of([_plain(one, tables) for one in value if one != {"type": "null"}])
            case (("properties" | "patternProperties"), dict()):
                found[key] = {name: _plain(one, tables) for name, one in value.items()}
            case _, dict():
                found[key] = _plain(value, tables)
            case _:
                found[key] = value
    if "patternProperties" in found:  # a key that fits no pattern is a mistake
        found["additionalProperties"] = False
    return found


def _one_of(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for all branches. Those of different types are laid together, since each keyword is for one type only.

    Of a mistake inside a table that might as well be a text, an editor then marks the key instead of the whole.
    """
    if len(branches) == 1:
        return branches[0]
    types = [one.get("type") for one in branches]
    if None in types or len(set(map(str, types))) < len(types) or any("enum" in one for one in branches):
        return {"anyOf": branches}
    examples = list(dict.fromkeys(example for one in branches for example in one.get("examples", ())))
    laid = {key: value for one in branches for key, value in one.items() if key != "description"}
    return laid | {"type": types} | ({"examples": examples} if examples else {})
