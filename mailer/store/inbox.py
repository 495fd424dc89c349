"""Letters as they arrive: kept with the cursor in one transaction, before anything looks inside.

    keep       places, bytes (each under a data key of its own, wrapped by the day's intake key) and the cursor
    next_kept  the oldest letter nobody has looked at; its try is counted before it is read
    hold, set_aside, discard, replay    what a person sees, and what a person says
Filing one for a client is in filing.py. The same bytes found in a second place are noted as a copy of the first; the
same Message-ID with other bytes is a letter of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Row, func, select, update

from mailer.errors import PermanentFailure
from mailer.model.filing import Arrived, Cursor, KeptLetter
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import insert_new
from mailer.store.schema import LetterState
from mailer.store.vault import NONCE_BYTES, Vault

TRIES = 3  # a letter that cannot be read three times is set aside
READING = timedelta(minutes=10)  # far longer than any letter takes; after it, whoever was reading it is dead
WAITING = (LetterState.HELD, LetterState.SET_ASIDE)

t = schema.letters.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of an account as it stood when it was selected."""

    account_id: UUID
    name: str
    uidvalidity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLetter:
    """A letter that waits for a person."""

    id: UUID
    received_at: datetime
    state: LetterState
    reason: str
    coach_id: UUID | None
    raw: bytes


def cursor(conn: Connection, account_id: UUID, folder: str) -> Cursor | None:
    """How far a folder has been read; None before its first connection."""
    u = schema.cursors.c
    row = conn.execute(select(schema.cursors).where(u.account_id == account_id, u.folder == folder)).one_or_none()
    if row is None:
        return None
    return Cursor(uidvalidity=row.uidvalidity, last_uid=row.last_uid, began_at=row.began_at, rescan_to=row.rescan_to)


def restart(conn: Connection, folder: Folder, *, rescan_to: int, now: datetime) -> None:
    """UIDVALIDITY changed: the folder is read from its first letter again; letters known by their bytes are copies."""
    u = schema.cursors.c
    place = (u.account_id == folder.account_id) & (u.folder == folder.name)
    again = {"uidvalidity": folder.uidvalidity, "last_uid": 0, "rescan_to": rescan_to, "checked_at": now}
    conn.execute(update(schema.cursors).where(place).values(**again))


def begin(conn: Connection, folder: Folder, *, last_uid: int, began_at: datetime, now: datetime) -> None:
    """Notes where reading a folder starts: at the first connection, once."""
    row = {
        "id": new_id(now),
        "account_id": folder.account_id,
        "folder": folder.name,
        "uidvalidity": folder.uidvalidity,
        "last_uid": last_uid,
        "began_at": began_at,
        "checked_at": now,
    }
    insert_new(conn, schema.cursors, row)


def keep(
    conn: Connection, vault: Vault, folder: Folder, arrived: Sequence[Arrived], *, last_uid: int, now: datetime
) -> int:
    """Stores letters and moves the cursor, together or not at all; gives how many are new."""
    new = sum(_keep_one(conn, vault, folder, letter, now=now) for letter in arrived)
    place = (schema.cursors.c.account_id == folder.account_id) & (schema.cursors.c.folder == folder.name)
    moved = {"uidvalidity": folder.uidvalidity, "last_uid": last_uid, "checked_at": now}
    conn.execute(update(schema.cursors).where(place).values(**moved))
    return new


def next_kept(conn: Connection, vault: Vault, *, now: datetime) -> KeptLetter | None:
    """The oldest letter nobody has looked at, its try counted; one tried too often is set aside instead.

    While it is being read no other process is given it; one that died over it leaves it for a later try.
    """
    free = (t.state == LetterState.KEPT) & (t.next_try_at.is_(None) | (t.next_try_at <= now))
    query = select(schema.letters).where(free).order_by(t.id).limit(1)
    row = conn.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    if row.tries >= TRIES:
        reason = row.reason or f"reading it failed {TRIES} times"
        conn.execute(update(schema.letters).where(t.id == row.id).values(state=LetterState.SET_ASIDE, reason=reason))
        return next_kept(conn, vault, now=now)
    tried = {"tries": t.tries + 1, "next_try_at": now + READING}
    conn.execute(update(schema.letters).where(t.id == row.id).values(**tried))
    return _kept(conn, vault, row)


def waiting_letter(conn: Connection, vault: Vault, letter_id: UUID) -> KeptLetter:
    """A letter that waits for a person, to be read once more."""
    row = conn.execute(select(schema.letters).where(t.id == letter_id, t.state.in_(WAITING))).one_or_none()
    if row is None:
        raise PermanentFailure("this letter does not wait any more; `mailer inbox list` shows those that do")
    return _kept(conn, vault, row)


def raw_letter(conn: Connection, vault: Vault, letter_id: UUID) -> bytes:
    """The bytes of a letter, as they came."""
    row = conn.execute(select(t.raw, t.data_key).where(t.id == letter_id)).one_or_none()
    if row is None or row.raw is None:
        raise PermanentFailure("there is no such letter, or it was erased; `mailer inbox list` shows those that wait")
    data_key = vault.open(row.data_key, place=f"letters.data_key:{letter_id}")
    return AESGCM(data_key).decrypt(row.raw[:NONCE_BYTES], row.raw[NONCE_BYTES:], letter_id.bytes)


def rewrap(conn: Connection, vault: Vault, letter_id: UUID, *, key: UUID) -> bytes:
    """The letter's data key, wrapped by a person's key in place of the intake key."""
    wrapped = conn.scalars(select(t.data_key).where(t.id == letter_id)).one()
    place = f"letters.data_key:{letter_id}"
    return vault.seal(key, vault.open(wrapped, place=place), place=place)


def note_failure(conn: Connection, letter_id: UUID, *, reason: str) -> None:
    """Why a try failed; the letter stays kept and may be tried again at once."""
    kept = (t.id == letter_id) & (t.state == LetterState.KEPT)
    conn.execute(update(schema.letters).where(kept).values(reason=reason[:300], next_try_at=None))


def hold(conn: Connection, letter_id: UUID, *, kind: str, reason: str, coach_id: UUID | None) -> None:
    """Lays a letter nobody has filed aside for a person; it stays under its intake key."""
    values = {"state": LetterState.HELD, "kind": kind, "reason": reason[:300], "coach_id": coach_id}
    kept = (t.id == letter_id) & (t.state == LetterState.KEPT)
    conn.execute(update(schema.letters).where(kept).values(**values))


def pass_over(conn: Connection, letter_id: UUID, *, kind: str, reason: str) -> None:
    """Our own letter come back: its place is remembered, its content is not kept."""
    values = {"state": LetterState.PASSED_OVER, "kind": kind, "reason": reason[:300], "raw": None, "data_key": None}
    kept = (t.id == letter_id) & (t.state == LetterState.KEPT)
    conn.execute(update(schema.letters).where(kept).values(intake_day=None, **values))


def discard(conn: Connection, letter_id: UUID) -> bool:
    """A person says a waiting letter is nothing; the bytes stay until retention ends. False if it did not wait."""
    waits = (t.id == letter_id) & t.state.in_(WAITING)
    return conn.execute(update(schema.letters).where(waits).values(state=LetterState.DISCARDED)).rowcount == 1


def replay(conn: Connection, letter_id: UUID | None = None) -> int:
    """Waiting letters are read once more, as if they had just come; how many."""
    waits = t.state.in_(WAITING) if letter_id is None else (t.id == letter_id) & t.state.in_(WAITING)
    values = {"state": LetterState.KEPT, "tries": 0, "reason": None, "next_try_at": None}
    return conn.execute(update(schema.letters).where(waits).values(**values)).rowcount


def waiting(conn: Connection, vault: Vault) -> list[WaitingLetter]:
    """Every letter that waits for a person, oldest first."""
    query = select(t.id, t.received_at, t.state, t.reason, t.coach_id).where(t.state.in_(WAITING)).order_by(t.id)
    return [
        WaitingLetter(
            id=row.id,
            received_at=row.received_at,
            state=LetterState(row.state),
            reason=row.reason or "",
            coach_id=row.coach_id,
            raw=raw_letter(conn, vault, row.id),
        )
        for row in conn.execute(query)
    ]


def count_waiting(conn: Connection) -> int:
    """How many letters wait for a person."""
    return conn.scalars(select(func.count()).where(t.state.in_(WAITING))).one()


def kept_counts(conn: Connection) -> dict[str, int]:
    """How many letters stand in each state."""
    return dict(conn.execute(select(t.state, func.count()).group_by(t.state)).all())


def intake_days(conn: Connection) -> set[str]:
    """The days whose intake key some letter still needs."""
    return {day for day in conn.scalars(select(t.intake_day).where(t.intake_day.is_not(None)).distinct()) if day}


def find_waiting(conn: Connection, prefix: str) -> UUID:
    """The waiting letter whose id begins or ends so."""
    wanted = prefix.replace("-", "").lower()
    ids = conn.scalars(select(t.id).where(t.state.in_(WAITING)))
    found: list[UUID] = [one for one in ids if one.hex.startswith(wanted) or one.hex.endswith(wanted)]
    if len(found) != 1:
        raise PermanentFailure(f'"{prefix}" names {len(found)} waiting letters; `mailer inbox list` shows their ids')
    return found[0]


def _kept(conn: Connection, vault: Vault, row: Row[Any]) -> KeptLetter:
    account = conn.scalars(select(schema.accounts.c.slug).where(schema.accounts.c.id == row.account_id)).one()
    raw = raw_letter(conn, vault, row.id)
    return KeptLetter(
        id=row.id, account=account, received_at=row.received_at, raw=raw, whole=row.whole, tries=row.tries + 1
    )


def _keep_one(conn: Connection, vault: Vault, folder: Folder, letter: Arrived, *, now: datetime) -> bool:
    identity = new_id(now)
    content = vault.look_up("letter", letter.raw) if letter.raw is not None else bytes(32)
    row = {
        "id": identity,
        "account_id": folder.account_id,
        "folder": folder.name,
        "uidvalidity": folder.uidvalidity,
        "uid": letter.uid,
        "received_at": letter.received_at,
        "kept_at": now,
        "size": letter.size,
        "whole": letter.whole,
        "content_digest": content,
        "tries": 0,
        "state": LetterState.PASSED_OVER,
        "reason": letter.verdict or None,
    }
    if letter.raw is None:
        return insert_new(conn, schema.letters, row)
    original = conn.scalar(
        select(t.id).where(t.account_id == folder.account_id, t.content_digest == content).order_by(t.id).limit(1)
    )
    if original:
        insert_new(conn, schema.letters, row | {"copy_of": original, "reason": "the same letter in another place"})
        return False
    if _is_erased(conn, content):
        insert_new(conn, schema.letters, row | {"reason": "erased before"})
        return False
    intake, data_key, nonce = vault.intake_key(now.date(), now=now), os.urandom(32), os.urandom(NONCE_BYTES)
    sealed = {
        "raw": nonce + AESGCM(data_key).encrypt(nonce, letter.raw, identity.bytes),
        "data_key": vault.seal(intake, data_key, place=f"letters.data_key:{identity}"),
        "intake_day": now.date().isoformat(),
        "state": LetterState.KEPT,
    }
    return insert_new(conn, schema.letters, row | sealed)


def _is_erased(conn: Connection, content: bytes) -> bool:
    tomb = schema.tombstones.c
    return bool(conn.scalar(select(tomb.id).where(tomb.kind == "letter", tomb.digest == content)))
