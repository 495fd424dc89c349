"""APScheduler rings; it carries no work and remembers nothing (a memory store), so a ring lost is a ring late.

After a suspend, or a clock set forward, it rings once and counts on from then: its own interval walks through every
ring that was missed, and ten years of them take minutes and gigabytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger


class Every(BaseTrigger):  # type: ignore[misc]
    """Every so many seconds from the last ring on, however late that was."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next ring; at once the first time is not needed, since every worker begins with a round."""
        return now + self._interval


@contextmanager
def ringing(bells: Mapping[str, tuple[asyncio.Event, float]]) -> Iterator[None]:
    """Rings each bell every so many seconds while the block runs."""
    scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone="UTC")
    for name, (bell, seconds) in bells.items():
        scheduler.add_job(
            _ring,
            Every(seconds),
            args=[bell],
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # a late ring is a ring
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _ring(bell: asyncio.Event) -> None:
    """A coroutine, so that it runs in the loop and not in a thread."""
    bell.set()
