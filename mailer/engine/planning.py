"""The planner's step while people edit the files it plans by: what changed is taken in first."""

from __future__ import annotations

from datetime import datetime

from mailer.engine.shelf import Shelf
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.file_trouble import tell_operator
from mailer.flow.held import retry_held
from mailer.flow.office import Office


class Planning:
    """An office and the shelf its schedules come from."""

    def __init__(self, office: Office, shelf: Shelf) -> None:
        self._office, self._shelf = office, shelf
        self._taken_in = False  # what the shelf holds is known to the database

    async def step(self, *, now: datetime) -> bool:
        """Plans what is due; True if there was anything.

        1. looks at the shelf, and works by what has come into force there
        2. makes new and changed schedules known, once; where that fails, again the next time
        3. tells the operator what cannot be read
        4. queues held letters that can be written by now
        5. plans
        """
        if self._shelf.look(now=now):
            self._shelf.hand_to(self._office)
            self._taken_in = False
        if not self._taken_in:
            await take_in_book(self._office, now=now)
            self._taken_in = True
        await tell_operator(self._office, now=now)
        await retry_held(self._office, now=now)
        return await plan_some(self._office, now=now)
