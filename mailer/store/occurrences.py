"""Decisions as rows: each written down once for ever, with the letter it wants.

    write      new decisions; an occurrence that is there already stays as it was decided, unless it was withdrawn
    withdraw   what was decided about a session or promise that moved or is gone, as far as nothing has gone out
A withdrawn occurrence counts as undecided and is taken over by the next decision about it. A decision may close older
occurrences: a newer letter takes the place of theirs, and replies are not dealt to them any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, select, update

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import Enrolment
from mailer.model.plan import Decision, SkipReason
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.eligibility import CLOSED
from mailer.store.outbox import NewLetter, put_all
from mailer.store.rows import insert_all
from mailer.store.schema import OccurrenceState
from mailer.store.settlement import GIVEN_UP

WAITING = (OutboxState.QUEUED, OutboxState.HELD)
# A letter in one of these may have reached the client, or may do so any moment.
LEFT = (OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN)

o, x, e = schema.occurrences.c, schema.outbox.c, schema.enrolments.c


def write(conn: Connection, decisions: Sequence[tuple[Enrolment, Decision]], *, now: datetime) -> None:
    """Writes decisions, each with its enrolment, and wants the letters of those that are to go.

    1. inserts what is new and passes over what was decided before
    2. takes over what was withdrawn
    3. queues a letter for each occurrence written that is not skipped
    4. closes the older occurrences each of these stands in the place of
    """
    rows = [_row(enrolment, decision, now=now) for enrolment, decision in decisions]
    written = insert_all(conn, schema.occurrences, rows)
    letters, closing = [], []
    for row, (_, decision) in zip(rows, decisions, strict=True):
        identity, cause = row["id"], f"occurrence:{row['id']}"
        if identity not in written:
            known = _take_over(conn, row)
            if known is None:
                continue
            # Its earlier letter may have expired or been refused: those keep their cause.
            identity, cause = known, f"occurrence:{known}:{now:%Y-%m-%dT%H:%M:%S.%f}"
        if decision.skip is None:
            letters.append(_letter(row | {"id": identity}, decision, cause=cause))
            closing += [(row | {"id": identity}, decision)] if decision.closes else []
    put_all(conn, letters, now=now)
    _close(conn, closing, now=now)


def withdraw(conn: Connection, about_id: UUID, *, reason: str, now: datetime, reopen: bool) -> None:
    """Takes back what was decided about a session or promise, as far as no letter has left; its client plans anew.

    1. waits for a planner who has the client in hand, and clears the client's index
    2. cancels letters that are queued or held, with the reason
    3. `reopen` (it moved): everything that did not go, skipped occurrences too, counts as undecided
       else (it is gone): what waited is skipped as cancelled; what hangs on its place among others ("session 6") counts
       as undecided, for another takes that place
    """
    _replan_owner(conn, about_id)
    here = x.occurrence_id.in_(select(o.id).where(o.about_id == about_id))
    cancelled = {"state": OutboxState.CANCELLED, "detail": reason[:300], "settled_at": now}
    conn.execute(update(schema.outbox).where(here, x.state.in_(WAITING)).values(**cancelled))
    given_up = (x.state == OutboxState.CANCELLED) & (x.detail == GIVEN_UP)  # by a person; it may have arrived
    gone_out = exists().where(x.occurrence_id == o.id, x.state.in_(LEFT) | given_up)
    free = select(o.id, o.state, o.anchor, e.start_on).join(schema.enrolments, e.id == o.enrolment_id)
    for row in conn.execute(free.where(o.about_id == about_id, o.withdrawn_at.is_(None), ~gone_out)).all():
        values: dict[str, Any] = {"withdrawn_at": now, "detail": reason[:300]}
        if not reopen and not row.anchor.startswith(f"{row.start_on}/"):
            if row.state == OccurrenceState.SKIPPED:
                continue
            values = {"state": OccurrenceState.SKIPPED, "reason": SkipReason.CANCELLED, "detail": reason[:300]}
        conn.execute(update(schema.occurrences).where(o.id == row.id).values(**values))


def reopen_shared(conn: Connection, about: Sequence[UUID], *, now: datetime) -> None:
    """Promises that were to share the letter of another one count as undecided, unless that letter has left."""
    same = schema.occurrences.alias()
    together = [same.c[name] == o[name] for name in ("client_id", "schedule", "prompt", "due_at")]
    gone_out = exists().where(*together, x.occurrence_id == same.c.id, x.state.in_(LEFT))
    shared = o.about_id.in_(about) & (o.reason == SkipReason.SHARED) & o.withdrawn_at.is_(None)
    conn.execute(update(schema.occurrences).where(shared, ~gone_out).values(withdrawn_at=now))


def _replan_owner(conn: Connection, about_id: UUID) -> None:
    s, p = schema.sessions.c, schema.promises.c
    owner = select(s.client_id).where(s.id == about_id).union_all(select(p.client_id).where(p.id == about_id))
    living = e.client_id.in_(owner) & e.left_at.is_(None)
    conn.execute(update(schema.enrolments).where(living).values(next_due_at=None))


def _row(enrolment: Enrolment, decision: Decision, *, now: datetime) -> dict[str, Any]:
    due = decision.due
    return {
        "id": new_id(now),
        "client_id": enrolment.client_id,
        "coach_id": enrolment.coach_id,
        "enrolment_id": enrolment.id,
        "schedule": due.schedule,
        "prompt": due.prompt,
        "anchor": due.anchor,
        "state": OccurrenceState.SKIPPED if decision.skip else OccurrenceState.QUEUED,
        "reason": decision.skip or due.reason[:300],
        "detail": decision.detail[:300],
        "due_at": due.at,
        "until": due.until,
        "decided_at": now,
        "late": decision.late,
        "about_id": due.about,
        "withdrawn_at": None,
        "closed_at": None,
    }


def _take_over(conn: Connection, row: dict[str, Any]) -> UUID | None:
    """The id of the withdrawn occurrence that is decided anew by this row; None where it was decided before."""
    same = [o[name] == row[name] for name in ("client_id", "schedule", "prompt", "anchor")]
    known: UUID | None = conn.scalar(select(o.id).where(*same, o.withdrawn_at.is_not(None)))
    anew = {name: value for name, value in row.items() if name != "id"}
    mine = (o.id == known) & o.withdrawn_at.is_not(None)
    if known is None or not conn.execute(update(schema.occurrences).where(mine).values(**anew)).rowcount:
        return None
    return known


def _letter(row: dict[str, Any], decision: Decision, *, cause: str) -> NewLetter:
    return NewLetter(
        kind=LetterKind.PROMPT,
        coach_id=row["coach_id"],
        client_id=row["client_id"],
        occurrence_id=row["id"],
        cause=cause,
        due_at=decision.due.at,
        expires_at=decision.expires_at or decision.due.until,
        rank=decision.due.rank,
    )


def _close(conn: Connection, closing: Sequence[tuple[dict[str, Any], Decision]], *, now: datetime) -> None:
    """Older occurrences that letters stand in the place of: not open any more, and not sent where they wait.

    A letter that a sender holds just now is left to it.
    """
    if not closing:
        return
    n, v = schema.entries.c, schema.conversations.c
    answered = exists().where(v.occurrence_id == o.id, n.conversation_id == v.id, n.kind == EntryKind.REPLY)
    is_open = (o.state == OccurrenceState.QUEUED) & o.withdrawn_at.is_(None) & o.closed_at.is_(None) & ~answered
    clients = {row["client_id"] for row, _ in closing}
    query = select(o.id, o.client_id, o.schedule, o.prompt, o.due_at).where(o.client_id.in_(clients), is_open)
    still_open: dict[tuple[UUID, str], list[Any]] = {}
    for one in conn.execute(query):
        still_open.setdefault((one.client_id, one.schedule), []).append(one)
    closed = {
        one.id
        for row, decision in closing
        for one in still_open.get((row["client_id"], row["schedule"]), ())
        if one.prompt in decision.closes and one.id != row["id"] and one.due_at <= row["due_at"]
    }
    if closed:
        conn.execute(update(schema.occurrences).where(o.id.in_(closed)).values(closed_at=now))
        waits = x.occurrence_id.in_(closed) & x.state.in_(WAITING)
        values = {"state": OutboxState.CANCELLED, "detail": CLOSED, "settled_at": now}
        conn.execute(update(schema.outbox).where(waits).values(**values))
