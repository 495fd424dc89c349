"""A client's thread on one schedule, and the conversation each prompt opens in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import insert_all
from mailer.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A prompt that opens a conversation."""

    row: Row[Any]  # its row in the outbox, with its schedule
    subject: str
    key: UUID  # the client's


def open_conversations(
    conn: Connection, vault: Vault, openings: Sequence[Opening], *, now: datetime
) -> dict[UUID, UUID]:
    """The conversation of each occurrence, opened if this is the first letter of it."""
    known = _known(conn, openings)
    new = [one for one in openings if one.row.occurrence_id not in known]
    if not new:
        return known
    threads = _threads(conn, new, now=now)
    rows = []
    for one in new:
        identity = new_id(now)
        rows.append(
            {
                "id": identity,
                "thread_id": threads[one.row.client_id, one.row.schedule],
                "client_id": one.row.client_id,
                "coach_id": one.row.coach_id,
                "occurrence_id": one.row.occurrence_id,
                "subject": vault.seal(one.key, one.subject, place=f"conversations.subject:{identity}"),
                "opened_at": now,
            }
        )
    insert_all(conn, schema.conversations, rows)
    return known | _known(conn, new)


def _known(conn: Connection, openings: Sequence[Opening]) -> dict[UUID, UUID]:
    v = schema.conversations.c
    occurrences = [one.row.occurrence_id for one in openings]
    if not occurrences:
        return {}
    return dict(conn.execute(select(v.occurrence_id, v.id).where(v.occurrence_id.in_(occurrences))).all())


def _threads(conn: Connection, openings: Sequence[Opening], *, now: datetime) -> dict[tuple[UUID, str], UUID]:
    """The thread of each client on each schedule, begun where there is none."""
    t = schema.threads.c
    wanted = {(one.row.client_id, one.row.schedule): one.row.coach_id for one in openings}
    here = select(t.client_id, t.schedule, t.id).where(t.client_id.in_({client for client, _ in wanted}))
    known = {(client, schedule): thread for client, schedule, thread in conn.execute(here)}
    new = [
        {"id": new_id(now), "client_id": client, "coach_id": coach, "schedule": schedule}
        for (client, schedule), coach in wanted.items()
        if (client, schedule) not in known
    ]
    if not new:
        return known
    insert_all(conn, schema.threads, new)
    return {(client, schedule): thread for client, schedule, thread in conn.execute(here)}
