"""What a coach must know now is said once, in time, and sealed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from mailer.model.outgoing import LetterKind
from mailer.store import notices, schema, settlement
from tests.store.letters import claim, row_of, rows_of
from tests.stores import NOW, Store

CAUSE = "schedules:5f3a"


def _put(store: Store, cause: str = CAUSE, *, text: str = "weekly.toml:3: no such word") -> UUID | None:
    subject = "A schedule file cannot be read"
    return store.db.write(notices.put_notice, store.vault, store.petra.id, cause, subject, text, now=NOW, hours=2)


def test_a_notice_is_claimed_with_what_it_says(store: Store) -> None:
    _put(store)

    (letter,) = claim(store)

    assert (letter.kind, letter.coach_id, letter.client_id) == (LetterKind.NOTICE, store.petra.id, None)
    said = {"subject": "A schedule file cannot be read", "text": "weekly.toml:3: no such word"}
    assert json.loads(letter.content) == said


def test_what_was_said_once_is_not_said_again(store: Store) -> None:
    assert _put(store) is not None
    assert _put(store, text="in other words") is None
    assert _put(store, "schedules:77aa") is not None

    assert len(rows_of(store, schema.outbox)) == 2


def test_a_notice_is_sealed_under_the_coachs_key(store: Store) -> None:
    identity = _put(store)
    assert identity is not None

    content = row_of(store, schema.outbox, identity).content

    assert b"weekly" not in bytes(content)
    assert store.vault.key_of(content) == store.vault.key_of(row_of(store, schema.coaches, store.petra.id).name)


def test_a_notice_nobody_could_send_in_time_is_not_sent_any_more(store: Store) -> None:
    identity = _put(store)
    assert identity is not None

    assert store.db.write(settlement.expire, store.vault, now=NOW + timedelta(hours=2, seconds=1)) == 1

    assert row_of(store, schema.outbox, identity).state == "expired"
    assert claim(store) == []
