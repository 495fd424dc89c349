"""`mailer read`: what is this letter? Needs no configuration and no database."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from mailer.message.reading.read import answer, read


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("read")(read_command)


def read_command(files: list[Path] = typer.Argument(..., metavar="FILE...", help="Letters as files (.eml).")) -> None:  # noqa: B008
    """Tell what each letter is and what is new in it.

    Prints one JSON object per file and line. Needs no configuration and no database.
    """
    raise typer.Exit(read_files(files))


def read_files(files: list[Path]) -> int:
    """Prints one JSON object per file; 1 where a file could not be opened."""
    code = 0
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as error:
            code = 1
            said = {"file": str(file), "kind": None, "reason": f"cannot be read: {error.strerror or error}"}
            typer.echo(json.dumps(said, ensure_ascii=False))
            continue
        typer.echo(json.dumps(answer(str(file), read(raw)), ensure_ascii=False))
    return code
