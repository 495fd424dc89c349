"""What writing letters needs to know of the people they are for, read for many letters at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Row, select

from mailer.errors import MailerError
from mailer.model.outgoing import ClaimedLetter
from mailer.model.people import Client, Coach, Session
from mailer.store import practice, promises, schema, sessions
from mailer.store.client_rows import client_of
from mailer.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondents:
    """Coaches and clients by id; sessions and promises by the id of the letter that is about them.

    Someone whose row does not open (erased just now, or altered) is missing: that is the trouble of one letter.
    """

    coaches: Mapping[UUID, Coach]
    clients: Mapping[UUID, Client]
    sessions: Mapping[UUID, Session] = field(default_factory=dict)
    promised: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)


def correspondents(conn: Connection, vault: Vault, letters: Sequence[ClaimedLetter]) -> Correspondents:
    """Everybody whom these letters are from, for and about, as things stand."""
    c = schema.clients.c
    wanted = {letter.client_id for letter in letters if letter.client_id is not None}
    rows = conn.execute(select(schema.clients).where(c.id.in_(wanted))).all() if wanted else []
    vault.warm([vault.key_of(row.name) for row in rows])
    opened = {row.id: _opened(vault, row) for row in rows}
    about = [letter for letter in letters if letter.about is not None or len(letter.anchor) == len(str(letter.id))]
    return Correspondents(
        coaches={one: practice.coach(conn, vault, one) for one in {letter.coach_id for letter in letters}},
        clients={identity: client for identity, client in opened.items() if client is not None},
        sessions={one.id: session for one in about if (session := _session(conn, one)) is not None},
        promised={one.id: promises.promised_with(conn, vault, one.about) for one in about if one.about is not None},
    )


def _opened(vault: Vault, row: Row[tuple[object, ...]]) -> Client | None:
    try:
        return client_of(vault, row)
    except MailerError:
        return None


def _session(conn: Connection, letter: ClaimedLetter) -> Session | None:
    """The session a prompt is about, as it stands now."""
    known = sessions.sessions(conn, client_id=letter.client_id)
    return next((one for one in known if one.id == letter.about or str(one.id) == letter.anchor), None)
