"""The rows a digest or a thread is made of, opened and in order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from mailer.model.incoming import Answered
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import Session, SessionState
from mailer.model.plan import AnswerKind, SkipReason
from mailer.model.report import AwayRow, EntryKind, HeldRow, RatingRow, ReplyRow, SentRow, TroubleRow
from mailer.store import schema
from mailer.store.eligibility import HAD_ENOUGH, OUT_OF_TIME
from mailer.store.inbox import raw_letter
from mailer.store.schema import LetterState
from mailer.store.vault import Vault

e, x, o = schema.entries.c, schema.outbox.c, schema.occurrences.c


def replies(conn: Connection, vault: Vault, which: ColumnElement[Any]) -> tuple[ReplyRow, ...]:
    """Entries in order of arrival, each with the questions it answers."""
    return tuple(_reply(conn, vault, row) for row in conn.execute(select(schema.entries).where(which).order_by(e.id)))


def sent(conn: Connection, coach_id: UUID, *, since: datetime) -> tuple[SentRow, ...]:
    """Prompts that went out, oldest first, and when each was answered."""
    reply = (
        select(e.conversation_id, func.min(e.at).label("at"))
        .where(e.coach_id == coach_id, e.kind == EntryKind.REPLY)
        .group_by(e.conversation_id)
        .subquery()
    )
    query = (
        select(x.client_id, x.settled_at, reply.c.at)
        .outerjoin(reply, reply.c.conversation_id == x.conversation_id)
        .where(x.coach_id == coach_id, x.kind == LetterKind.PROMPT, x.settled_at >= since)
        .where(x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN]))
        .order_by(x.settled_at)
    )
    return tuple(SentRow(client_id=who, sent_at=at, answered_at=answered) for who, at, answered in conn.execute(query))


def ratings(conn: Connection, vault: Vault, coach_id: UUID, *, since: datetime) -> tuple[RatingRow, ...]:
    """Ratings given, oldest first."""
    a = schema.answers.c
    query = select(a.id, a.client_id, a.at, a.value).where(a.coach_id == coach_id, a.at >= since)
    rows = conn.execute(query.where(a.kind == AnswerKind.RATING, a.value.is_not(None)).order_by(a.at, a.id))
    return tuple(
        RatingRow(client_id=row.client_id, at=row.at, value=float(_value(vault, row.value, row.id))) for row in rows
    )


def away(conn: Connection, coach_id: UUID, *, since: datetime) -> tuple[AwayRow, ...]:
    """Notices of absence, oldest first."""
    query = select(e.client_id, e.at, e.away_until).where(e.coach_id == coach_id, e.at >= since)
    rows = conn.execute(query.where(e.kind == EntryKind.AUTO_REPLY).order_by(e.at))
    return tuple(AwayRow(client_id=who, noticed_at=at, until=until) for who, at, until in rows)


def troubles(conn: Connection, coach_id: UUID, *, since: datetime, until: datetime) -> tuple[TroubleRow, ...]:
    """What did not go the ordinary way in that time; letters of unknown fate and held ones until they are settled.

    Letters that were cancelled because the client paused, left or moved, or by a person, are no trouble.
    """
    had_enough = (x.state == OutboxState.CANCELLED) & x.detail.startswith(HAD_ENOUGH)
    recent = (x.state.in_([OutboxState.REFUSED, OutboxState.EXPIRED]) | had_enough) & x.settled_at.between(since, until)
    open_ones = x.state.in_([OutboxState.UNKNOWN, OutboxState.HELD])
    query = (
        select(schema.outbox, o.schedule, o.prompt)
        .outerjoin(schema.occurrences, o.id == x.occurrence_id)
        .where(x.coach_id == coach_id, or_(recent, open_ones))
    )
    letters = [_trouble(row) for row in conn.execute(query.order_by(x.id))]
    missed = select(o.client_id, o.decided_at, o.reason, o.detail, o.schedule, o.prompt).where(
        o.coach_id == coach_id, o.decided_at.between(since, until), o.reason == SkipReason.TOO_LATE,
        o.withdrawn_at.is_(None),
    )  # fmt: skip
    late = [
        TroubleRow(client_id=who, at=at, what=reason, detail=detail or "", prompt=f"{schedule}/{prompt}")
        for who, at, reason, detail, schedule, prompt in conn.execute(missed.order_by(o.id))
    ]
    return tuple(letters + late)


def _trouble(row: Row[Any]) -> TroubleRow:
    what = SkipReason.CAP if row.state == OutboxState.CANCELLED else row.state
    return TroubleRow(
        client_id=row.client_id,
        at=row.settled_at or row.created_at,
        what=what,
        detail="" if what == SkipReason.CAP else _said(row.code, (row.detail or "").removeprefix(OUT_OF_TIME)),
        status=row.status or "",
        prompt=f"{row.schedule}/{row.prompt}" if row.occurrence_id else "",
        letter=row.id.hex[-8:] if row.state == OutboxState.UNKNOWN else "",
    )


def held(conn: Connection, vault: Vault, coach_id: UUID) -> tuple[HeldRow, ...]:
    """Letters that wait: those for this coach, and those for nobody known in the coach's practice.

    Who sent one is shown where it is for this coach, or can be for no other.
    """
    t, a, c = schema.letters.c, schema.accounts.c, schema.coaches.c
    practice = select(c.practice_id).where(c.id == coach_id).scalar_subquery()
    alone = conn.scalars(select(func.count()).where(c.practice_id == practice)).one() == 1
    query = (
        select(t.id, t.received_at, t.reason, t.state, t.coach_id)
        .join(schema.accounts, a.id == t.account_id)
        .where(a.practice_id == practice, t.state.in_([LetterState.HELD, LetterState.SET_ASIDE]))
        .where(or_(t.coach_id == coach_id, t.coach_id.is_(None)))
        .order_by(t.id)
    )
    return tuple(
        HeldRow(
            letter_id=row.id,
            received_at=row.received_at,
            reason=row.reason or row.state,
            sender=sender_of(raw_letter(conn, vault, row.id)) if alone or row.coach_id == coach_id else "",
        )
        for row in conn.execute(query)
    )


def sessions_on(all_sessions: Iterable[Session], day: date, *, zone: str) -> tuple[Session, ...]:
    """The sessions of a local date that take place."""
    here = ZoneInfo(zone)
    return tuple(
        one
        for one in all_sessions
        if one.state is SessionState.PLANNED and one.starts_at.astimezone(here).date() == day
    )


def _reply(conn: Connection, vault: Vault, row: Row[Any]) -> ReplyRow:
    subject, questions = _asked(conn, vault, row)
    return ReplyRow(
        entry_id=row.id,
        client_id=row.client_id,
        kind=EntryKind(row.kind),
        received_at=row.at,
        subject=subject,
        questions=questions,
        answers=_answers(conn, vault, row.id),
        free=vault.read(row.free, place=f"entries.free:{row.id}") if row.free else "",
        text=vault.read(row.text, place=f"entries.text:{row.id}"),
        confidence=row.confidence,
        unconfirmed=row.unconfirmed,
        note=row.note or "",
        attachments=_attachments(conn, vault, row.id),
        repeated=row.repeated,
    )


def _asked(conn: Connection, vault: Vault, row: Row[Any]) -> tuple[str, tuple[str, ...]]:
    """The subject and the questions of the prompt an entry answers."""
    if row.conversation_id is None:
        return "", ()
    v = schema.conversations.c
    subject = conn.scalars(select(v.subject).where(v.id == row.conversation_id)).one()
    prompt = conn.execute(
        select(x.id, x.asked)
        .where(x.conversation_id == row.conversation_id, x.asked.is_not(None))
        .order_by(x.id.desc())
    ).first()
    questions: tuple[str, ...] = ()
    if prompt is not None:
        asked = json.loads(vault.read(prompt.asked, place=f"outbox.asked:{prompt.id}"))
        questions = tuple(question["ask"] for question in asked["questions"])
    return vault.read(subject, place=f"conversations.subject:{row.conversation_id}"), questions


def _answers(conn: Connection, vault: Vault, entry_id: UUID) -> tuple[Answered, ...]:
    a = schema.answers.c
    rows = conn.execute(select(schema.answers).where(a.entry_id == entry_id).order_by(a.question))
    return tuple(
        Answered(
            question=row.question,
            kind=AnswerKind(row.kind),
            text=vault.read(row.text, place=f"answers.text:{row.id}"),
            value=_value(vault, row.value, row.id) if row.value is not None else None,
        )
        for row in rows
    )


def _attachments(conn: Connection, vault: Vault, entry_id: UUID) -> tuple[str, ...]:
    f = schema.attachments.c
    rows = conn.execute(select(f.id, f.name, f.size).where(f.entry_id == entry_id).order_by(f.id))
    return tuple(f"{vault.read(row.name, place=f'attachments.name:{row.id}')} ({_size(row.size)})" for row in rows)


def _value(vault: Vault, value: bytes, identity: UUID) -> Any:
    return json.loads(vault.read(value, place=f"answers.value:{identity}"))


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def _said(code: int | None, detail: str | None) -> str:
    return f"{code} {detail}" if code else detail or ""


def sender_of(raw: bytes) -> str:
    """The From address of raw bytes, for a list a person reads; "" where there is none."""
    head = raw[:16_384].split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
    line = next((line for line in head.splitlines() if line.lower().startswith("from:")), "")
    return parseaddr(line[5:].strip())[1]
