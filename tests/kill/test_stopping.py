"""An engine that is asked to stop finishes the letter it is sending, begins no other, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from mailer.model.outgoing import OutboxState
from mailer.store import schema
from tests.house import MONDAY
from tests.kill.driver import engine
from tests.kill.installation import WEEK_ONE, Installation
from tests.kill.ledger import database
from tests.kill.process import Running, eventually
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.stores import Templates

TWENTY = [f"client{number}" for number in range(20)]
SOON_SECONDS = 10.0
A_MINUTE_LATER = WEEK_ONE.replace(minute=31)  # long before any lease ends


async def twenty_due(templates: Templates, folder: Path, box: Box, smtp: ScriptedSmtp, *, grace: int) -> Installation:
    """Twenty clients who are due on Friday at 08:30; the coach's digest is due as well and goes first."""
    place = Installation(folder=folder, box=box, urls=templates.urls("sqlite", folder), smtp=smtp, grace_seconds=grace)
    place.settle()
    place.add_clients(TWENTY, now=MONDAY)
    await place.round(MONDAY)
    smtp.letters.clear()
    return place


async def stopping(place: Installation, process: Running) -> None:
    """Asks it to stop, and waits until it has heard."""
    process.ask_to_stop()
    await eventually(lambda: "stopping" in place.log)


def states(place: Installation) -> Counter[str]:
    """How many letters of Friday stand in each state."""

    def read(conn: Connection) -> list[str]:
        x = schema.outbox.c
        return list(conn.scalars(select(x.state).where(x.created_at >= WEEK_ONE)))

    with database(place) as data:
        return Counter(data.read(read))


async def test_the_letter_that_is_going_out_is_finished_and_the_rest_stays_queued(
    store_templates: Templates, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp(Twist(at=At.DOT, then=Then.AWAIT_TEST, turn=3)) as smtp:
        place = await twenty_due(store_templates, tmp_path, box, smtp, grace=20)

        process = place.start(WEEK_ONE, engine)
        await process.comes_to(smtp.fell_silent)
        await stopping(place, process)
        smtp.let_go.set()

        assert await process.ended(SOON_SECONDS) == 0
        assert len(smtp.letters) == 3
        assert states(place) == Counter({OutboxState.SENT: 3, OutboxState.QUEUED: 18})
        # Nothing waits for a lease to end: the next start sends the rest at once.
        await place.round(A_MINUTE_LATER)
        assert len({letter.rcpt for letter in smtp.letters}) == len(smtp.letters) == 21
        await place.close()


@pytest.mark.parametrize(
    ("at", "unknown", "arrive"),
    [
        pytest.param(At.RCPT, 0, 21, marks=pytest.mark.prove),
        pytest.param(At.DATA, 0, 21),
        pytest.param(At.CONTENT, 1, 20, marks=pytest.mark.prove),
        pytest.param(At.DOT, 1, 21),
    ],
)
async def test_a_server_that_is_silent_beyond_the_grace_is_left(
    store_templates: Templates, box: Box, tmp_path: Path, at: At, unknown: int, arrive: int
) -> None:
    async with ScriptedSmtp(Twist(at=at, then=Then.STAY_SILENT, on=(1,), turn=3)) as smtp:
        place = await twenty_due(store_templates, tmp_path, box, smtp, grace=1)

        process = place.start(WEEK_ONE, engine)
        await process.comes_to(smtp.fell_silent)
        await stopping(place, process)

        assert await process.ended(SOON_SECONDS) == 0
        settled = {OutboxState.SENT: 2, OutboxState.QUEUED: 19 - unknown, OutboxState.UNKNOWN: unknown}
        assert states(place) == Counter(settled)
        await place.round(A_MINUTE_LATER)
        assert len({letter.rcpt for letter in smtp.letters}) == len(smtp.letters) == arrive
        await place.close()


async def test_a_second_engine_in_one_data_folder_refuses_and_names_the_first(
    store_templates: Templates, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await twenty_due(store_templates, tmp_path, box, smtp, grace=20)
        first = place.start(WEEK_ONE, engine)
        await eventually(lambda: len(smtp.letters) == 21)

        for command in ("run", "once"):
            second = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "mailer", command, "--config", str(place.config), stderr=asyncio.subprocess.PIPE
            )
            _, said = await second.communicate()
            assert second.returncode == 1
            assert f"another mailer (process {first.pid}) is at work here" in said.decode()
            assert "Traceback" not in said.decode()

        first.ask_to_stop()
        assert await first.ended(SOON_SECONDS) == 0
        assert len(smtp.letters) == 21
        await place.close()


async def test_the_lock_of_a_killed_engine_holds_nobody_up(
    store_templates: Templates, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp(Twist(at=At.EHLO, then=Then.STAY_SILENT, on=(1,))) as smtp:
        place = await twenty_due(store_templates, tmp_path, box, smtp, grace=20)
        first = place.start(WEEK_ONE, engine)
        await first.comes_to(smtp.fell_silent)
        await first.kill()

        second = place.start(WEEK_ONE.replace(minute=50), engine)
        await eventually(lambda: len(smtp.letters) == 21)
        second.ask_to_stop()

        assert await second.ended(SOON_SECONDS) == 0
        assert len({letter.rcpt for letter in smtp.letters}) == len(smtp.letters) == 21
        await place.close()
