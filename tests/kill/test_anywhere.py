"""kill -9 at any moment: nothing is lost, and nothing happens twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.kill.installation import LEASES_END, WEEK_TWO, Beginnings, Installation
from tests.kill.recovery import Deaths, Property, comes_true, recovered
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import ScriptedSmtp

BLOCKS, POINTS = 50, 10
AGAIN = 0.3  # how often the program that was started again is killed as well
CONNECTIONS = (1, 2, 4)
BEYOND = 1.1  # of the time an undisturbed round takes: also just after its end


@dataclass(frozen=True)
class Ground:
    """Where points of one database are tried."""

    beginnings: Beginnings
    kind: str
    box: Box
    folder: Path


async def test_a_round_that_nothing_disturbs_does_everything_once(
    beginnings: Beginnings, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        await place.round(WEEK_TWO)

        assert len(smtp.letters) == 8
        assert await recovered(place, Deaths(place)) == []
        await place.close()


@pytest.mark.parametrize(("kind", "points"), [("sqlite", 8), ("postgres", 2)])
async def test_nothing_is_lost_and_nothing_happens_twice(
    beginnings: Beginnings, box: Box, tmp_path: Path, record_property: Property, kind: str, points: int
) -> None:
    ground = Ground(beginnings, kind, box, tmp_path)
    assert await tried(ground, [f"slice {kind} {one}" for one in range(points)], record_property) == {}


@pytest.mark.prove
@pytest.mark.parametrize("block", range(BLOCKS))
async def test_nothing_is_lost_and_nothing_happens_twice_wherever_it_dies(
    beginnings: Beginnings, box: Box, tmp_path: Path, record_property: Property, block: int
) -> None:
    ground = Ground(beginnings, "sqlite" if block % 5 else "postgres", box, tmp_path)
    assert await tried(ground, [f"block {block} {one}" for one in range(POINTS)], record_property) == {}


@pytest.mark.prove
@pytest.mark.parametrize("offset", range(8))
async def test_it_may_die_after_every_single_transaction(
    beginnings: Beginnings, box: Box, tmp_path: Path, record_property: Property, offset: int
) -> None:
    wrong: dict[int, list[str]] = {}
    number, died, kills, unknown = offset, True, 0, 0
    while died:
        async with ScriptedSmtp() as smtp:
            place = await beginnings.copy("sqlite", tmp_path / str(number), box, smtp)
            deaths = Deaths(place)
            died = await killed_after(place, deaths, commits=number)
            found = await recovered(place, deaths)
            wrong |= {number: found} if found else {}
            kills, unknown = kills + deaths.kills, unknown + deaths.unknown
            await place.close()
        number += 8
    record_property("kills", kills)
    record_property("letters of unknown fate", unknown)
    assert wrong == {}


async def tried(ground: Ground, seeds: list[str], record_property: Property) -> dict[str, list[str]]:
    """What was wrong, by seed, after killing at one random moment for each; often once more after the next start."""
    wrong: dict[str, list[str]] = {}
    kills = unknown = 0
    seconds = await ground.beginnings.round_seconds(ground.kind, ground.folder / "undisturbed", ground.box)
    for seed in seeds:
        random = Random(seed)
        async with ScriptedSmtp() as smtp:
            place = await ground.beginnings.copy(ground.kind, ground.folder / seed, ground.box, smtp)
            place.connections = random.choice(CONNECTIONS)
            place.settle()
            deaths, now = Deaths(place), WEEK_TWO
            for _ in range(1 + (random.random() < AGAIN)):
                process = place.start(now)
                await process.begun()
                await process.ended(random.uniform(0, seconds * BEYOND))
                await deaths.kill(process)
                now += LEASES_END
            found = await recovered(place, deaths, now=now)
            wrong |= {seed: found} if found else {}
            kills, unknown = kills + deaths.kills, unknown + deaths.unknown
            await place.close()
    record_property("kills", kills)
    record_property("letters of unknown fate", unknown)
    return wrong


async def killed_after(place: Installation, deaths: Deaths, *, commits: int) -> bool:
    """Kills once the database has seen so many commits; False if the round ended before."""
    seen: list[int] = []

    def enough(version: int) -> bool:
        if not seen or seen[-1] != version:
            seen.append(version)
        return len(seen) > commits

    process = place.start(WEEK_TWO)
    await process.begun()
    if await comes_true(
        place, lambda conn: enough(conn.exec_driver_sql("PRAGMA data_version").scalar_one()), process=process
    ):
        await deaths.kill(process)
        return True
    return False
