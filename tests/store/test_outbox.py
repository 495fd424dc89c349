"""A letter's way out: wanted once, claimed by one sender, looked at again before DATA, never sent twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from mailer.model.outgoing import Deferred, LetterKind, Outcome, Sent, Unknown
from mailer.model.people import Client, ClientState, Delivery
from mailer.store import accounts, claiming, clients, digests, held, outbox, practice, schema
from mailer.store.outbox import NewLetter
from mailer.store.vault import address_digest
from tests.store.letters import (
    ACCEPTED,
    OWNER,
    bytes_of,
    claim,
    file,
    filing_of,
    fix,
    kept,
    mark_sending,
    row_of,
    rows_of,
    rules,
    send,
    sent_prompt,
    settle,
    start_sending,
    state_of,
    want_notice,
    want_prompt,
)
from tests.stores import NOW, Store


def _move(store: Store, client: Client, address: str) -> None:
    """The client's address as an edit leaves it."""
    c = schema.clients
    values = {"address_digest": address_digest(store.vault, address)}
    store.db.write(lambda conn: conn.execute(update(c).where(c.c.id == client.id).values(values)))


# Wanting


def test_a_cause_wants_one_letter(store: Store) -> None:
    assert want_notice(store, "notice:1") is not None
    assert want_notice(store, "notice:1") is None
    assert len(rows_of(store, schema.outbox)) == 1


def test_a_cancelled_letter_leaves_its_cause_free(store: Store) -> None:
    dana = store.add_client("dana")
    first = want_prompt(store, dana)
    store.db.write(clients.set_state, dana.id, ClientState.PAUSED, now=NOW)
    assert claim(store) == []
    old = row_of(store, schema.outbox, first)
    assert (old.state, old.settled_at) == ("cancelled", NOW)

    letter = NewLetter(
        kind=LetterKind.PROMPT,
        coach_id=dana.coach_id,
        client_id=dana.id,
        occurrence_id=old.occurrence_id,
        cause=old.cause,
        due_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    second = store.db.write(outbox.put, letter, now=NOW)

    assert second is not None
    assert row_of(store, schema.outbox, second).reference != old.reference


def test_a_letter_goes_out_by_its_own_practices_account(store: Store) -> None:
    store.db.write(practice.seed_practice, "other", "The other practice", now=NOW)
    store.db.write(accounts.seed_account, "other", "other", settings_digest="1", now=NOW)
    want_notice(store, "notice:1")
    other = store.db.read(accounts.account_id, "other")

    assert store.db.write(claiming.claim, store.vault, other, rules(), now=NOW) == []
    assert len(claim(store)) == 1


# Claiming


def test_the_most_pressing_letter_is_claimed_first(store: Store) -> None:
    dana = store.add_client("dana")
    prompt = want_prompt(store, dana)
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=1), now=NOW)
    notice = want_notice(store, "notice:1", due=NOW - timedelta(seconds=1))

    first, second, third = claim(store)

    assert (first.id, second.kind, third.id) == (notice, LetterKind.DIGEST, prompt)


def test_among_letters_of_one_kind_the_longest_waiting_goes_first(store: Store) -> None:
    waiting = [want_notice(store, f"notice:{n}", due=NOW - timedelta(minutes=n)) for n in range(5)]

    assert [one.id for one in claim(store, rules(limit=3))] == waiting[:1:-1]
    assert [one.id for one in claim(store, rules(limit=3))] == waiting[1::-1]


def test_a_letter_is_not_claimed_before_its_time(store: Store) -> None:
    want_notice(store, "notice:1", due=NOW + timedelta(minutes=1))

    assert claim(store) == []
    assert len(claim(store, now=NOW + timedelta(minutes=1))) == 1


def test_a_claimed_letter_says_what_is_to_be_written(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)

    (letter,) = claim(store)

    assert (letter.kind, letter.client_id, letter.coach_id) == (LetterKind.PROMPT, dana.id, dana.coach_id)
    assert (letter.schedule, letter.prompt, letter.anchor) == ("weekly", "week", "2027-03-01")
    assert (letter.attempts, letter.wire, letter.content) == (0, None, "")
    assert len(letter.reference) == 10


def test_a_notice_says_its_content(store: Store) -> None:
    want_notice(store, "notice:1")

    (letter,) = claim(store)

    assert letter.content == '{"subject": "s", "text": "t"}'


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ClientState.PAUSED, "the client is paused"),
        (ClientState.STOPPED, "the client is stopped"),
        (ClientState.LEFT, "the client has left"),
        (ClientState.FORGOTTEN, "the client has left"),
    ],
)
def test_a_prompt_to_a_client_who_is_not_active_is_cancelled_in_the_claim(
    store: Store, state: ClientState, said: str
) -> None:
    dana = store.add_client("dana")
    prompt = want_prompt(store, dana)
    store.db.write(clients.set_state, dana.id, state, now=NOW)

    assert claim(store) == []

    row = row_of(store, schema.outbox, prompt)
    assert (row.state, row.detail, row.settled_at) == ("cancelled", said, NOW)


def test_a_prompt_to_a_dead_address_is_cancelled_in_the_claim(store: Store) -> None:
    dana = store.add_client("dana")
    prompt = want_prompt(store, dana)
    store.db.write(clients.set_delivery, dana.id, Delivery.DEAD, detail="5.1.1")

    assert claim(store) == []
    assert row_of(store, schema.outbox, prompt).detail == "the client's address does not exist"


@pytest.mark.parametrize("change", ["paused", "stopped", "left", "dead", "moved"])
def test_the_client_is_looked_at_once_more_before_data(store: Store, change: str) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    (letter,) = claim(store)
    fix(store, letter)

    if change == "dead":
        store.db.write(clients.set_delivery, dana.id, Delivery.DEAD, detail="5.1.1")
    elif change == "moved":
        _move(store, dana, "new@example.org")
    else:
        store.db.write(clients.set_state, dana.id, ClientState(change), now=NOW)

    assert not mark_sending(store, letter.id)
    assert state_of(store, letter.id) == "claimed"


def test_the_confirmation_of_a_stop_goes_to_a_stopped_client(store: Store) -> None:
    dana = store.add_client("dana")
    cause = "confirm:1"
    content = store.vault.seal(clients_key(store, dana), '{"word": "stop"}', place=f"outbox.content:{cause}")
    letter = NewLetter(
        kind=LetterKind.CONFIRMATION, coach_id=dana.coach_id, client_id=dana.id, cause=cause, content=content,
        due_at=NOW, expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    store.db.write(outbox.put, letter, now=NOW)
    store.db.write(clients.set_state, dana.id, ClientState.STOPPED, now=NOW)

    assert start_sending(store).content == '{"word": "stop"}'


def clients_key(store: Store, client: Client) -> UUID:
    """The key of a client."""
    return store.db.read(clients.person_key, store.vault, client_id=client.id, coach_id=client.coach_id)


def test_one_client_gets_no_more_letters_a_day_than_allowed(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    prompts = [want_prompt(store, dana, anchor=f"2027-03-0{day}") for day in (1, 2, 3)]
    want_prompt(store, enzo)

    claimed = claim(store, rules(per_day=2))

    assert Counter(one.client_id for one in claimed) == {dana.id: 2, enzo.id: 1}
    assert [state_of(store, one) for one in prompts] == ["claimed", "claimed", "cancelled"]
    assert row_of(store, schema.outbox, prompts[2]).detail == "the client has had 2 letters within a day"


def test_letters_of_yesterday_do_not_count_for_today(store: Store) -> None:
    dana = store.add_client("dana")
    sent_prompt(store, dana)
    tomorrow = NOW + timedelta(days=1, seconds=1)
    want_prompt(store, dana, anchor="2027-03-02", now=tomorrow)

    assert len(claim(store, rules(per_day=1), now=tomorrow)) == 1


def test_a_letter_out_of_time_expires_in_the_claim(store: Store) -> None:
    notice = want_notice(store, "notice:1", hours=1)
    assert notice is not None

    assert claim(store, now=NOW + timedelta(hours=1, seconds=1)) == []

    assert (state_of(store, notice), row_of(store, schema.outbox, notice).detail) == (
        "expired", "its time ran out: it was never tried",
    )  # fmt: skip


def test_a_digest_that_expires_in_the_claim_gives_its_entries_back(store: Store) -> None:
    dana = store.add_client("dana")
    file(store, filing_of(kept(store), dana))
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=1), now=NOW)
    assert [row.digest_id is not None for row in rows_of(store, schema.entries)] == [True]

    assert claim(store, now=NOW + timedelta(hours=2)) == []

    assert [row.digest_id for row in rows_of(store, schema.entries)] == [None]


def test_no_two_senders_ever_claim_the_same_letter(store: Store) -> None:
    wanted = {want_notice(store, f"notice:{n}") for n in range(200)}
    at_once = Barrier(4)

    def sender(name: str) -> list[UUID]:
        at_once.wait(10)
        mine: list[UUID] = []
        while len(mine) < 200:
            claimed = claim(store, rules(name, limit=7))
            mine += [one.id for one in claimed]
            if not claimed:
                break
        return mine

    with ThreadPoolExecutor(4) as four:
        each = [one.result() for one in [four.submit(sender, f"sender {n}") for n in range(4)]]

    claimed = [one for mine in each for one in mine]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) | {row.id for row in rows_of(store, schema.outbox, state="queued")} == wanted
    assert set(claimed) == wanted


# Writing and sending


def test_bytes_and_message_id_are_fixed_once(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    (letter,) = claim(store)

    assert fix(store, letter)
    assert not fix(store, letter)

    settle(store, letter.id, Deferred(code=450, status="4.2.0", reply="later"), retry_at=NOW)
    (again,) = claim(store)
    assert again.wire == bytes_of(letter).wire
    assert (again.reference, again.attempts) == (letter.reference, 1)


def test_what_was_written_is_not_readable_in_the_database(sqlite_store: Store) -> None:
    dana = sqlite_store.add_client("dana", address="dana.reis@secret.example.org")
    want_prompt(sqlite_store, dana)
    (letter,) = claim(sqlite_store)
    fix(sqlite_store, letter)

    row = row_of(sqlite_store, schema.outbox, letter.id)

    for column in (row.raw, row.recipient, row.asked):
        assert b"How was it" not in column
        assert b"example.org" not in column


def test_only_the_holder_of_the_lease_moves_a_letter(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    (letter,) = claim(store, rules("one"))

    assert not fix(store, letter, owner="two")
    assert fix(store, letter, owner="one")
    assert not mark_sending(store, letter.id, owner="two")
    assert not settle(store, letter.id, ACCEPTED, owner="two")
    store.db.write(outbox.release, [letter.id], owner="two", next_attempt_at=NOW)
    store.db.write(held.hold, letter.id, owner="two", detail="no")
    assert state_of(store, letter.id) == "claimed"
    assert mark_sending(store, letter.id, owner="one")
    assert settle(store, letter.id, ACCEPTED, owner="one")
    assert state_of(store, letter.id) == "sent"


def test_a_letter_is_marked_sending_once(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))

    letter = start_sending(store)

    assert not mark_sending(store, letter.id)
    assert state_of(store, letter.id) == "sending"


def test_a_letter_without_bytes_cannot_be_sending(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    (letter,) = claim(store)

    with pytest.raises(Exception, match="bytes_fixed"):
        mark_sending(store, letter.id)

    assert state_of(store, letter.id) == "claimed"


def test_a_letter_that_does_not_exist_is_nobodys(store: Store) -> None:
    assert not mark_sending(store, uuid4())
    assert not settle(store, uuid4(), ACCEPTED)


def test_a_changed_address_is_written_to_by_a_letter_of_its_own(store: Store) -> None:
    dana = store.add_client("dana")
    first = want_prompt(store, dana)
    (letter,) = claim(store)
    fix(store, letter)
    settle(store, letter.id, Deferred(code=450, status="4.2.0", reply="later"), retry_at=NOW)
    _move(store, dana, "new@example.org")

    (second,) = claim(store)

    old, new = row_of(store, schema.outbox, first), row_of(store, schema.outbox, second.id)
    assert (old.state, old.detail) == ("cancelled", "the recipient's address changed")
    assert (new.state, new.cause, new.occurrence_id) == ("claimed", old.cause, old.occurrence_id)
    assert (new.reference != old.reference, second.wire, second.attempts) == (True, None, 1)
    assert fix(store, second)
    assert mark_sending(store, second.id)
    assert settle(store, second.id, ACCEPTED)


def test_an_address_that_changes_while_the_letter_is_written_gets_no_bytes(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    (letter,) = claim(store)

    _move(store, dana, "new@example.org")

    assert not fix(store, letter)
    assert row_of(store, schema.outbox, letter.id).raw is None


def test_a_digest_follows_its_coach_to_a_new_address(store: Store) -> None:
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + timedelta(hours=9), now=NOW)
    (letter,) = claim(store)
    fix(store, letter)
    settle(store, letter.id, Deferred(code=450, status="4.2.0", reply="later"), retry_at=NOW)
    h = schema.coaches
    moved = {"address_digest": address_digest(store.vault, "petra@new.example.org")}
    store.db.write(lambda conn: conn.execute(update(h).values(moved)))

    (second,) = claim(store)

    assert (second.kind, second.digest_id, second.wire) == (LetterKind.DIGEST, letter.digest_id, None)
    assert second.id != letter.id


# Giving back, parking


def test_released_letters_wait_untried(store: Store) -> None:
    later = NOW + timedelta(minutes=5)
    want_notice(store, "notice:1")
    (letter,) = claim(store)

    store.db.write(outbox.release, [letter.id], owner=OWNER, next_attempt_at=later)

    assert claim(store) == []
    (again,) = claim(store, now=later)
    assert again.attempts == 0


def test_a_letter_that_is_being_sent_is_not_given_back(store: Store) -> None:
    want_notice(store, "notice:1")
    letter = start_sending(store)

    store.db.write(outbox.release, [letter.id], owner=OWNER, next_attempt_at=NOW)
    store.db.write(held.hold, letter.id, owner=OWNER, detail="no")

    assert state_of(store, letter.id) == "sending"


def test_a_held_letter_waits_until_it_is_tried_again(store: Store) -> None:
    want_notice(store, "notice:1", hours=6)
    (letter,) = claim(store)
    store.db.write(held.hold, letter.id, owner=OWNER, detail="template error line 3")

    assert (state_of(store, letter.id), claim(store)) == ("held", [])
    assert row_of(store, schema.outbox, letter.id).detail == "template error line 3"

    assert store.db.write(held.retry_held, now=NOW + timedelta(hours=7)) == 0
    assert store.db.write(held.retry_held, now=NOW + timedelta(hours=1)) == 1
    assert [one.id for one in claim(store, now=NOW + timedelta(hours=1))] == [letter.id]


# Allowances


def test_an_allowance_counts_what_went_out_or_may_have_or_is_on_its_way(store: Store) -> None:
    def used(hours: int = 24) -> int:
        return store.db.read(claiming.sent_since, store.account_id, NOW - timedelta(hours=hours))

    outcomes: tuple[Outcome, ...] = (Sent(code=250, reply="ok"), Unknown(reason="lost"))
    for number, outcome in enumerate(outcomes):
        want_notice(store, f"notice:{number}", due=NOW - timedelta(hours=2))
        send(store, outcome, now=NOW - timedelta(hours=2))
    assert (used(), used(hours=1)) == (2, 0)

    want_notice(store, "notice:sending")
    want_notice(store, "notice:queued", due=NOW + timedelta(hours=1))
    letter = start_sending(store)
    assert (used(), used(hours=1)) == (3, 1)

    settle(store, letter.id, Deferred(code=421, status="", reply="later"))
    assert used() == 2


def test_another_accounts_letters_do_not_count(store: Store) -> None:
    want_notice(store, "notice:1")
    send(store)

    assert store.db.read(claiming.sent_since, uuid4(), NOW - timedelta(days=1)) == 0
