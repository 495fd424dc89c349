"""Something a coach must know now, as a letter in the outbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, update

from mailer.model.outgoing import LetterKind
from mailer.store import schema
from mailer.store.accounts import account_id
from mailer.store.clients import person_key
from mailer.store.outbox import NewLetter, put
from mailer.store.vault import Vault


def put_notice(
    conn: Connection, vault: Vault, coach_id: UUID, cause: str, subject: str, text: str, *,
    now: datetime, hours: int = 24, through: str = "",
) -> UUID | None:  # fmt: skip
    """The id of a letter to a coach that is worth sending for `hours`; None where one of this cause was ever wanted.

    `cause` says what it is about and stands unsealed: "schedules:<digest>", never a name. It leaves by the account of
    the coach's practice, or `through` the one with this slug.
    """
    key = person_key(conn, vault, coach_id=coach_id)
    said = json.dumps({"subject": subject, "text": text} | ({"account": through} if through else {}))
    letter = NewLetter(
        kind=LetterKind.NOTICE,
        coach_id=coach_id,
        cause=cause,
        due_at=now,
        expires_at=now + timedelta(hours=hours),
        content=vault.seal(key, said, place=f"outbox.content:{cause}"),
    )
    identity = put(conn, letter, now=now)
    if identity is not None and through:
        x = schema.outbox.c
        conn.execute(update(schema.outbox).where(x.id == identity).values(account_id=account_id(conn, through)))
    return identity
