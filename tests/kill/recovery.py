"""After a kill: the program is started again, half an hour later each time, until it has nothing left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from tests.kill.installation import LEASES_END, SATURDAY, WEEK_TWO, Installation
from tests.kill.ledger import count_unknown, database, faults, in_flight, is_quiet
from tests.kill.process import Running

MOST_ROUNDS = 8


Property = Callable[[str, object], None]
Condition = Callable[[Connection], bool]


class Deaths:
    """Which letters were under way when a process died."""

    def __init__(self, place: Installation) -> None:
        self._place = place
        self.kills = 0
        self.letters: set[UUID] = set()

    @property
    def unknown(self) -> int:
        """How many letters are of unknown fate."""
        return count_unknown(self._place)

    async def kill(self, process: Running) -> None:
        """kill -9, and what was under way then."""
        self.kills += await process.kill()
        self.letters |= in_flight(self._place)


async def recovered(place: Installation, deaths: Deaths, *, now: datetime = WEEK_TWO, alone: bool = True) -> list[str]:
    """What is wrong once all is quiet and the next day's digest has gone out; nothing must be."""
    for _ in range(MOST_ROUNDS):
        now += LEASES_END
        await place.round(now)
        if is_quiet(place):
            break
    await place.round(SATURDAY)
    return faults(place, died_sending=deaths.letters, alone=alone)


async def comes_true(place: Installation, condition: Condition, *, process: Running) -> bool:
    """True as soon as the database says so, False if the process ended before."""
    with database(place) as data:
        while process.alive:
            if data.read(condition):
                return True
            await asyncio.sleep(0)
    return False
