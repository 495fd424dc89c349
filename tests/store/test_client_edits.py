"""Editing a client: what was said changes, the rest stays, and the plan is made anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from mailer.errors import PermanentFailure
from mailer.model.people import Client, ClientChanges, ClientState, Delivery, Form, Habits, NewClient, QuietHours
from mailer.store import clients, outbox, planning, schema
from tests.store.letters import bytes_of, claim, deciding, enrolled, rows_of, want_prompt
from tests.stores import NOW, Store

LATER = NOW + timedelta(days=3)
HABITS = Habits(
    own_time=time(7, 5), days_off=frozenset({5, 6}), quiet_hours=QuietHours(begin=time(21, 30), end=time(7))
)


def _edit(store: Store, client: Client, *, now: datetime = LATER, **changes: Any) -> Client:
    return store.db.write(clients.edit_client, store.vault, client.id, ClientChanges(**changes), now=now)


def _row(store: Store) -> Any:
    (row,) = rows_of(store, schema.clients)
    return row


def test_habits_and_variables_come_back_as_said(store: Store) -> None:
    goal = {"goal": "Führen ohne Lärm", "team": "14"}
    new = NewClient(
        slug="dana",
        name="Dana Reis",
        address="dana@example.org",
        coach="petra",
        zone="Europe/Lisbon",
        habits=HABITS,
        variables=goal,
    )

    added = store.db.write(clients.add_client, store.vault, new, now=NOW)

    assert (added.habits, added.variables) == (HABITS, goal)
    assert store.db.read(clients.find_client, store.vault, "dana") == added


def test_variables_are_sealed(store: Store) -> None:
    dana = store.add_client("dana")

    _edit(store, dana, variables={"goal": "leave the bank"})

    assert b"bank" not in bytes(_row(store).variables)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Dana Reis Lind"},
        {"address": "dana.lind@example.org"},
        {"zone": "America/Sao_Paulo"},
        {"country": "BR"},
        {"language": "de"},
        {"form": Form.FORMAL},
        {"tags": frozenset({"acme", "führung"})},
        {"habits": HABITS},
        {"variables": {"goal": "sleep"}},
        {"zone": "Asia/Tokyo", "country": "JP", "language": "de", "habits": HABITS},
        {},
    ],
)
def test_what_is_said_changes_and_the_rest_stays(store: Store, changes: dict[str, Any]) -> None:
    dana = store.add_client("dana")

    edited = _edit(store, dana, **changes)

    assert edited == replace(dana, **changes)
    assert store.db.read(clients.client, store.vault, dana.id) == edited


@pytest.mark.parametrize(
    "emptied",
    [
        {"country": ""},
        {"tags": frozenset()},
        {"habits": replace(HABITS, own_time=None)},
        {"habits": replace(HABITS, days_off=frozenset())},
        {"habits": replace(HABITS, quiet_hours=None)},
        {"habits": Habits()},
        {"variables": {}},
    ],
)
def test_every_value_can_be_taken_away_again(store: Store, emptied: dict[str, Any]) -> None:
    dana = store.add_client("dana")
    full = _edit(store, dana, country="PT", tags=frozenset({"acme"}), habits=HABITS, variables={"goal": "sleep"})

    assert _edit(store, dana, **emptied) == replace(full, **emptied)


def test_midnight_is_a_time_like_any_other(store: Store) -> None:
    dana = store.add_client("dana")
    habits = Habits(own_time=time(0), days_off=frozenset({0}), quiet_hours=QuietHours(begin=time(0), end=time(0)))

    assert _edit(store, dana, habits=habits).habits == habits


@pytest.mark.parametrize(
    ("habits", "since"),
    [
        (replace(HABITS, own_time=time(9)), LATER),
        (replace(HABITS, own_time=None), LATER),
        (replace(HABITS, days_off=frozenset()), NOW),
        (HABITS, NOW),
    ],
)
def test_a_changed_own_time_counts_from_now_and_an_unchanged_one_from_before(
    store: Store, habits: Habits, since: datetime
) -> None:
    dana = store.add_client("dana")
    _edit(store, dana, habits=HABITS, now=NOW)

    _edit(store, dana, habits=habits)

    assert _row(store).habits_since == since


@pytest.mark.parametrize("changes", [{"name": "D"}, {"zone": "Asia/Tokyo"}, {"habits": HABITS}, {"address": "d@x.org"}])
def test_every_edit_makes_the_planner_look_anew(store: Store, changes: dict[str, Any]) -> None:
    dana = enrolled(store)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    _edit(store, dana, **changes)

    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]


def test_an_address_another_client_has_is_refused_and_nothing_changes(store: Store) -> None:
    dana = store.add_client("dana")
    store.add_client("enzo", address="enzo@example.org")

    with pytest.raises(PermanentFailure) as error:
        _edit(store, dana, name="Dana Lind", address="Enzo@EXAMPLE.org")

    assert str(error.value) == (
        "another client has this address by now; give one of the two another address, or say --shared-address"
    )
    assert store.db.read(clients.client, store.vault, dana.id) == dana


def test_two_people_come_to_share_an_address_where_someone_says_so(store: Store) -> None:
    dana = store.add_client("dana")
    enzo = store.add_client("enzo", address="enzo@example.org")

    edited = _edit(store, dana, address="enzo@example.org", shared_address=True)

    assert edited.address == "enzo@example.org"
    found = store.db.read(clients.clients_at, store.vault, "enzo@example.org")
    assert {one[0] for one in found} == {dana.id, enzo.id}


def test_an_address_that_is_still_shared_cannot_be_said_to_be_ones_own(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    for one in (dana, enzo):
        _edit(store, one, address="both@example.org", shared_address=True)
    _edit(store, dana, shared_address=False)

    with pytest.raises(PermanentFailure, match="another client has this address"):
        _edit(store, enzo, shared_address=False)


def test_a_new_address_is_tried_although_the_old_one_was_dead(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_delivery, dana.id, Delivery.DEAD, detail="5.1.1")

    assert _edit(store, dana, zone="Asia/Tokyo").delivery is Delivery.DEAD
    assert _edit(store, dana, address="dana.lind@example.org").delivery is Delivery.OK


def test_a_letter_claimed_before_the_address_changed_is_not_written_for_the_old_one(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    (letter,) = claim(store)
    assert "dana@example.org" in bytes_of(letter).wire.recipient

    _edit(store, dana, address="dana.lind@example.org")

    assert not store.db.write(outbox.fix, store.vault, {letter.id: bytes_of(letter)}, owner="sender 1", now=NOW)


# Since when a client is active again.


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        (ClientState.PAUSED, ClientState.ACTIVE, LATER),
        (ClientState.STOPPED, ClientState.ACTIVE, LATER),
        (ClientState.LEFT, ClientState.ACTIVE, LATER),
        (ClientState.ACTIVE, ClientState.ACTIVE, None),
        (ClientState.ACTIVE, ClientState.PAUSED, None),
        (ClientState.PAUSED, ClientState.STOPPED, None),
    ],
)
def test_who_resumes_is_active_since_then_and_who_was_active_stays_so(
    store: Store, before: ClientState, after: ClientState, since: datetime | None
) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_state, dana.id, before, now=NOW)

    store.db.write(clients.set_state, dana.id, after, now=LATER)

    assert _row(store).active_since == since


def test_whose_pause_ended_while_nothing_ran_is_active_since_its_end(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_state, dana.id, ClientState.PAUSED, until=LATER, now=NOW)

    assert store.db.write(clients.end_pauses, now=LATER + timedelta(days=5)) == [dana.id]

    assert _row(store).active_since == LATER
