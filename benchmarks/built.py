"""A practice of many clients, written straight into a fresh SQLite file: adding them one by one would take hours.

What planning never opens (names, addresses, letters) is filled with bytes of the usual length.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery, Form, SessionState
from mailer.store import accounts, practice, schedules_seen, schema
from mailer.store.columns import new_id
from mailer.store.database import Database
from mailer.store.migrate import DATA, KEYS, migrate
from mailer.store.schedules_seen import SeenSchedule
from mailer.store.vault import Vault

NOW = datetime(2027, 3, 4, 10, 0, tzinfo=UTC)  # a Thursday: everyone's Friday letter lies within a day or so
BEGUN = NOW - timedelta(days=200)
ZONES = [
    "Europe/Lisbon", "Europe/Berlin", "Europe/London", "Europe/Athens", "Europe/Dublin", "Africa/Cairo",
    "Africa/Casablanca", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
    "America/Santiago", "America/Havana", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Beirut",
    "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
]  # fmt: skip
SCHEDULES = {
    "weekly-checkin": """
title = "Weekly check-in"
for = "everyone"
skip_if = "session within 24 hours"
[[prompt]]
id = "week"
when = "every Friday at 08:30"
subject = "Your week"
questions = ["How was it?"]
""",
    "pulse": """
title = "Pulse"
for = "everyone"
[[prompt]]
id = "pulse"
when = "every 3 days at 12:30"
subject = "One line"
questions = ["How are things?"]
""",
    "session-prep": """
title = "Before we meet"
for = "everyone"
[[prompt]]
id = "prep"
when = "2 days before session at 09:00"
max_late = "1 day"
subject = "For our next session"
questions = ["What has moved?"]
[[prompt]]
id = "one-line"
when = "the day before session at 17:30"
only_if = 'no answer to "prep"'
subject = "One line for tomorrow"
questions = ["What shall we talk about?"]
""",
}
SEALED = bytes(90)
Row = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """The databases and their vault."""

    db: Database
    vault: Vault


def open_store(folder: Path) -> Store:
    """The databases of a folder."""
    return Store(Database(_url(folder, "data")), Vault(Database(_url(folder, "keys")), bytes(32)))


def build(folder: Path, clients: int, *, weeks: int) -> None:
    """The whole of it: migrated, seeded and filled."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schedules").mkdir(exist_ok=True)
    for slug, text in SCHEDULES.items():
        (folder / "schedules" / f"{slug}.toml").write_text(text, "utf-8")
    for name, steps in (("data", DATA), ("keys", KEYS)):
        database = Database(_url(folder, name))
        migrate(database, steps)
        database.close()
    store = open_store(folder)
    store.vault.prepare(now=BEGUN)
    owner = _seed(store)
    for start in range(0, clients, 2_000):
        store.db.write(_fill, owner, range(start, min(start + 2_000, clients)), weeks=weeks)
    store.db.close()


@dataclass(frozen=True)
class _Owner:
    practice: UUID
    coach: UUID
    account: UUID


def _seed(store: Store) -> _Owner:
    store.db.write(practice.seed_practice, "practice", "Practice", now=BEGUN)
    store.db.write(accounts.seed_account, "main", "practice", settings_digest="1", now=BEGUN)
    seed = practice.CoachSeed(
        practice="practice", slug="petra", name="Petra Vogl", address="petra@coach.example.org", zone="Europe/Berlin",
        language="en", digest_at=time(7, 0),
    )  # fmt: skip
    store.db.write(practice.seed_coach, store.vault, seed, now=BEGUN)
    seen = [SeenSchedule(slug=slug, fingerprint="built", prompts=_prompts(text)) for slug, text in SCHEDULES.items()]
    store.db.write(schedules_seen.note_schedules, "practice", seen, now=BEGUN)
    coach = store.db.read(practice.coaches, store.vault)[0]
    return _Owner(coach.practice_id, coach.id, store.db.read(accounts.account_id, "main"))


def _prompts(text: str) -> dict[str, str]:
    lines = [line.partition(" = ")[2].strip('"') for line in text.splitlines() if line.startswith(("id =", "when ="))]
    said = [line.replace("the day before", "1 day before") for line in lines]
    return dict(zip(said[::2], said[1::2], strict=True))


def _fill(conn: Connection, owner: _Owner, numbers: range, *, weeks: int) -> None:
    people = [(number, new_id(BEGUN)) for number in numbers]
    _insert(conn, schema.clients, (_client(owner, number, one) for number, one in people))
    joined = {one: {slug: new_id(BEGUN) for slug in SCHEDULES} for _, one in people}
    _insert(conn, schema.enrolments, (row for _, one in people for row in _enrolments(owner, one, joined[one])))
    _insert(conn, schema.sessions, (row for number, one in people for row in _sessions(owner, number, one)))
    letters = [row for number, one in people for row in _past(owner, number, one, joined[one], weeks=weeks)]
    _insert(conn, schema.occurrences, (occurrence for occurrence, _ in letters))
    _insert(conn, schema.outbox, (letter for _, letter in letters))


def _insert(conn: Connection, table: Table, rows: Iterator[Row]) -> None:
    while batch := list(islice(rows, 5_000)):
        conn.execute(insert(table), batch)


def _client(owner: _Owner, number: int, identity: UUID) -> Row:
    return {
        "id": identity, "practice_id": owner.practice, "coach_id": owner.coach, "slug": SEALED,
        "slug_digest": number.to_bytes(32), "name": SEALED, "address": SEALED, "address_digest": number.to_bytes(32),
        "shared_address": False, "zone": ZONES[number % len(ZONES)], "country": "DE", "language": "en",
        "form": Form.INFORMAL, "tags": SEALED, "state": ClientState.ACTIVE, "delivery": Delivery.OK,
        "created_at": BEGUN, "own_time": "19:30" if number % 10 == 0 else None,
    }  # fmt: skip


def _enrolments(owner: _Owner, client: UUID, joined: dict[str, UUID]) -> Iterator[Row]:
    for slug, identity in joined.items():
        yield {
            "id": identity, "client_id": client, "coach_id": owner.coach, "schedule": slug,
            "start_on": BEGUN.date(), "end_on": None, "started_at": BEGUN, "left_at": None, "planned_until": NOW,
            "next_due_at": None,
        }  # fmt: skip


def _sessions(owner: _Owner, number: int, client: UUID) -> Iterator[Row]:
    """One a week, two behind and two ahead."""
    for week in range(-2, 2):
        starts_at = NOW + timedelta(days=7 * week + number % 7, hours=number % 9, minutes=number % 4 * 15)
        yield {
            "id": new_id(NOW), "client_id": client, "coach_id": owner.coach, "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1), "state": SessionState.PLANNED,
        }  # fmt: skip


def _past(
    owner: _Owner, number: int, client: UUID, joined: dict[str, UUID], *, weeks: int
) -> Iterator[tuple[Row, Row]]:
    """Three letters in each of the weeks behind."""
    monday = NOW.date() - timedelta(days=NOW.weekday())
    for week in range(weeks, 0, -1):
        for slug, prompt, days in (("pulse", "pulse", 0), ("weekly-checkin", "week", 4), ("session-prep", "prep", 5)):
            day = monday - timedelta(days=7 * week - days)
            at = datetime.combine(day, time(9, number % 60), UTC)
            yield _sent(owner, client, joined[slug], (slug, prompt, day.isoformat()), at=at)


def _sent(
    owner: _Owner, client: UUID, enrolment: UUID, names: tuple[str, str, str], *, at: datetime
) -> tuple[Row, Row]:
    occurrence = new_id(at)
    row = {
        "id": occurrence, "client_id": client, "coach_id": owner.coach, "enrolment_id": enrolment,
        "schedule": names[0], "prompt": names[1], "anchor": names[2], "state": schema.OccurrenceState.QUEUED,
        "reason": "built", "detail": "", "due_at": at, "until": at + timedelta(hours=6), "decided_at": at,
        "late": False,
    }  # fmt: skip
    letter = {
        "id": new_id(at), "kind": LetterKind.PROMPT, "account_id": owner.account, "coach_id": owner.coach,
        "client_id": client, "occurrence_id": occurrence, "cause": f"occurrence:{occurrence}",
        "reference": os.urandom(10), "state": OutboxState.SENT, "priority": 1, "due_at": at, "next_attempt_at": at,
        "expires_at": at + timedelta(hours=6), "attempts": 1, "created_at": at, "settled_at": at, "code": 250,
        "raw": SEALED, "recipient": SEALED, "recipient_digest": SEALED, "message_id": str(occurrence), "asked": SEALED,
    }  # fmt: skip
    return row, letter


def _url(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"
