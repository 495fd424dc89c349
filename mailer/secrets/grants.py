"""Where is kept what an OAuth login left, and how is it replaced so that it never gets lost?

A file below the data folder, for its owner only, or an entry of the keyring where the operator asked for that. A new
refresh token may be worth everything and the old one nothing, so there is room for the new one before it is asked for,
and it takes the old one's place in one step. Who wants to replace it holds the lock (flock), which goes with its
process however that ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailer.errors import AccountTrouble
from mailer.model.grant import Grant, GrantStore
from mailer.model.places import OAuthApp, Secret
from mailer.secrets.drawer import DrawerShut, from_keyring, into_keyring
from mailer.secrets.private_file import FileMissing, NotPrivate, read_private, replacing_private

LOCK_SECONDS = 120.0  # a holder that is longer at it hangs: each of its steps has an end
_LOOK_SECONDS = 0.05
_VERSION = 1


def grants_of(app: OAuthApp) -> GrantStore:
    """The store of one account's grant; touches nothing yet."""
    return _Grants(file=app.tokens_file, entry=app.tokens_keyring)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grants:
    file: Path
    entry: str = ""

    @property
    def place(self) -> str:
        """Its file or keyring entry, for messages."""
        return f"the keyring's entry {self.entry}" if self.entry else str(self.file)

    def read(self) -> Grant | None:
        """The grant, None before the first login; AccountTrouble where it cannot be read."""
        try:
            text = from_keyring(self.entry) if self.entry else read_private(self.file, hint="")
        except FileMissing:
            return None
        except (NotPrivate, DrawerShut) as trouble:
            raise AccountTrouble(f"the OAuth login cannot be read: {trouble}", needs_person=True) from None
        if text is None:
            return None
        try:
            return _read(text)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise AccountTrouble(
                f"{self.place}: what stands there is no OAuth login; run `mailer login` again", needs_person=True
            ) from None

    @contextmanager
    def replacing(self) -> Iterator[Callable[[Grant], None]]:
        """Gives the function that replaces the grant; AccountTrouble where there is no room for a new one."""
        with ExitStack() as stack:
            room = nullcontext(self._into_keyring) if self.entry else replacing_private(self.file)
            with self._explained():
                replace = stack.enter_context(room)

            def keep(grant: Grant) -> None:
                with self._explained():
                    replace(_written(grant))

            yield keep

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Keeps every other task and process from replacing the grant; AccountTrouble where another hangs."""
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = f"{self.file.parent}: cannot be used: {error.strerror}; mend its owner or mode"
            raise AccountTrouble(reason, needs_person=True) from None
        try:
            await _acquire(descriptor, self.place)
            yield
        finally:
            os.close(descriptor)

    def _into_keyring(self, text: str) -> None:
        into_keyring(self.entry, text)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fact = error.strerror or error
            reason = f"{self.place}: a new OAuth token cannot be kept: {fact}; free the disk or mend the folder's owner"
            raise AccountTrouble(reason) from None
        except DrawerShut as trouble:
            raise AccountTrouble(f"a new OAuth token cannot be kept: {trouble}", needs_person=True) from None


async def _acquire(descriptor: int, place: str) -> None:
    """Waits without a thread, which could not be taken back."""
    try:
        async with asyncio.timeout(LOCK_SECONDS):
            while not _taken(descriptor):  # noqa: ASYNC110 - another process tells nobody when it lets go
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise AccountTrouble(f"{place}: another process keeps it locked; is one hanging?") from None


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _written(grant: Grant) -> str:
    values = {
        "version": _VERSION,
        "login": grant.login,
        "address": grant.address,
        "client_id": grant.client_id,
        "access_token": grant.access.reveal(),
        "got_at": grant.got_at.isoformat(),
        "lifetime_seconds": grant.lifetime.total_seconds(),
        "refresh_token": grant.refresh.reveal() if grant.refresh is not None else None,
        "ended": grant.ended,
    }
    return json.dumps(values, indent=1) + "\n"


def _read(text: str) -> Grant:
    values = json.loads(text)
    if values["version"] != _VERSION:
        raise ValueError("written by another version")
    got_at = datetime.fromisoformat(_text(values, "got_at"))
    if got_at.tzinfo is None:
        raise ValueError("a time without its zone")
    return Grant(
        login=_text(values, "login"),
        address=_text(values, "address"),
        client_id=_text(values, "client_id"),
        access=Secret(_text(values, "access_token")),
        got_at=got_at,
        lifetime=timedelta(seconds=float(values["lifetime_seconds"])),
        refresh=Secret(_text(values, "refresh_token")) if values["refresh_token"] is not None else None,
        ended=_text(values, "ended"),
    )


def _text(values: dict[str, Any], key: str) -> str:
    value = values[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value
