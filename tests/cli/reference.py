"""Files that are written from the code: docs/commands.md, docs/when.md, schemas/. `make reference` writes them.

The text of each command is its --help. Only the opening of that page stands here.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from enum import EnumType
from pathlib import Path
from typing import Any

import typer

from mailer.cli import MODULES, app, load_commands
from mailer.config.tables import ConfigFile
from mailer.schedule.tables import ScheduleTable
from mailer.tomlfile import Table, schema_of
from tests.schedule import when_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"
WHEN_PAGE = ROOT / "docs" / "when.md"
SCHEMAS: Mapping[str, type[Table]] = {
    "schemas/config.schema.json": ConfigFile,
    "schemas/schedule.schema.json": ScheduleTable,
}

OPENING = """# Commands

What each command does and takes, as its `--help` says it. This page is written by `make reference`, and a test keeps it
true.

Every command but `init`, `demo` and `read` takes `--config FILE` (short `-c`), else the variable `MAILER_CONFIG`, else
`config.toml` in this folder. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Results go to standard
output, problems to standard error. Times are the client's own where they are a client's, and UTC where a Z stands.

A letter's id may be shortened to its last characters. `--json` prints one line; times in it are UTC, ids are whole.
"""

WIDTH = 100
ORDER = [command for commands in MODULES.values() for command in commands]


def command_line() -> Any:
    """The whole command line, as the parser has it."""
    if not app.registered_groups:
        load_commands("")
    return typer.main.get_command(app)


def leaves() -> Iterator[tuple[str, Any]]:
    """Every command with its name as it is typed, in the order of the first help."""
    for name in ORDER:
        command = command_line().commands[name]
        for below, leaf in getattr(command, "commands", {"": command}).items():
            yield f"{name} {below}".strip(), leaf


def page() -> str:
    """The whole page."""
    return "\n".join([OPENING, *(_section(name, command) for name, command in leaves())])


def schema(name: str) -> str:
    """The file of a schema."""
    return json.dumps(schema_of(SCHEMAS[name]), indent=2, ensure_ascii=False) + "\n"


def written() -> dict[Path, str]:
    """Every file that is written from the code, and what stands in it today."""
    return {**{ROOT / name: schema(name) for name in SCHEMAS}, WHEN_PAGE: when_page.page(), PAGE: page()}


def _section(name: str, command: Any) -> str:
    parts = [one for one in command.params if not one.hidden and one.name not in ("help", "config")]
    arguments = [one for one in parts if one.param_type_name == "argument"]
    options = [one for one in parts if one.param_type_name == "option"]
    words = ["mailer", *name.split(), *(_place(one) for one in arguments), *(_short(one) for one in options)]
    rows = [f"| `{_place(one)}` | {_help(one)} |" for one in arguments]
    rows += [f"| `{_escaped(_long(one))}` | {_help(one)} |" for one in options]
    table = ["", "| | |", "|---|---|", *rows] if rows else []
    told = inspect.cleandoc(command.help or "")
    return "\n".join([f"## {name}", "", *_folded(words), "", told, *table, ""])


def _place(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _short(option: Any) -> str:
    return _long(option) if option.required else f"[{_long(option)}]"


def _long(option: Any) -> str:
    name = option.opts[0]
    if option.is_flag:
        return str(name)
    choices = type(option.default)
    words = [str(one.value) for one in choices] if isinstance(choices, EnumType) else ["VALUE"]
    shown = option.metavar or "|".join(words)
    return f"{name} {shown}"


def _help(part: Any) -> str:
    default = part.default
    usual = "" if part.required or default in (None, "", False, []) or part.is_eager else _usual(default)
    return _escaped(f"{part.help}{usual}")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _folded(words: list[str]) -> list[str]:
    """A code block; options that do not fit stand below, indented."""
    lines = ["   "]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > WIDTH:
            lines.append("       ")
        lines[-1] += f" {word}"
    return lines


def _usual(default: object) -> str:
    shown = getattr(default, "value", default)
    return "" if shown == Path() else f" Usual: `{shown}`."


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, "utf-8")
