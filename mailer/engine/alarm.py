"""How is the operator reached where no letter can be sent: through the mailbox itself, or by a command of theirs?

The command gets the text on its standard input, no shell and thirty seconds. Of the environment it sees what programs
need to find their way, and none of the secrets that may stand there.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mailer.engine.post import OpenMailbox, mailbox_of
from mailer.errors import PermanentFailure, TemporaryFailure
from mailer.model.places import Account

TIMEOUT_SECONDS = 30.0
_SEEN = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "TZ",
        "TMPDIR",
        "DISPLAY",
        "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS",
    }
)
_WORDS_KEPT = 200  # octets of what the command complains of


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The ways to the operator that `mailer.flow.alert.Routes` asks for."""

    command: Sequence[str] = ()
    open_mailbox: OpenMailbox = mailbox_of
    timeout_seconds: float = TIMEOUT_SECONDS

    async def lay_into_inbox(self, account: Account, raw: bytes) -> None:
        """Puts a letter into the account's own INBOX, unread."""
        async with self.open_mailbox(account) as mailbox:
            await mailbox.append("INBOX", raw)

    async def run_command(self, text: str) -> bool:
        """Gives the text to the command; False where there is none. It is ended after its time."""
        if not self.command:
            return False
        process = await self._begun()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                _, complaint = await process.communicate(text.encode())
        except TimeoutError:
            raise TemporaryFailure(f"{self._name}: not done after {self.timeout_seconds:g} seconds") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            said = " ".join(complaint[:_WORDS_KEPT].decode("utf-8", "replace").split())
            raise TemporaryFailure(f"{self._name}: exit {process.returncode} {said}".rstrip())
        return True

    async def _begun(self) -> asyncio.subprocess.Process:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            return await asyncio.create_subprocess_exec(
                *self.command, stdin=pipe, stdout=nowhere, stderr=pipe, env=_shown(os.environ)
            )
        except OSError as error:
            raise PermanentFailure(f"{self._name}: cannot be run: {error.strerror or error}") from error

    @property
    def _name(self) -> str:
        return f"[operator] command {self.command[0]}"


def _shown(environment: Mapping[str, str]) -> dict[str, str]:
    """What a command may see of the environment."""
    return {name: value for name, value in environment.items() if name in _SEEN or name.startswith("LC_")}
