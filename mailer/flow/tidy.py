"""What is put right from time to time: letters of dead processes, letters out of time, ended pauses,
addresses that letters reach again, old keys.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from mailer.flow.office import Office
from mailer.store import clients, delivery, inbox, settlement

log = logging.getLogger(__name__)


async def put_right(office: Office, *, now: datetime) -> bool:
    """All of it; no work ever waits for more."""
    await take_back(office, now=now)
    await end_pauses(office, now=now)
    await office.db.run(delivery.recover, now=now)
    await destroy_empty_intake_keys(office, now=now)
    return False


async def take_back(office: Office, *, now: datetime) -> bool:
    """Letters of dead processes are queued again or known to be unknown; those out of time expire."""
    lost = await office.db.run(settlement.take_back, office.vault, now=now)
    expired = await office.db.run(settlement.expire, office.vault, now=now)
    if lost or expired:
        log.warning("took back letters=%s expired=%s", lost, expired)
    return bool(lost or expired)


async def end_pauses(office: Office, *, now: datetime) -> bool:
    """Clients whose pause is over are planned again; nothing is released at that moment."""
    return bool(await office.db.run(clients.end_pauses, now=now))


async def destroy_empty_intake_keys(office: Office, *, now: datetime) -> bool:
    """The intake key of a day goes once no letter needs it, and no letter kept around midnight can still come to."""
    used = await office.db.look(inbox.intake_days)
    yesterday = (now.astimezone(UTC).date() - timedelta(days=1)).isoformat()
    gone = [day for day in office.vault.owners("intake") if day not in used and day < yesterday]
    for day in gone:
        office.vault.destroy_key("intake", day)
    return bool(gone)
