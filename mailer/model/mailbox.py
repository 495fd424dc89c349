"""What a mailbox looks like from inside the program: folders, letters as fetched, and what may be asked of it.

A mailbox is only ever read, except for `append`: no flag is set, nothing is moved or deleted. Its letters are named by
UID, which means something only together with the folder's UIDVALIDITY (RFC 3501 §2.3.1.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

# Stands in the header of each part that was left on the server, whole or in part, and says how many octets that was.
LEFT_OUT = "X-Left-Out-Octets"


class SpecialUse(StrEnum):
    """What a folder is for, whatever it is called (RFC 6154 §2)."""

    ALL = "all"  # every letter, as Gmail's "All Mail"
    ARCHIVE = "archive"
    DRAFTS = "drafts"
    FLAGGED = "flagged"
    IMPORTANT = "important"
    JUNK = "junk"
    SENT = "sent"
    TRASH = "trash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder by the name a person sees; `selectable` is False for a mere branch of the tree."""

    name: str
    special_use: frozenset[SpecialUse] = frozenset()
    selectable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """A folder as it stood when it was chosen."""

    uidvalidity: int  # another number than last time: every UID known of this folder means nothing now
    uidnext: int  # no letter that was in the folder then has this UID or a higher one
    exists: int  # letters in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A letter as fetched.

    Where `whole` is False, `raw` is still a letter: the headers as they came, the text parts, and of each other part
    its headers with LEFT_OUT added. `trouble` says in the server's words why even that was not to be had; `raw` then
    holds the headers alone, or nothing.
    """

    uid: int
    received_at: datetime  # INTERNALDATE, aware UTC; 1970-01-01 where the server's date cannot be read
    size: int  # octets of the whole letter, as the server counts
    raw: bytes
    whole: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedHeaders:
    """The headers of a letter, up to and including the empty line."""

    uid: int
    received_at: datetime
    size: int
    headers: bytes


class Mailbox(Protocol):
    """An open mailbox. After any TemporaryFailure it is closed: open another.

    Every call may raise TemporaryFailure. `select` comes before all others but `folders` and `append`.
    """

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, upper case."""

    async def select(self, folder: str) -> FolderState:
        """Choose the folder that the following calls read; PermanentFailure where there is none of that name."""

    async def uids_after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending."""

    async def uids_since(self, day: date) -> list[int]:
        """UIDs of letters received on `day` or later, by the server's calendar, ascending."""

    async def fetch(self, uids: Sequence[int], *, max_bytes: int | None) -> list[Fetched]:
        """The letters, in the order asked for; those above `max_bytes` without their attachments.

        A letter that is gone by now is left out. All of them stand in memory at once: ask for few at a time.
        """

    async def fetch_headers(self, uids: Sequence[int]) -> list[FetchedHeaders]:
        """The headers only, in the order asked for; letters that are gone by now are left out."""

    async def wait_for_news(self, seconds: float) -> bool:
        """True as soon as letters came since the last look, False after `seconds` without any.

        Look with `uids_after` either way: some servers accept IDLE and never report anything.
        """

    async def folders(self) -> list[Folder]:
        """Every folder of the account."""

    async def append(self, folder: str, raw: bytes, *, received_at: datetime | None = None) -> None:
        """Put a letter into a folder; PermanentFailure where there is none of that name."""

    async def search_message_id(self, message_id: str) -> list[int]:
        """UIDs of the letters with exactly this Message-ID (brackets may be left out)."""

    async def search_reference(self, message_id: str) -> list[int]:
        """UIDs of the letters that name exactly this id in References."""
