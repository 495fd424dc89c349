"""Two processes over one PostgreSQL: a client is in one hand at a time, and no change is lost meanwhile.

SQLite has one writer, so nothing of this can be seen there.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mailer.model.people import Client
from mailer.model.plan import ClientFacts, Decision, Planned
from mailer.store import clients, planning, schema, sessions
from tests.store.letters import deciding, due_at, enrolled, rows_of
from tests.stores import NOW, Store, Templates

SECONDS = 10


@pytest.fixture
def shared(store_templates: Templates, tmp_path: Path) -> Iterator[Store]:
    made = store_templates.new("postgres", tmp_path)
    yield made
    made.close()


@dataclass
class Hand:
    """A process that has a batch in hand until it is told to go on."""

    store: Store
    decisions: tuple[Decision, ...]
    took: Event
    go_on: Event
    pool: ThreadPoolExecutor

    def plan(self, facts: ClientFacts) -> tuple[Planned, ...]:
        self.took.set()
        assert self.go_on.wait(SECONDS)
        return deciding(*self.decisions, next_due_at=NOW + timedelta(days=7))(facts)

    def meanwhile(self, function: Any, *args: Any, **how: Any) -> Future[Any]:
        """Something another process does now: it is done, or waits for this one, when this returns."""
        asked = self.pool.submit(self.store.db.write, function, *args, **how)
        while not asked.done() and not self.store.db.read(_someone_waits):
            pass
        return asked


def _someone_waits(conn: Connection) -> bool:
    return bool(conn.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


@contextmanager
def in_hand(store: Store, *decisions: Decision) -> Iterator[Hand]:
    """All who are due are being planned; they are written down when the block ends."""
    with ThreadPoolExecutor(2) as pool:
        hand = Hand(store, decisions, Event(), Event(), pool)
        planned = pool.submit(store.db.write, planning.plan_next, store.vault, hand.plan, now=NOW)
        try:
            assert hand.took.wait(SECONDS)
            yield hand
        finally:
            hand.go_on.set()
        planned.result(SECONDS)


def _plan(store: Store) -> int:
    return store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)


def _session(store: Store, client: Client) -> Any:
    starts = NOW + timedelta(days=1)
    return store.db.write(sessions.add_session, client.id, starts, starts + timedelta(hours=1), now=NOW).id


def test_a_client_in_hand_is_passed_over_and_the_others_are_planned(shared: Store) -> None:
    enrolled(shared, "dana", "weekly", "daily")

    with in_hand(shared):
        assert _plan(shared) == 0
        enrolled(shared, "enzo")
        assert _plan(shared) == 1


def test_letters_are_filed_and_sessions_noted_while_a_client_is_in_hand(shared: Store) -> None:
    dana = enrolled(shared)

    with in_hand(shared):
        shared.db.write(
            lambda conn: conn.execute(
                schema.aliases.insert().values(
                    id=dana.id, client_id=dana.id, coach_id=dana.coach_id, address=b"x", address_digest=b"x"
                )
            )
        )

    assert len(rows_of(shared, schema.aliases)) == 1


def test_what_changes_while_a_client_is_in_hand_is_looked_at_afterwards(shared: Store) -> None:
    dana = enrolled(shared)

    with in_hand(shared) as hand:
        changed = hand.meanwhile(clients.replan_client, dana.id)
    changed.result(SECONDS)

    assert [row.next_due_at for row in rows_of(shared, schema.enrolments)] == [None]


def test_a_session_that_moves_while_its_client_is_in_hand_takes_the_new_letter_back(shared: Store) -> None:
    dana = enrolled(shared)
    session = _session(shared, dana)
    due = replace(due_at(NOW, anchor=str(session), prompt="prep"), about=session)

    with in_hand(shared, Decision(due=due)) as hand:
        moved = hand.meanwhile(planning.withdraw, session, reason="its session was moved", now=NOW, reopen=True)
    moved.result(SECONDS)

    assert [row.state for row in rows_of(shared, schema.outbox)] == ["cancelled"]
    assert rows_of(shared, schema.occurrences)[0].withdrawn_at == NOW
