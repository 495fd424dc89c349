"""`mailer plan`: what will be sent and what will not, before it is, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, office_of
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.planned import PlannedLine, planned
from mailer.flow.unwritten import with_held
from mailer.flow.why import find_occurrence
from mailer.flow.why_story import Told, story
from mailer.schedule.ical_out import PlannedLetter, calendar_file
from mailer.schedule.where import line_of_when
from mailer.store import clients, enrolments

HELD = "held"  # it will be wanted, and cannot be written as things stand


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(plan)


def plan(
    client: Annotated[str, typer.Option(metavar="CLIENT", help="Only this client.")] = "",
    days: Annotated[int, typer.Option(metavar="N", min=1, max=366, help="How far to look.")] = 14,
    as_json: JsonOption = False,
    why: Annotated[
        str, typer.Option(metavar="OCCURRENCE", help="Tell the story of one, named as the plan names it; in quotes.")
    ] = "",
    calendar: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the sends as an iCalendar file (.ics).")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show what will be sent, and what will not.

    Each send stands with its local time, UTC and reason, each non-send with its reason. What has been decided already
    is past and not shown again; --why tells of that too. Nothing is written or sent.
    """
    now = clock()
    if why:
        if client or calendar is not None:
            raise WrongUsage("--why is about one occurrence; leave --client and --calendar out")
        _tell(config, why, as_json=as_json, now=now)
        return
    with office_of(config) as office:
        who = [office.db.read(clients.find_client, office.vault, client)] if client else None
        lines = with_held(office, planned(office, who, now=now, until=now + timedelta(days=days)), now=now)
        why_none = "" if lines else _why_none(office, client, days)
        gone = _gone(office, client, now=now)
        content = _calendar(office, lines, now=now) if calendar is not None else b""
    for each in gone:
        typer.echo(f"mailer: {each}", err=True)
    if calendar is not None:
        _write_calendar(calendar, content)
    if as_json:
        say_json([_as_json(line) for line in lines])
    elif calendar is not None:
        sends = sum(line.goes for line in lines)
        typer.echo(f"wrote {sends} letter{'' if sends == 1 else 's'} of the next {days} days to {calendar}")
    else:
        columns = ["occurrence", "local time", "zone", "UTC", "", "why"]
        say_table(columns, [_row(line) for line in lines], nothing=why_none)


def _why_none(office: Office, slug: str, days: int) -> str:
    """What a person should know who expected letters."""
    only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
    if not slug and not office.db.read(clients.clients, office.vault):
        return "no clients yet: `mailer client add`"
    on = {one.schedule for one in office.db.read(enrolments.enrolments, client_id=only)}
    if not on:
        return f"{slug or 'nobody'} is on {'no' if slug else 'any'} schedule: `mailer client join`"
    if not any(one.enabled for name, one in office.book.schedules.items() if name in on):
        return f"nothing is in force: enabled = false, or no file, for {', '.join(sorted(on))}"
    return f"nothing in the next {days} day{'s' if days > 1 else ''}"


def _gone(office: Office, slug: str, *, now: datetime) -> list[str]:
    """Enrolments on schedules that have no file, and have not ended: silence that nobody may have meant."""
    only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
    known = {one.id: one for one in office.db.read(clients.clients, office.vault)}
    return [
        f"{known[one.client_id].slug} is on {one.schedule}, but there is no {one.schedule}.toml; nothing of it is sent"
        for one in office.db.read(enrolments.enrolments, client_id=only)
        if one.schedule not in office.book.schedules
        and one.client_id in known
        and (one.end is None or one.end >= now.astimezone(ZoneInfo(known[one.client_id].zone)).date())
    ]


def _tell(config: Path, name: str, *, as_json: bool, now: datetime) -> None:
    """The story of one occurrence."""
    with office_of(config) as office:
        found = find_occurrence(office, name, now=now)
        source = office.sources.get(found.schedule.slug, "")
        held = ""
        if found.decision is not None:
            [line] = with_held(office, [PlannedLine(found.client, found.decision)], now=now)
            held = line.held
        told = Told(rules=office.rules, line=line_of_when(source, found.schedule.slug, found.prompt.id), held=held)
        lines = story(found, told, now=now)
    if as_json:
        say_json({"occurrence": found.name, "story": [{"what": what, "said": said} for what, said in lines]})
        return
    typer.echo(found.name)
    for what, said in lines:
        typer.echo(f"  {what:9} {said}")


def _row(line: PlannedLine) -> list[str]:
    due = line.decision.due
    return [
        _quoted(line.shown),
        f"{due.local:%a %Y-%m-%d %H:%M}",
        line.client.zone,
        f"{due.at:%Y-%m-%d %H:%MZ}",
        "send" if line.goes else f"no: {_skip(line)}",
        _reason(line),
    ]


def _skip(line: PlannedLine) -> str | None:
    """Why it does not go, in a word; None where it goes."""
    return HELD if line.held else line.decision.skip


def _reason(line: PlannedLine) -> str:
    """Why it goes, and what moved it; or why it does not."""
    due, decision = line.decision.due, line.decision
    if line.held:
        return line.held
    if decision.skip is not None and decision.detail:
        return decision.detail
    shifted = "the clocks jump over that time, and it goes at the first moment after" if due.shifted else ""
    more = decision.detail.rstrip(".")
    return "; ".join(filter(None, [due.reason, shifted, f"{more[:1].lower()}{more[1:]}"]))


def _as_json(line: PlannedLine) -> dict[str, object]:
    due, decision = line.decision.due, line.decision
    return {
        "occurrence": line.occurrence,
        "client": line.client.slug,
        "schedule": due.schedule,
        "prompt": due.prompt,
        "anchor": due.anchor,
        "local": f"{due.local:%Y-%m-%dT%H:%M}",
        "zone": line.client.zone,
        "utc": due.at,
        "until": due.until,
        "send": line.goes,
        "reason": due.reason,
        "skip": _skip(line),
        "detail": line.held or decision.detail,
        "shifted": due.shifted,
        "moved": due.moved,
        "late": decision.late,
    }


def _calendar(office: Office, lines: list[PlannedLine], *, now: datetime) -> bytes:
    letters = (
        PlannedLetter(
            client_id=line.client.id,
            first_name=line.client.first_name,
            zone=line.client.zone,
            title=office.book.schedules[line.decision.due.schedule].title,
            due=line.decision.due,
        )
        for line in lines
        if line.goes
    )
    return calendar_file(letters, now=now)


def _write_calendar(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise PermanentFailure(f"{file} cannot be written: {error.strerror}; name another file") from None


def _quoted(name: str) -> str:
    """A name as it is typed in a shell: quoted where it has blanks."""
    return f'"{name}"' if " " in name else name
