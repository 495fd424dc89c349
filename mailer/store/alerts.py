"""What the operator was told of, and when: each trouble once a day, by one process.

Kept beside the signs of life, under the trouble's key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import Connection, delete, select, update

from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.heartbeats import ALERT
from mailer.store.rows import insert_new

ONCE_IN = timedelta(hours=24)
UNDER_WAY, TELLING = "being told", timedelta(minutes=10)  # whoever has been telling it for longer is dead
UNTOLD, TRY_AGAIN = "nobody", timedelta(hours=1)
_FORGOTTEN_AFTER = timedelta(days=30)
_CLOCK_WRONG = timedelta(minutes=5)  # told later than now: by a clock that ran ahead

h = schema.heartbeats.c


class Claimed(Enum):
    """That a trouble is to be told, and whether for the first time today."""

    NEWS = auto()
    TRIED_BEFORE = auto()


def claim(conn: Connection, key: str, *, now: datetime) -> Claimed | None:
    """Whether this process tells the trouble now; None where it was told today, or is being told."""
    worker = f"{ALERT}{key}"[:300]
    row = {"id": new_id(now), "worker": worker, "at": now, "trouble": UNDER_WAY}
    if insert_new(conn, schema.heartbeats, row):
        return Claimed.NEWS
    before = conn.scalars(select(h.trouble).where(h.worker == worker)).first()
    unfinished = ((h.trouble == UNDER_WAY) & (h.at <= now - TELLING)) | (
        (h.trouble == UNTOLD) & (h.at <= now - TRY_AGAIN)
    )
    over = (h.at <= now - ONCE_IN) | (h.at > now + _CLOCK_WRONG) | unfinished
    taken = update(schema.heartbeats).where(h.worker == worker, over).values(at=now, trouble=UNDER_WAY)
    if conn.execute(taken).rowcount != 1:
        return None
    return Claimed.TRIED_BEFORE if before in (UNDER_WAY, UNTOLD) else Claimed.NEWS


def note_told(conn: Connection, key: str, *, by: str, now: datetime) -> None:
    """Notes by which way it was told; what nobody mentions any more is forgotten."""
    mine = h.worker == f"{ALERT}{key}"[:300]
    conn.execute(update(schema.heartbeats).where(mine).values(at=now, trouble=by[:300]))
    old = h.worker.startswith(ALERT) & (h.at < now - _FORGOTTEN_AFTER)
    conn.execute(delete(schema.heartbeats).where(old))


def told(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """(when, by which way) of each trouble, by its key."""
    rows = conn.execute(select(h.worker, h.at, h.trouble).where(h.worker.startswith(ALERT)).order_by(h.worker))
    return {worker.removeprefix(ALERT): (at, by or "") for worker, at, by in rows}
