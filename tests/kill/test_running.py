"""The engine at work: the real `mailer run` by the real clock, and an engine whose servers and database come and go."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.model.outgoing import OutboxState
from mailer.model.report import EntryKind
from mailer.store import clients, schema, sessions
from mailer.store.schema import LetterState
from tests.house import parsed, plain, reply, to
from tests.kill.driver import engine
from tests.kill.installation import ANSWERED, DUE, PETRA, STOPPED, WEEK_TWO, Beginnings, Installation, delivered
from tests.kill.ledger import database
from tests.kill.process import eventually
from tests.kill.recovery import Deaths, comes_true, recovered
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import Delivered
from tests.stores import Templates

BEFORE_A_SESSION = """
title = "Before a session"
for   = "everyone"

[[prompt]]
id        = "prep"
when      = "20 hours before session"
subject   = "Before we meet"
questions = ["What should we talk about?"]
"""
FAILS_FOR_ANA = "Hello {{ client.first_name }},\n\n{{ 100 / (client.name | length - 8) }}\n\n{{ questions }}\n"
LOCKED_SECONDS = 3


async def test_the_program_runs_by_its_own_bells(store_templates: Templates, box: Box, tmp_path: Path) -> None:
    """Asks on time, hears the answer by IDLE, sends the digest, holds what cannot be written, and stops when told."""
    async with ScriptedSmtp() as smtp:
        # Since two days ago Ana and Dana are clients. Both have a session in twenty hours and a few seconds.
        place = Installation(
            folder=tmp_path, box=box, urls=store_templates.urls("sqlite", tmp_path), smtp=smtp,
            schedule=BEFORE_A_SESSION, digest_at="00:00",
        )  # fmt: skip
        now = datetime.now(UTC)
        place.settle()
        place.add_clients(("ana", "dana"), now=now - timedelta(days=2))
        await place.round(now - timedelta(days=2))
        smtp.letters.clear()
        _write_template(tmp_path, FAILS_FOR_ANA)
        due = datetime.now(UTC) + timedelta(seconds=4)
        _add_sessions(place, due + timedelta(hours=20))

        run = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mailer", "run", "--config", str(place.config), stderr=asyncio.subprocess.DEVNULL
        )
        await eventually(lambda: len(_to(smtp, PETRA)) == 1)
        await eventually(lambda: len(_to(smtp, "dana@example.org")) == 1)
        sent_at = datetime.now(UTC)
        [prompt] = _to(smtp, "dana@example.org")
        box.deliver(reply(prompt, "About the dog.").as_bytes())
        await eventually(lambda: _count(place, schema.entries.c.kind == EntryKind.REPLY) == 1)

        run.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(run.wait(), 10) == 0
        assert timedelta(0) <= sent_at - due < timedelta(seconds=12)
        assert parsed(prompt)["Subject"] == "Before we meet"
        assert _to(smtp, "ana@example.org") == []
        assert _count(place, schema.outbox.c.state == OutboxState.HELD) == 1
        await place.close()


async def test_the_engine_stays_up_while_its_servers_are_away(beginnings: Beginnings, box: Box, tmp_path: Path) -> None:
    async with ScriptedSmtp(Twist(at=At.GREETING, then=Then.CLOSE, on=(1,))) as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)
        dovecot = place.box.dovecot

        # Both servers are away when it starts.
        dovecot.stop()
        process = place.start(WEEK_TWO, engine)
        await eventually(lambda: "paused account=main end=smtp" in place.log)
        await eventually(lambda: "lost account=main end=imap" in place.log)

        # The mailbox comes back, and goes once more while the engine waits for news.
        dovecot.start()
        await eventually(lambda: _filed(place) == len(ANSWERED) + 1)
        dovecot.restart()
        asked = next(letter for letter in beginnings.prompts if letter.recipient == "eve@example.org")
        place.box.deliver(reply(asked, "1. 3\n\n2. Nothing.\n\n3. Sleep.").as_bytes())

        # Ten minutes later the other server is back as well.
        (tmp_path / "jump").write_text("10")
        await eventually(lambda: len(smtp.letters) == len(DUE) + 2)
        await eventually(lambda: _filed(place) == len(ANSWERED) + 2)

        process.ask_to_stop()
        assert await process.ended(10) == 0
        assert not any(STOPPED in letter.rcpt and "Your week" in plain(delivered(letter)) for letter in smtp.letters)
        assert len({(letter.rcpt, letter.raw) for letter in smtp.letters}) == len(smtp.letters)
        await place.close()


@pytest.mark.parametrize("busy", ["sending", pytest.param("reading", marks=pytest.mark.prove)])
async def test_a_database_that_is_locked_for_seconds_loses_nothing(
    beginnings: Beginnings, box: Box, tmp_path: Path, busy: str
) -> None:
    x, t = schema.outbox.c, schema.letters.c
    conditions = {"reading": t.state == LetterState.KEPT, "sending": x.state == OutboxState.SENDING}

    def reached(conn: Connection) -> bool:
        return bool(conn.scalar(select(func.count()).where(conditions[busy])))

    async with ScriptedSmtp() as smtp:
        place = await beginnings.copy("sqlite", tmp_path, box, smtp)

        process = place.start(WEEK_TWO)
        assert await comes_true(place, reached, process=process)
        with closing(sqlite3.connect(tmp_path / "data.db", isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await process.ended(LOCKED_SECONDS) is None
            other.execute("ROLLBACK")

        assert await process.ended() == 0
        nobody_died = Deaths(place)
        assert await recovered(place, nobody_died) == []
        assert nobody_died.unknown == 0
        await place.close()


def _write_template(folder: Path, text: str) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "prompt.md").write_text(text)


def _add_sessions(place: Installation, starts_at: datetime) -> None:
    now = datetime.now(UTC)
    with open_office(load_config(place.config, env={}), now=now) as (office, _):
        for slug in ("ana", "dana"):
            who = office.db.read(clients.find_client, office.vault, slug)
            office.db.write(sessions.add_session, who.id, starts_at, starts_at + timedelta(hours=1), now=now)


def _to(smtp: ScriptedSmtp, recipient: str) -> list[Delivered]:
    return to([delivered(letter) for letter in smtp.letters], recipient)


def _count(place: Installation, condition: object) -> int:
    def read(conn: Connection) -> int:
        return conn.scalars(select(func.count()).where(condition)).one()  # type: ignore[arg-type]

    with database(place) as data:
        return data.read(read)


def _filed(place: Installation) -> int:
    t = schema.letters.c
    return _count(place, (t.state == LetterState.FILED) & (t.kept_at >= WEEK_TWO))
