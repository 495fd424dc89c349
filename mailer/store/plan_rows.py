"""The rows that planning reads, by client: one query each, however many clients there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Text, func, select, type_coerce

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import Session
from mailer.model.plan import DuePromise
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.schedules_seen import SeenTimes, seen_times
from mailer.store.schema import PromiseState
from mailer.store.sessions import session_of

ON_THEIR_WAY = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.HELD)
GONE_OUT = (OutboxState.SENT, OutboxState.UNKNOWN)

c, e, o, x = schema.clients.c, schema.enrolments.c, schema.occurrences.c, schema.outbox.c
OPEN_FACTS = (
    c.id, c.coach_id, c.zone, c.country, c.language, c.form, c.state, c.paused_until, c.active_since, c.delivery,
    c.own_time, c.days_off, c.quiet_hours, c.habits_since,
)  # fmt: skip
ENROLMENT = (e.client_id, e.id, e.schedule, e.start_on, e.end_on, e.started_at, e.planned_until)


@dataclass(frozen=True, slots=True)
class CoachFacts:
    """What is the same for all clients of a coach."""

    slug: str
    seen: Mapping[str, SeenTimes]  # of the schedules of the coach's practice


@dataclass(slots=True)
class Replies:
    """When each conversation was answered first, and when the client wrote last."""

    first: dict[UUID, datetime] = field(default_factory=dict)
    last: datetime | None = None


NO_REPLIES = Replies()


def people(conn: Connection, ids: Sequence[UUID], *, traits: bool) -> dict[UUID, Row[Any]]:
    """The clients; short name and tags, sealed as they are, only with `traits`."""
    columns = (*OPEN_FACTS, c.slug, c.tags) if traits else OPEN_FACTS
    return {row.id: row for row in conn.execute(select(*columns).where(c.id.in_(ids)))}


def living_enrolments(conn: Connection, ids: Sequence[UUID], *, lock: bool) -> dict[UUID, list[Row[Any]]]:
    """Their living enrolments, oldest first, held for this transaction where asked for."""
    query = select(*ENROLMENT).where(e.client_id.in_(ids), e.left_at.is_(None)).order_by(e.id)
    return _by_client(conn, query.with_for_update() if lock else query)


def coaches(conn: Connection, ids: set[UUID]) -> dict[UUID, CoachFacts]:
    """By coach, what is the same for all clients of one."""
    h = schema.coaches.c
    rows = conn.execute(select(h.id, h.slug, h.practice_id).where(h.id.in_(ids))).all()
    seen = {practice: seen_times(conn, practice) for practice in {row.practice_id for row in rows}}
    return {row.id: CoachFacts(row.slug, seen[row.practice_id]) for row in rows}


def sessions(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Session]]:
    """Sessions in order of start, cancelled ones included."""
    s = schema.sessions.c
    found: dict[UUID, list[Session]] = defaultdict(list)
    counts: dict[UUID, int] = {}
    for row in conn.execute(select(schema.sessions).where(s.client_id.in_(ids)).order_by(s.starts_at, s.id)):
        found[row.client_id].append(session_of(row, counts))
    return found


def promises(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[DuePromise]]:
    """Open promises with a day, in order of making."""
    p = schema.promises.c
    query = select(p.client_id, p.id, p.due_on, p.made_at, p.by_coach).order_by(p.id)
    found: dict[UUID, list[DuePromise]] = defaultdict(list)
    for row in conn.execute(query.where(p.client_id.in_(ids), p.state == PromiseState.OPEN, p.due_on.is_not(None))):
        one = DuePromise(id=row.id, due_on=row.due_on, made_at=row.made_at, by_coach=row.by_coach)
        found[row.client_id].append(one)
    return found


def decided(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, set[tuple[str, str]]]]:
    """By client and schedule, (prompt, anchor) of every occurrence but those withdrawn: read from two indexes alone.

    These are most of the rows there are, so ids are left as the database gives them until they are few.
    """
    raw = type_coerce(o.client_id, Text)
    found: dict[Any, dict[str, set[tuple[str, str]]]] = {}
    for who, schedule, prompt, anchor in conn.execute(
        select(raw, o.schedule, o.prompt, o.anchor).where(o.client_id.in_(ids))
    ):
        found.setdefault(who, {}).setdefault(schedule, set()).add((prompt, anchor))
    withdrawn = o.client_id.in_(ids) & o.withdrawn_at.is_not(None)
    for who, schedule, prompt, anchor in conn.execute(select(raw, o.schedule, o.prompt, o.anchor).where(withdrawn)):
        found.get(who, {}).get(schedule, set()).discard((prompt, anchor))
    return {who if isinstance(who, UUID) else UUID(who): one for who, one in found.items()}


def letters(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Prompts on any schedule that went out or are on their way, in the order in which they went.

    States are told apart here and not in the query: SQLite would take them for the way in, and read every letter sent.
    """
    what = (o.client_id, o.schedule, o.prompt, o.anchor, o.about_id)
    query = (
        select(*what, x.state, x.settled_at, x.due_at, x.conversation_id)
        .join(schema.occurrences, x.occurrence_id == o.id)
        .where(x.client_id.in_(ids), x.kind == LetterKind.PROMPT)
        .order_by(x.settled_at, x.id)
    )
    living = (*ON_THEIR_WAY, *GONE_OUT)
    return {who: [row for row in rows if row.state in living] for who, rows in _by_client(conn, query).items()}


def replies(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, Replies]:
    """When replies came, to which conversation."""
    n = schema.entries.c
    query = select(n.client_id, n.conversation_id, func.min(n.at).label("first"), func.max(n.at).label("last"))
    mine = n.client_id.in_(ids) & (n.kind == EntryKind.REPLY)
    found: dict[UUID, Replies] = defaultdict(Replies)
    for row in conn.execute(query.where(mine).group_by(n.client_id, n.conversation_id)):
        one = found[row.client_id]
        one.last = row.last if one.last is None else max(one.last, row.last)
        if row.conversation_id is not None:
            one.first[row.conversation_id] = row.first
    return found


def _by_client(conn: Connection, query: Select[Any]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = {}
    for row in conn.execute(query):
        found.setdefault(row.client_id, []).append(row)
    return found
