"""On which line of its file does a prompt say when it goes?"""

from __future__ import annotations

from pathlib import Path

from mailer.schedule.tables import ScheduleTable
from mailer.tomlfile import read_toml_text


def line_of_when(text: str, slug: str, prompt: str) -> int:
    """The line of `when` in the text of a schedule file, counted from 1; 0 where it cannot be found."""
    document = read_toml_text(Path(f"{slug}.toml"), text, ScheduleTable)
    tables = document.raw.get("prompt", ())
    found = (index for index, one in enumerate(tables) if isinstance(one, dict) and one.get("id") == prompt)
    index = next(found, None)
    return 0 if index is None else document.places.at("prompt", index, "when")[0]
