"""`mailer plan` and `preview`: what will be sent, before it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from mailer.cli.desk import (
    DEFAULT_CONFIG,
    ConfigOption,
    HtmlOption,
    JsonOption,
    clock,
    office_of,
    write_file,
)
from mailer.cli.joining import refuse_unknown
from mailer.cli.problems import WrongUsage
from mailer.cli.say import say_json, say_table
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.write import posting_of, prompt_letter
from mailer.model.outgoing import Draft
from mailer.model.people import Client, Session, SessionState
from mailer.model.plan import Decision
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.plan import upcoming
from mailer.schedule.when import AroundSession
from mailer.store import clients, enrolments, planning, practice, sessions


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
    client: Annotated[str, typer.Option(metavar="CLIENT", help="Only this client.")] = "",
    days: Annotated[int, typer.Option(metavar="N", min=1, max=366, help="How far to look.")] = 14,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show what will be sent, and what will not.

    Each send stands with its local time, UTC and reason, each non-send with its reason. Nothing is written or sent.
    """
    now = clock()
    with office_of(config) as office:
        lines = _lines(office, client, now=now, until=now + timedelta(days=days))
        why_none = "" if lines else _why_none(office, client, days)
        gone = _gone(office, client)
    for each in gone:
        typer.echo(f"mailer: {each}", err=True)
    if as_json:
        say_json([_as_json(line) for line in lines])
        return
    columns = ["client", "local time", "zone", "UTC", "prompt", "", "why"]
    say_table(columns, [_row(line) for line in lines], nothing=why_none)


def preview(
    which: Annotated[str, typer.Argument(metavar="SCHEDULE/PROMPT", help="Such as weekly-checkin/week.")],
    client: Annotated[str, typer.Option(metavar="CLIENT", help="For whom.")],
    html: HtmlOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Render the very letter a client would get.

    While rehearsing that is the letter their coach gets instead. Nothing is sent.
    """
    with office_of(config) as office:
        schedule, prompt = _find(office, which)
        who = office.db.read(clients.find_client, office.vault, client)
        draft = _draft(office, schedule, prompt, client=who, now=clock())
    if html is not None:
        write_file(html, draft.html)
    typer.echo(f"From: {draft.sender.name} <{draft.sender.address}>")
    typer.echo(f"To: {draft.recipient.name} <{draft.recipient.address}>")
    typer.echo(f"Subject: {draft.subject}\n\n{draft.text}")


def _find(office: Office, which: str) -> tuple[Schedule, Prompt]:
    slug, _, name = which.partition("/")
    refuse_unknown(office, slug)
    schedule = office.book.schedules[slug]
    try:
        return schedule, schedule.prompt(name)
    except KeyError:
        known = ", ".join(f"{slug}/{one.id}" for one in schedule.prompts)
        if not name:
            raise WrongUsage(f"name the prompt as well: {known}") from None
        raise PermanentFailure(f'{slug} has no prompt "{name}"; it has: {known}') from None


def _draft(office: Office, schedule: Schedule, prompt: Prompt, *, client: Client, now: datetime) -> Draft:
    coach = office.db.read(practice.coach, office.vault, client.coach_id)
    session = _session(office, client, now=now) if isinstance(prompt.when, AroundSession) else None
    posting = posting_of(office, coach, bytes(10), now=now)
    draft, _ = prompt_letter(
        office, prompt, client=client, coach=coach, session=session, posting=posting, fallback=schedule.fallback
    )
    return draft


def _session(office: Office, client: Client, *, now: datetime) -> Session:
    """The client's next session, or one tomorrow: a letter around a session may speak of it."""
    known = office.db.read(sessions.sessions, client_id=client.id)
    coming = (one for one in known if one.starts_at > now and one.state is SessionState.PLANNED)
    found = next(coming, None)
    if found is not None:
        return found
    typer.echo(f"mailer: {client.slug} has no session to come; shown as if there were one tomorrow", err=True)
    starts = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return Session(
        id=client.id, client_id=client.id, coach_id=client.coach_id, number=len(known) + 1,
        starts_at=starts, ends_at=starts + timedelta(hours=1),
    )  # fmt: skip


def _lines(office: Office, slug: str, *, now: datetime, until: datetime) -> list[_Line]:
    only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
    lines = []
    for facts, _ in office.db.read(planning.all_facts, office.vault, client_id=only):
        schedule = office.book.schedules.get(facts.enrolment.schedule)
        if schedule is not None and schedule.enabled:
            found = upcoming(schedule, facts, now=now, until=until)
            lines += [_Line(facts.client.slug, facts.client.zone, one) for one in found]
    return sorted(lines, key=lambda line: (line.decision.due.at, line.slug))


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


def _gone(office: Office, slug: str) -> list[str]:
    """Enrolments on schedules that have no file: silence that nobody may have meant."""
    only = office.db.read(clients.find_client, office.vault, slug).id if slug else None
    known = {one.id: one.slug for one in office.db.read(clients.clients, office.vault)}
    return [
        f"{known[one.client_id]} is on {one.schedule}, but there is no {one.schedule}.toml; nothing of it is sent"
        for one in office.db.read(enrolments.enrolments, client_id=only)
        if one.schedule not in office.book.schedules and one.client_id in known
    ]


def _row(line: _Line) -> list[str]:
    due, skip = line.decision.due, line.decision.skip
    return [
        line.slug,
        f"{due.local:%a %Y-%m-%d %H:%M}",
        line.zone,
        f"{due.at:%Y-%m-%d %H:%MZ}",
        f"{due.schedule}/{due.prompt}",
        "send" if skip is None else f"no: {skip.value}",
        line.decision.detail or due.reason,
    ]


def _as_json(line: _Line) -> dict[str, object]:
    due, decision = line.decision.due, line.decision
    return {
        "client": line.slug,
        "schedule": due.schedule,
        "prompt": due.prompt,
        "anchor": due.anchor,
        "local": f"{due.local:%Y-%m-%dT%H:%M}",
        "zone": line.zone,
        "utc": due.at,
        "until": due.until,
        "send": decision.skip is None,
        "reason": due.reason,
        "skip": decision.skip,
        "detail": decision.detail,
        "shifted": due.shifted,
    }
