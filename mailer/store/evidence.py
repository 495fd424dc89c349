"""What the store knows that helps to say whose a letter is: our letters it points to, and who writes from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, select

from mailer.model.filing import Evidence, Known, Origin
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState
from mailer.model.report import EntryKind
from mailer.store import schema
from mailer.store.clients import clients_at
from mailer.store.practice import coach_at
from mailer.store.vault import Vault

OPEN_PROMPTS = 5  # more than one open prompt is unclear anyway

x = schema.outbox.c


def evidence(
    conn: Connection,
    vault: Vault,
    *,
    references: Sequence[bytes],
    message_ids: Sequence[str],
    sender: str,
    own_id: str,
    account: str = "",
) -> Evidence:
    """The facts about one letter: tokens it carries, ids it names, its From address and its own Message-ID.

    With the account it came to, only letters and people of that account's practice count.
    """
    a = schema.accounts.c
    practice = conn.scalars(select(a.practice_id).where(a.slug == account)).one() if account else None
    return Evidence(
        by_token=_origins(conn, x.reference, list(references), practice=practice),
        by_id=_origins(conn, x.message_id, list(message_ids), practice=practice),
        senders=_senders(conn, vault, sender, practice=practice) if sender else (),
        coach_id=coach_at(conn, vault, sender, practice=practice) if sender else None,
        is_own=bool(own_id and conn.scalar(select(x.id).where(x.message_id == own_id))),
    )


def asked_of(conn: Connection, vault: Vault, outbox_id: UUID) -> str:
    """What a letter of ours asked, as JSON; "" where it asked nothing or was replaced before it went."""
    sealed = conn.scalar(select(x.asked).where(x.id == outbox_id))
    return vault.read(sealed, place=f"outbox.asked:{outbox_id}") if sealed else ""


def _origins(
    conn: Connection, column: ColumnElement[Any], wanted: list[Any], *, practice: UUID | None
) -> tuple[Origin, ...]:
    """Our letters, in the order in which the letter points to them."""
    if not wanted:
        return ()
    query = select(column.label("pointer"), schema.outbox).where(column.in_(wanted))
    if practice is not None:
        query = query.join(schema.coaches, x.coach_id == schema.coaches.c.id)
        query = query.where(schema.coaches.c.practice_id == practice)
    rows = {row.pointer: row for row in conn.execute(query)}
    return tuple(_origin(rows[one]) for one in dict.fromkeys(wanted) if one in rows)


def _origin(row: Row[Any]) -> Origin:
    return Origin(outbox_id=row.id, client_id=row.client_id, coach_id=row.coach_id, conversation_id=row.conversation_id)


def _senders(conn: Connection, vault: Vault, address: str, *, practice: UUID | None) -> tuple[Known, ...]:
    c, known = schema.clients.c, []
    for client_id, state, is_confirmed in clients_at(conn, vault, address, practice=practice):
        known.append(
            Known(
                client_id=client_id,
                coach_id=conn.scalars(select(c.coach_id).where(c.id == client_id)).one(),
                has_left=state is ClientState.LEFT,
                is_confirmed=is_confirmed,
                open_prompts=_open_prompts(conn, client_id),
            )
        )
    return tuple(known)


def _open_prompts(conn: Connection, client_id: UUID) -> tuple[Origin, ...]:
    """Prompts that went out and have no reply yet, newest first; a newer letter may have closed an older one."""
    n, o = schema.entries.c, schema.occurrences.c
    answered = select(n.conversation_id).where(
        n.client_id == client_id, n.kind == EntryKind.REPLY, n.conversation_id.is_not(None)
    )
    out = x.state.in_([OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.SENDING])
    mine = (x.client_id == client_id) & (x.kind == LetterKind.PROMPT) & out & x.conversation_id.not_in(answered)
    newest = (x.settled_at.desc().nulls_first(), x.id.desc())  # one that is being sent is not settled yet
    query = select(schema.outbox).join(schema.occurrences, o.id == x.occurrence_id).where(mine, o.closed_at.is_(None))
    return tuple(_origin(row) for row in conn.execute(query.order_by(*newest).limit(OPEN_PROMPTS)))
