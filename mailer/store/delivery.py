"""Do letters reach a client's address? What refusals, reports and the client's own words say of it.

    ok -> failing   the third letter within fourteen days that came back or was refused, whatever for
    any -> dead     a report or refusal says that nobody lives there; prompts stop until the address changes
    failing -> ok   a word from the client, or a letter that went out and did not come back for a week
    dead -> ok      a letter from that very address, or another address (`client edit`)

Policy, quota, content and spam say nothing about the address, so no number of them stops prompts. A letter counts once,
however many reports there are about it, and only if it went to the address the client has today.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, exists, func, or_, select

from mailer.model.failure import DEAD, Failure
from mailer.model.outgoing import OutboxState
from mailer.model.people import Delivery
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import LIVING, set_delivery
from mailer.store.vault import Vault, address_digest

SOFT_ONES, SOFT_WITHIN = 3, timedelta(days=14)
QUIET_FOR = timedelta(days=7)  # reports come within five days (RFC 5321 §4.5.4.1)
_NO_FAILURE = (*DEAD, Failure.DELAYED)  # of no account when letters that failed for now are counted
_GONE = (OutboxState.SENT, OutboxState.UNKNOWN)

c, e, x = schema.clients.c, schema.entries.c, schema.outbox.c


def note_report(
    conn: Connection, vault: Vault, client_id: UUID, failure: Failure, *,
    about: UUID | None, recipients: Collection[str], names_other: bool, status: str, now: datetime,
) -> None:  # fmt: skip
    """A report that was filed for a client, `about` one of our letters where it says so.

    One that bears no sign of ours may be about somebody else's letter: it counts only if it names the client's own
    address and no letter at all (`names_other`), and we wrote there within the days that reports take.
    """
    own = _address(conn, client_id)
    named = {address_digest(vault, one) for one in recipients}
    row = conn.execute(select(schema.outbox).where(x.id == about)).one_or_none() if about else None
    if row is not None:
        counts = own in named or _went_to(conn, vault, row, own)
    else:
        counts = own in named and not names_other and _wrote_lately(conn, client_id, own, now=now)
    if counts:
        _note(conn, client_id, failure in DEAD, f"{status} {failure.value}".strip(), now=now)


def note_refusal(conn: Connection, vault: Vault, row: Row[Any], *, is_dead: bool, said: str, now: datetime) -> None:
    """A letter the server would not take, or not in time: counts as a report of that kind would."""
    if row.client_id is not None and _went_to(conn, vault, row, _address(conn, row.client_id)):
        _note(conn, row.client_id, is_dead, said, now=now)


def note_word(conn: Connection, vault: Vault, client_id: UUID, *, sender: str) -> None:
    """The client wrote, from `sender`: letters reach them, and an address that somebody writes from exists."""
    known, own = conn.execute(select(c.delivery, c.address_digest).where(c.id == client_id)).one()
    lives = known == Delivery.DEAD and bool(sender) and address_digest(vault, sender) == own
    if known == Delivery.FAILING or lives:
        set_delivery(conn, client_id, Delivery.OK, detail="")


def recover(conn: Connection, *, now: datetime) -> list[UUID]:
    """Clients whose letters arrive again: one went out a week ago or earlier, and nothing came back since."""
    failing = conn.execute(select(c.id, c.address_digest).where(c.delivery == Delivery.FAILING).order_by(c.id)).all()
    well = []
    for client_id, own in failing:
        last = max(_failed_at(conn, client_id, own).values(), default=None)
        arrived = (x.client_id == client_id) & (x.state == OutboxState.SENT) & (x.settled_at <= now - QUIET_FOR)
        if last is None or conn.scalar(select(exists().where(arrived, x.settled_at > last))):
            set_delivery(conn, client_id, Delivery.OK, detail="")
            well.append(client_id)
    return well


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A client whose letters do not arrive."""

    slug: str
    delivery: Delivery
    detail: str  # what was said of the address last


def unreached(conn: Connection, vault: Vault) -> list[Unreached]:
    """The clients who still are to get letters and do not, in order of arrival."""
    query = select(c.id, c.slug, c.delivery, c.delivery_detail).where(c.delivery != Delivery.OK, c.state.in_(LIVING))
    return [
        Unreached(
            slug=vault.read(row.slug, place=f"clients.slug:{row.id}"),
            delivery=Delivery(row.delivery),
            detail=row.delivery_detail or "",
        )
        for row in conn.execute(query.order_by(c.id))
    ]


def _note(conn: Connection, client_id: UUID, is_dead: bool, said: str, *, now: datetime) -> None:
    known, own = conn.execute(select(c.delivery, c.address_digest).where(c.id == client_id).with_for_update()).one()
    if is_dead:
        set_delivery(conn, client_id, Delivery.DEAD, detail=said)
        return
    since = max(now - SOFT_WITHIN, _last_word(conn, client_id) or now - SOFT_WITHIN)
    lately = [at for at in _failed_at(conn, client_id, own).values() if at > since]
    if known == Delivery.OK and len(lately) >= SOFT_ONES:
        said = f"{len(lately)} letters came back within {SOFT_WITHIN.days} days; the last one: {said}"
        set_delivery(conn, client_id, Delivery.FAILING, detail=said)


def _failed_at(conn: Connection, client_id: UUID, own: bytes) -> dict[UUID, datetime]:
    """When each letter to this address failed for now: by conversation, or by its own id where it has none."""
    back = (e.client_id == client_id) & (e.kind == EntryKind.BOUNCE) & or_(e.note.is_(None), e.note.not_in(_NO_FAILURE))
    reports = (
        select(e.id, e.conversation_id, e.at, x.recipient_digest)
        .outerjoin(schema.outbox, (x.conversation_id == e.conversation_id) & x.state.in_(_GONE))
        .where(back)
    )
    failed = {
        row.conversation_id or row.id: row.at for row in conn.execute(reports) if row[3] is None or bytes(row[3]) == own
    }
    no = (x.state == OutboxState.REFUSED) | ((x.state == OutboxState.EXPIRED) & x.code.is_not(None))
    refused = select(x.id, x.conversation_id, x.settled_at).where(
        x.client_id == client_id, no, x.recipient_digest == own
    )
    return failed | {row.conversation_id or row.id: row.settled_at for row in conn.execute(refused)}


def _last_word(conn: Connection, client_id: UUID) -> datetime | None:
    """When the client last wrote, or their mailbox answered by itself."""
    words = e.kind.in_([EntryKind.REPLY, EntryKind.STEERING, EntryKind.AUTO_REPLY]) & ~e.unconfirmed
    found: datetime | None = conn.scalar(select(func.max(e.at)).where(e.client_id == client_id, words))
    return found


def _address(conn: Connection, client_id: UUID) -> bytes:
    return bytes(conn.scalars(select(c.address_digest).where(c.id == client_id)).one())


def _went_to(conn: Connection, vault: Vault, row: Row[Any], own: bytes) -> bool:
    """Whether a letter was for this address: not for one the client had before, nor in rehearsal for the coach."""
    if row.recipient is None:
        return row.recipient_digest is not None and bytes(row.recipient_digest) == own
    _, _, recipient = vault.read(row.recipient, place=f"outbox.recipient:{row.id}").partition("\n")
    return address_digest(vault, recipient) == own


def _wrote_lately(conn: Connection, client_id: UUID, own: bytes, *, now: datetime) -> bool:
    here = (x.client_id == client_id) & (x.recipient_digest == own) & x.state.in_(_GONE)
    return bool(conn.scalar(select(exists().where(here, x.settled_at >= now - QUIET_FOR))))
