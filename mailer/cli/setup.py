"""`mailer init`, `check` and `migrate`: from an empty folder to something that can run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, settings_of
from mailer.defaults import shipped
from mailer.engine.opening import migrate_all
from mailer.engine.shelf import load_templates
from mailer.errors import ConfigError, PermanentFailure, Problem
from mailer.flow.trial import trials
from mailer.schedule.load import load_book
from mailer.secrets import MASTER_KEY_BYTES, write_master_key


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(init)
    app.command()(check)
    app.command()(migrate)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to begin; this folder if not given.")] = Path(),
) -> None:
    """Make config.toml, a master key, schedules/ and templates/; nothing that is there is touched."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        *_copy(shipped("config.example.toml"), folder / "config.toml"),
        *_copy_folder(shipped("schedules"), folder / "schedules"),
        *_copy_folder(shipped("templates"), folder / "templates"),
        *_master_key(folder / "master.key"),
    ]
    for path in made:
        typer.echo(f"made {path}")
    if not made:
        typer.echo("everything is there already; nothing was changed")
    typer.echo(
        "\nNext:\n"
        "  1. keep a copy of master.key somewhere safe: without it nothing in the database can be read\n"
        "  2. write your name and mailbox into config.toml (rehearse = true sends everything to you first)\n"
        "  3. mailer check, then mailer migrate, then mailer client add"
    )


def check(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Read configuration, schedules and templates, and tell everything that is wrong, with file and line."""
    settings = settings_of(config)
    problems: list[Problem] = []
    for read in (lambda: load_book(settings.schedules), lambda: load_templates(settings.templates)):
        try:
            read()
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    book, templates = load_book(settings.schedules), load_templates(settings.templates)
    problems = trials(book, templates, folder=settings.schedules)
    if problems:
        raise ConfigError(problems)
    on = [one.slug for one in book.schedules.values() if one.enabled]
    typer.echo(
        f"{config}: good. {len(settings.practices)} practice(s), {len(settings.coaches)} coach(es); "
        f"schedules in force: {', '.join(sorted(on)) or 'none'}"
        + ("; rehearsing: everything goes to the coach" if settings.rehearse else "")
    )


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the databases to the schema this program needs."""
    for name, before, after in migrate_all(settings_of(config)):
        state = "is up to date" if before == after else f"went from {before or 'empty'} to {after}"
        typer.echo(f"{name}: {state}")


def _copy(source: Path, target: Path) -> list[Path]:
    if target.exists():
        return []
    shutil.copyfile(source, target)
    return [target]


def _copy_folder(source: Path, target: Path) -> list[Path]:
    """The files that are not there yet."""
    if not source.is_dir():
        raise PermanentFailure(f"{source} is missing; install the program again")
    target.mkdir(exist_ok=True)
    files = sorted(one for one in source.iterdir() if one.is_file() and not one.name.startswith("."))
    copied = [_copy(one, target / one.name) for one in files]
    return [target] if any(copied) else []


def _master_key(path: Path) -> list[Path]:
    try:
        write_master_key(path, os.urandom(MASTER_KEY_BYTES))
    except FileExistsError:
        return []
    return [path]
