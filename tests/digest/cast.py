"""The people of the digest's tests, and builders for what happened to them.

Petra coaches from Berlin. Every test says only what matters to it; the builders fill in the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from mailer.model.incoming import Answered
from mailer.model.people import Client, ClientState, Coach, Delivery, Session, SessionState
from mailer.model.plan import AnswerKind
from mailer.model.report import (
    AwayRow,
    DigestFacts,
    EntryKind,
    HeldRow,
    RatingRow,
    ReplyRow,
    SentRow,
    TroubleRow,
)

SPACE = UUID("0190c0de-0000-7000-8000-000000000000")
NOW = datetime(2027, 3, 3, 6, 0, tzinfo=UTC)  # Wednesday, 07:00 in Berlin


def key(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(SPACE, name)


def ago(*, days: float = 0, hours: float = 0) -> datetime:
    """A moment before NOW."""
    return NOW - timedelta(days=days, hours=hours)


def coach(*, language: str = "en", zone: str = "Europe/Berlin") -> Coach:
    """Petra."""
    return Coach(
        id=key("petra"),
        practice_id=key("practice"),
        practice="vogl",
        slug="petra",
        name="Petra Vogl",
        address="petra@example.org",
        zone=zone,
        language=language,
        digest_at=time(7, 0),
    )


def client(
    slug: str,
    *,
    name: str = "",
    zone: str = "Europe/Berlin",
    address: str = "",
    state: ClientState = ClientState.ACTIVE,
    paused_until: datetime | None = None,
    delivery: Delivery = Delivery.OK,
) -> Client:
    """A client of Petra's, called by the slug unless a name is given."""
    return Client(
        id=key(slug),
        practice_id=key("practice"),
        coach_id=key("petra"),
        slug=slug,
        name=name or f"{slug.capitalize()} Lind",
        address=address or f"{slug}@example.org",
        zone=zone,
        state=state,
        paused_until=paused_until,
        delivery=delivery,
        created_at=ago(days=200),
    )


def reply(
    slug: str,
    text: str,
    *,
    at: datetime | None = None,
    kind: EntryKind = EntryKind.REPLY,
    subject: str = "Your week in four lines",
    questions: Sequence[str] = (),
    answers: Sequence[Answered] = (),
    free: str = "",
    confidence: float = 0.95,
    unconfirmed: bool = False,
    note: str = "",
    attachments: Sequence[str] = (),
    repeated: bool = False,
) -> ReplyRow:
    """A letter of a client; `text` alone is one whose words were not dealt out to questions."""
    when = at or ago(hours=10)
    return ReplyRow(
        entry_id=key(f"{slug}{text}{when}"),
        client_id=key(slug),
        kind=kind,
        received_at=when,
        subject=subject,
        questions=tuple(questions),
        answers=tuple(answers),
        free=free,
        text=text,
        confidence=confidence,
        unconfirmed=unconfirmed,
        note=note,
        attachments=tuple(attachments),
        repeated=repeated,
    )


def answered(number: int, text: str, *, kind: AnswerKind = AnswerKind.TEXT, value: float | None = None) -> Answered:
    """The answer to question `number`, counted from 0."""
    return Answered(question=number, kind=kind, text=text, value=value)


def sent(slug: str, at: datetime, *, answered_after: timedelta | None = None) -> SentRow:
    """A prompt that went to a client."""
    return SentRow(client_id=key(slug), sent_at=at, answered_at=at + answered_after if answered_after else None)


def ratings(slug: str, *values: float, last: datetime | None = None) -> tuple[RatingRow, ...]:
    """A rating a week, the newest at `last`."""
    end = last or ago(days=7)
    return tuple(
        RatingRow(client_id=key(slug), at=end - timedelta(weeks=len(values) - 1 - place), value=value)
        for place, value in enumerate(values)
    )


def session(slug: str, starts_at: datetime, *, number: int = 5, state: SessionState = SessionState.PLANNED) -> Session:
    """An hour with a client."""
    return Session(
        id=key(f"{slug}{starts_at}"),
        client_id=key(slug),
        coach_id=key("petra"),
        number=number,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        state=state,
    )


def facts(
    *clients: Client,
    replies: Sequence[ReplyRow] = (),
    sent: Sequence[SentRow] = (),
    ratings: Sequence[RatingRow] = (),
    away: Sequence[AwayRow] = (),
    troubles: Sequence[TroubleRow] = (),
    held: Sequence[HeldRow] = (),
    sessions: Sequence[Session] = (),
    answers: dict[str, str] | None = None,
    now: datetime = NOW,
    day: date | None = None,
    language: str = "en",
    zone: str = "Europe/Berlin",
) -> DigestFacts:
    """One day of Petra's."""
    return DigestFacts(
        coach=coach(language=language, zone=zone),
        day=day or now.date(),
        now=now,
        clients=clients,
        replies=tuple(replies),
        sent=tuple(sent),
        ratings=tuple(ratings),
        away=tuple(away),
        troubles=tuple(troubles),
        held=tuple(held),
        sessions=tuple(sessions),
        answer_addresses={key(slug): address for slug, address in (answers or {}).items()},
    )
