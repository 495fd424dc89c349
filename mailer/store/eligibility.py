"""May this letter go now? Asked inside the claim, and once more just before DATA.

A client may have paused, written STOP, left or moved to another address since the letter was planned.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from mailer.model.outgoing import ClaimedLetter, LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery
from mailer.store import schema
from mailer.store.columns import as_values, new_id
from mailer.store.rows import insert_new

REFERENCE_BYTES = 10
CLOSED = "a newer letter stands in its place"

x = schema.outbox.c


def objection(conn: Connection, row: Row[Any], *, per_day: int, now: datetime) -> tuple[OutboxState | None, str]:
    """Why a row may not go now, if it may not."""
    if row.expires_at < now:
        return OutboxState.EXPIRED, why_expired(row)
    detail = client_objects(conn, row) or _coach_objects(conn, row) or _closed(conn, row)
    if detail:
        return OutboxState.CANCELLED, detail
    if row.client_id is not None and row.kind != LetterKind.DIGEST:
        mine = select(func.count()).where(x.client_id == row.client_id, out_since(now - timedelta(days=1)))
        today = conn.scalars(mine).one()
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


def _coach_objects(conn: Connection, row: Row[Any]) -> str:
    """Why nothing may go to a coach now: someone who was taken out of the configuration reads no client's words."""
    if row.kind not in (LetterKind.DIGEST, LetterKind.NOTICE):
        return ""
    active = conn.scalar(select(schema.coaches.c.active).where(schema.coaches.c.id == row.coach_id))
    return "" if active else "the coach does not stand in config.toml any more"


def _closed(conn: Connection, row: Row[Any]) -> str:
    """Why an older prompt does not go beside a newer one: it was with a sender when that one took its place."""
    o = schema.occurrences.c
    at = conn.scalar(select(o.closed_at).where(o.id == row.occurrence_id)) if row.occurrence_id else None
    return CLOSED if at is not None else ""


def for_the_right_address(conn: Connection, row: Row[Any], *, now: datetime) -> Row[Any]:
    """The row, or its successor where the recipient's address changed after the bytes were fixed."""
    if row.raw is None or row.recipient_digest == address_digest_of(conn, row):
        return row
    moved = {"state": OutboxState.CANCELLED, "detail": "the recipient's address changed", "settled_at": now}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**moved))
    blank = dict.fromkeys(("raw", "recipient", "recipient_digest", "asked", "message_id"))
    values = as_values(row, id=new_id(now), reference=os.urandom(REFERENCE_BYTES), **blank)
    insert_new(conn, schema.outbox, values)
    return conn.execute(select(schema.outbox).where(x.id == values["id"])).one()


def address_digest_of(conn: Connection, letter: Row[Any] | ClaimedLetter) -> bytes:
    """The digest of the address a letter is for as things stand: the client's, or the coach's."""
    c, h = schema.clients.c, schema.coaches.c
    query = select(h.address_digest).where(h.id == letter.coach_id)
    if letter.kind in (LetterKind.PROMPT, LetterKind.CONFIRMATION):
        query = select(c.address_digest).where(c.id == letter.client_id)
    return bytes(conn.scalars(query).one())


def out_since(moment: datetime) -> ColumnElement[bool]:
    """Letters that went out since then, or are on their way, or may have arrived."""
    gone = x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN]) & (x.settled_at >= moment)
    return gone | x.state.in_([OutboxState.CLAIMED, OutboxState.SENDING])


def why_expired(row: Row[Any]) -> str:
    """What kept a letter until its time ran out."""
    tried = "it was never tried" if not row.attempts else f"{row.attempts} attempts failed"
    return f"its time ran out: {row.detail or tried}"
