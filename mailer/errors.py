"""The errors of the program, by what the caller should do about them.

    MailerError
      ConfigError        a person mends a file; carries every problem found, not the first
      TemporaryFailure   the same call may succeed later
      PermanentFailure   the same call will never succeed
      AccountTrouble     nothing on this account will succeed until something changes: pause the account

Messages name the thing, the fact and the remedy. Foreign exceptions are translated once, at the edge, `from` the
original. Hostile mail is data and raises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class MailerError(Exception):
    """Any failure this program explains itself."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place of a file; line and column count from 1, 0 where unknown."""

    file: Path
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = ":".join([str(self.file), *(str(n) for n in (self.line, self.column) if n)])
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(MailerError):
    """A file needs mending; `problems` holds all that was found, in reading order."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class TemporaryFailure(MailerError):
    """The same call may succeed later."""


class PermanentFailure(MailerError):
    """The same call will never succeed."""


class AccountTrouble(MailerError):
    """The account, not one letter, is the trouble: keep its queue, pause it, tell someone.

    `needs_person` is True where waiting cannot help (a refused login, a revoked grant); else `retry_seconds`
    says how long to leave the account alone (a day's allowance used up, a server that is away). `used_up_day` is
    True where the server said that the account may send no more today.
    """

    def __init__(
        self, reason: str, *, needs_person: bool = False, retry_seconds: int = 300, used_up_day: bool = False
    ) -> None:
        self.reason = reason
        self.needs_person = needs_person
        self.retry_seconds = retry_seconds
        self.used_up_day = used_up_day
        super().__init__(reason)
