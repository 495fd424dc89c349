"""`mailer ask`: one question, once, to some clients."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, office_of, option, settings_of
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_table
from mailer.durations import parse_duration, say_duration
from mailer.flow.asking import Folder, Members, members_of, outcome, refuse_past, write_down
from mailer.flow.one_off import OneOff, asked_text, choice_text, subject_text
from mailer.flow.one_off_when import read_when
from mailer.flow.planned import PlannedLine
from mailer.model.plan import AnswerKind
from mailer.schedule.audience import parse_audience

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ask)


def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question, as the clients read it.")],
    to: Annotated[str, typer.Option(metavar="AUDIENCE", help="As in `for`: “clients ana, bela”, “tag acme”.")],
    when: Annotated[
        str, typer.Option(metavar="WHEN", help="“tomorrow at 09:00”, “on Friday at 9:00”, “on 2027-03-05 at 09:00”.")
    ],
    subject: Annotated[str, typer.Option(metavar="TEXT", help="A neutral one; usual: “A question from Petra”.")] = "",
    rating: Annotated[bool, typer.Option("--rating", help="The answer is a number, 1 to 10.")] = False,
    yes_no: Annotated[bool, typer.Option("--yes-no", help="The answer is yes or no.")] = False,
    choice: Annotated[
        list[str] | None, typer.Option(metavar="ANSWER", help="One of several; give two or more.")
    ] = None,
    commitment: Annotated[bool, typer.Option("--commitment", help="The answer is something to do.")] = False,
    max_late: Annotated[str, typer.Option(metavar="TIME", help="How late it may go: “6 hours”.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ask some clients a question, once.

    It becomes a schedule file, sent like any other: each client gets it at that time of their own day. Today and
    tomorrow are the coach's. Says who gets it when, and who does not and why. To take it back, delete the file.
    """
    kind = _kind(rating=rating, yes_no=yes_no, choices=choice or (), commitment=commitment)
    audience = option("--to", parse_audience, to)
    now = clock()
    settings = settings_of(config)
    folder = Folder(settings.schedules, settings.limits.max_late)
    with office_of(config) as office:
        asked_words = option("TEXT", asked_text, text)
        members = members_of(office, audience)
        languages = members.languages
        day = option("--when", lambda words: read_when(words, today=now.astimezone(members.zone).date()), when)
        refuse_past(day, members, now=now)
        asked = OneOff(
            text=asked_words,
            audience=audience.text,
            when=day,
            subject=option("--subject", subject_text, subject) if subject else "",
            language=languages[0] if len(languages) == 1 else "en",
            answer=kind,
            choices=tuple(option("--choice", choice_text, one) for one in choice or ()),
            max_late=say_duration(option("--max-late", parse_duration, max_late)) if max_late else "",
        )
        slug = asyncio.run(write_down(office, folder, asked, members, now=now))
        lines = outcome(office, slug, members, now=now)
    _tell(folder.path / f"{slug}.toml", lines, members, languages)


def _kind(*, rating: bool, yes_no: bool, choices: Sequence[str], commitment: bool) -> AnswerKind:
    """The kind of answer; WrongUsage where several are meant at once."""
    said = {
        "--rating": (rating, AnswerKind.RATING),
        "--yes-no": (yes_no, AnswerKind.YES_NO),
        "--choice": (bool(choices), AnswerKind.CHOICE),
        "--commitment": (commitment, AnswerKind.COMMITMENT),
    }
    meant = {name: kind for name, (so, kind) in said.items() if so}
    if len(meant) > 1:
        raise WrongUsage(f"{' and '.join(meant)} cannot both be meant; a question has one kind of answer")
    if len(choices) == 1:
        raise WrongUsage('--choice: one is no choice; give two or more, such as --choice "Monday" --choice "Tuesday"')
    return next(iter(meant.values()), AnswerKind.TEXT)


def _tell(file: Path, lines: Sequence[PlannedLine], members: Members, languages: Sequence[str]) -> None:
    """Who gets it when, and who does not and why."""
    if len(languages) > 1:
        told = f"the question is one text for all, but they read {' and '.join(languages)}"
        typer.echo(f'mailer: {told}; ask each language by itself: --to "… and language {languages[0]}"', err=True)
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    typer.echo(f"wrote {shown}")
    rows = [_row(line) for line in lines]
    there = {line.client.id for line in lines}
    rows += [
        [one.slug, "", one.zone, "", "no: past", f"That time has passed where {one.slug} lives."]
        for one in members.clients
        if one.id not in there
    ]
    say_table(["client", "local time", "zone", "UTC", "", "why"], rows, nothing="")
    sends = sum(line.decision.skip is None for line in lines)
    typer.echo(f"{sends} of {len(members.clients)} get it, as things stand; to take it back, delete the file")


def _row(line: PlannedLine) -> list[str]:
    due, skip = line.decision.due, line.decision.skip
    return [
        line.client.slug,
        f"{due.local:%a %Y-%m-%d %H:%M}",
        line.client.zone,
        f"{due.at:%Y-%m-%d %H:%MZ}",
        "send" if skip is None else f"no: {skip.value}",
        line.decision.detail or due.reason,
    ]
