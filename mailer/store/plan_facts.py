"""What planning may know of clients, read for many of them at once.

However many clients are asked for, the number of queries is the same, and nothing sealed is opened: planning needs
zones, dates and ids. Only where a quiet time is for a tag or for one client are tags and short names opened (`traits`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery, Form, Session
from mailer.model.plan import ClientFacts, DuePromise, PlanClient, PlanFacts, PromptHistory, SentPrompt
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.client_rows import habits_of, opened, tags_of
from mailer.store.enrolments import enrolment_of
from mailer.store.schedules_seen import NOTHING_SEEN, SeenTimes, seen_times
from mailer.store.schema import PromiseState
from mailer.store.sessions import session_of
from mailer.store.vault import Vault

PAGE = 500  # clients whose facts are in memory at once
LOOK_BACK = timedelta(days=10)  # a week's limit looks back a week, on whatever day the client's week begins
ON_THEIR_WAY = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.HELD)
GONE_OUT = (OutboxState.SENT, OutboxState.UNKNOWN)

c, e, o, x = schema.clients.c, schema.enrolments.c, schema.occurrences.c, schema.outbox.c
OPEN_FACTS = (
    c.id, c.practice_id, c.zone, c.country, c.language, c.form, c.state, c.paused_until, c.active_since, c.delivery,
    c.own_time, c.days_off, c.quiet_hours, c.habits_since, schema.coaches.c.slug.label("coach"),
)  # fmt: skip


def all_facts(
    conn: Connection, vault: Vault, *, now: datetime, client_id: UUID | None = None, traits: bool = False
) -> list[ClientFacts]:
    """The facts of every client with a living enrolment, or of one, in order of arrival: for showing the plan."""
    query = select(e.client_id).where(e.left_at.is_(None)).distinct().order_by(e.client_id)
    query = query if client_id is None else query.where(e.client_id == client_id)
    return list(_in_pages(conn, vault, conn.scalars(query).all(), now=now, traits=traits))


def facts_due_before(
    conn: Connection, vault: Vault, moment: datetime, *, now: datetime, traits: bool = False
) -> Iterator[ClientFacts]:
    """The facts of everyone of whom something is due by `moment`, page by page; use them up in one transaction."""
    soon = e.next_due_at.is_(None) | (e.next_due_at <= moment)
    query = select(e.client_id).where(e.left_at.is_(None), soon).distinct().order_by(e.client_id)
    return _in_pages(conn, vault, conn.scalars(query).all(), now=now, traits=traits)


def client_facts(
    conn: Connection, vault: Vault, ids: Sequence[UUID], *, now: datetime, traits: bool = False, lock: bool = False
) -> list[ClientFacts]:
    """The facts of these clients, in this order; a client without a living enrolment is left out.

    `lock` holds their enrolments first: whoever clears the index from here on clears it after what is planned now.
    """
    living = select(schema.enrolments).where(e.client_id.in_(ids), e.left_at.is_(None)).order_by(e.id)
    enrolments = _by_client(conn, living.with_for_update() if lock else living)
    people = {row.id: row for row in conn.execute(_people(ids, traits=traits))}
    known = _Known(
        seen={practice: seen_times(conn, practice) for practice in {row.practice_id for row in people.values()}},
        sessions=_sessions(conn, ids),
        promises=_promises(conn, ids),
        decided=_decided(conn, ids),
        letters=_by_client(conn, _letters(ids)),
        replies=_replies(conn, ids),
        since=now - LOOK_BACK,
    )
    return [_facts(vault, people[one], enrolments[one], known, traits=traits) for one in ids if one in enrolments]


@dataclass(slots=True)
class _Replies:
    """When each conversation was answered first, and when the client wrote last."""

    first: dict[UUID, datetime] = field(default_factory=dict)
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that was read for one page of clients, by client."""

    seen: Mapping[UUID, Mapping[str, SeenTimes]]  # by practice and schedule
    sessions: Mapping[UUID, Sequence[Session]]
    promises: Mapping[UUID, Sequence[DuePromise]]
    decided: Mapping[UUID, Mapping[str, set[tuple[str, str]]]]  # by client and schedule
    letters: Mapping[UUID, Sequence[Row[Any]]]
    replies: Mapping[UUID, _Replies]
    since: datetime


def _in_pages(
    conn: Connection, vault: Vault, ids: Sequence[UUID], *, now: datetime, traits: bool
) -> Iterator[ClientFacts]:
    for start in range(0, len(ids), PAGE):
        yield from client_facts(conn, vault, ids[start : start + PAGE], now=now, traits=traits)


def _facts(vault: Vault, row: Row[Any], enrolments: Sequence[Row[Any]], known: _Known, *, traits: bool) -> ClientFacts:
    client = _plan_client(vault, row, traits=traits)
    letters, replies = known.letters.get(row.id, ()), known.replies.get(row.id, _Replies())
    history: dict[str, list[PromptHistory]] = defaultdict(list)
    for letter in letters:
        if letter.state in GONE_OUT:
            history[letter.schedule].append(_went_out(letter, replies))
    sent = (SentPrompt(schedule=one.schedule, prompt=one.prompt, at=one.settled_at or one.due_at) for one in letters)
    return ClientFacts(
        client=client,
        enrolments=tuple(
            PlanFacts(
                client=client,
                enrolment=enrolment_of(one),
                planned_until=one.planned_until,
                sessions=tuple(known.sessions.get(row.id, ())),
                promises=tuple(known.promises.get(row.id, ())),
                first_seen=known.seen[row.practice_id].get(one.schedule, NOTHING_SEEN).first,
                timed_since=known.seen[row.practice_id].get(one.schedule, NOTHING_SEEN).timed,
                decided=frozenset(known.decided.get(row.id, {}).get(one.schedule, ())),
                history=tuple(history[one.schedule]),
                last_reply_at=replies.last,
            )
            for one in enrolments
        ),
        sent=tuple(sorted((one for one in sent if one.at >= known.since), key=lambda one: one.at)),
    )


def _plan_client(vault: Vault, row: Row[Any], *, traits: bool) -> PlanClient:
    opens = traits and row.state != ClientState.FORGOTTEN  # there is no key to open these with any more
    return PlanClient(
        id=row.id,
        zone=row.zone,
        country=row.country,
        language=row.language,
        form=Form(row.form),
        coach=row.coach,
        slug=opened(vault, row, "slug") if opens else "",
        tags=tags_of(vault, row) if opens else frozenset(),
        habits=habits_of(row),
        habits_since=row.habits_since,
        state=ClientState(row.state),
        paused_until=row.paused_until,
        active_since=row.active_since,
        delivery=Delivery(row.delivery),
    )


def _went_out(letter: Row[Any], replies: _Replies) -> PromptHistory:
    return PromptHistory(
        prompt=letter.prompt,
        anchor=letter.anchor,
        sent_at=letter.settled_at,
        answered_at=replies.first.get(letter.conversation_id),
        about=letter.about_id,
    )


def _people(ids: Sequence[UUID], *, traits: bool) -> Select[Any]:
    columns = (*OPEN_FACTS, c.slug, c.tags) if traits else OPEN_FACTS
    return select(*columns).join(schema.coaches, schema.coaches.c.id == c.coach_id).where(c.id.in_(ids))


def _sessions(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Session]]:
    s = schema.sessions.c
    found: dict[UUID, list[Session]] = defaultdict(list)
    counts: dict[UUID, int] = {}
    for row in conn.execute(select(schema.sessions).where(s.client_id.in_(ids)).order_by(s.starts_at, s.id)):
        found[row.client_id].append(session_of(row, counts))
    return found


def _promises(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[DuePromise]]:
    p = schema.promises.c
    query = select(p.client_id, p.id, p.due_on, p.made_at, p.by_coach).order_by(p.id)
    found: dict[UUID, list[DuePromise]] = defaultdict(list)
    for row in conn.execute(query.where(p.client_id.in_(ids), p.state == PromiseState.OPEN, p.due_on.is_not(None))):
        one = DuePromise(id=row.id, due_on=row.due_on, made_at=row.made_at, by_coach=row.by_coach)
        found[row.client_id].append(one)
    return found


def _decided(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, set[tuple[str, str]]]]:
    query = select(o.client_id, o.schedule, o.prompt, o.anchor).where(o.client_id.in_(ids), o.withdrawn_at.is_(None))
    found: dict[UUID, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for client_id, schedule, prompt, anchor in conn.execute(query):
        found[client_id][schedule].add((prompt, anchor))
    return found


def _letters(ids: Sequence[UUID]) -> Select[Any]:
    """Prompts on any schedule that went out or are on their way, in the order in which they went."""
    what = (o.client_id, o.schedule, o.prompt, o.anchor, o.about_id)
    return (
        select(*what, x.state, x.settled_at, x.due_at, x.conversation_id)
        .join(schema.occurrences, x.occurrence_id == o.id)
        .where(x.client_id.in_(ids), x.kind == LetterKind.PROMPT, x.state.in_((*ON_THEIR_WAY, *GONE_OUT)))
        .order_by(x.settled_at, x.id)
    )


def _replies(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, _Replies]:
    n = schema.entries.c
    query = select(n.client_id, n.conversation_id, func.min(n.at).label("first"), func.max(n.at).label("last"))
    mine = n.client_id.in_(ids) & (n.kind == EntryKind.REPLY)
    found: dict[UUID, _Replies] = defaultdict(_Replies)
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
