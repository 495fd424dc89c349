"""`mailer client import` and `export`: clients as a table that a spreadsheet opens."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, office_of
from mailer.cli.say import say_table
from mailer.errors import PermanentFailure
from mailer.flow.roster import Roster, read_roster, roster_text, take_in_roster
from mailer.flow.roster_entries import Change, Entry

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes a file for one in the code page of its own country


def register(group: typer.Typer) -> None:
    """Adds the commands."""
    group.command("import")(import_clients)
    group.command("export")(export_clients)


def import_clients(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, as `mailer client export` writes it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add and change many clients at once.

    The first line names the columns, in any order: name, email, coach, zone, country, language, form, tags, schedule,
    start, end; and where wanted client (the short name), at, days_off, quiet, shared_address and var:NAME for a
    variable. Several tags or schedules in a cell are separated by blanks or “;”. A client who is there already, by
    short name or address, is changed where a cell says something else; an empty cell changes nothing. Nobody is taken
    off a schedule. Either all of it is done or, with every problem told, nothing.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PermanentFailure(f"{file} cannot be read: {error.strerror}; name a CSV file") from None
    now = clock()
    with office_of(config) as office:
        roster = read_roster(office, content, file, now=now)
        if not dry_run:
            take_in_roster(office, roster, now=now)
    for note in roster.notes:
        typer.echo(f"mailer: {note}", err=True)
    say_table(["client", "line", "", "what"], [_row(one) for one in roster.entries], nothing="")
    typer.echo(_summary(roster, dry_run=dry_run))


def export_clients(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; to the terminal where not given.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write all clients as CSV.

    Importing it again changes nothing. It holds names and addresses in plain words: keep it as you would an address
    book.
    """
    with office_of(config) as office:
        text = roster_text(office, now=clock())
    if file is None:
        typer.echo(text.replace("\r\n", "\n"), nl=False)
        return
    _write_whole(file, BYTE_ORDER_MARK + text)
    count = text.count("\r\n") - 1
    typer.echo(f"wrote {count} client{'' if count == 1 else 's'} to {file}")


def _row(entry: Entry) -> list[str]:
    joined = [f"{one.schedule} from {one.start}{f' to {one.end}' if one.end else ''}" for one in entry.joining]
    details = [one for one in entry.details if one != "schedule"]
    return [entry.slug, str(entry.line), entry.change.value, "; ".join([*details, *joined])]


def _summary(roster: Roster, *, dry_run: bool) -> str:
    added, changed, same = (roster.count(one) for one in Change)
    said = f"{added} added, {changed} changed, {same} the same"
    return f"nothing was written; without --dry-run: {said}" if dry_run else said


def _write_whole(file: Path, text: str) -> None:
    """Writes a file for its owner alone, whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                out.write(text)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PermanentFailure(f"{file} cannot be written: {error.strerror}; name another file") from None
