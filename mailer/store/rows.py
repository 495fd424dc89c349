"""Writing rows that may already be there, the same way on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, row: dict[str, Any]) -> bool:
    """True if the row was written, False if a unique constraint says it is already there."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**row).on_conflict_do_nothing()
    # Without the option the count of an INSERT is lost with psycopg's cursor, and every row looks like a known one.
    return conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def insert_all(conn: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """The ids of the rows that were written; those that a unique constraint knows already are passed over."""
    if not rows:
        return set()
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return set(conn.scalars(statement, list(rows)))


def upsert(conn: Connection, table: Table, row: dict[str, Any], *, by: tuple[str, ...]) -> None:
    """Writes the row, or makes the row with the same `by` columns equal to it, its id excepted."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    changes = {name: value for name, value in row.items() if name != "id" and name not in by}
    conn.execute(insert(table).values(**row).on_conflict_do_update(index_elements=list(by), set_=changes))
