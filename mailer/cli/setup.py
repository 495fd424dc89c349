"""`mailer init`, `check` and `migrate`: from an empty folder to something that can run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, settings_of
from mailer.cli.notes import notes
from mailer.cli.problems import WrongUsage
from mailer.config import Settings
from mailer.defaults import shipped
from mailer.engine.opening import migrate_all
from mailer.engine.templates import load_templates
from mailer.errors import ConfigError, PermanentFailure, Problem
from mailer.flow.trial import trials
from mailer.schedule.agreement import strangers
from mailer.schedule.book import Book
from mailer.schedule.load import load_book
from mailer.secrets import MASTER_KEY_BYTES, write_master_key

WAIT_SECONDS = 90  # for a letter of an account to itself


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(init)
    app.command()(check)
    app.command()(migrate)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to begin; this folder if not given.")] = Path(),
) -> None:
    """Begin: configuration, key, schedules, templates.

    Makes config.toml, master.key, schedules/, templates/ and, for editors, schemas/. Nothing of yours that is there
    already is touched; schemas/ is the program's, and is renewed after an upgrade.
    """
    begun = (folder / "config.toml").exists()
    try:
        done = _make(folder)
    except FileExistsError as error:
        raise PermanentFailure(f"{error.filename}: a file is in the way of this folder; name another") from None
    except OSError as error:
        raise PermanentFailure(f"{folder}: nothing can be made here: {error.strerror}; name another folder") from None
    for line in done or ["everything is there already; nothing was changed"]:
        typer.echo(line)
    if not begun:
        _say_what_comes_next(folder)


def check(
    live: Annotated[
        bool, typer.Option("--live", help="Log in, and send one letter from each mailbox to itself.")
    ] = False,
    account: Annotated[str, typer.Option(metavar="ACCOUNT", help="With --live: only this account.")] = "",
    wait: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS", min=1, max=3600, help=f"With --live: wait so long for the letter. Usual: {WAIT_SECONDS}."
        ),
    ] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="With --live: delete that letter again, and no other.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --live: print JSON for a program to read.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tell all that is wrong, with file and line.

    Reads the configuration, every schedule and every template, and tries a letter of every prompt in every language it
    is written in. Notes tell what works and is probably not meant. Sends nothing, and asks no server.

    With --live it tries the servers too: what they offer, what they change in a letter, where it lands, and what SPF,
    DKIM and DMARC say of it.
    """
    for name, given in (("--account", account), ("--wait", wait), ("--clean", clean), ("--json", as_json)):
        if given and not live:
            raise WrongUsage(f"{name} goes with --live; write `mailer check --live {name}`")
    book, settings = _checked(config)
    if not (live and as_json):
        _tell(config, settings, book)
    if live:
        from mailer.cli.live import check_live  # noqa: PLC0415 - the network is needed nowhere else here

        check_live(settings, account=account, wait=wait or WAIT_SECONDS, clean=clean, as_json=as_json)


def _checked(config: Path) -> tuple[Book, Settings]:
    """What stands in the files, if all of it is right."""
    settings = settings_of(config, connects=True)
    problems: list[Problem] = []
    for read in (lambda: load_book(settings.schedules), lambda: load_templates(settings.templates)):
        try:
            read()
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    book, templates = load_book(settings.schedules), load_templates(settings.templates)
    problems = strangers(book, {one.slug for one in settings.practices}, folder=settings.schedules)
    problems += trials(book, templates, folder=settings.schedules, templates_at=settings.templates)
    if problems:
        raise ConfigError(problems)
    return book, settings


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the databases to today's schema.

    Needed once at the beginning and after some upgrades; the other commands say when. Back up before an upgrade.
    """
    for name, before, after in migrate_all(settings_of(config)):
        if before is None:
            typer.echo(f"{name}: made, schema {after}")
        else:
            typer.echo(f"{name}: {f'was up to date, schema {after}' if before == after else f'{before} -> {after}'}")


def _tell(config: Path, settings: Settings, book: Book) -> None:
    schedules = sorted(one.slug for one in book.schedules.values() if one.enabled)
    typer.echo(f"{config}: good")
    typer.echo(f"coaches: {', '.join(one.slug for one in settings.coaches)}")
    typer.echo(f"schedules in force: {', '.join(schedules) or 'none'}")
    for note in notes(settings, book):
        typer.echo(f"note: {note}")
    if settings.rehearse:
        typer.echo("rehearsing: letters meant for clients go to their coach")


def _say_what_comes_next(folder: Path) -> None:
    steps = [
        "keep a copy of master.key somewhere safe and apart: without it nothing in the database can be read",
        *([f"cd {folder}"] if folder != Path() else []),
        "fill in config.toml: your name, your addresses, your time zone",
        "export MAILER_PASSWORD='...' with the mailbox's password (for Gmail an app password)",
        "mailer check, then mailer migrate",
        "mailer check --live, which sends a letter from the mailbox to itself",
        "mailer client add --help",
    ]
    typer.echo("\nNext:")
    for number, step in enumerate(steps, 1):
        typer.echo(f"  {number}. {step}")
    typer.echo("\nrehearse = true stands in config.toml: everything meant for clients goes to their coach, marked.")


def _make(folder: Path) -> list[str]:
    """What was done, a line for each file or folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        *_copy(shipped("config.example.toml"), folder / "config.toml"),
        *_copy_folder(shipped("schedules"), folder / "schedules"),
        *_copy_folder(shipped("templates"), folder / "templates"),
        *_copy_folder(shipped("schemas"), folder / "schemas"),
        *_master_key(folder / "master.key"),
    ]
    renewed = _renew_folder(shipped("schemas"), folder / "schemas")
    return [*(f"made {path}" for path in made), *(f"renewed {path}" for path in renewed)]


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


def _renew_folder(source: Path, target: Path) -> list[Path]:
    """Brings files that are the program's own, and are there from an older version, up to date."""
    old = [one for one in sorted(source.iterdir()) if (target / one.name).read_bytes() != one.read_bytes()]
    for one in old:
        shutil.copyfile(one, target / one.name)
    return [target] if old else []


def _master_key(path: Path) -> list[Path]:
    try:
        write_master_key(path, os.urandom(MASTER_KEY_BYTES))
    except FileExistsError:
        return []
    return [path]
