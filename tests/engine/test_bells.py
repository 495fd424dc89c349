"""What wakes the workers, whatever the wall clock does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailer.engine.bells import Every, ringing
from mailer.engine.worker import Worker
from mailer.errors import TemporaryFailure
from mailer.store import heartbeats
from tests.house import House
from tests.stores import NOW

LONGEST_SECONDS = 10


def test_ten_years_of_missed_rings_are_one_ring() -> None:
    scheduler = AsyncIOScheduler(timezone="UTC")
    job: Job = scheduler.add_job(print, Every(5), id="plan", next_run_time=NOW)

    rings = job._get_run_times(NOW + timedelta(days=3650))

    assert len(rings) == 1
    assert Every(5).get_next_fire_time(rings[0], NOW + timedelta(days=3650)) == NOW + timedelta(days=3650, seconds=5)


async def test_a_bell_rings_again_and_again() -> None:
    bell = asyncio.Event()

    with ringing({"plan": (bell, 0.02)}):
        for _ in range(3):
            await asyncio.wait_for(bell.wait(), LONGEST_SECONDS)
            bell.clear()


async def worked(house: House, steps: list[Exception | bool], *, rounds: int) -> list[datetime]:
    """Lets a worker, whose bell nobody rings, do so many rounds of steps that end like this; gives when each began."""
    stopping, begun = asyncio.Event(), []

    async def step() -> bool:
        begun.append(datetime.now(UTC))
        if len(begun) >= rounds:
            stopping.set()
        outcome = steps[len(begun) - 1] if len(begun) <= len(steps) else False
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    worker = Worker("plan", step, office=house.office, clock=house.clock, stopping=stopping, seconds=0.01)
    await asyncio.wait_for(worker.run(), LONGEST_SECONDS)
    return begun


async def test_a_worker_whose_bell_never_rings_comes_round_by_itself(sqlite_house: House) -> None:
    assert len(await worked(sqlite_house, [], rounds=3)) == 3


@pytest.mark.parametrize("error", [TemporaryFailure("the disk is full"), ZeroDivisionError("oh")])
async def test_a_worker_outlives_what_goes_wrong_in_its_step(sqlite_house: House, error: Exception) -> None:
    assert len(await worked(sqlite_house, [error, error], rounds=4)) == 4


async def test_what_goes_wrong_in_a_step_is_noted(sqlite_house: House) -> None:
    await worked(sqlite_house, [TemporaryFailure("the disk is full")], rounds=1)

    assert sqlite_house.office.db.read(heartbeats.beats) == {"plan": (sqlite_house.now, "the disk is full")}
