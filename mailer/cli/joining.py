"""Which schedules does a client join, and from which day on?"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from mailer.cli.desk import clock
from mailer.cli.problems import WrongUsage
from mailer.errors import PermanentFailure
from mailer.flow.enqueue import schedules_of
from mailer.flow.office import Office
from mailer.model.people import Client
from mailer.store import enrolments, practice


def refuse_unknown(office: Office, schedule: str) -> None:
    """PermanentFailure with the schedules there are, where this is none of them."""
    if schedule not in office.book.schedules:
        known = ", ".join(sorted(office.book.schedules)) or "none"
        raise PermanentFailure(f'there is no schedule "{schedule}"; the folder has: {known}')


def audiences(office: Office, client: Client) -> list[str]:
    """Schedules in force whose audience includes the client."""
    coach = office.db.read(practice.coach, office.vault, client.coach_id)
    theirs = [office.book.schedules[slug] for slug in schedules_of(office, coach.practice)]
    return [one.slug for one in theirs if one.enabled and one.audience.includes(client, coach.slug)]


def join_schedule(
    office: Office, client: Client, schedule: str, *, start: date | None = None, end: date | None = None
) -> bool:
    """Puts the client on a schedule, from the client's own today on unless told; False if the client is on it."""
    today = clock().astimezone(ZoneInfo(client.zone)).date()
    first = start or today
    if end is not None and end < first:
        raise WrongUsage(f"--until: {end} comes before {first}, the first day; nothing would ever be sent")
    if end is not None and end < today:
        raise PermanentFailure(f"--until: {end} is over where {client.slug} lives; nothing would ever be sent")
    return office.db.write(enrolments.join, client.id, schedule, start=first, end=end, now=clock())
