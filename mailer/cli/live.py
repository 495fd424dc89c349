"""`mailer check --live`: the accounts' servers, and a letter of each account to itself."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

import typer

from mailer.cli.desk import clock
from mailer.cli.problems import WrongUsage
from mailer.cli.say import printable, say_json
from mailer.config import Settings
from mailer.config.providers import provider_of
from mailer.engine.live import Trial
from mailer.engine.opening import open_office
from mailer.flow.live_check import Posting
from mailer.flow.office import Office
from mailer.model.checkup import Checkup, Finding, Grade
from mailer.model.places import Account

_SIGNS = {Grade.GOOD: "ok", Grade.NOTE: "note", Grade.FAILED: "FAILED"}
_WIDEST_SIGN = max(map(len, _SIGNS.values()))
_GAP = "  "


def check_live(settings: Settings, *, account: str, wait: int, clean: bool, as_json: bool) -> None:
    """Tries the accounts, prints what was found; exit 1 where something failed."""
    chosen = _chosen(settings, account)
    with open_office(settings, now=clock()) as (office, _):
        checkups = asyncio.run(_try_all(office, settings, chosen, wait=wait, clean=clean))
    is_good = all(one.is_good for one in checkups)
    if as_json:
        say_json({"good": is_good, "accounts": [asdict(one) | {"good": one.is_good} for one in checkups]})
    else:
        for one in checkups:
            _say(one)
    if not is_good:
        raise typer.Exit(1)


def _chosen(settings: Settings, account: str) -> list[Account]:
    found = [one for one in settings.accounts if account in ("", one.slug)]
    if not found:
        there = ", ".join(one.slug for one in settings.accounts)
        raise WrongUsage(f'--account: there is no account "{account}"; config.toml has: {there}')
    return found


async def _try_all(
    office: Office, settings: Settings, chosen: Sequence[Account], *, wait: int, clean: bool
) -> list[Checkup]:
    """All accounts at once: each may have to wait for its letter."""
    trials = [
        Trial(office=office, posting=_posting(settings, one, wait=wait), clean=clean, tell=_tell) for one in chosen
    ]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.run()) for one in trials]
    return [task.result() for task in tasks]


def _posting(settings: Settings, account: Account, *, wait: int) -> Posting:
    """Letters come from a coach's name, so this one does too."""
    coach = next((one.name for one in settings.coaches if one.practice == account.practice), "")
    named = account.oauth.provider if account.oauth is not None else None
    provider = provider_of(account.address, hosts=(account.smtp.host, account.imap.host), oauth=named)
    carrier = provider.name if provider is not None else "the server"
    return Posting(account=account, name=coach, carrier=carrier, wait_seconds=wait)


def _tell(said: str) -> None:
    """For whoever sits before it; a log of results needs no such lines."""
    if sys.stderr.isatty():
        typer.echo(said, err=True)


def _say(checkup: Checkup) -> None:
    """One line for each finding and its remedy, folded at words on a narrow terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    typer.echo(f"\n{checkup.account}, {checkup.address}")
    widest = max(len(one.about) for one in checkup.findings)
    for finding in checkup.findings:
        for line in _lines(finding, widest=widest, width=width):
            typer.echo(line)
    failed = sum(one.grade is Grade.FAILED for one in checkup.findings)
    typer.echo(f"{checkup.account}: {f'{failed} failed' if failed else 'good'}")


def _lines(finding: Finding, *, widest: int, width: int) -> list[str]:
    head = f"{_GAP}{_SIGNS[finding.grade]:{_WIDEST_SIGN}}{_GAP}{finding.about:{widest}}{_GAP}"
    indent = " " * len(head)
    lines = [head + printable(finding.said)]
    if finding.remedy:
        lines.append(f"{indent}-> {printable(finding.remedy)}")
    if width <= len(head) + 20:
        return lines
    return [part for line in lines for part in textwrap.wrap(line, width, subsequent_indent=indent) or [line]]
