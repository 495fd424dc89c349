"""Decisions about occurrences, written down once; and the index that says whom to plan next.

`plan_next` is the whole story: the stalest enrolment, its facts, the pure planner's decisions, and the rows, in one
transaction, so that what is decided was true when it was written. `next_due_at` is disposable: NULL means "look".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.plan import Decision, PlanClient, PlanFacts, Planned, PromptHistory
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import client
from mailer.store.columns import new_id
from mailer.store.enrolments import enrolment_of
from mailer.store.outbox import NewLetter, put
from mailer.store.practice import practice_id
from mailer.store.rows import insert_new, upsert
from mailer.store.sessions import sessions
from mailer.store.vault import Vault

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is due as things stand
BATCH = 50  # enrolments planned in one transaction

e = schema.enrolments.c
o = schema.occurrences.c
Planner = Callable[[PlanFacts, datetime], Planned | None]


def plan_next(conn: Connection, vault: Vault, planner: Planner, *, now: datetime) -> int:
    """Plans the enrolments that are due or were never looked at; gives how many (0: no work).

    `planner(facts, since)` is pure; None means that the schedule is not in force, and the enrolment waits.
    """
    due = e.left_at.is_(None) & (e.next_due_at.is_(None) | (e.next_due_at <= now))
    query = select(schema.enrolments).where(due).order_by(e.next_due_at.nulls_first(), e.id).limit(BATCH)
    rows = conn.execute(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        planned = planner(plan_facts(conn, vault, row), row.planned_until)
        decisions = planned.decisions if planned else ()
        for decision in decisions:
            _write(conn, row, decision, now=now)
        following = planned.next_due_at if planned else None
        values = {"next_due_at": following or NEVER, "planned_until": max(now, row.planned_until)}
        conn.execute(update(schema.enrolments).where(e.id == row.id).values(values))
    return len(rows)


def plan_facts(conn: Connection, vault: Vault, row: Row[Any]) -> PlanFacts:
    """What the planner may know about one enrolment, read now."""
    who = client(conn, vault, row.client_id)
    mine = (o.client_id == row.client_id) & (o.schedule == row.schedule)
    p = schema.prompts_seen.c
    seen = select(p.prompt, p.first_seen_at).where(p.practice_id == who.practice_id, p.schedule == row.schedule)
    history = _history(conn, row)
    return PlanFacts(
        client=PlanClient(
            id=who.id,
            zone=who.zone,
            country=who.country,
            language=who.language,
            state=who.state,
            paused_until=who.paused_until,
            delivery=who.delivery,
        ),
        enrolment=enrolment_of(row),
        sessions=sessions(conn, client_id=row.client_id),
        first_seen=dict(conn.execute(seen).all()),
        decided=frozenset((prompt, anchor) for prompt, anchor in conn.execute(select(o.prompt, o.anchor).where(mine))),
        history=history,
        last_reply_at=_last_reply(conn, row.client_id),
    )


def all_facts(conn: Connection, vault: Vault, *, client_id: UUID | None = None) -> list[tuple[PlanFacts, datetime]]:
    """Facts and `planned_until` of every living enrolment, for showing the plan."""
    query = select(schema.enrolments).where(e.left_at.is_(None)).order_by(e.id)
    query = query if client_id is None else query.where(e.client_id == client_id)
    return [(plan_facts(conn, vault, row), row.planned_until) for row in conn.execute(query)]


def note_schedules(
    conn: Connection, practice: str, fingerprints: Mapping[str, str], prompts: Mapping[str, list[str]], *, now: datetime
) -> None:
    """Notes prompts never seen before, and makes the enrolments of schedules that changed plan anew.

    A schedule that is switched off is noted as such; its prompts count as seen when it is switched on.
    """
    owner = practice_id(conn, practice)
    seen = schema.schedules_seen.c
    known = dict(conn.execute(select(seen.schedule, seen.fingerprint).where(seen.practice_id == owner)).all())
    for schedule, fingerprint in fingerprints.items():
        if known.get(schedule) == fingerprint:
            continue
        row = {"id": new_id(now), "practice_id": owner, "schedule": schedule, "fingerprint": fingerprint}
        upsert(conn, schema.schedules_seen, row, by=("practice_id", "schedule"))
        for prompt in prompts[schedule] if not fingerprint.startswith("off ") else ():
            first = {"id": new_id(now), "practice_id": owner, "schedule": schedule, "prompt": prompt}
            insert_new(conn, schema.prompts_seen, first | {"first_seen_at": now})
        conn.execute(update(schema.enrolments).where(e.schedule == schedule).values(next_due_at=None))


def plan_all_anew(conn: Connection) -> None:
    """Clears the whole index: after a clock that jumped."""
    conn.execute(update(schema.enrolments).values(next_due_at=None))


def _write(conn: Connection, enrolment: Row[Any], decision: Decision, *, now: datetime) -> None:
    due = decision.due
    identity = new_id(now)
    state = schema.OccurrenceState.SKIPPED if decision.skip else schema.OccurrenceState.QUEUED
    row = {
        "id": identity,
        "client_id": enrolment.client_id,
        "coach_id": enrolment.coach_id,
        "enrolment_id": enrolment.id,
        "schedule": due.schedule,
        "prompt": due.prompt,
        "anchor": due.anchor,
        "state": state,
        "reason": decision.skip or due.reason[:300],
        "detail": decision.detail[:300],
        "due_at": due.at,
        "until": due.until,
        "decided_at": now,
        "late": decision.late,
    }
    if insert_new(conn, schema.occurrences, row) and decision.skip is None:
        letter = NewLetter(
            kind=LetterKind.PROMPT,
            coach_id=enrolment.coach_id,
            client_id=enrolment.client_id,
            occurrence_id=identity,
            cause=f"occurrence:{identity}",
            due_at=due.at,
            expires_at=due.until,
        )
        put(conn, letter, now=now)


def _history(conn: Connection, row: Row[Any]) -> tuple[PromptHistory, ...]:
    x, n = schema.outbox.c, schema.entries.c
    answered = (
        select(n.conversation_id, func.min(n.at).label("at"))
        .where(n.client_id == row.client_id, n.kind == EntryKind.REPLY)
        .group_by(n.conversation_id)
        .subquery()
    )
    query = (
        select(o.prompt, o.anchor, x.settled_at, answered.c.at)
        .join(schema.outbox, x.occurrence_id == o.id)
        .outerjoin(answered, answered.c.conversation_id == x.conversation_id)
        .where(o.client_id == row.client_id, o.schedule == row.schedule)
        .where(x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN]))
        .order_by(x.settled_at)
    )
    return tuple(
        PromptHistory(prompt=prompt, anchor=anchor, sent_at=sent, answered_at=at)
        for prompt, anchor, sent, at in conn.execute(query)
    )


def _last_reply(conn: Connection, client_id: UUID) -> datetime | None:
    n = schema.entries.c
    mine = (n.client_id == client_id) & (n.kind == EntryKind.REPLY)
    latest: datetime | None = conn.scalar(select(func.max(n.at)).where(mine))
    return latest
