"""The command line: each command loads the configuration, calls one function, prints, exits.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Problems go to standard error, results to standard output.
Only the module of the command that was typed is imported, so that `mailer read` starts fast.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer

from mailer import __version__
from mailer.errors import ConfigError, MailerError

DONE, FAILED, WRONG_USAGE = 0, 1, 2

MODULES = {
    "setup": ("init", "check", "migrate"),
    "running": ("run", "once", "demo"),
    "planning": ("plan", "preview"),
    "clients": ("client",),
    "sessions": ("session",),
    "threads": ("thread",),
    "read": ("read",),
    "inbox": ("inbox",),
    "outbox": ("outbox",),
    "digest": ("digest",),
    "status": ("status",),
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Good questions by e-mail between two sessions, and one short digest a day for the coach.",
)


@app.callback(invoke_without_command=True)
def _options(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        typer.echo(f"mailer {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line and exit with its code."""
    load_commands(next((word for word in sys.argv[1:] if not word.startswith("-")), ""))
    try:
        app()
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        sys.exit(WRONG_USAGE)
    except MailerError as error:
        typer.echo(f"mailer: {error}", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def load_commands(command: str) -> None:
    """Registers the module of one command, or of all where it is none of them."""
    wanted = [module for module, commands in MODULES.items() if command in commands] or list(MODULES)
    for module in wanted:
        importlib.import_module(f"mailer.cli.{module}").register(app)
