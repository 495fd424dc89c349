"""`mailer digest`: what the coach's next digest says, or a further one now."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import desk
from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, HtmlOption, clock, office_of, option, write_file
from mailer.cli.problems import WrongUsage
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
    coach: Annotated[str, typer.Option(metavar="ID", help="The coach's id; not needed where there is one.")] = "",
    day: Annotated[str, typer.Option("--date", metavar="DAY", help="Show the one of an earlier day, YYYY-MM-DD.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it; nothing is claimed or sent.")] = False,
    html: HtmlOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show the next digest, or send one more now.

    Without --dry-run and --date a digest of what is new is also queued, besides the one of the usual hour.
    """
    wanted = option("--date", desk.day, day) if day else None
    with office_of(config) as office:
        who = _coach(office, coach)
        made = build(_facts(office, who, wanted))
        if html is not None:
            write_file(html, render_html(made))
        if not dry_run and wanted is None:
            asyncio.run(report_again(office, who, now=clock()))
    typer.echo(f"Subject: {subject(made)}\n\n{render_text(made)}")
    if not dry_run and wanted is None:
        typer.echo("mailer: queued; `mailer run` or `mailer once` sends it", err=True)


def _facts(office: Office, coach: Coach, wanted: date | None) -> DigestFacts:
    now = clock()
    if wanted is None:
        today = now.astimezone(ZoneInfo(coach.zone)).date()
        return office.db.read(digests.pending_facts, office.vault, coach.id, today, now=now)
    claimed = office.db.read(digests.claimed_on, coach.id, wanted)
    if claimed is None:
        raise PermanentFailure(f"{coach.slug} had no digest on {wanted}")
    return office.db.read(digests.digest_facts, office.vault, claimed, now=now)


def _coach(office: Office, slug: str) -> Coach:
    known = office.db.read(practice.coaches, office.vault)
    ids = ", ".join(one.slug for one in known)
    if not slug and len(known) > 1:
        raise WrongUsage(f"say whose digest with --coach; config.toml has: {ids}")
    found = [one for one in known if one.slug == slug or not slug]
    if not found:
        raise PermanentFailure(f'there is no coach "{slug}"; config.toml has: {ids}')
    return found[0]
