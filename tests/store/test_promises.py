"""What was promised is kept until it is settled, and its letters go with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from mailer.errors import PermanentFailure
from mailer.model.people import Client
from mailer.model.plan import Decision
from mailer.store import planning, promises, schema
from mailer.store.columns import new_id
from mailer.store.schema import PromiseState
from tests.store.letters import deciding, due_at, enrolled, row_of, rows_of
from tests.stores import NOW, Store

FRIDAY = date(2027, 3, 5)


def _promise(store: Store, client: Client, text: str = "Call Ida", day: date | None = FRIDAY, **how: Any) -> UUID:
    return store.db.write(promises.add_promise, store.vault, client.id, text, due_on=day, now=NOW, **how)


def _due(store: Store, client: Client, day: date = FRIDAY) -> list[tuple[UUID, str, bool]]:
    return store.db.read(promises.due_promises, store.vault, client.id, day)


def _settle(store: Store, promise: UUID, state: PromiseState) -> None:
    store.db.write(promises.settle_promise, promise, state, now=NOW)


def test_promises_of_a_day_are_told_in_order_with_their_words(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    first = _promise(store, dana, "Ida anrufen – endlich")
    second = _promise(store, dana, "Send the notes", by_coach=True)
    _promise(store, dana, "Later", date(2027, 3, 6))
    _promise(store, enzo, "Not hers")

    assert _due(store, dana) == [(first, "Ida anrufen – endlich", False), (second, "Send the notes", True)]


@pytest.mark.parametrize("state", [one for one in PromiseState if one is not PromiseState.OPEN])
def test_only_open_promises_are_asked_about(store: Store, state: PromiseState) -> None:
    dana = store.add_client("dana")
    _promise(store, dana, state=state)

    assert _due(store, dana) == []


def test_a_possible_promise_is_open_once_someone_says_so(store: Store) -> None:
    dana = store.add_client("dana")
    promise = _promise(store, dana, state=PromiseState.POSSIBLE)

    _settle(store, promise, PromiseState.OPEN)

    assert [one[0] for one in _due(store, dana)] == [promise]
    assert row_of(store, schema.promises, promise).settled_at is None


def test_the_words_of_a_promise_are_sealed_under_the_clients_key(store: Store) -> None:
    dana = store.add_client("dana")
    promise = _promise(store, dana, "Call Ida")

    row = row_of(store, schema.promises, promise)

    assert b"Ida" not in bytes(row.text)
    assert store.vault.key_of(row.text) == store.vault.key_of(row_of(store, schema.clients, dana.id).name)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PromiseState.DONE, "the promise is done"),
        (PromiseState.MOVED, "the promise was moved to another day"),
        (PromiseState.DROPPED, "the promise was dropped"),
    ],
)
def test_the_letter_about_a_settled_promise_does_not_go(store: Store, state: PromiseState, said: str) -> None:
    dana = enrolled(store)
    promise = _promise(store, dana)
    due = replace(due_at(NOW, anchor=str(promise), prompt="followup"), about=promise)
    store.db.write(planning.plan_next, store.vault, deciding(Decision(due=due)), now=NOW)

    _settle(store, promise, state)

    (letter,), (occurrence,) = rows_of(store, schema.outbox), rows_of(store, schema.occurrences)
    assert (letter.state, letter.detail) == ("cancelled", said)
    assert (occurrence.state, occurrence.reason, occurrence.detail) == ("skipped", "cancelled", said)
    assert row_of(store, schema.promises, promise).settled_at == NOW


def test_a_promise_made_or_settled_makes_the_planner_look_anew(store: Store) -> None:
    dana = enrolled(store)

    def is_planned() -> bool:
        planned = rows_of(store, schema.enrolments)[0].next_due_at is not None
        store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)
        return planned

    assert not is_planned()
    promise = _promise(store, dana)
    assert not is_planned()
    _settle(store, promise, PromiseState.DONE)
    assert not is_planned()
    assert is_planned()


def test_a_promise_is_settled_once(store: Store) -> None:
    promise = _promise(store, store.add_client("dana"))
    _settle(store, promise, PromiseState.DONE)

    with pytest.raises(PermanentFailure, match="the promise is done already"):
        _settle(store, promise, PromiseState.DROPPED)
    with pytest.raises(PermanentFailure, match="there is no such promise"):
        _settle(store, new_id(NOW), PromiseState.DONE)
