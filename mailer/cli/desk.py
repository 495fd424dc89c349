"""What the commands share: the configuration, the office, the clock, and ways to say things."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from mailer.config import Settings, load_config
from mailer.engine.opening import open_office
from mailer.engine.shelf import Shelf
from mailer.flow.office import Office

ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="MAILER_CONFIG", help="The configuration file.", show_default=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
DEFAULT_CONFIG = Path("config.toml")


def clock() -> datetime:
    """The time of the machine."""
    return datetime.now(UTC)


def settings_of(config: Path) -> Settings:
    """The configuration, with secrets from this environment."""
    return load_config(config, env=os.environ)


@contextmanager
def office_of(config: Path) -> Iterator[Office]:
    """The office, opened for one command."""
    with opened(config) as (office, _):
        yield office


@contextmanager
def opened(config: Path) -> Iterator[tuple[Office, Shelf]]:
    """The office and the shelf, opened for one command."""
    with open_office(settings_of(config), now=clock()) as pair:
        yield pair


def say_json(value: Any) -> None:
    """Prints a value as JSON on one line per top-level call."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_as_json))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, nothing: str) -> None:
    """Prints rows under their columns; `nothing` where there are none."""
    if not rows:
        typer.echo(nothing)
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(table)


def local(moment: datetime, zone: str) -> str:
    """An instant on a wall clock: "Fri 2027-03-05 08:30"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def short(identity: UUID) -> str:
    """The end of an id: enough to name it."""
    return identity.hex[-8:]


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
