"""What connections write down together: outcomes before beginnings, and the truth even where it comes late."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from mailer.model.outgoing import Deferred, OutboxState, Outcome, Refused, Sent, Unknown
from mailer.store import in_flight, schema, settlement
from mailer.store.settlement import Attempt
from tests.store.letters import ACCEPTED, OWNER, claim, fix, mark_sending, row_of, rows_of, start_sending, want_prompt
from tests.stores import NOW, Store

LEASE = NOW + timedelta(minutes=30)


def attempt(letter_id: UUID, outcome: Outcome) -> Attempt:
    return Attempt(letter_id=letter_id, outcome=outcome, retry_at=NOW + timedelta(minutes=5))


def test_outcomes_and_beginnings_of_many_letters_are_one_transaction(store: Store) -> None:
    for number in range(6):
        want_prompt(store, store.add_client(f"client{number}"))
    letters = claim(store)
    for letter in letters:
        fix(store, letter)
    for letter in letters[:4]:
        mark_sending(store, letter.id)
    outcomes: list[Outcome] = [
        ACCEPTED,
        Unknown(reason="lost"),
        Refused(code=550, status="5.7.1", reply="no"),
        Deferred(code=451, status="4.7.1", reply="later"),
    ]
    attempts = [attempt(letter.id, outcome) for letter, outcome in zip(letters, outcomes, strict=False)]

    begun = store.db.write(
        in_flight.write_down, store.vault, attempts, [one.id for one in letters[4:]],
        owner=OWNER, lease_until=LEASE, now=NOW,
    )  # fmt: skip

    rows = [row_of(store, schema.outbox, letter.id) for letter in letters]
    assert begun == {one.id for one in letters[4:]}
    assert [row.state for row in rows] == ["sent", "unknown", "refused", "queued", "sending", "sending"]
    assert [row.attempts for row in rows] == [1, 1, 1, 1, 0, 0]
    assert [row.code for row in rows] == [250, None, 550, 451, None, None]
    assert len(rows_of(store, schema.entries)) == 2, "of the letters that went out, or may have"


def test_nothing_is_written_where_one_of_them_cannot_be(store: Store) -> None:
    for number in range(2):
        want_prompt(store, store.add_client(f"client{number}"))
    written, blank = claim(store)
    fix(store, written)

    with pytest.raises(Exception, match="bytes_fixed"):
        store.db.write(
            in_flight.write_down, store.vault, [], [written.id, blank.id], owner=OWNER, lease_until=LEASE, now=NOW
        )

    assert [row_of(store, schema.outbox, one.id).state for one in (written, blank)] == ["claimed", "claimed"]


def test_a_sender_that_slept_past_its_lease_is_believed_when_it_says_that_a_letter_was_taken(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = start_sending(store)
    later = NOW + timedelta(hours=1)
    store.db.write(settlement.take_back, store.vault, now=later)

    store.db.write(settlement.settle, store.vault, [attempt(letter.id, ACCEPTED)], owner=OWNER, now=later)

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.code) == (OutboxState.SENT, 250)
    assert row.settled_at == later
    assert len(rows_of(store, schema.entries)) == 1


@pytest.mark.parametrize(
    "outcome",
    [
        Deferred(code=451, status="", reply="later"),
        Refused(code=550, status="5.1.1", reply="no", address_dead=True),
        Unknown(reason="lost"),
    ],
)
def test_nothing_else_that_comes_late_changes_a_letter(store: Store, outcome: Outcome) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = start_sending(store)
    later = NOW + timedelta(hours=1)
    store.db.write(settlement.take_back, store.vault, now=later)
    before = row_of(store, schema.outbox, letter.id)

    settled = store.db.write(settlement.settle, store.vault, [attempt(letter.id, outcome)], owner=OWNER, now=later)

    assert settled == set()
    assert row_of(store, schema.outbox, letter.id) == before


def test_a_late_word_about_a_letter_that_was_queued_again_changes_nothing(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    (letter,) = claim(store)
    later = NOW + timedelta(hours=1)
    store.db.write(settlement.take_back, store.vault, now=later)

    took: Outcome = Sent(code=250, reply="ok")
    store.db.write(settlement.settle, store.vault, [attempt(letter.id, took)], owner=OWNER, now=later)

    assert row_of(store, schema.outbox, letter.id).state == OutboxState.QUEUED
