"""APScheduler rings; it carries no work and remembers nothing (a memory store), so a ring lost is a ring late."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

MISFIRE_SECONDS = 3600  # a ring that comes late after a suspend still rings, once


@contextmanager
def ringing(bells: Mapping[str, tuple[asyncio.Event, float]]) -> Iterator[None]:
    """Rings each bell every so many seconds while the block runs."""
    scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone="UTC")
    for name, (bell, seconds) in bells.items():
        scheduler.add_job(
            _ring,
            "interval",
            args=[bell],
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=MISFIRE_SECONDS,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _ring(bell: asyncio.Event) -> None:
    """A coroutine, so that it runs in the loop and not in a thread."""
    bell.set()
