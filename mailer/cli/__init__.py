"""The command line: each command loads the configuration, calls one function, prints, exits.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Problems go to standard error, results to standard output.
Only the module of the command that was typed is imported, so that `mailer read` starts fast.
"""

from __future__ import annotations

import importlib
import io
import os
import sys

import typer

from mailer import __version__
from mailer.cli.problems import FAILED, explain

DONE = 0

MODULES = {
    "setup": ("init", "check", "migrate"),
    "running": ("run", "once", "demo"),
    "planning": ("plan",),
    "previewing": ("preview",),
    "asking": ("ask",),
    "clients": ("client",),
    "sessions": ("session",),
    "threads": ("thread",),
    "inbox": ("inbox",),
    "outbox": ("outbox",),
    "digest": ("digest",),
    "status": ("status",),
    "login": ("login",),
    "read": ("read",),
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may not know every letter of a client's words
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:]
    if words != ["--version"]:
        load_commands(next((word for word in words if not word.startswith("-")), ""))
    sys.exit(run_command())


def run_command() -> int:
    """Runs what was typed; gives the exit code, and has said on standard error what went wrong."""
    try:
        code = app(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # the reader of a pipe has seen enough; typer makes an exit of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except typer.Abort:
        return FAILED
    except Exception as error:
        said, code = explain(error)
        if said is None:
            raise
        typer.echo(said, err=True)
    return code if isinstance(code, int) else DONE


def load_commands(command: str) -> None:
    """Registers the module of one command, or of all where it is none of them."""
    wanted = [module for module, commands in MODULES.items() if command in commands] or list(MODULES)
    for module in wanted:
        importlib.import_module(f"mailer.cli.{module}").register(app)
