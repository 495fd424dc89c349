"""How long does sending take, beside what others would write? Reported and never asserted.

    python benchmarks/send.py [--letters N] [--connections C] [--rounds R] [--only WORD ...]

Everybody is asked the same three questions on Friday morning, in a letter written in Markdown, and every letter goes to
the same sink on this machine, without TLS. Each way to do it is a process of its own, so that its peak memory is its
own; they take turns, R times, and the best of each counts. `pip install -e '.[bench,dev]'` brings what it needs.

    sqlite, postgres   the program: N clients planned, each letter rendered, built, sealed, sent and recorded, so that a
                       power cut at any moment loses and doubles nothing
    plain              the plainest script: Jinja2, Markdown, EmailMessage and aiosmtplib over one connection
    bytes              the same, its bytes written by hand
    mailmerge          the program of that name
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

from sqlalchemy import create_engine, text

from tests.servers.postgres import Postgres, running_postgres

HERE = Path(__file__).parent
OURS, PEERS = ("sqlite", "postgres"), ("plain", "bytes", "mailmerge")
AIMS = {"plain": 3.0, "bytes": 0.8, "mailmerge": 3.0}
SURE_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def sink() -> Iterator[tuple[int, dict[str, int]]]:
    """The port of a sink that runs meanwhile, and afterwards what it took."""
    taken: dict[str, int] = {}
    command = [sys.executable, str(HERE / "sink.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield port, taken
        said, _ = process.communicate()
        taken["letters"], taken["octets"] = map(int, said.split())


@contextmanager
def sure_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that writes to the disk what it says it has written: the one of the tests does not."""
    with running_postgres() as server:
        engine = create_engine(server.new_database(), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            for setting in SURE_SETTINGS:
                conn.execute(text(f"ALTER SYSTEM SET {setting} = on"))
            conn.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield server


class Installations:
    """One of each kind with its clients, made once and copied for each round."""

    def __init__(self, folder: Path, letters: int) -> None:
        self._folder, self._letters = folder, letters
        self._made: dict[str, tuple[str, str]] = {}
        self._copies = 0

    def copy(self, kind: str, server: Postgres | None) -> tuple[Path, str, str]:
        """Its folder and the URLs of its databases, as they were on Monday."""
        if kind not in self._made:
            urls = ("", "") if server is None else (_plain(server.new_database()), _plain(server.new_database()))
            self._made[kind] = urls
            _run("product.py", "build", self._folder / kind, *urls, self._letters, 1, 1)
        self._copies += 1
        place = self._folder / f"{kind}-{self._copies}"
        copytree(self._folder / kind, place)
        data, keys = self._made[kind]
        if server is None:
            return place, data, keys
        return place, _plain(server.new_database(like=data)), _plain(server.new_database(like=keys))


def _plain(url: str) -> str:
    """As config.toml says it."""
    return url.replace("postgresql+psycopg://postgres:@", "postgresql://postgres@")


def measured(kind: str, letters: int, connections: int, places: Installations, server: Postgres | None) -> Any:
    """What one run took."""
    with sink() as (port, taken), tempfile.TemporaryDirectory() as folder:
        if kind in OURS:
            place, data, keys = places.copy(kind, server if kind == "postgres" else None)
            found = _run("product.py", "send", place, data, keys, letters, port, connections)
        else:
            found = _run("peers.py", kind, port, letters, folder)
    if taken["letters"] != letters:
        raise SystemExit(f"{kind}: the sink took {taken['letters']} letters of {letters}")
    return found | {"rate": letters / found["seconds"], "octets": taken["octets"] // letters}


def _run(script: str, *arguments: object) -> Any:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said) if said.strip() else {}


def table(best: dict[str, Any]) -> Iterator[str]:
    """The rows of the report."""
    yield (
        "| | letters/s | ms of processor a letter | octets a letter | peak MB | "
        + " | ".join(f"times {peer}" for peer in PEERS if peer in best)
        + " |"
    )
    yield "|---|---|---|---|---|" + "---|" * sum(peer in best for peer in PEERS)
    for kind, one in best.items():
        ratios = [f"{one['rate'] / best[peer]['rate']:.2f}" for peer in PEERS if peer in best]
        figures = [f"{one['rate']:,.0f}", f"{one['each'] * 1000:.2f}", f"{one['octets']:,}", f"{one['megabytes']:.0f}"]
        yield f"| {kind} | " + " | ".join([*figures, *ratios]) + " |"


def main() -> None:
    """Takes turns, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=[*OURS, *PEERS], default=[*OURS, *PEERS])
    given = parser.parse_args()
    best: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, sure_postgres() as server:
        places = Installations(Path(folder), given.letters)
        for _ in range(given.rounds):
            for kind in given.only:
                found = measured(kind, given.letters, given.connections, places, server)
                found["each"] = found["processor"] / given.letters
                print(json.dumps({"way": kind} | found), file=sys.stderr, flush=True)
                if kind not in best or found["rate"] > best[kind]["rate"]:
                    best[kind] = found
    print("\n".join(table(best)))
    print("\nAims: " + ", ".join(f"{aim:g} times {peer}" for peer, aim in AIMS.items()) + ", below 150 MB")


if __name__ == "__main__":
    main()
