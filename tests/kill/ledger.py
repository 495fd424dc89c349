"""What must be true once everything is quiet again, whatever was killed and when.

Three books are held against each other: the letters the SMTP server took, the mailbox on the IMAP server, and the rows
of the database. `faults` gives everything that does not agree, in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.flow.office import Office
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState
from mailer.model.report import EntryKind
from mailer.store import clients, journal, schema
from mailer.store.database import Database
from mailer.store.migrate import DATA
from mailer.store.schema import LetterState
from tests.house import plain
from tests.kill.installation import ANSWERED, DUE, SATURDAY, STOPPED, WEEK_TWO, Installation, delivered, obstacle, words

OPEN = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING)
MAY_HAVE_GONE = (OutboxState.SENT, OutboxState.UNKNOWN)
SENDING = (x := schema.outbox.c).state == OutboxState.SENDING


@dataclass(frozen=True, kw_only=True)
class Row:
    """An outgoing letter of week two as the database has it."""

    id: UUID
    kind: str
    state: OutboxState
    cause: str
    message_id: str
    client_id: UUID | None
    digest_id: UUID | None


@contextmanager
def database(place: Installation) -> Iterator[Database]:
    """The data, seen from outside."""
    opened = Database(place.urls[DATA])
    try:
        yield opened
    finally:
        opened.close()


def in_flight(place: Installation) -> set[UUID]:
    """The letters whose content is under way, or was when their process died."""
    with database(place) as data:
        return set(data.read(lambda conn: conn.scalars(select(x.id).where(SENDING)).all()))


def is_quiet(place: Installation) -> bool:
    """Whether nothing is left to do."""
    with database(place) as data:
        return data.read(_is_quiet)


def count_unknown(place: Installation) -> int:
    """Letters of unknown fate."""
    with database(place) as data:
        return len([row for row in data.read(_rows) if row.state is OutboxState.UNKNOWN])


def faults(place: Installation, *, died_sending: set[UUID], alone: bool = True) -> list[str]:
    """Everything that is not as it must be.

    Where processes were not alone, one may have written to a client while another had just read that client's STOP.
    """
    with open_office(load_config(place.config, env={}), now=SATURDAY) as (office, _):
        rows = office.db.read(_rows)
        return [
            *_on_the_server(place, rows),
            *_of_unknown_fate(rows, died_sending),
            *_prompts(office, rows, most_after_stop=0 if alone else 1),
            *_replies(office),
            *_mailbox(office, place),
            *_digests(office, place, rows),
        ]


def _on_the_server(place: Installation, rows: list[Row]) -> Iterator[str]:
    taken = Counter(_message_id(letter.raw) for letter in place.smtp.letters)
    known = {row.message_id for row in rows}
    yield from (f"{one} stands on the server {number} times" for one, number in taken.items() if number > 1)
    yield from (f"{one} stands on the server and in no row" for one in taken if one not in known)
    for row in rows:
        there = taken[row.message_id] if row.message_id else 0
        if row.state in OPEN or row.state is OutboxState.HELD:
            yield f"{row.cause} has no outcome: {row.state}"
        if row.state is OutboxState.SENT and not there:
            yield f"{row.cause} is sent, and lost"
        if row.state not in MAY_HAVE_GONE and there:
            yield f"{row.cause} is {row.state}, and stands on the server"
    causes = Counter(row.cause for row in rows for _ in range(taken[row.message_id] if row.message_id else 0))
    yield from (f"{cause} has {number} letters on the server" for cause, number in causes.items() if number > 1)


def _of_unknown_fate(rows: list[Row], died_sending: set[UUID]) -> Iterator[str]:
    for row in rows:
        if row.state is OutboxState.UNKNOWN and row.id not in died_sending:
            yield f"{row.cause} is unknown, though nothing ended while it went out"


def _prompts(office: Office, rows: list[Row], *, most_after_stop: int) -> Iterator[str]:
    decided = Counter(office.db.read(_occurrences))
    for slug in (*DUE, STOPPED):
        who = office.db.read(clients.find_client, office.vault, slug)
        own = [row for row in rows if row.client_id == who.id]
        prompts = [row.state for row in own if row.kind == LetterKind.PROMPT]
        if decided[who.id] != 1:
            yield f"{slug} has {decided[who.id]} occurrences"
        if slug != STOPPED and (len(prompts) != 1 or prompts[0] not in MAY_HAVE_GONE):
            yield f"the prompt of {slug} is {prompts}"
        if slug == STOPPED:
            confirmed = [row.state for row in own if row.kind == LetterKind.CONFIRMATION]
            if len(prompts) > most_after_stop or len(confirmed) != 1 or confirmed[0] not in MAY_HAVE_GONE:
                yield f"{slug} wrote STOP and got prompts {prompts}, confirmations {confirmed}"
            if who.state is not ClientState.STOPPED:
                yield f"{slug} wrote STOP and is {who.state}"


def _replies(office: Office) -> Iterator[str]:
    for slug in (*ANSWERED, STOPPED):
        who = office.db.read(clients.find_client, office.vault, slug)
        threads = office.db.read(journal.conversations, office.vault, who.id)
        entries = [entry for one in threads for entry in one.entries if entry.kind is not EntryKind.PROMPT]
        if len(entries) != 1:
            yield f"{slug} wrote one letter and has {len(entries)} entries"
        for entry in entries:
            if slug == STOPPED and entry.kind is not EntryKind.STEERING:
                yield f"the word of {slug} is filed as {entry.kind}"
            if slug != STOPPED and [one.text for one in entry.answers] != words(slug).split("\n\n"):
                yield f"the answers of {slug} are {[one.text for one in entry.answers]}"


def _mailbox(office: Office, place: Installation) -> Iterator[str]:
    with place.box.other_program() as imap:
        imap.select("INBOX", readonly=True)
        _, answer = imap.fetch("1:*", "(UID FLAGS)")
    there = [line.decode() for line in answer if isinstance(line, bytes)]
    uids = [int(line.partition("UID ")[2].split()[0].rstrip(")")) for line in there]
    if len(uids) != len(ANSWERED) + 1:
        yield f"the mailbox holds {len(uids)} letters"
    for line in there:
        flags = line.partition("FLAGS (")[2].partition(")")[0].split()
        if set(flags) - {r"\Recent"}:
            yield f"flags were set: {line}"
    kept = office.db.read(_letters)
    if sorted(uid for uid, _ in kept) != sorted(uids):
        yield f"letters {uids} are kept as {kept}"
    yield from (f"letter {uid} is {state}" for uid, state in kept if state != LetterState.FILED)


def _digests(office: Office, place: Installation, rows: list[Row]) -> Iterator[str]:
    """Each reply was told to the coach in a digest that was sent, once; of those of unknown fate nothing is known."""
    texts = {_message_id(letter.raw): plain(delivered(letter)) for letter in place.smtp.letters}
    sent = [texts.get(row.message_id, "") for row in rows if row.digest_id and row.state is OutboxState.SENT]
    for slug in ANSWERED:
        told = sum(obstacle(slug) in text for text in sent)
        if told != 1:
            yield f"the coach was told {told} times what {slug} wrote"
    for day, number in office.db.read(_digests_a_day):
        if number > 1:
            yield f"{number} digests were made for {day}"


def _is_quiet(conn: Connection) -> bool:
    t = schema.letters.c
    return (
        not conn.scalars(select(x.id).where(x.state.in_(OPEN))).first()
        and not conn.scalars(select(t.id).where(t.state == LetterState.KEPT)).first()
    )


def _rows(conn: Connection) -> list[Row]:
    return [
        Row(
            id=row.id, kind=row.kind, state=OutboxState(row.state), cause=row.cause, message_id=row.message_id or "",
            client_id=row.client_id, digest_id=row.digest_id,
        )
        for row in conn.execute(select(schema.outbox).where(x.created_at >= WEEK_TWO))
    ]  # fmt: skip


def _occurrences(conn: Connection) -> list[UUID]:
    o = schema.occurrences.c
    return list(conn.scalars(select(o.client_id).where(o.anchor == WEEK_TWO.date().isoformat())))


def _letters(conn: Connection) -> list[tuple[int, str]]:
    t = schema.letters.c
    return [(uid, state) for uid, state in conn.execute(select(t.uid, t.state).where(t.kept_at >= WEEK_TWO))]


def _digests_a_day(conn: Connection) -> list[Any]:
    d = schema.digests.c
    return list(conn.execute(select(d.day, func.count()).group_by(d.coach_id, d.day)))


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.compat32)["Message-ID"]).strip().strip("<>")
