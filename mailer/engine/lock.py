"""One engine per data folder: on SQLite two processes would be safe, but neither could tell that the other is there.

The lock is the kernel's (flock), so it goes with its process however that ends; the file only says who holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.errors import PermanentFailure

NAME = "engine.lock"


@contextmanager
def data_folder_lock(folder: Path) -> Iterator[None]:
    """Holds the folder; PermanentFailure naming the process that has it."""
    path = folder / NAME
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise PermanentFailure(
                f"{folder}: another mailer (process {holder}) is at work here; stop it, or use another data folder"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
