"""Once a day and coach: a digest is claimed when the coach's own clock says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.flow.office import Office
from mailer.model.people import Coach
from mailer.store import digests, practice

FRESH = timedelta(hours=20)  # a digest that cannot go within this gives its entries to the next one


async def report_some(office: Office, *, now: datetime) -> bool:
    """Claims the digests that are due; True if any was.

    One per coach and local date: the constraint decides, however often this is asked and by how many processes.
    """
    claimed = False
    for coach in await office.db.look(practice.coaches, office.vault):
        last = await office.db.look(digests.last_digest_day, coach.id)
        here = now.astimezone(ZoneInfo(coach.zone))
        due = here.replace(hour=coach.digest_at.hour, minute=coach.digest_at.minute, second=0, microsecond=0)
        ahead = last is not None and last > here.date() + timedelta(days=1)  # claimed while a clock ran ahead
        is_due = here >= due and here.date() >= coach.digests_from and (last is None or ahead or last < here.date())
        if is_due:
            claimed = await _claim(office, coach, now=now) is not None or claimed
    return claimed


async def report_again(office: Office, coach: Coach, *, now: datetime) -> UUID | None:
    """A further digest of this day, because a person asked for it."""
    day = now.astimezone(ZoneInfo(coach.zone)).date()
    again = await office.db.look(digests.times_claimed, coach.id, day)
    return await office.db.run(digests.claim_digest, coach.id, day, again=again, expires_at=now + FRESH, now=now)


async def _claim(office: Office, coach: Coach, *, now: datetime) -> UUID | None:
    day = now.astimezone(ZoneInfo(coach.zone)).date()
    return await office.db.run(digests.claim_digest, coach.id, day, expires_at=now + FRESH, now=now)
