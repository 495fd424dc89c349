"""Column types and small column makers that keep the rules of the data.

Times are UTC in a type that refuses naive values; primary keys are UUIDv7 made by the program (RFC 9562 §5.7), so rows
sort by birth; enums are text with a CHECK; sealed columns hold only what the vault made.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    String,
    TypeDecorator,
    Uuid,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_births = count(int.from_bytes(os.urandom(3), "big"))  # begins anywhere, so that two processes rarely agree


class Utc(TypeDecorator[datetime]):
    """An instant. Naive values are refused; what comes back is aware UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value as the database keeps it; SQLite has no zones and gets naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: say which zone it is in")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value as the program sees it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id(now: datetime) -> UUID:
    """A UUIDv7: 48 bits of milliseconds, a counter of 26 bits, then random bits (RFC 9562 §5.7 and §6.2, method 1).

    The counter keeps what one process writes within a millisecond in order: letters fetched together have one `now`.
    """
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    high, low = divmod(next(_births) & (1 << 26) - 1, 1 << 14)
    chance = int.from_bytes(os.urandom(6), "big")
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low << 48 | chance)


def key() -> Column[UUID]:
    """The primary key of every table."""
    return Column("id", Uuid, primary_key=True)


def to(table: str, *, optional: bool = False, index: bool = True, name: str = "") -> Column[UUID]:
    """A reference to a row of `table`: "clients" gives `client_id`."""
    column = name or {"practices": "practice_id", "coaches": "coach_id"}.get(table, f"{table.rstrip('s')}_id")
    return Column(column, Uuid, ForeignKey(f"{table}.id"), nullable=optional, index=index)


def at(name: str, *, optional: bool = False, index: bool = False) -> Column[datetime]:
    """An instant."""
    return Column(name, Utc, nullable=optional, index=index)


def sealed(name: str, *, optional: bool = False) -> Column[bytes]:
    """Bytes that only the vault can open."""
    return Column(name, LargeBinary, nullable=optional)


def digest(name: str, *, optional: bool = False, index: bool = True) -> Column[bytes]:
    """A keyed digest to look things up by without keeping them."""
    return Column(name, LargeBinary(32), nullable=optional, index=index)


def word(name: str, *, optional: bool = False, unique: bool = False) -> Column[str]:
    """A short text that is nobody's secret."""
    return Column(name, String(300), nullable=optional, unique=unique or None)


def number(name: str, *, default: int | None = None, optional: bool = False) -> Column[int]:
    """A whole number; UIDs and UIDVALIDITYs need more than 31 bits (RFC 9051 §2.3.1.1)."""
    return Column(name, BigInteger, nullable=optional, default=default)


def yes_no(name: str, *, default: bool | None = None) -> Column[bool]:
    """A fact that holds or does not."""
    return Column(name, Boolean, nullable=False, default=default)


def one_of(column: str, members: type[StrEnum], *, name: str = "") -> CheckConstraint:
    """CHECK that a text column holds one of the enum's values."""
    values = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f'"{column}" IN ({values})', name=name or column)


def as_values(row: Any, **changes: Any) -> dict[str, Any]:
    """A row's columns as a dict, with changes: to write a successor of a row."""
    return dict(row._mapping) | changes
