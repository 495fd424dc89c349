"""Letters of unknown fate: what proves that they went out, and what a person may say of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from mailer.errors import PermanentFailure
from mailer.model.outgoing import ClaimedLetter, OutboxState, Unknown
from mailer.model.people import ClientState
from mailer.store import clients, digests, fates, schema, settlement
from tests.store.letters import (
    claim,
    file,
    filing_of,
    fix,
    kept,
    mark_sending,
    row_of,
    rows_of,
    send,
    settle,
    start_sending,
    state_of,
    want_notice,
    want_prompt,
)
from tests.stores import NOW, Store

LOST = Unknown(reason="the connection broke after the final dot")


def unknown_prompt(store: Store) -> ClaimedLetter:
    want_prompt(store, store.add_client("dana"))
    return send(store, LOST)


def prove(store: Store, *letters: UUID) -> list[UUID]:
    return store.db.write(fates.prove, store.vault, letters, "found")


def test_what_is_found_was_sent_when_its_fate_became_unknown(store: Store) -> None:
    letter = unknown_prompt(store)

    assert prove(store, letter.id) == [letter.id]

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.settled_at, row.detail) == ("sent", NOW, "found")
    assert [entry.outbox_id for entry in rows_of(store, schema.entries)] == [letter.id]


@pytest.mark.parametrize("outcome", ["sent", "queued"])
def test_a_letter_of_known_fate_is_left_as_it_is(store: Store, outcome: str) -> None:
    want_prompt(store, store.add_client("dana"))
    letter_id = send(store).id if outcome == "sent" else rows_of(store, schema.outbox)[0].id

    assert prove(store, letter_id) == []
    assert state_of(store, letter_id) == outcome


def test_a_letter_is_unknown_by_its_id_or_its_message_id(store: Store) -> None:
    letter = unknown_prompt(store)
    message_id = row_of(store, schema.outbox, letter.id).message_id

    def among(letters: set[UUID], name: str) -> list[UUID]:
        return store.db.read(fates.unknown_among, letters, name)

    assert among({letter.id}, "") == among(set(), message_id) == [letter.id]
    assert among(set(), "") == among(set(), "another@example.org") == []


def test_a_letter_sent_again_by_a_person_is_the_same_letter(store: Store) -> None:
    letter = unknown_prompt(store)
    before = row_of(store, schema.outbox, letter.id)

    until = store.db.write(fates.send_again, letter.id, now=NOW + timedelta(hours=20))
    again = start_sending(store, now=NOW + timedelta(hours=20, minutes=1))

    assert until == NOW + timedelta(hours=26)
    assert again.wire is not None
    assert (again.id, again.wire.message_id) == (letter.id, before.message_id)
    assert settle(store, again.id, LOST, now=NOW + timedelta(hours=20, minutes=1))
    assert len(rows_of(store, schema.entries)) == 1


def test_a_letter_sent_again_is_not_sent_to_someone_who_stopped_meanwhile(store: Store) -> None:
    letter = unknown_prompt(store)
    assert letter.client_id is not None
    store.db.write(clients.set_state, letter.client_id, ClientState.STOPPED, now=NOW)

    store.db.write(fates.send_again, letter.id, now=NOW + timedelta(hours=1))

    assert claim(store, now=NOW + timedelta(hours=1)) == []
    assert state_of(store, letter.id) == "cancelled"


@pytest.mark.parametrize("state", ["queued", "sent", "cancelled"])
def test_only_a_letter_of_unknown_fate_is_sent_again_by_hand(store: Store, state: str) -> None:
    want_prompt(store, store.add_client("dana"))
    letter_id = rows_of(store, schema.outbox)[0].id
    if state == "sent":
        send(store)
    if state == "cancelled":
        store.db.write(fates.cancel, store.vault, letter_id, now=NOW)

    with pytest.raises(PermanentFailure, match=f"this one is {state}"):
        store.db.write(fates.send_again, letter_id, now=NOW)


def test_a_letter_that_waits_is_taken_back_and_not_sent(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter_id = rows_of(store, schema.outbox)[0].id

    store.db.write(fates.cancel, store.vault, letter_id, now=NOW)

    assert claim(store) == []
    assert (state_of(store, letter_id), row_of(store, schema.outbox, letter_id).detail) == ("cancelled", fates.BY_HAND)


@pytest.mark.parametrize(("reached", "told"), [("sent", "is sent"), ("sending", "is going out just now")])
def test_a_letter_that_is_out_or_on_its_way_is_not_taken_back(store: Store, reached: str, told: str) -> None:
    want_notice(store, "notice:1")
    (letter,) = claim(store)
    assert fix(store, letter)
    assert mark_sending(store, letter.id)
    if reached == "sent":
        settle(store, letter.id, LOST)
        prove(store, letter.id)

    with pytest.raises(PermanentFailure, match=told):
        store.db.write(fates.cancel, store.vault, letter.id, now=NOW)


def test_a_digest_taken_back_gives_its_entries_to_the_next(store: Store) -> None:
    dana = store.add_client("dana")
    file(store, filing_of(kept(store), dana))
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=20), now=NOW)

    store.db.write(fates.cancel, store.vault, rows_of(store, schema.outbox)[0].id, now=NOW)

    assert [entry.digest_id for entry in rows_of(store, schema.entries)] == [None]


def test_the_entries_of_a_digest_that_was_found_are_not_repeated_and_later_ones_are_still_told(store: Store) -> None:
    # given: a digest of unknown fate, and a reply that came after it
    dana = store.add_client("dana")
    file(store, filing_of(kept(store), dana), now=NOW - timedelta(hours=1))
    digest = store.db.write(
        digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=20), now=NOW
    )
    letter = send(store, LOST)
    file(store, filing_of(kept(store, b"another", uid=2), dana), now=NOW + timedelta(hours=1))

    # when
    prove(store, letter.id)

    # then
    assert [entry.digest_id for entry in rows_of(store, schema.entries)] == [digest, None]


def test_an_entry_that_a_later_digest_has_told_by_now_stays_there(store: Store) -> None:
    dana = store.add_client("dana")
    file(store, filing_of(kept(store), dana), now=NOW - timedelta(hours=1))
    expires = NOW + timedelta(hours=48)
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=expires, now=NOW)
    letter = send(store, LOST)
    tomorrow = NOW + timedelta(days=1)
    second = store.db.write(digests.claim_digest, store.petra.id, tomorrow.date(), expires_at=expires, now=tomorrow)

    prove(store, letter.id)

    assert [entry.digest_id for entry in rows_of(store, schema.entries)] == [second]


def test_a_person_and_the_program_settle_a_letter_once(store: Store) -> None:
    letter = unknown_prompt(store)
    prove(store, letter.id)

    with pytest.raises(PermanentFailure, match="this one is sent"):
        store.db.write(settlement.settle_by_hand, store.vault, letter.id, OutboxState.CANCELLED, now=NOW)
