"""What the options of `client add` and `client edit` say of a client's habits and variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from mailer.cli.desk import option
from mailer.cli.problems import WrongUsage
from mailer.flow import client_words as words
from mailer.model.people import Client, Habits

AtOption = Annotated[
    str, typer.Option("--at", metavar="TIME", help="Their own time of day, such as 19:30, for prompts that have one.")
]
DayOffOption = Annotated[
    list[str] | None,
    typer.Option(
        "--day-off", metavar="DAY", help="A day without letters, such as Saturday; may be given several times."
    ),
]
QuietOption = Annotated[str, typer.Option("--quiet", metavar="HOURS", help="Hours without letters: “21:00 to 07:00”.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A variable for templates, such as goal=“Sleep”; may be given several times.",
    ),
]


def habits_said(at: str, day_off: Iterable[str] | None, quiet: str, *, so_far: Habits) -> Habits:
    """The habits with what the options say in their places; "none" takes one away."""
    return Habits(
        own_time=option("--at", words.time_of_day, at) if at else so_far.own_time,
        days_off=_days(list(day_off)) if day_off else so_far.days_off,
        quiet_hours=option("--quiet", words.quiet_hours, quiet) if quiet else so_far.quiet_hours,
    )


def variables_said(said: Iterable[str] | None) -> dict[str, str]:
    """The variables that the options set."""
    return dict(option("--set", words.variable, one) for one in said or ())


def habit_words(client: Client) -> dict[str, str]:
    """The habits as people write them, by what `client show` calls them; only those the client has."""
    habits = client.habits
    found = {
        "own time": f"{habits.own_time:%H:%M}" if habits.own_time is not None else "",
        "days off": ", ".join(words.days_off_words(habits.days_off).split()),
        "quiet": str(habits.quiet_hours or ""),
    }
    return {name: value for name, value in found.items() if value}


def habits_as_json(client: Client) -> dict[str, object]:
    """The habits for a program."""
    habits = client.habits
    return {
        "at": f"{habits.own_time:%H:%M}" if habits.own_time is not None else None,
        "days_off": words.days_off_words(habits.days_off).split(),
        "quiet": str(habits.quiet_hours) if habits.quiet_hours is not None else None,
    }


def _days(said: list[str]) -> frozenset[int]:
    named = [one for one in said if one.strip().lower() != words.NONE]
    if named and len(named) < len(said):
        raise WrongUsage("--day-off: none stands beside days; write either")
    days = frozenset[int]().union(*(option("--day-off", words.days_off, one) for one in named))
    return option("--day-off", words.days_off, words.days_off_words(days)) if days else days
