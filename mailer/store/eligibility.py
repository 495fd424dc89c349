"""May this letter go now? Asked inside the claim, and once more just before DATA.

A client may have paused, written STOP, left or moved to another address since the letter was planned. What is asked is
read with the letters themselves, so that many cost no more questions than one.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, update
from sqlalchemy.sql.selectable import FromClause

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery
from mailer.store import schema
from mailer.store.columns import as_values, new_id
from mailer.store.rows import insert_new

REFERENCE_BYTES = 10
CLOSED = "a newer letter stands in its place"
OUT_OF_TIME = "its time ran out: "  # begins the reason of a letter that expired
HAD_ENOUGH = "the client has had"  # begins the reason of a letter that the day's limit cancelled: the coach is told
TO_CLIENTS = (LetterKind.PROMPT, LetterKind.CONFIRMATION)

x, c, h, o = schema.outbox.c, schema.clients.c, schema.coaches.c, schema.occurrences.c

# Of the people a letter is for and of its occurrence: what stands for or against it.
STANDING = (
    c.state.label("client_state"), c.delivery.label("client_delivery"), c.address_digest.label("client_digest"),
    c.name.label("client_name"), h.active.label("coach_active"), h.address_digest.label("coach_digest"),
    h.name.label("coach_name"), o.schedule, o.prompt, o.anchor, o.about_id, o.closed_at,
)  # fmt: skip
WITH_STANDING: FromClause = (
    schema.outbox.outerjoin(schema.clients, c.id == x.client_id)
    .join(schema.coaches, h.id == x.coach_id)
    .outerjoin(schema.occurrences, o.id == x.occurrence_id)
)


def letters() -> Select[Any]:
    """Whole rows of the outbox with their standing."""
    return select(schema.outbox, *STANDING).select_from(WITH_STANDING)


def objection(row: Row[Any], *, had_today: int, per_day: int, now: datetime) -> tuple[OutboxState | None, str]:
    """Why a row may not go now, if it may not; its client has had so many letters within a day."""
    if row.expires_at < now:
        return OutboxState.EXPIRED, why_expired(row)
    detail = client_objects(row) or _coach_objects(row) or (CLOSED if row.closed_at is not None else "")
    if detail:
        return OutboxState.CANCELLED, detail
    if counts_for_client(row) and had_today >= per_day:
        return OutboxState.CANCELLED, f"{HAD_ENOUGH} {had_today} letters within a day"
    return None, ""


def counts_for_client(row: Row[Any]) -> bool:
    """Whether a letter is one of those a client gets only so many of in a day."""
    return row.client_id is not None and row.kind != LetterKind.DIGEST


def client_objects(row: Row[Any]) -> str:
    """Why nothing may go to the row's client now; "" where nothing stands against it."""
    if row.client_id is None:
        return ""
    if row.client_state in (ClientState.LEFT, ClientState.FORGOTTEN):
        return "the client has left"
    if row.kind != LetterKind.PROMPT:
        return ""
    if row.client_state != ClientState.ACTIVE:
        return f"the client is {'paused' if row.client_state == ClientState.PAUSED else 'stopped'}"
    return "the client's address does not exist" if row.client_delivery == Delivery.DEAD else ""


def _coach_objects(row: Row[Any]) -> str:
    """Why nothing may go to a coach now: someone who was taken out of the configuration reads no client's words."""
    if row.kind not in (LetterKind.DIGEST, LetterKind.NOTICE) or row.coach_active:
        return ""
    return "the coach does not stand in config.toml any more"


def address_digest_of(row: Row[Any]) -> bytes:
    """The digest of the address a letter is for as things stand: the client's, or the coach's."""
    return bytes(row.client_digest if row.kind in TO_CLIENTS else row.coach_digest)


def for_the_right_address(conn: Connection, row: Row[Any], *, now: datetime) -> Row[Any]:
    """The row, or its successor where the recipient's address changed after the bytes were fixed."""
    if row.raw is None or row.recipient_digest == address_digest_of(row):
        return row
    moved = {"state": OutboxState.CANCELLED, "detail": "the recipient's address changed", "settled_at": now}
    conn.execute(update(schema.outbox).where(x.id == row.id).values(**moved))
    blank = dict.fromkeys(("raw", "recipient", "recipient_digest", "asked", "message_id"))
    old = conn.execute(select(schema.outbox).where(x.id == row.id)).one()
    again = {"state": row.state, "detail": row.detail, "settled_at": None}
    identity = new_id(now)
    insert_new(
        conn, schema.outbox, as_values(old, id=identity, reference=os.urandom(REFERENCE_BYTES), **blank, **again)
    )
    return conn.execute(letters().where(x.id == identity)).one()


def out_since(moment: datetime) -> ColumnElement[bool]:
    """Letters that went out since then, or are on their way, or may have arrived."""
    gone = x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN]) & (x.settled_at >= moment)
    return gone | x.state.in_([OutboxState.CLAIMED, OutboxState.SENDING])


def why_expired(row: Row[Any]) -> str:
    """What kept a letter until its time ran out."""
    tried = "it was never tried" if not row.attempts else f"{row.attempts} attempts failed"
    return f"{OUT_OF_TIME}{row.detail or tried}"
