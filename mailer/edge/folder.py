"""Where do letters go when nobody is to receive them?

Into a directory, one .eml file each, for rehearsals and tests. A file appears whole or not at all, under a name that is
the same for the same letter, and only its owner can read it (rename after fsync; POSIX rename is atomic).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mailer.errors import TemporaryFailure
from mailer.model.outgoing import BeforeData, Deferred, Outcome, Sent, Transport, WireLetter

ACCEPTED = 250  # what a server would have said


class FolderTransport:
    """Takes every letter for sent once its file stands in `path`, which is made when needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def connections(self, count: int) -> Sequence[Transport]:
        """A folder needs no second one."""
        return [self][:count]

    @property
    def after_dot(self) -> bool:
        """Never: the same letter may be written again, it replaces its own file."""
        return False

    async def send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        """Sent with the file's name, or Deferred where the disk said no or someone else has the letter."""
        if not await before_data():
            return Deferred(code=0, status="", reply="someone else has taken the letter")
        try:
            name = await asyncio.to_thread(write_letter, self._path, letter)
        except TemporaryFailure as failure:
            return Deferred(code=0, status="", reply=str(failure))
        return Sent(code=ACCEPTED, reply=f"written to {name}")

    async def close(self) -> None:
        """Nothing is held open between letters."""


def write_letter(folder: Path, letter: WireLetter) -> str:
    """The name of the letter's file in `folder`, now whole on disk. Raises TemporaryFailure where it cannot be."""
    name = file_name(letter)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as part:
            try:
                part.write(letter.raw)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(folder / name)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise TemporaryFailure(f"{folder}: letter not written: {error.strerror or error}") from error
    return name


def file_name(letter: WireLetter) -> str:
    """Readable, the same for the same letter, different for any other, and never a path out of the folder."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", letter.message_id.partition("@")[0]).strip(".-")[:40] or "letter"
    digest = hashlib.sha256(b"\0".join([letter.message_id.encode("utf-8", "replace"), letter.raw])).hexdigest()
    return f"{readable}-{digest[:12]}.eml"
