"""Where are the two databases? By default two SQLite files in the data folder; a path in a URL starts at config.toml.

The keys stand apart from the data, so that a copy of the data alone opens nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mailer.config.tables import StoreTable
from mailer.errors import Problem
from mailer.tomlfile import Places, path_beside

_VALID = 'write "sqlite:///path/to/file.db" or "postgresql://user@host/database"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrls:
    """SQLAlchemy URLs without any password in them."""

    store: str
    keys: str


def read_urls(table: StoreTable, *, folder: Path, data: Path, places: Places) -> DatabaseUrls | list[Problem]:
    """The URLs of the data and of the keys, or what is wrong with them."""
    problems: list[Problem] = []
    urls: dict[str, str] = {}
    for key, written, file in (("url", table.url, "mailer.db"), ("keys_url", table.keys_url, "keys.db")):
        try:
            urls[key] = _database_url(written or f"sqlite:///{data / file}", folder=folder)
        except ValueError as error:
            problems.append(places.problem(str(error), "store", key))
    if not problems and urls["url"] == urls["keys_url"]:
        said = "the keys must not stand in the database they protect; name another one"
        problems.append(places.problem(said, "store", "keys_url"))
    return problems or DatabaseUrls(store=urls["url"], keys=urls["keys_url"])


def _database_url(text: str, *, folder: Path) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or not text.isprintable():
        raise ValueError(f"this is no database URL; {_VALID}")
    if scheme == "sqlite":
        return f"sqlite:///{_sqlite_file(rest, folder=folder)}"
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError(f"this program keeps its data in SQLite or PostgreSQL; {_VALID}")
    if re.match(r"[^@/]*:[^@]*@", rest) or "password=" in rest:
        raise ValueError(
            "a password never stands in this file; leave it out of the URL and give it in the variable PGPASSWORD "
            "or in ~/.pgpass"
        )
    return f"postgresql+psycopg://{rest}"


def _sqlite_file(rest: str, *, folder: Path) -> Path:
    name = rest.removeprefix("/")
    if not rest.startswith("/") or not name or ":memory:" in name:
        raise ValueError('an SQLite database is a file here; write "sqlite:///path/to/file.db"')
    if "?" in name:
        raise ValueError("an SQLite path cannot hold a question mark")
    return path_beside(folder, name)
