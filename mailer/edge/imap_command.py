"""What is one command under way, and what became of it?

A command of aioimaplib that keeps its answers as they were framed, and holds what the server has still to ask for: the
literals of its arguments (RFC 3501 §4.3) or the turns of a login (§6.2.2). These stand in no argument, so that nothing
that prints a command prints a password.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from aioimaplib.aioimaplib import Command

from mailer.edge.imap_frames import Answer
from mailer.edge.imap_values import Status


@dataclass(frozen=True, slots=True)
class Told:
    """What a server said to one command: OK, NO or BAD, and the answers before that."""

    status: Status
    answers: tuple[Answer, ...]

    @property
    def is_ok(self) -> bool:
        return self.status.kind == "OK"


class Asked(Command):  # type: ignore[misc]  # the library has no types
    """A command under way; `more` is what is owed to the server, one piece for each `+`."""

    def __init__(self, name: str, tag: str, *arguments: str, uid: bool = False, more: Iterable[bytes] = ()) -> None:
        super().__init__(name, tag, *arguments, prefix="UID" if uid else "")
        self.more = deque(more)
        self.answers: list[Answer] = []
        self.is_granted = asyncio.Event()  # an IDLE was granted, or the command is over
        self.outcome: Status | None = None

    def finish(self, outcome: Status | None) -> None:
        """End the wait; without an outcome, the connection is gone."""
        self.outcome = outcome
        self.is_granted.set()
        self._event.set()
