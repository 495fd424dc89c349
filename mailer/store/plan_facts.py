"""What planning may know of clients, read for many of them at once.

However many clients are asked for, the number of queries is the same, and nothing sealed is opened: planning needs
zones, dates and ids. Only where a quiet time is for a tag or for one client are tags and short names opened (`traits`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from mailer.model.people import ClientState, Delivery, Enrolment, Form, Session
from mailer.model.plan import ClientFacts, DuePromise, PlanClient, PlanFacts, PromptHistory, SentPrompt
from mailer.store import plan_rows, schema
from mailer.store.client_rows import habits_of, opened, tags_of
from mailer.store.plan_rows import GONE_OUT, NO_REPLIES, CoachFacts, Replies
from mailer.store.schedules_seen import NOTHING_SEEN
from mailer.store.vault import Vault

PAGE = 500  # clients whose facts are in memory at once
LOOK_BACK = timedelta(days=10)  # a week's limit looks back a week, on whatever day the client's week begins

e = schema.enrolments.c


def all_facts(
    conn: Connection, vault: Vault, *, now: datetime, client_id: UUID | None = None, traits: bool = False
) -> list[ClientFacts]:
    """The facts of every client with a living enrolment, or of one, in order of arrival: for showing the plan."""
    query = select(e.client_id).where(e.left_at.is_(None)).distinct().order_by(e.client_id)
    query = query if client_id is None else query.where(e.client_id == client_id)
    return list(_in_pages(conn, vault, conn.scalars(query).all(), now=now, traits=traits))


def facts_due_before(
    conn: Connection, vault: Vault, moment: datetime, *, now: datetime, traits: bool = False, page: int = PAGE
) -> Iterator[ClientFacts]:
    """The facts of everyone of whom something is due by `moment`, page by page; use them up in one transaction."""
    soon = e.next_due_at.is_(None) | (e.next_due_at <= moment)
    query = select(e.client_id).where(e.left_at.is_(None), soon).distinct().order_by(e.client_id)
    return _in_pages(conn, vault, conn.scalars(query).all(), now=now, traits=traits, page=page)


def client_facts(
    conn: Connection, vault: Vault, ids: Sequence[UUID], *, now: datetime, traits: bool = False, lock: bool = False
) -> list[ClientFacts]:
    """The facts of these clients, in this order; a client without a living enrolment is left out.

    `lock` holds their enrolments first: whoever clears the index from here on clears it after what is planned now.
    """
    enrolments = plan_rows.living_enrolments(conn, ids, lock=lock)
    people = plan_rows.people(conn, ids, traits=traits)
    known = _Known(
        coaches=plan_rows.coaches(conn, {row.coach_id for row in people.values()}),
        sessions=plan_rows.sessions(conn, ids),
        promises=plan_rows.promises(conn, ids),
        decided=plan_rows.decided(conn, ids),
        letters=plan_rows.letters(conn, ids),
        replies=plan_rows.replies(conn, ids),
        since=now - LOOK_BACK,
    )
    return [_facts(vault, people[one], enrolments[one], known, traits=traits) for one in ids if one in enrolments]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that was read for one page of clients, by client."""

    coaches: Mapping[UUID, CoachFacts]  # by coach
    sessions: Mapping[UUID, Sequence[Session]]
    promises: Mapping[UUID, Sequence[DuePromise]]
    decided: Mapping[UUID, Mapping[str, set[tuple[str, str]]]]  # by client and schedule
    letters: Mapping[UUID, Sequence[Row[Any]]]
    replies: Mapping[UUID, Replies]
    since: datetime


def _in_pages(
    conn: Connection, vault: Vault, ids: Sequence[UUID], *, now: datetime, traits: bool, page: int = PAGE
) -> Iterator[ClientFacts]:
    for start in range(0, len(ids), page):
        yield from client_facts(conn, vault, ids[start : start + page], now=now, traits=traits)


def _facts(vault: Vault, row: Row[Any], enrolments: Sequence[Row[Any]], known: _Known, *, traits: bool) -> ClientFacts:
    coach = known.coaches[row.coach_id]
    client = _plan_client(vault, row, coach.slug, traits=traits)
    letters, replies = known.letters.get(row.id, ()), known.replies.get(row.id, NO_REPLIES)
    sessions, promises = tuple(known.sessions.get(row.id, ())), tuple(known.promises.get(row.id, ()))
    decided = known.decided.get(row.id, {})
    history: dict[str, list[PromptHistory]] = {}
    for letter in letters:
        if letter.state in GONE_OUT:
            history.setdefault(letter.schedule, []).append(_went_out(letter, replies))
    sent = (SentPrompt(schedule=one.schedule, prompt=one.prompt, at=one.settled_at or one.due_at) for one in letters)
    return ClientFacts(
        client=client,
        enrolments=tuple(
            PlanFacts(
                client=client,
                enrolment=_enrolment(one, row.coach_id),
                planned_until=one.planned_until,
                sessions=sessions,
                promises=promises,
                first_seen=coach.seen.get(one.schedule, NOTHING_SEEN).first,
                timed_since=coach.seen.get(one.schedule, NOTHING_SEEN).timed,
                decided=frozenset(decided.get(one.schedule, ())),
                history=tuple(history.get(one.schedule, ())),
                last_reply_at=replies.last,
            )
            for one in enrolments
        ),
        sent=tuple(sorted((one for one in sent if one.at >= known.since), key=lambda one: one.at)),
    )


def _plan_client(vault: Vault, row: Row[Any], coach: str, *, traits: bool) -> PlanClient:
    opens = traits and row.state != ClientState.FORGOTTEN  # there is no key to open these with any more
    return PlanClient(
        id=row.id,
        zone=row.zone,
        country=row.country,
        language=row.language,
        form=Form(row.form),
        coach=coach,
        slug=opened(vault, row, "slug") if opens else "",
        tags=tags_of(vault, row) if opens else frozenset(),
        habits=habits_of(row),
        habits_since=row.habits_since,
        state=ClientState(row.state),
        paused_until=row.paused_until,
        active_since=row.active_since,
        delivery=Delivery(row.delivery),
    )


def _went_out(letter: Row[Any], replies: Replies) -> PromptHistory:
    return PromptHistory(
        prompt=letter.prompt,
        anchor=letter.anchor,
        sent_at=letter.settled_at,
        answered_at=replies.first.get(letter.conversation_id),
        about=letter.about_id,
    )


def _enrolment(row: Row[Any], coach_id: UUID) -> Enrolment:
    return Enrolment(
        id=row.id,
        client_id=row.client_id,
        coach_id=coach_id,
        schedule=row.schedule,
        start=row.start_on,
        end=row.end_on,
        started_at=row.started_at,
    )
