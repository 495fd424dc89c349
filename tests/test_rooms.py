"""Which room may import which, and where each third-party package lives: read from the code as it stands."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "mailer"

# room -> rooms it may import. The leaves (no rooms of their own) may be imported by everyone above them.
LEAVES = {"errors", "model", "defaults", "durations", "addresses", "zones"}
MAY_IMPORT = {
    "errors": set(),
    "defaults": set(),
    "durations": {"errors"},
    "addresses": {"errors"},
    "zones": {"errors"},
    "secrets": {"errors", "model", "tomlfile"},
    "model": {"errors"},
    "tomlfile": LEAVES,
    "config": LEAVES | {"tomlfile", "secrets", "schedule"},
    "schedule": LEAVES | {"tomlfile"},
    "message": LEAVES,
    "digest": LEAVES | {"message"},
    "store": LEAVES,
    "edge": LEAVES,
    "flow": LEAVES | {"schedule", "message", "digest", "store"},
    "engine": LEAVES | {"config", "secrets", "schedule", "message", "digest", "store", "edge", "flow"},
    "sandbox": LEAVES | {"config", "secrets", "schedule", "message", "digest", "store", "edge", "flow", "engine"},
    "cli": LEAVES
    | {"config", "secrets", "schedule", "message", "digest", "store", "edge", "flow", "engine", "sandbox"},
}

# package -> the rooms it may be imported from
HOMES = {
    "aioimaplib": {"edge"},
    "aiosmtpd": {"sandbox"},
    "aiosmtplib": {"edge"},
    "alembic": {"store"},
    "apscheduler": {"engine"},
    "authlib": {"edge"},
    "charset_normalizer": {"message"},
    "cryptography": {"store"},
    "css_inline": {"message"},
    "email_validator": {"addresses"},
    "holidays": {"schedule"},
    "httpx2": {"edge"},
    "icalendar": {"schedule"},
    "idna": {"message"},
    "jinja2": {"message"},
    "keyring": {"secrets"},
    "lark": {"schedule"},
    "markdown_it": {"message"},
    "markupsafe": {"message", "digest"},
    "nh3": {"message"},
    "psycopg": {"store"},
    "pydantic": {"tomlfile"},
    "pydantic_core": {"tomlfile"},
    "pymap": {"sandbox"},
    "recurring_ical_events": {"schedule"},
    "rich": {"cli", "sandbox"},
    "sqlalchemy": {"store"},
    "tree_sitter": {"tomlfile"},
    "tree_sitter_toml": {"tomlfile"},
    "typer": {"cli"},
}
PURE = ("schedule", "message", "digest")
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    """The first name below the package: "store" for mailer/store/outbox.py."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_rooms_import_only_what_lies_below_them() -> None:
    wrong = []
    for path in modules():
        here = room(path)
        for name in imports(path):
            if name.startswith("mailer.") and here in MAY_IMPORT:
                there = name.split(".")[1]
                if there != here and there not in MAY_IMPORT[here]:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")

    assert wrong == []


def test_every_room_is_known_here() -> None:
    assert {room(path) for path in modules()} - {"__init__", "__main__"} == set(MAY_IMPORT)


def test_every_third_party_package_has_one_home() -> None:
    wrong = []
    for path in modules():
        for name in imports(path):
            package = name.split(".")[0]
            if package == "mailer" or package in sys.stdlib_module_names:
                continue
            if room(path) not in HOMES.get(package, set()):
                wrong.append(f"{path.relative_to(ROOT)} imports {package}")

    assert wrong == []


@pytest.mark.parametrize("pure", PURE)
def test_pure_rooms_read_no_clock_and_no_network(pure: str) -> None:
    wrong = []
    for path in (one for one in modules() if room(one) == pure):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                owner = ast.unparse(node.func.value)
                if owner in ("datetime", "date", "time", "datetime.datetime"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} asks the clock")
        wrong += [
            f"{path.relative_to(ROOT)} imports {n}" for n in imports(path) if n.split(".")[0] in ("socket", "asyncio")
        ]

    assert wrong == []


def test_flow_names_no_protocol_and_no_database() -> None:
    forbidden = ("sqlalchemy", "aiosmtplib", "aioimaplib", "smtplib", "imaplib")
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if room(path) == "flow"
        for name in imports(path)
        if name.split(".")[0] in forbidden or name.startswith("mailer.edge")
    ]

    assert wrong == []


def test_modules_stay_short_enough_to_read() -> None:
    """A second question inside is what makes a module long; migrations and tables of words are records."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if not {"versions", "tables"} & set(path.parts) and (lines := len(path.read_text("utf-8").splitlines())) > 275
    }

    assert long == {}
