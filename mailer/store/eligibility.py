"""May this letter go now? Asked inside the claim, and once more just before DATA.

A client may have paused, written STOP, left or moved to another address since the letter was planned.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery
from mailer.store import schema
from mailer.store.columns import as_values, new_id
from mailer.store.rows import insert_new

REFERENCE_BYTES = 10

x = schema.outbox.c


def objection(conn: Connection, row: Row[Any], *, per_day: int, now: datetime) -> tuple[OutboxState | None, str]:
    """Why a row may not go now, if it may not."""
    if row.expires_at < now:
        return OutboxState.EXPIRED, f"its time ran out after {row.attempts} attempts"
    detail = client_objects(conn, row)
    if detail:
        return OutboxState.CANCELLED, detail
    if row.client_id is not None and row.kind != LetterKind.DIGEST:
        mine = (x.client_id == row.client_id) & x.state.in_(
            [OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.SENDING]
        )
        today = conn.scalars(select(func.count()).where(mine, x.settled_at > now - timedelta(days=1))).one()
        if today >= per_day:
            return OutboxState.CANCELLED, f"the client has had {today} letters within a day"
    return None, ""


def client_objects(conn: Connection, row: Row[Any]) -> str:
    """Why nothing may go to the row's client now; "" where nothing stands against it."""
    if row.client_id is None:
        return ""
    c = schema.clients.c
    state, delivery = conn.execute(select(c.state, c.delivery).where(c.id == row.client_id)).one()
    if state in (ClientState.LEFT, ClientState.FORGOTTEN):
        return "the client has left"
    if row.kind != LetterKind.PROMPT:
        return ""
    if state != ClientState.ACTIVE:
        return f"the client is {'paused' if state == ClientState.PAUSED else 'stopped'}"
    return "the client's address does not exist" if delivery == Delivery.DEAD else ""


def for_the_right_address(conn: Connection, row: Row[Any], *, now: datetime) -> Row[Any]:
    """The row, or its successor where the client's address changed after the bytes were fixed."""
    if row.raw is None or row.client_id is None or row.recipient_digest == address_digest_of(conn, row.client_id):
        return row
    moved = {"state": OutboxState.CANCELLED, "detail": "the client's address changed", "settled_at": now}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**moved))
    blank = dict.fromkeys(("raw", "recipient", "recipient_digest", "asked", "message_id"))
    values = as_values(row, id=new_id(now), reference=os.urandom(REFERENCE_BYTES), **blank)
    insert_new(conn, schema.outbox, values)
    return conn.execute(select(schema.outbox).where(x.id == values["id"])).one()


def address_digest_of(conn: Connection, client_id: UUID | None) -> bytes | None:
    c = schema.clients.c
    return conn.scalars(select(c.address_digest).where(c.id == client_id)).one() if client_id else None
