"""What a sender's connections have to write down at one moment, in one transaction.

Outcomes come first: by the time a connection begins with its next letter, what became of the one before is known, so
that each connection has at most one letter whose fate would be unknown if the program died.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from mailer.store.outbox import mark_sending
from mailer.store.settlement import Attempt, settle
from mailer.store.vault import Vault


def write_down(
    conn: Connection, vault: Vault, attempts: Sequence[Attempt], beginning: Collection[UUID], *,
    owner: str, lease_until: datetime, now: datetime,
) -> set[UUID]:  # fmt: skip
    """Writes what became of letters, then that others are being sent; gives those for which DATA may come."""
    if attempts:
        settle(conn, vault, attempts, owner=owner, now=now)
    return mark_sending(conn, beginning, owner=owner, lease_until=lease_until) if beginning else set()
