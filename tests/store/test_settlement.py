"""What became of a letter, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from mailer.errors import AccountTrouble, PermanentFailure
from mailer.model.outgoing import ClaimedLetter, Deferred, OutboxState, Outcome, Refused, Unknown
from mailer.model.people import ClientState, Delivery
from mailer.store import clients, digests, planning, schema, settlement
from tests.store.letters import (
    ACCEPTED,
    claim,
    deciding,
    file,
    filing_of,
    fix,
    kept,
    mark_sending,
    row_of,
    rows_of,
    send,
    sent_prompt,
    settle,
    start_sending,
    state_of,
    want_notice,
    want_prompt,
)
from tests.stores import NOW, Store

LATER = Deferred(code=451, status="4.7.1", reply="greylisted, try again")
NO = Refused(code=550, status="5.7.1", reply="not from you")
NOBODY = Refused(code=550, status="5.1.1", reply="no such user", address_dead=True)
LOST = Unknown(reason="the connection broke after the final dot")
TOO_MANY = AccountTrouble("daily limit reached", retry_seconds=3600)


def _delivery(store: Store, client_id: UUID) -> Delivery:
    return store.db.read(clients.client, store.vault, client_id).delivery


def _take_back(store: Store, *, minutes: int = 16) -> int:
    """What the leases of a quarter of an hour have left when this many minutes have passed."""
    return store.db.write(settlement.take_back, store.vault, now=NOW + timedelta(minutes=minutes))


def _expire(store: Store, *, hours: int) -> int:
    return store.db.write(settlement.expire, store.vault, now=NOW + timedelta(hours=hours))


def _by_hand(store: Store, letter_id: UUID, state: OutboxState, *, hours: int = 5) -> None:
    store.db.write(settlement.settle_by_hand, store.vault, letter_id, state, now=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("outcome", "state", "code", "status", "detail", "attempts"),
    [
        (ACCEPTED, "sent", 250, None, "queued", 1),
        (LOST, "unknown", None, None, "the connection broke after the final dot", 1),
        (NO, "refused", 550, "5.7.1", "not from you", 1),
        (LATER, "queued", 451, "4.7.1", "greylisted, try again", 1),
        (Deferred(code=0, status="", reply=""), "queued", None, None, "", 1),
        (TOO_MANY, "queued", None, None, "daily limit reached", 0),
    ],
)
def test_an_outcome_is_written_as_it_was_said(
    store: Store, outcome: Outcome, state: str, code: int | None, status: str | None, detail: str, attempts: int
) -> None:
    want_prompt(store, store.add_client("dana"))

    letter = send(store, outcome)

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.code, row.status, row.detail, row.attempts) == (state, code, status, detail, attempts)
    assert (row.lease_owner, row.lease_until) == (None, None)
    assert row.settled_at == (None if state == "queued" else NOW)


def test_an_outcome_is_written_once(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = send(store)

    assert not settle(store, letter.id, NO)
    assert state_of(store, letter.id) == "sent"


def test_a_deferred_letter_goes_again_when_its_time_comes(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = send(store, LATER)

    assert claim(store, now=NOW + timedelta(minutes=9)) == []
    (again,) = claim(store, now=NOW + timedelta(minutes=10))

    assert (again.id, again.attempts) == (letter.id, 1)
    assert again.wire is not None


def test_a_letter_that_would_come_too_late_expires_at_once(store: Store) -> None:
    want_prompt(store, store.add_client("dana"), hours=1)
    letter = start_sending(store)

    settle(store, letter.id, LATER, retry_at=NOW + timedelta(hours=1, seconds=1))

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.code, row.detail) == ("expired", 451, "its time ran out: greylisted, try again")


def test_account_trouble_never_uses_up_a_letters_time_by_itself(store: Store) -> None:
    want_prompt(store, store.add_client("dana"), hours=1)
    letter = start_sending(store)

    settle(store, letter.id, TOO_MANY, retry_at=NOW + timedelta(hours=2))

    assert state_of(store, letter.id) == "queued"


def test_a_servers_words_are_kept_without_the_address_in_them(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))

    letter = send(store, Refused(code=550, status="5.1.1", reply="<dana@example.org>: dana@example.org unknown"))

    assert row_of(store, schema.outbox, letter.id).detail == "<…>: <…> unknown"


@pytest.mark.parametrize("outcome", [ACCEPTED, LOST])
def test_a_prompt_that_went_out_stands_in_its_conversation(store: Store, outcome: Outcome) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)

    letter = send(store, outcome)

    (entry,) = rows_of(store, schema.entries)
    (conversation,) = rows_of(store, schema.conversations)
    assert (entry.kind, entry.client_id, entry.outbox_id, entry.at) == ("prompt", dana.id, letter.id, NOW)
    assert (entry.conversation_id, entry.thread_id) == (conversation.id, conversation.thread_id)
    assert store.vault.read(entry.text, place=f"entries.text:{entry.id}") == "How was it?"


@pytest.mark.parametrize("outcome", [NO, LATER, TOO_MANY])
def test_a_prompt_that_did_not_go_out_stands_nowhere(store: Store, outcome: Outcome) -> None:
    want_prompt(store, store.add_client("dana"))

    send(store, outcome)

    assert rows_of(store, schema.entries) == []


def test_all_prompts_of_a_schedule_share_a_thread_and_each_opens_a_conversation(store: Store) -> None:
    dana = store.add_client("dana")

    sent_prompt(store, dana)
    sent_prompt(store, dana, anchor="2027-03-08", now=NOW + timedelta(days=7))

    assert len(rows_of(store, schema.threads)) == 1
    assert len(rows_of(store, schema.conversations)) == 2


def test_a_refusal_that_says_nobody_lives_there_stops_the_prompts(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    want_prompt(store, dana)

    send(store, NOBODY)

    assert _delivery(store, dana.id) is Delivery.DEAD
    assert _delivery(store, enzo.id) is Delivery.OK
    want_prompt(store, dana, anchor="2027-03-08")
    assert claim(store) == []


def test_a_refusal_for_another_reason_says_nothing_of_the_address(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)

    send(store, NO)

    assert _delivery(store, dana.id) is Delivery.OK


def test_a_prompt_that_went_out_makes_the_planner_look_anew(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    letter = start_sending(store)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    settle(store, letter.id, ACCEPTED)

    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]


# Digests


def _digest_of_one_reply(store: Store) -> ClaimedLetter:
    dana = store.add_client("dana")
    file(store, filing_of(kept(store), dana))
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=1), now=NOW)
    return start_sending(store)


@pytest.mark.parametrize(
    ("outcome", "stays", "repeated"),
    [(ACCEPTED, True, False), (NO, False, False), (LOST, False, True), (LATER, True, False), (TOO_MANY, True, False)],
)
def test_the_entries_of_a_digest_follow_its_fate(store: Store, outcome: Outcome, stays: bool, repeated: bool) -> None:
    letter = _digest_of_one_reply(store)

    settle(store, letter.id, outcome)

    (entry,) = rows_of(store, schema.entries)
    assert (entry.digest_id == letter.digest_id, entry.repeated) == (stays, repeated)


def test_a_digest_out_of_time_gives_its_entries_back(store: Store) -> None:
    letter = _digest_of_one_reply(store)
    settle(store, letter.id, LATER, retry_at=NOW + timedelta(hours=2))

    assert [row.digest_id for row in rows_of(store, schema.entries)] == [None]
    assert state_of(store, letter.id) == "expired"


# Expiry


def test_waiting_letters_expire_when_their_time_is_over_and_say_why(store: Store) -> None:
    never, tried, held = (want_notice(store, f"notice:{n}", hours=1) for n in range(3))
    one, two, three = claim(store)
    assert (one.id, two.id, three.id) == (never, tried, held)
    settle(store, one.id, TOO_MANY, retry_at=NOW)
    settle(store, two.id, Deferred(code=451, status="4.7.1", reply="not now"), retry_at=NOW)
    fix(store, three)

    assert _expire(store, hours=1) == 0
    assert _expire(store, hours=2) == 2
    assert _expire(store, hours=2) == 0

    details = [row_of(store, schema.outbox, letter.id).detail for letter in (one, two)]
    assert details == ["its time ran out: daily limit reached", "its time ran out: not now"]
    assert state_of(store, three.id) == "claimed"  # a sender has it: the sender says what became of it


# What a dead process leaves


def test_a_claimed_letter_of_a_dead_process_is_queued_again(store: Store) -> None:
    want_notice(store, "notice:1")
    (letter,) = claim(store)
    fix(store, letter)

    assert _take_back(store, minutes=14) == 0
    assert _take_back(store) == 1

    (again,) = claim(store, now=NOW + timedelta(minutes=16))
    assert (again.id, again.attempts) == (letter.id, 0)
    assert again.wire is not None


def test_a_letter_that_was_being_sent_by_a_dead_process_is_unknown(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    letter = start_sending(store)

    assert _take_back(store) == 1

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.detail) == ("unknown", "the program ended while the letter went out")
    assert [entry.kind for entry in rows_of(store, schema.entries)] == ["prompt"]
    assert claim(store, now=NOW + timedelta(hours=1)) == []


def test_a_sender_that_comes_back_too_late_moves_nothing(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = start_sending(store)
    _take_back(store)

    assert not settle(store, letter.id, LATER)
    assert not mark_sending(store, letter.id)
    assert state_of(store, letter.id) == "unknown"


# What a person says


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.CANCELLED])
def test_a_person_settles_a_letter_of_unknown_fate(store: Store, state: OutboxState) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = send(store, LOST)

    _by_hand(store, letter.id, state)

    row = row_of(store, schema.outbox, letter.id)
    assert (row.state, row.detail) == (state, "settled by hand")
    assert row.settled_at == NOW  # when it went out, not when somebody said so


def test_a_prompt_that_a_person_gives_up_stands_in_no_conversation(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = send(store, LOST)

    _by_hand(store, letter.id, OutboxState.CANCELLED)

    assert rows_of(store, schema.entries) == []


def test_a_prompt_that_arrived_after_all_stands_in_its_conversation_once(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = send(store, LOST)

    _by_hand(store, letter.id, OutboxState.SENT)

    assert [entry.outbox_id for entry in rows_of(store, schema.entries)] == [letter.id]


@pytest.mark.parametrize(
    ("bring_to", "state", "said"),
    [
        (send, OutboxState.SENT, "this one is sent"),
        (start_sending, OutboxState.SENT, "this one is sending"),
        (lambda store: send(store, LOST), OutboxState.QUEUED, "this one is unknown"),
        (lambda store: send(store, NO), OutboxState.CANCELLED, "this one is refused"),
    ],
)
def test_only_an_unknown_fate_is_settled_and_only_to_arrived_or_given_up(
    store: Store, bring_to: Callable[[Store], ClaimedLetter], state: OutboxState, said: str
) -> None:
    want_prompt(store, store.add_client("dana"))
    letter = bring_to(store)
    before = state_of(store, letter.id)

    with pytest.raises(PermanentFailure, match=said):
        _by_hand(store, letter.id, state)

    assert state_of(store, letter.id) == before


def test_a_letter_that_is_not_there_is_answered_with_where_they_are_shown(store: Store) -> None:
    with pytest.raises(PermanentFailure, match="mailer outbox list"):
        _by_hand(store, store.petra.id, OutboxState.SENT)


def test_a_client_who_stops_while_a_letter_is_being_sent_has_had_it(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    letter = start_sending(store)

    store.db.write(clients.set_state, dana.id, ClientState.STOPPED, now=NOW)

    assert settle(store, letter.id, ACCEPTED)
    assert state_of(store, letter.id) == "sent"
