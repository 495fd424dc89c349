"""What is said, and which exit code is given, when a command does not do what was asked?

Every message names the thing, the fact and, where there is one, the remedy. What is not explained here is a fault of
the program, and its traceback is left to be seen.
"""

from __future__ import annotations

import re
from typing import Any

import typer

from mailer.errors import ConfigError, MailerError

FAILED, WRONG_USAGE = 1, 2

_USAGE = typer.BadParameter.__mro__[1]  # the parser's own error; its public name differs between versions of typer
_PLAINER = (
    ("Value error, ", ""),
    ("Input should be a valid integer, unable to parse string as an integer", "write a whole number"),
    ("Input should be greater than or equal to ", "must be at least "),
    ("Input should be less than or equal to ", "must be at most "),
    ("Invalid value for ", ""),
    ("Got unexpected extra argument(s)", "more than it takes:"),
)


class WrongUsage(MailerError):
    """What was typed cannot be meant; the message says how it is written."""


def explain(error: Exception) -> tuple[str | None, int]:
    """The text for standard error and the exit code; None where the error is the program's own."""
    match error:
        case ConfigError():
            said, code = "\n".join(map(str, error.problems)), WRONG_USAGE
        case MailerError():
            said, code = f"mailer: {error}", WRONG_USAGE if isinstance(error, WrongUsage) else FAILED
        case UnicodeEncodeError():
            said, code = "mailer: what was typed holds bytes that are no text; type it again", WRONG_USAGE
        case OSError():
            what = error.filename or "the result cannot be written"
            said, code = f"mailer: {what}: {error.strerror or error}", FAILED
        case _ if isinstance(error, _USAGE):
            said, code = _usage(error), WRONG_USAGE
        case _:
            return None, FAILED
    return said, code


def _usage(error: Any) -> str:
    """The parser's words, made plainer, with the way to the help."""
    if type(error).__name__ == "NoArgsIsHelpError":  # its words are the help itself
        return str(error.format_message())
    path = error.ctx.command_path if error.ctx is not None else "mailer"
    said = " ".join(error.format_message().split()).removesuffix(".")
    for clumsy, plain in _PLAINER:
        said = said.replace(clumsy, plain)
    said = re.sub(r"^'([^']+)':", r"\1:", said)
    if said[1:2].islower():
        said = said[:1].lower() + said[1:]
    return f"{path}: {said}\n`{path} --help` shows what can be written"
