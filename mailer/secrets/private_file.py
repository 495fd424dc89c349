"""How is a file read and replaced that only its owner may see?"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LARGEST = 64 * 1024
_ROOM = 16 * 1024  # octets set aside before a new content is known


class NotPrivate(ValueError):
    """What keeps a file from being read as a secret, as a sentence with its remedy."""


def read_private(path: Path, *, hint: str) -> str:
    """The text of a file, checked and read through one descriptor, so that nothing can be exchanged in between.

    `hint` says what to do where there is no such file. Raises NotPrivate, of which FileMissing is one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise FileMissing(f"there is no file {path}; {hint}") from None
    except OSError as error:
        raise NotPrivate(f"the file {path} cannot be read: {error.strerror}") from None
    try:
        _check(path, os.fstat(descriptor))
        content = os.read(descriptor, _LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(content) > _LARGEST:
        raise NotPrivate(f"{path} is too large for a secret")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotPrivate(f"{path} is not UTF-8 text") from None


class FileMissing(NotPrivate):
    """There is no such file."""


@contextmanager
def replacing_private(path: Path) -> Iterator[Callable[[str], None]]:
    """Gives the function that replaces a file's text at once; OSError where there is no room for one.

    A new file takes the old one's name only when it is whole and on the disk: whoever is killed in between leaves the
    old one. What such a death left behind is cleared away here, so two may not do this at the same time.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, b" " * _ROOM)
        os.fsync(descriptor)

        def replace(text: str) -> None:
            data = text.encode()
            if os.pwrite(descriptor, data, 0) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.ftruncate(descriptor, len(data))
            os.fsync(descriptor)
            new.replace(path)
            _sync_folder(path.parent)

        yield replace
    finally:
        os.close(descriptor)
        new.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise NotPrivate(f"{path} is not a file")
    if state.st_uid != os.geteuid():
        raise NotPrivate(f"{path} belongs to another user; run chown {os.geteuid()} {path}")
    if state.st_mode & 0o077:
        mode = stat.S_IMODE(state.st_mode)
        raise NotPrivate(f"others can read {path} (mode {mode:04o}); run chmod 600 {path}")
