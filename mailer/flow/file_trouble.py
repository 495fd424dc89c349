"""What follows from a schedule or template that cannot be read, and who is told?

Everyone who looks (`status`, every command), and the operator by letter, once for each state of the files: a program
that goes on by yesterday's text is quiet, and quiet is what nobody notices.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from mailer.errors import Problem
from mailer.flow.office import Office
from mailer.model.people import Coach
from mailer.store import notices, practice

PATIENCE = timedelta(minutes=10)  # someone who edits a file looks at it themselves
SUBJECT = "A schedule file cannot be read"
_OPENING = (
    "You get this letter because you look after the program that writes to the clients of your practice. It goes on as "
    "it did before. A file it works by cannot be read as it stands now:"
)
_CLOSING = "`mailer check` tells the same at any time, and `mailer status` is well again once it is mended."


def consequences(office: Office) -> list[str]:
    """Each problem of the files with what it means meanwhile, on one line."""
    return [f"{str(problem).splitlines()[0]} ({_meanwhile(office, problem)})" for problem in office.problems]


async def tell_operator(office: Office, *, now: datetime) -> bool:
    """Writes to the operator of files that have not been readable for a while; True if that was news."""
    lasting = [problem for problem in office.problems if _lasts(problem, now)]
    operator = await operator_of(office) if lasting else None
    if operator is None:
        return False
    told = [f"{problem}\nUntil it is mended {_meanwhile(office, problem)}." for problem in lasting]
    cause = "schedules:" + hashlib.sha256("\n".join(map(str, lasting)).encode()).hexdigest()[:16]
    text = "\n\n".join([_OPENING, *told, _CLOSING]) + "\n"
    return await office.db.run(notices.put_notice, office.vault, operator.id, cause, SUBJECT, text, now=now) is not None


async def operator_of(office: Office) -> Coach | None:
    """The coach who looks after the files; the first one where none is named."""
    known = await office.db.look(practice.coaches, office.vault)
    return next((one for one in known if one.slug == office.operator), known[0] if known else None)


def _lasts(problem: Problem, now: datetime) -> bool:
    """Whether its file has been as it is for longer than someone takes to mend it."""
    try:
        changed = datetime.fromtimestamp(problem.file.stat().st_mtime, UTC)
    except OSError:  # away altogether
        return True
    return not timedelta(0) <= now - changed < PATIENCE


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
