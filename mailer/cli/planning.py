"""`mailer plan` and `preview`: what will be sent, before it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, JsonOption, clock, local, office_of, say_json, say_table
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.write import posting_of, prompt_letter
from mailer.model.plan import Decision
from mailer.schedule.plan import upcoming
from mailer.store import clients, planning, practice


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(plan)
    app.command()(preview)


@dataclass(frozen=True, slots=True)
class _Line:
    slug: str
    zone: str
    decision: Decision


def plan(
    client: Annotated[str, typer.Option(help="Only this client.")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="How far to look.")] = 14,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show each send of the coming days with local time, UTC and reason, and each non-send with its reason."""
    with office_of(config) as office:
        lines = _lines(office, client, now=clock(), until=clock() + timedelta(days=days))
    if as_json:
        say_json([_as_json(line) for line in lines])
        return
    rows = []
    for line in lines:
        due, skip = line.decision.due, line.decision.skip
        what = "send" if skip is None else f"no: {skip.value}"
        why = line.decision.detail or due.reason
        rows.append(
            [line.slug, f"{due.local:%a %Y-%m-%d %H:%M}", line.zone, f"{due.at:%Y-%m-%d %H:%MZ}",
             f"{due.schedule}/{due.prompt}", what, why]
        )  # fmt: skip
    say_table(
        ["client", "local time", "zone", "UTC", "prompt", "", "why"], rows, nothing=f"nothing in the next {days} days"
    )


def preview(
    which: Annotated[str, typer.Argument(metavar="SCHEDULE/PROMPT", help="Such as weekly-checkin/week.")],
    client: Annotated[str, typer.Option(help="For whom.")],
    html: Annotated[Path | None, typer.Option(help="Write the HTML part into this file.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Render the very letter a client would get."""
    slug, _, name = which.partition("/")
    with office_of(config) as office:
        schedule = office.book.schedules.get(slug)
        if schedule is None:
            raise PermanentFailure(f'there is no schedule "{slug}"; the folder has: {", ".join(office.book.schedules)}')
        try:
            prompt = schedule.prompt(name)
        except KeyError:
            known = ", ".join(one.id for one in schedule.prompts)
            raise PermanentFailure(f'{slug} has no prompt "{name}"; it has: {known}') from None
        who = office.db.read(clients.find_client, office.vault, client)
        coach = office.db.read(practice.coach, office.vault, who.coach_id)
        posting = posting_of(office, coach, bytes(10), now=clock())
        draft, _ = prompt_letter(office, prompt, client=who, coach=coach, session=None, posting=posting)
    typer.echo(f"From: {draft.sender.name} <{draft.sender.address}>")
    typer.echo(f"To: {draft.recipient.name} <{draft.recipient.address}>")
    typer.echo(f"Subject: {draft.subject}\n\n{draft.text}")
    if html is not None:
        html.write_text(draft.html, "utf-8")


def _lines(office: Office, slug: str, *, now: datetime, until: datetime) -> list[_Line]:
    only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
    lines = []
    for facts, _ in office.db.read(planning.all_facts, office.vault, client_id=only):
        schedule = office.book.schedules.get(facts.enrolment.schedule)
        if schedule is not None and schedule.enabled:
            found = upcoming(schedule, facts, now=now, until=until)
            lines += [_Line(facts.client.slug, facts.client.zone, one) for one in found]
    return sorted(lines, key=lambda line: (line.decision.due.at, line.slug))


def _as_json(line: _Line) -> dict[str, object]:
    due, decision = line.decision.due, line.decision
    return {
        "client": line.slug,
        "schedule": due.schedule,
        "prompt": due.prompt,
        "anchor": due.anchor,
        "local": local(due.at, line.zone),
        "zone": line.zone,
        "utc": due.at,
        "until": due.until,
        "send": decision.skip is None,
        "reason": due.reason,
        "skip": decision.skip,
        "detail": decision.detail,
        "shifted": due.shifted,
    }
