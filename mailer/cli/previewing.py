"""`mailer preview`: the very letter, before it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, HtmlOption, clock, office_of, write_file
from mailer.cli.joining import refuse_unknown
from mailer.cli.problems import WrongUsage
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.flow.write import posting_of, prompt_letter
from mailer.model.outgoing import Draft
from mailer.model.people import Client, Session, SessionState
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.when import AroundPromise, AroundSession
from mailer.store import clients, planning, practice, promises, sessions

AS_IF_PROMISED = ("walk on Tuesday", "call Lee")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(preview)


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
    draft, _ = prompt_letter(
        office,
        prompt,
        client=client,
        coach=coach,
        session=_session(office, client, now=now) if isinstance(prompt.when, AroundSession) else None,
        posting=posting_of(office, coach, bytes(10), now=now),
        fallback=schedule.fallback,
        promises=_promises(office, client, now=now) if isinstance(prompt.when, AroundPromise) else (),
    )
    return draft


def _promises(office: Office, client: Client, *, now: datetime) -> tuple[str, ...]:
    """What the client promised for the next day that has a promise, or two promises as if: a letter speaks of them."""
    known = office.db.read(planning.all_facts, office.vault, now=now, client_id=client.id)
    today = now.astimezone(ZoneInfo(client.zone)).date()
    coming = [one for facts in known for one in facts.enrolments[0].promises if one.due_on >= today]
    for one in sorted((one for one in coming if not one.by_coach), key=lambda one: one.due_on):
        if words := office.db.read(promises.promised_with, office.vault, one.id):
            return words
    typer.echo(f"mailer: {client.slug} has no promise to come; shown as if there were two", err=True)
    return AS_IF_PROMISED


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
