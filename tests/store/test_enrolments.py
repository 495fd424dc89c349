"""Who is on which schedule, from when to when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mailer.model.people import Client, ClientState
from mailer.store import clients, enrolments, schema
from tests.store.letters import rows_of
from tests.stores import NOW, Store

MONDAY = date(2027, 3, 1)


def _join(store: Store, client: Client, *, start: date = MONDAY, now: datetime = NOW) -> bool:
    return store.db.write(enrolments.join, client.id, "weekly", start=start, now=now)


def test_a_client_joins_a_schedule_once(store: Store) -> None:
    dana = store.add_client("dana")

    assert _join(store, dana)
    assert not _join(store, dana)
    assert not _join(store, dana, start=MONDAY + timedelta(days=7))

    (enrolment,) = store.db.read(enrolments.enrolments, client_id=dana.id)
    assert (enrolment.schedule, enrolment.start, enrolment.end, enrolment.started_at) == ("weekly", MONDAY, None, NOW)


def test_a_client_reached_by_hand_and_by_audience_is_on_the_schedule_once(store: Store) -> None:
    dana = store.add_client("dana")
    _join(store, dana)

    for _ in range(2):
        store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", lambda *_: True, now=NOW)

    assert [one.client_id for one in store.db.read(enrolments.enrolments)] == [dana.id]


def test_a_client_leaves_a_schedule_once(store: Store) -> None:
    dana = store.add_client("dana")
    _join(store, dana)

    assert store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)
    assert not store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)
    assert store.db.read(enrolments.enrolments) == []


def test_coming_back_on_the_same_start_revives_the_old_enrolment_from_now(store: Store) -> None:
    dana, later = store.add_client("dana"), NOW + timedelta(days=3)
    _join(store, dana)
    (before,) = store.db.read(enrolments.enrolments)
    store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)

    assert _join(store, dana, now=later)

    (after,) = store.db.read(enrolments.enrolments)
    assert (after.id, after.started_at) == (before.id, later)


def test_coming_back_on_another_start_is_a_new_enrolment(store: Store) -> None:
    dana = store.add_client("dana")
    _join(store, dana)
    store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)

    assert _join(store, dana, start=MONDAY + timedelta(days=7))

    assert len(store.db.read(enrolments.enrolments)) == 1
    assert len(rows_of(store, schema.enrolments)) == 2


def test_an_audience_is_enrolled_from_each_clients_own_today(store: Store) -> None:
    late = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)
    auckland = store.add_client("ana", zone="Pacific/Auckland")
    lisbon = store.add_client("bela", zone="Europe/Lisbon")
    store.add_client("chen")

    def all_but_chen(client: Client, coach: str) -> bool:
        return coach == "petra" and client.slug != "chen"

    assert store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", all_but_chen, now=late) == 2

    starts = {one.client_id: one.start for one in store.db.read(enrolments.enrolments)}
    assert starts == {auckland.id: date(2027, 3, 2), lisbon.id: date(2027, 3, 1)}


def test_who_was_taken_off_a_schedule_is_not_enrolled_again_by_its_audience(store: Store) -> None:
    dana = store.add_client("dana")
    _join(store, dana)
    store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)

    assert store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", lambda *_: True, now=NOW) == 0


def test_who_has_left_the_practice_belongs_to_no_audience(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_state, dana.id, ClientState.LEFT, now=NOW)

    assert store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", lambda *_: True, now=NOW) == 0
