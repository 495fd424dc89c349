"""Signs of life: when each worker last came round, what troubled it, and which date was believed last."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import upsert

_ASIDE = "client "  # and an id: no worker either
ALERT = "alert "  # and what the operator was told of (alerts.py)
_DATE = "date"  # no worker: what the clock is measured against

h = schema.heartbeats.c


def beat(conn: Connection, worker: str, *, trouble: str = "", now: datetime) -> None:
    """Notes that a worker came round, and what went wrong ("": nothing)."""
    row = {"id": new_id(now), "worker": worker, "at": now, "trouble": trouble[:300] or None}
    upsert(conn, schema.heartbeats, row, by=("worker",))


def believe_date(conn: Connection, *, now: datetime) -> None:
    """Notes the date that was believed last."""
    beat(conn, _DATE, now=now)


def date_believed(conn: Connection) -> datetime | None:
    """The date that was believed last; None before the first one."""
    found: datetime | None = conn.scalar(select(h.at).where(h.worker == _DATE))
    return found


def put_aside(conn: Connection, client_id: UUID, why: str, *, now: datetime) -> None:
    """Notes that a client could not be planned just now."""
    beat(conn, f"{_ASIDE}{client_id}", trouble=why, now=now)


def put_aside_since(conn: Connection, since: datetime) -> dict[UUID, str]:
    """Whom planning failed for lately, and why."""
    lately = select(h.worker, h.trouble).where(h.worker.startswith(_ASIDE), h.at >= since).order_by(h.worker)
    return {UUID(worker.removeprefix(_ASIDE)): why or "" for worker, why in conn.execute(lately)}


def beats(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """(when, trouble) of each worker there ever was."""
    rows = conn.execute(
        select(h.worker, h.at, h.trouble)
        .where(h.worker != _DATE, ~h.worker.startswith(_ASIDE), ~h.worker.startswith(ALERT))
        .order_by(h.worker)
    )
    return {worker: (at, trouble or "") for worker, at, trouble in rows}
