"""A machine that sleeps through the time of a letter, and wakes: the engine is stopped as a suspend stops it."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from mailer.model.plan import SkipReason
from mailer.store import schema
from tests.house import parsed
from tests.kill.driver import engine
from tests.kill.installation import DUE, PETRA, WEEK_TWO, Beginnings, Installation, delivered
from tests.kill.ledger import database
from tests.kill.process import eventually
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import ScriptedSmtp

WAKES = [
    ("40", len(DUE), [SkipReason.STOPPED]),  # within six hours: late, and once
    ("430", 0, [SkipReason.STOPPED, *[SkipReason.TOO_LATE] * len(DUE)]),  # after them: skipped, and reported
]


def skipped(place: Installation) -> list[str]:
    """Why this week's letters were not sent."""
    o = schema.occurrences.c

    def read(conn: Connection) -> list[str]:
        mine = (o.due_at == WEEK_TWO) & (o.state == schema.OccurrenceState.SKIPPED)
        return sorted(conn.scalars(select(o.reason).where(mine)))

    with database(place) as data:
        return data.read(read)


@pytest.mark.parametrize(("minutes", "sent", "reasons"), WAKES, ids=["within-six-hours", "after-them"])
async def test_a_laptop_that_slept_through_the_time_sends_late_or_says_why_not(
    beginnings: Beginnings, box: Box, tmp_path: Path, *, minutes: str, sent: int, reasons: list[SkipReason]
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        process = place.start(WEEK_TWO - timedelta(minutes=2), engine)
        try:
            await eventually(lambda: any(PETRA in letter.rcpt for letter in smtp.letters))

            os.kill(process.pid, signal.SIGSTOP)
            (tmp_path / "jump").write_text(minutes)
            os.kill(process.pid, signal.SIGCONT)
            await eventually(lambda: len(skipped(place)) == len(reasons) and len(prompts(smtp)) >= sent)

            process.ask_to_stop()
            assert await process.ended(10) == 0
            assert len(prompts(smtp)) == sent
            assert skipped(place) == reasons
        finally:
            await place.close()


def prompts(smtp: ScriptedSmtp) -> list[str]:
    """The subjects of the letters to clients that ask them something."""
    subjects = [str(parsed(delivered(letter))["Subject"]) for letter in smtp.letters if PETRA not in letter.rcpt]
    return [one for one in subjects if one == "Your week in four lines"]
