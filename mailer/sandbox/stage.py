"""What is shown of the demo's week: one line for each thing that happens, at the place of whom it happens to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from io import TextIOWrapper
from textwrap import indent
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

PAUSE_SECONDS = 0.25  # between two lines, for eyes that follow; nobody reads along where there is no terminal
WIDTH = 100


class Stage:
    """A terminal, or a file."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):  # a terminal that knows no arrows shows "?"
            sys.stdout.reconfigure(errors="replace")
        self._console = Console(highlight=False)
        self._console.width = min(self._console.width, WIDTH)

    def title(self, text: str, below: str = "") -> None:
        """A heading, and what is to be known before reading on."""
        self._console.print()
        self._console.rule(f"[bold]{escape(text)}", align="left", characters="─")
        if below:
            self._console.print(escape(below), style="dim")
        self._console.print()

    async def line(self, moment: datetime, zone: str, sign: str, who: str, what: str, *, style: str = "") -> None:
        """One thing that happened: when and where, to whom, and what."""
        here = moment.astimezone(ZoneInfo(zone))
        city = zone.rpartition("/")[2].replace("_", " ")
        self._console.print(
            f"[dim]{here:%a %H:%M}  {city:<9}[/dim] {sign} [bold]{escape(who):<6}[/bold] [{style or 'none'}]"
            f"{escape(what)}[/]"
        )
        if self._console.is_terminal:
            await asyncio.sleep(PAUSE_SECONDS)

    def letter(self, subject: str, text: str) -> None:
        """A letter as its reader sees it in plain text."""
        self._console.print(f"  [bold]{escape(subject)}[/bold]\n", soft_wrap=True)
        self._console.print(escape(indent(text.strip(), "  ")), soft_wrap=True)

    def verdict(self, good: Sequence[str], missing: Sequence[str]) -> None:
        """What holds, and what does not."""
        for text in good:
            self._console.print(f"[green]ok[/green]  {escape(text)}", soft_wrap=True)
        for text in missing:
            self._console.print(f"[bold red]missing[/bold red]  {escape(text)}", soft_wrap=True)

    def note(self, text: str) -> None:
        """A plain line; paths in it are never broken."""
        self._console.print(escape(text), soft_wrap=True)
