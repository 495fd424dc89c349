"""What the store knows that helps to say whose a letter is."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from mailer.model.filing import Evidence, Origin
from mailer.model.people import ClientState
from mailer.model.plan import Decision
from mailer.store import accounts, clients, planning, practice, schema
from mailer.store.evidence import asked_of, evidence
from mailer.store.practice import CoachSeed
from tests.store.letters import (
    claim,
    deciding,
    due_at,
    file,
    filing_of,
    fix,
    kept,
    row_of,
    send,
    sent_prompt,
    start_sending,
    want_notice,
    want_prompt,
)
from tests.stores import NOW, Store


def _look(
    store: Store,
    *,
    references: tuple[bytes, ...] = (),
    ids: tuple[str, ...] = (),
    sender: str = "",
    own_id: str = "",
    account: str = "",
) -> Evidence:
    return store.db.read(
        evidence,
        store.vault,
        references=references,
        message_ids=ids,
        sender=sender,
        own_id=own_id,
        account=account,
    )


def _reference(store: Store, origin: Origin) -> bytes:
    return bytes(row_of(store, schema.outbox, origin.outbox_id).reference)


def _id(store: Store, origin: Origin) -> str:
    return str(row_of(store, schema.outbox, origin.outbox_id).message_id)


def test_a_letter_that_points_to_nothing_known_is_answered_with_nothing(store: Store) -> None:
    nothing = _look(store, references=(bytes(10),), ids=("x@example.org",), sender="x@example.org", own_id="y")

    assert nothing == Evidence()
    assert _look(store) == Evidence()


def test_a_token_and_an_id_lead_to_the_prompt(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)

    assert _look(store, references=(_reference(store, origin),)).by_token == (origin,)
    assert _look(store, ids=(_id(store, origin),)).by_id == (origin,)
    assert origin.client_id == dana.id


def test_letters_of_ours_come_in_the_order_in_which_they_are_pointed_to(store: Store) -> None:
    dana = store.add_client("dana")
    first = sent_prompt(store, dana)
    second = sent_prompt(store, dana, anchor="2027-03-08", now=NOW + timedelta(days=7))
    pointers = (_id(store, second), "unknown@example.org", _id(store, first), _id(store, second))

    assert _look(store, ids=pointers).by_id == (second, first)


def test_a_token_of_a_letter_that_never_went_out_still_leads_to_its_client(store: Store) -> None:
    dana = store.add_client("dana")
    row = row_of(store, schema.outbox, want_prompt(store, dana))

    (origin,) = _look(store, references=(bytes(row.reference),)).by_token

    assert (origin.client_id, origin.conversation_id) == (dana.id, None)


def test_our_own_letter_come_back_is_known_by_its_id(store: Store) -> None:
    want_notice(store, "notice:1")
    letter = send(store)
    own = f"{letter.id.hex}@letters.example.org"

    assert _look(store, own_id=own).is_own
    assert not _look(store, own_id="somebody@example.org").is_own


def test_a_sender_is_known_by_address_whatever_its_case(store: Store) -> None:
    dana = store.add_client("dana")

    (known,) = _look(store, sender="Dana@EXAMPLE.org").senders

    assert (known.client_id, known.coach_id) == (dana.id, dana.coach_id)
    assert (known.has_left, known.is_confirmed, known.open_prompts) == (False, True, ())


def test_a_sender_is_known_by_a_confirmed_alias(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.add_alias, store.vault, dana.id, "dana@home.example.net", now=NOW)

    assert [one.is_confirmed for one in _look(store, sender="dana@home.example.net").senders] == [True]


def test_two_people_at_one_address_are_both_named(store: Store) -> None:
    ida, jon = store.add_client("ida"), store.add_client("jon")
    store.db.write(clients.add_alias, store.vault, jon.id, ida.address, now=NOW)

    assert {one.client_id for one in _look(store, sender=ida.address).senders} == {ida.id, jon.id}


def test_a_former_client_is_known_as_one(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_state, dana.id, ClientState.LEFT, now=NOW)

    assert [one.has_left for one in _look(store, sender=dana.address).senders] == [True]


def test_a_coach_is_known_by_address(store: Store) -> None:
    found = _look(store, sender="PETRA@coach.example.org")

    assert (found.coach_id, found.senders) == (store.petra.id, ())


def test_open_prompts_are_those_sent_and_not_yet_answered_newest_first(store: Store) -> None:
    dana = store.add_client("dana")
    first, second, third = (
        sent_prompt(store, dana, anchor=f"2027-03-0{n}", now=NOW + timedelta(days=n)) for n in (1, 2, 3)
    )
    assert _look(store, sender=dana.address).senders[0].open_prompts == (third, second, first)

    file(store, filing_of(kept(store), dana, origin=second))

    assert _look(store, sender=dana.address).senders[0].open_prompts == (third, first)


def test_a_prompt_that_is_just_being_sent_is_the_newest_open_one(store: Store) -> None:
    dana = store.add_client("dana")
    first = sent_prompt(store, dana)
    want_prompt(store, dana, anchor="2027-03-02", now=NOW + timedelta(days=1))
    letter = start_sending(store, now=NOW + timedelta(days=1))

    found = _look(store, sender=dana.address).senders[0].open_prompts

    assert [one.outbox_id for one in found] == [letter.id, first.outbox_id]


def test_a_prompt_that_is_only_written_is_not_open(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    (letter,) = claim(store)
    fix(store, letter)

    assert _look(store, sender=dana.address).senders[0].open_prompts == ()


def test_a_letter_that_answers_no_prompt_closes_none(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)

    file(store, filing_of(kept(store), dana))

    assert _look(store, sender=dana.address).senders[0].open_prompts == (origin,)


def test_a_prompt_that_a_newer_letter_closed_is_not_open(store: Store) -> None:
    dana = store.add_client("dana")
    first = sent_prompt(store, dana)
    assert _look(store, sender=dana.address).senders[0].open_prompts == (first,)

    newer = Decision(due=due_at(NOW, anchor="2027-03-08"), closes=frozenset({"week"}))
    store.db.write(planning.plan_all_anew)
    store.db.write(planning.plan_next, store.vault, deciding(newer), now=NOW)

    assert _look(store, sender=dana.address).senders[0].open_prompts == ()
    second = send(store)
    assert [one.outbox_id for one in _look(store, sender=dana.address).senders[0].open_prompts] == [second.id]


def test_what_a_letter_asked_is_kept_as_it_was_sent(store: Store) -> None:
    origin = sent_prompt(store, store.add_client("dana"))
    want_notice(store, "notice:1")
    notice = send(store)

    assert '"How was it?"' in store.db.read(asked_of, store.vault, origin.outbox_id)
    assert store.db.read(asked_of, store.vault, notice.id) == ""


@pytest.mark.parametrize("way", ["token", "id", "sender", "coach"])
def test_nothing_of_one_practice_is_evidence_in_the_mailbox_of_another(store: Store, way: str) -> None:
    store.db.write(practice.seed_practice, "other", "The other practice", now=NOW)
    store.db.write(accounts.seed_account, "other", "other", settings_digest="1", now=NOW)
    quentin = CoachSeed(
        practice="other", slug="quentin", name="Quentin Roy", address="quentin@coach.example.net",
        zone="Europe/Paris", language="en", digest_at=time(7),
    )  # fmt: skip
    store.db.write(practice.seed_coach, store.vault, quentin, now=NOW)
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    pointer = {
        "token": {"references": (_reference(store, origin),)},
        "id": {"ids": (_id(store, origin),)},
        "sender": {"sender": dana.address},
        "coach": {"sender": store.petra.address},
    }[way]

    assert _look(store, account="main", **pointer) != Evidence()  # type: ignore[arg-type]
    assert _look(store, account="other", **pointer) == Evidence()  # type: ignore[arg-type]
