"""Something a coach must know now, as a letter in the outbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from mailer.model.outgoing import LetterKind
from mailer.store.clients import person_key
from mailer.store.outbox import NewLetter, put
from mailer.store.vault import Vault


def put_notice(
    conn: Connection, vault: Vault, coach_id: UUID, cause: str, subject: str, text: str, *,
    now: datetime, hours: int = 24,
) -> UUID | None:  # fmt: skip
    """The id of a letter to a coach that is worth sending for `hours`; None where one of this cause was ever wanted.

    `cause` says what it is about and stands unsealed: "schedules:<digest>", never a name.
    """
    key = person_key(conn, vault, coach_id=coach_id)
    said = json.dumps({"subject": subject, "text": text})
    letter = NewLetter(
        kind=LetterKind.NOTICE,
        coach_id=coach_id,
        cause=cause,
        due_at=now,
        expires_at=now + timedelta(hours=hours),
        content=vault.seal(key, said, place=f"outbox.content:{cause}"),
    )
    return put(conn, letter, now=now)
