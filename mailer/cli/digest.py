"""`mailer digest`: what the coach's next digest says, or a further one now."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock, office_of
from mailer.digest import build, render_html, render_text, subject
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.report import report_again
from mailer.model.people import Coach
from mailer.model.report import DigestFacts
from mailer.store import digests, practice


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(digest)


def digest(
    coach: Annotated[str, typer.Option(help="The coach's id; not needed where there is one.")] = "",
    day: Annotated[str, typer.Option("--date", help="A digest of an earlier day, YYYY-MM-DD, as it was claimed.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it; nothing is claimed or sent.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the HTML part into this file.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show the digest as it would be now; without --dry-run or --date it is also queued to be sent once more today."""
    with office_of(config) as office:
        who = _coach(office, coach)
        facts = _facts(office, who, day)
        if not dry_run and not day:
            asyncio.run(report_again(office, who, now=clock()))
    made = build(facts)
    typer.echo(f"Subject: {subject(made)}\n\n{render_text(made)}")
    if html is not None:
        html.write_text(render_html(made), "utf-8")
    if not dry_run and not day:
        typer.echo("queued: the engine or `mailer once` sends it", err=True)


def _facts(office: Office, coach: Coach, day: str) -> DigestFacts:
    now = clock()
    if not day:
        today = now.astimezone(ZoneInfo(coach.zone)).date()
        return office.db.read(digests.pending_facts, office.vault, coach.id, today, now=now)
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise PermanentFailure(f'--date "{day}" is no day; write YYYY-MM-DD') from None
    claimed = office.db.read(digests.claimed_on, coach.id, wanted)
    if claimed is None:
        raise PermanentFailure(f"{coach.slug} had no digest on {day}")
    return office.db.read(digests.digest_facts, office.vault, claimed, now=now)


def _coach(office: Office, slug: str) -> Coach:
    known = office.db.read(practice.coaches, office.vault)
    found = [one for one in known if one.slug == slug or (not slug and len(known) == 1)]
    if not found:
        raise PermanentFailure(f"say --coach; config.toml has: {', '.join(one.slug for one in known)}")
    return found[0]
