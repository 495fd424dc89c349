"""Planning looks up what belongs to its clients; it never reads through everything there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event

from mailer.store import planning
from tests.store.letters import deciding, enrolled
from tests.stores import NOW, Store

BY_STATE = ("ix_outbox_ready", "ix_outbox_settled_at", "ix_letters_waiting")


def test_no_query_of_planning_reads_a_whole_table(sqlite_store: Store) -> None:
    clients = [enrolled(sqlite_store, f"client{n}") for n in range(60)]
    asked: list[tuple[str, Any]] = []

    def plan(conn: Connection) -> int:
        def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                asked.append((statement, parameters))

        event.listen(conn, "before_cursor_execute", note)
        return planning.plan_next(conn, sqlite_store.vault, deciding(next_due_at=NOW + timedelta(days=1)), now=NOW)

    assert sqlite_store.db.write(plan) == len(clients)
    plans = [line for statement, parameters in asked for line in _explained(sqlite_store, statement, parameters)]
    big = ("occurrences", "outbox", "entries", "sessions", "promises", "clients", "enrolments")
    assert len(plans) > 8
    assert [line for line in plans if line.startswith("SCAN") and any(name in line.split() for name in big)] == []
    assert [line for line in plans if any(index in line for index in BY_STATE)] == []


def _explained(store: Store, statement: str, parameters: Any) -> list[str]:
    explain = f"EXPLAIN QUERY PLAN {statement}"
    return store.db.read(lambda conn: [str(row[3]) for row in conn.exec_driver_sql(explain, parameters)])
