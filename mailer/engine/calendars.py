"""When are coaches' calendars read? At the start and once an hour; while there is trouble, at every ring until it ends.

So that the trouble stands in `status` for as long as it lasts, and what was mended is seen within minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailer.flow.office import Office
from mailer.flow.sessions import Fetch, import_calendars

RING_SECONDS = 300  # well within the time after which a worker counts as silent
EVERY = timedelta(minutes=55)  # at the first ring after it: an hour


class Calendars:
    """Remembers when the calendars were last read."""

    def __init__(self, office: Office, fetch: Fetch) -> None:
        self._office, self._fetch = office, fetch
        self._read_at: datetime | None = None

    async def step(self, *, now: datetime) -> bool:
        """Reads them if it is time; True where sessions changed. A clock that was set back does not make them wait."""
        if self._read_at is not None and timedelta(0) <= now - self._read_at < EVERY:
            return False
        self._read_at = None
        changed = await import_calendars(self._office, self._fetch, now=now)
        self._read_at = now
        return changed
