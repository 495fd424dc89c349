"""Signs of life: when each worker last came round, and what troubled it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import upsert

h = schema.heartbeats.c


def beat(conn: Connection, worker: str, *, trouble: str = "", now: datetime) -> None:
    """Notes that a worker came round, and what went wrong ("": nothing)."""
    row = {"id": new_id(now), "worker": worker, "at": now, "trouble": trouble[:300] or None}
    upsert(conn, schema.heartbeats, row, by=("worker",))


def beats(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """(when, trouble) of each worker."""
    rows = conn.execute(select(h.worker, h.at, h.trouble).order_by(h.worker))
    return {worker: (at, trouble or "") for worker, at, trouble in rows}
