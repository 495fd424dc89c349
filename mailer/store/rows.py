"""Writing rows that may already be there, the same way on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, Insert, Table, Update, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, row: dict[str, Any]) -> bool:
    """True if the row was written, False if a unique constraint says it is already there."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**row).on_conflict_do_nothing()
    # Without the option the count of an INSERT is lost with psycopg's cursor, and every row looks like a known one.
    return conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def insert_all(conn: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """The ids of the rows that were written; those that a unique constraint knows already are passed over.

    The rows have the same columns.
    """
    if not rows:
        return set()
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    written = execute_many(conn, _inserting(insert, table, tuple(rows[0])), rows)
    ids = {row["id"] for row in rows}
    return ids if written == len(rows) else set(conn.scalars(select(table.c.id).where(table.c.id.in_(ids))))


def execute_many(conn: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> int:
    """Executes an INSERT or UPDATE once for each row; how many rows of the database that made or changed.

    `statement` is one of few, made once. It does what `conn.execute(statement, rows)` does, at a third of the cost,
    most of which goes into looking at each value of each row anew.
    """
    text, parameters = _compiled(statement, conn.dialect, tuple(rows[0]))
    values = [[row.get(one.name, one.default) for one in parameters] for row in rows]
    for place, bind in ((place, one.bind) for place, one in enumerate(parameters) if one.bind is not None):
        for row_values in values:
            if row_values[place] is not None:
                row_values[place] = bind(row_values[place])
    named = [one.name for one in parameters]
    ready: list[Any] = (
        [tuple(one) for one in values]
        if conn.dialect.positional
        else [dict(zip(named, one, strict=True)) for one in values]
    )
    return conn.exec_driver_sql(text, ready, execution_options={"preserve_rowcount": True}).rowcount


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A value of a statement: of the row's column of that name, or the same for all rows."""

    name: str
    bind: Callable[[Any], Any] | None  # makes a value fit for the driver
    default: Any


@cache
def _inserting(insert: Callable[[Table], Any], table: Table, columns: tuple[str, ...]) -> Any:
    return insert(table).values({name: bindparam(name) for name in columns}).on_conflict_do_nothing()


@cache
def _compiled(
    statement: Insert | Update, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[str, tuple[_Parameter, ...]]:
    """The statement as text, and its parameters in order."""
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    defaults = {column.name: column.default.arg for column in statement.table.columns if column.default is not None}
    ordered = compiled.positiontup or list(compiled.binds)
    return str(compiled), tuple(
        _Parameter(name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect), defaults.get(name))
        for name in ordered
    )


def upsert(conn: Connection, table: Table, row: dict[str, Any], *, by: tuple[str, ...]) -> None:
    """Writes the row, or makes the row with the same `by` columns equal to it, its id excepted."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    changes = {name: value for name, value in row.items() if name != "id" and name not in by}
    conn.execute(insert(table).values(**row).on_conflict_do_update(index_elements=list(by), set_=changes))
