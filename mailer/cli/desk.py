"""What the commands share: the configuration, the office, the clock, and how words become values.

Wrong usage is what no state of the data could make right (exit 2); what is merely not so now has failed (exit 1).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from mailer.addresses import client_address
from mailer.cli.problems import WrongUsage
from mailer.config import Settings, load_config
from mailer.engine.opening import open_office
from mailer.errors import ConfigError, PermanentFailure, Problem
from mailer.flow import client_words as words
from mailer.flow.file_trouble import consequences
from mailer.flow.office import Clock, Office

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", envvar="MAILER_CONFIG", help="The configuration file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML part into this file.")]
ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's short name.")]
T = TypeVar("T")

DEFAULT_CONFIG = Path("config.toml")


def machine_time() -> datetime:
    """The time of the machine."""
    return datetime.now(UTC)


_clock: ContextVar[Clock] = ContextVar("clock", default=machine_time)


def clock() -> datetime:
    """The time a command goes by: the machine's, or the one it was given with `going_by`."""
    return _clock.get()()


@contextmanager
def going_by(other: Clock) -> Iterator[None]:
    """Commands of this block go by another clock."""
    token = _clock.set(other)
    try:
        yield
    finally:
        _clock.reset(token)


def settings_of(config: Path, *, connects: bool = False) -> Settings:
    """The configuration, with secrets from this environment; passwords only for a command that `connects`."""
    if not config.exists():
        said = "there is no such file; `mailer init` makes one, and --config names one elsewhere"
        raise ConfigError([Problem(config, 0, 0, "", said)])
    settings = load_config(config, env=os.environ, connects=connects)
    for problem in settings.closed.values():
        typer.echo(f"mailer: {problem}; this command does without", err=True)
    return settings


@contextmanager
def office_of(config: Path) -> Iterator[Office]:
    """The office, opened for one command that connects to no server; says what cannot be read, and goes on."""
    with open_office(settings_of(config), now=clock()) as (office, _):
        say_file_trouble(office)
        yield office


def say_file_trouble(office: Office) -> None:
    """One line on standard error where schedules or templates cannot be read."""
    told = consequences(office)
    if told:
        more = f"; and {len(told) - 1} more: `mailer check`" if len(told) > 1 else ""
        typer.echo(f"mailer: {told[0]}{more}", err=True)


def write_file(path: Path, text: str) -> None:
    """Writes a file that a person asked for; PermanentFailure where it cannot be written."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise PermanentFailure(f"{path} cannot be written: {error.strerror}; name another file") from None


def option(name: str, parse: Callable[[str], T], text: str) -> T:
    """What `parse` makes of an option's text; WrongUsage with the name of the option where it refuses."""
    try:
        return parse(text)
    except ValueError as error:
        raise WrongUsage(f"{name}: {error}") from None


def short_name(text: str) -> str:
    """The short name of a client who is to be made."""
    try:
        return words.short_name(text)
    except ValueError as error:
        raise WrongUsage(str(error)) from None


def day(text: str) -> date:
    """A day as people type it; ValueError says how."""
    return words.day(text)


def address(text: str) -> str:
    """An e-mail address; ValueError says what is wrong with it."""
    return client_address(text)


def local(moment: datetime, zone: str) -> str:
    """An instant on a wall clock: "Fri 2027-03-05 08:30"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"
