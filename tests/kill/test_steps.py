"""kill -9 at each step of a letter's way out and in, one by one.

Where a step is the server's, the server stands still there until the program is dead. Where it is the database's, the
program dies as soon as the step is committed, or (on PostgreSQL) while it waits for a lock in mid-transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, create_engine, func, select, text

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.store import schema
from mailer.store.migrate import DATA
from mailer.store.schema import LetterState
from tests.kill.installation import WEEK_TWO, Beginnings
from tests.kill.ledger import database
from tests.kill.process import eventually
from tests.kill.recovery import Condition, Deaths, comes_true, recovered
from tests.servers.dovecot import Box
from tests.servers.relay import Relay
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist

ALL = 9  # six prompts, a confirmation, Friday's digest, Saturday's digest

x, t, o, d = schema.outbox.c, schema.letters.c, schema.occurrences.c, schema.digests.c


class Step(NamedTuple):
    """Where the server stands still, at which letter, and how many letters are then of unknown fate and not there."""

    at: At
    letter: int
    unknown: int = 0
    missing: int = 0


STEPS = {
    "before EHLO": Step(At.GREETING, 1),
    "before EHLO is answered": Step(At.EHLO, 1),
    "before the login is answered": Step(At.AUTH, 1),
    "before MAIL is answered, first letter": Step(At.MAIL, 1),
    "before MAIL is answered, fourth letter": Step(At.MAIL, 4),
    "before RCPT is answered, first letter": Step(At.RCPT, 1),
    "before RCPT is answered, fourth letter": Step(At.RCPT, 4),
    "before DATA is answered, first letter": Step(At.DATA, 1, unknown=1, missing=1),
    "before DATA is answered, fourth letter": Step(At.DATA, 4, unknown=1, missing=1),
    "in the middle of the content, first letter": Step(At.CONTENT, 1, unknown=1, missing=1),
    "in the middle of the content, fourth letter": Step(At.CONTENT, 4, unknown=1, missing=1),
    "before the final dot is answered, first letter": Step(At.DOT, 1, unknown=1),
    "before the final dot is answered, third letter": Step(At.DOT, 3, unknown=1),
    "before the final dot is answered, last letter": Step(At.DOT, 8, unknown=1),
    "at parting": Step(At.QUIT, 1),
}


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            step, id=name, marks=[pytest.mark.prove] if name.endswith((", first letter", ", last letter")) else []
        )
        for name, step in STEPS.items()
    ],
)
async def test_the_program_may_die_at_each_step_of_sending(
    beginnings: Beginnings, box: Box, tmp_path: Path, step: Step
) -> None:
    stands_still = Twist(at=step.at, then=Then.STAY_SILENT, on=(1,), turn=step.letter)
    async with ScriptedSmtp(stands_still) as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        deaths = Deaths(place)

        process = place.start(WEEK_TWO)
        await process.comes_to(smtp.fell_silent)
        await deaths.kill(process)

        assert await recovered(place, deaths) == []
        assert (deaths.kills, deaths.unknown, len(smtp.letters)) == (1, step.unknown, ALL - step.missing)
        await place.close()


@pytest.mark.parametrize(
    ("at", "unknown"),
    [
        (At.RCPT, 0),
        pytest.param(At.DATA, 4, marks=pytest.mark.prove),
        pytest.param(At.CONTENT, 4, marks=pytest.mark.prove),
        (At.DOT, 4),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.prove)])
async def test_with_several_connections_at_most_one_letter_of_each_is_of_unknown_fate(
    beginnings: Beginnings, box: Box, tmp_path: Path, at: At, unknown: int, kind: str
) -> None:
    # The first connection goes ahead with one letter; then all four stand still at the same place.
    first = Twist(at=at, then=Then.STAY_SILENT, on=(1,), turn=2)
    others = Twist(at=at, then=Then.STAY_SILENT, on=(2, 3, 4))
    async with ScriptedSmtp(first, others) as smtp:
        place = await beginnings.copy(kind, tmp_path, box, smtp)
        place.connections = 4
        place.settle()
        deaths = Deaths(place)

        process = place.start(WEEK_TWO)
        await eventually(lambda: smtp.silent == 4)
        await deaths.kill(process)

        assert await recovered(place, deaths) == []
        assert deaths.unknown == unknown
        await place.close()


async def test_a_letter_whose_acceptance_could_not_be_written_down_is_unknown_and_never_sent_again(
    beginnings: Beginnings, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp(Twist(at=At.AFTER, then=Then.STAY_SILENT, on=(1,), turn=3)) as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        deaths = Deaths(place)

        # The third letter's content is under way: from here on nothing more can be written down.
        process = place.start(WEEK_TWO)
        assert await comes_true(place, _third_is_sending, process=process)
        with closing(sqlite3.connect(tmp_path / "data.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await process.comes_to(smtp.fell_silent)
            await deaths.kill(process)
            other.execute("ROLLBACK")

        assert await recovered(place, deaths) == []
        assert (deaths.unknown, len(smtp.letters)) == (1, ALL)
        await place.close()


CONDITIONS: dict[str, Condition] = {
    "letters are kept": lambda conn: _count(conn, t.id, t.state == LetterState.KEPT) > 0,
    "a letter is being read": lambda conn: _count(conn, t.id, t.tries > 0, t.state == LetterState.KEPT) > 0,
    "one letter is filed": lambda conn: _filed(conn) == 1,
    "three letters are filed": lambda conn: _filed(conn) == 3,
    "STOP is obeyed": lambda conn: _count(conn, x.id, x.kind == LetterKind.CONFIRMATION) > 0,
    "prompts are queued": lambda conn: _count(conn, x.id, x.kind == LetterKind.PROMPT) > 0,
    "the digest is claimed": lambda conn: _count(conn, d.id, d.claimed_at >= WEEK_TWO) > 0,
    "letters are claimed": lambda conn: _count(conn, x.id, x.state == OutboxState.CLAIMED) > 0,
    "a letter's bytes are fixed": lambda conn: _count(conn, x.id, x.raw.is_not(None)) > 0,
    "a letter is being sent": lambda conn: _count(conn, x.id, x.state == OutboxState.SENDING) > 0,
    "one letter is sent": lambda conn: _count(conn, x.id, x.state == OutboxState.SENT) == 1,
    "five letters are sent": lambda conn: _count(conn, x.id, x.state == OutboxState.SENT) == 5,
}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.prove)])
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS.keys())
async def test_the_program_may_die_as_soon_as(
    beginnings: Beginnings, box: Box, tmp_path: Path, kind: str, condition: Condition
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy(kind, tmp_path, box, smtp)
        deaths = Deaths(place)

        process = place.start(WEEK_TWO)
        assert await comes_true(place, condition, process=process)
        await deaths.kill(process)

        assert await recovered(place, deaths) == []
        assert deaths.unknown <= deaths.kills == 1
        await place.close()


@pytest.mark.parametrize(
    "table", ["letters", "cursors", "entries", "answers", "occurrences", "digests", "conversations"]
)
async def test_the_program_may_die_in_the_middle_of_a_transaction_that_writes(
    beginnings: Beginnings, box: Box, tmp_path: Path, table: str
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("postgres", tmp_path, box, smtp)
        deaths, engine = Deaths(place), create_engine(place.urls[DATA])

        # Another session lets nobody write into the table until the program is dead.
        with engine.connect() as other:
            other.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
            process = place.start(WEEK_TWO)
            assert await comes_true(place, _someone_waits, process=process)
            await deaths.kill(process)
        engine.dispose()

        assert await recovered(place, deaths) == []
        assert (deaths.unknown, len(smtp.letters)) == (0, ALL)
        await place.close()


@pytest.mark.parametrize("said", ["AUTHENTICATE", "EXAMINE", "UID FETCH"])
async def test_the_program_may_die_before_the_mailbox_answers(
    beginnings: Beginnings, box: Box, tmp_path: Path, said: str
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        deaths = Deaths(place)

        async with Relay(place.box.dovecot.imap_port, stop_before=said.encode()) as relay:
            place.imap_port = relay.port
            place.settle()
            process = place.start(WEEK_TWO)
            await process.comes_to(relay.stopped)
            await deaths.kill(process)

            assert await recovered(place, deaths) == []
        assert (deaths.kills, deaths.unknown, len(smtp.letters)) == (1, 0, ALL)
        await place.close()


async def test_letters_fetched_and_not_yet_kept_are_fetched_again(
    beginnings: Beginnings, box: Box, tmp_path: Path
) -> None:
    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        deaths = Deaths(place)

        # As soon as the last octets of the letters have passed, nothing can be written any more.
        other = sqlite3.connect(tmp_path / "data.db", isolation_level=None)
        async with Relay(place.box.dovecot.imap_port, stop_after=b"OK Fetch completed") as relay:
            relay.when_stopped = lambda: other.execute("BEGIN IMMEDIATE")
            place.imap_port = relay.port
            place.settle()
            process = place.start(WEEK_TWO)
            await process.comes_to(relay.stopped)
            await deaths.kill(process)
            other.execute("ROLLBACK")
            other.close()
            with database(place) as data:
                assert data.read(_count, t.id, t.kept_at >= WEEK_TWO) == 0

            assert await recovered(place, deaths) == []
        assert (deaths.kills, deaths.unknown, len(smtp.letters)) == (1, 0, ALL)
        await place.close()


def _count(conn: Connection, column: object, *conditions: object) -> int:
    """Rows of week two that meet the conditions."""
    table = column.table  # type: ignore[attr-defined]
    born = {"outbox": "created_at", "letters": "kept_at", "occurrences": "decided_at", "digests": "claimed_at"}
    recent = table.c[born[table.name]] >= WEEK_TWO
    return conn.scalars(select(func.count()).select_from(table).where(recent, *conditions)).one()  # type: ignore[arg-type]


def _filed(conn: Connection) -> int:
    return _count(conn, t.id, t.state == LetterState.FILED)


def _third_is_sending(conn: Connection) -> bool:
    sent = _count(conn, x.id, x.state == OutboxState.SENT)
    return sent == 2 and _count(conn, x.id, x.state == OutboxState.SENDING) == 1


def _someone_waits(conn: Connection) -> bool:
    return bool(conn.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
