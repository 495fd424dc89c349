"""Where the files that come with the program lie: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The shipped folder or file of that name: "templates", "schedules", "config.example.toml"."""
    installed = _PACKAGE / "defaults" / name
    return installed if installed.exists() else _PACKAGE.parent / name
