"""What follows from a schedule or template that cannot be read, and who is told?

Everyone who looks (`status`, every command), and the operator by letter, once for each state of the files: a program
that goes on by yesterday's text is quiet, and quiet is what nobody notices.
"""

from __future__ import annotations

from mailer.errors import Problem
from mailer.flow.office import Office

SUBJECT = "A schedule file cannot be read"
_OPENING = (
    "You get this letter because you look after the program that writes to the clients of your practice. It goes on as "
    "it did before. A file it works by cannot be read as it stands now:"
)
_CLOSING = "`mailer check` tells the same at any time, and `mailer status` is well again once it is mended."


def consequences(office: Office) -> list[str]:
    """Each problem of the files with what it means meanwhile."""
    return [f"{problem} ({_meanwhile(office, problem)})" for problem in office.problems]


def _meanwhile(office: Office, problem: Problem) -> str:
    """What a broken file's letters do until it is mended."""
    name = problem.file.name
    if name in office.templates.broken:
        return "letters that need it are held"
    if problem.file.suffix == ".toml" and problem.file.stem in office.sources:
        return "what it said before stays in force"
    if problem.file.stem in office.book.schedules or name in office.templates.files:
        return "what it said before stays in force"
    return "nothing of it is sent"
