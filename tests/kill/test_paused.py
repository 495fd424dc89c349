"""Several processes over one PostgreSQL, one of which stands still past its lease and then goes on: no letter twice.

It is stopped where a server waits, or at any moment. Half an hour later by their clocks the others take over what it
had; then it goes on as if nothing had been.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from mailer.store.migrate import DATA, KEYS
from tests.kill.installation import LEASES_END, WEEK_TWO, Beginnings, Installation
from tests.kill.process import Running
from tests.kill.recovery import Deaths, Property, recovered
from tests.kill.test_steps import ALL
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist

BLOCKS, POINTS = 10, 10
HOLDS_FOR = "2s"  # a transaction of a process that stands still is ended by PostgreSQL after this


@dataclass(frozen=True)
class Ground:
    """Where it happens."""

    beginnings: Beginnings
    box: Box
    folder: Path

    async def place(self, smtp: ScriptedSmtp, name: str, *, connections: int) -> Installation:
        """A week-old installation on PostgreSQL."""
        place = await self.beginnings.copy("postgres", self.folder / name, self.box, smtp)
        patience = f"options=-c%20idle_in_transaction_session_timeout%3D{HOLDS_FOR}"
        place.urls = {steps: f"{place.urls[steps]}&{patience}" for steps in (DATA, KEYS)}
        place.connections = connections
        place.settle()
        return place


async def others_take_over(place: Installation, count: int) -> None:
    """So many processes at once, half an hour later; each ends by itself."""
    started = [place.start(WEEK_TWO + LEASES_END) for _ in range(count)]
    codes = await asyncio.gather(*(process.ended() for process in started))
    assert None not in codes, place.log


async def goes_on(process: Running, place: Installation) -> None:
    process.resume()
    assert await process.ended() is not None, place.log


@pytest.mark.parametrize("processes", [2, pytest.param(4, marks=pytest.mark.prove)])
@pytest.mark.parametrize("at", [At.RCPT, At.DATA, At.DOT], ids=str)
async def test_a_letter_that_was_under_way_when_its_process_stood_still_is_sent_once(
    beginnings: Beginnings, box: Box, tmp_path: Path, at: At, processes: int
) -> None:
    async with ScriptedSmtp(Twist(at=at, then=Then.AWAIT_TEST, on=(1,), turn=3)) as smtp:
        place = await Ground(beginnings, box, tmp_path).place(smtp, "place", connections=1)

        process = place.start(WEEK_TWO)
        await process.comes_to(smtp.fell_silent)
        process.pause()
        await others_take_over(place, processes - 1)
        smtp.let_go.set()
        await goes_on(process, place)

        nobody_died = Deaths(place)
        assert await recovered(place, nobody_died, now=WEEK_TWO + LEASES_END, alone=False) == []
        assert (nobody_died.unknown, len(smtp.letters)) == (0, ALL)
        await place.close()


async def test_what_the_others_take_for_unknown_is_known_once_its_sender_goes_on(
    beginnings: Beginnings, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp(Twist(at=At.DOT, then=Then.AWAIT_TEST, on=(1,), turn=2)) as smtp:
        place = await Ground(beginnings, box, tmp_path).place(smtp, "place", connections=1)

        process = place.start(WEEK_TWO)
        await process.comes_to(smtp.fell_silent)
        process.pause()
        await others_take_over(place, 1)
        meanwhile = Deaths(place).unknown
        smtp.let_go.set()
        await goes_on(process, place)

        assert (meanwhile, Deaths(place).unknown) == (1, 0)
        await place.close()


@pytest.mark.parametrize("processes", [2, 4])
async def test_no_letter_goes_twice_when_one_of_several_processes_stands_still(
    beginnings: Beginnings, box: Box, tmp_path: Path, record_property: Property, processes: int
) -> None:
    ground = Ground(beginnings, box, tmp_path)
    assert await tried(ground, [f"slice {processes} 0"], processes, record_property) == {}


@pytest.mark.prove
@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("block", range(BLOCKS))
async def test_no_letter_goes_twice_whenever_one_of_several_processes_stands_still(
    beginnings: Beginnings, box: Box, tmp_path: Path, record_property: Property, block: int, processes: int
) -> None:
    ground = Ground(beginnings, box, tmp_path)
    seeds = [f"block {processes} {block} {one}" for one in range(POINTS)]
    assert await tried(ground, seeds, processes, record_property) == {}


async def tried(ground: Ground, seeds: list[str], processes: int, record_property: Property) -> dict[str, list[str]]:
    """What was wrong, by seed, after one process stood still at one random moment for each."""
    wrong: dict[str, list[str]] = {}
    stopped = 0
    seconds = await ground.beginnings.round_seconds("postgres", ground.folder / "undisturbed", ground.box)
    for seed in seeds:
        random = Random(seed)
        async with ScriptedSmtp() as smtp:
            place = await ground.place(smtp, seed, connections=random.choice((1, 4)))
            process = place.start(WEEK_TWO)
            await process.begun()
            await process.ended(random.uniform(0, seconds))
            if process.alive:
                stopped += 1
                process.pause()
                await others_take_over(place, processes - 1)
                await goes_on(process, place)
            found = await recovered(place, Deaths(place), now=WEEK_TWO + LEASES_END, alone=False)
            wrong |= {seed: found} if found else {}
            await place.close()
    record_property("processes that stood still", stopped)
    return wrong
