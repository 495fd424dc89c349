"""Who is on which schedule, and when coach and client meet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.errors import PermanentFailure
from mailer.model.people import Client, ClientState, Session, SessionState
from mailer.store import clients, enrolments, planning, schema
from tests.store.letters import deciding, rows_of
from tests.stores import NOW, Store

MONDAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _join(store: Store, client: Client, *, start: date = MONDAY, now: datetime = NOW) -> bool:
    return store.db.write(enrolments.join, client.id, "weekly", start=start, now=now)


def _meet(store: Store, client: Client, starts_at: datetime = NOON) -> Session:
    return store.db.write(enrolments.add_session, client.id, starts_at, starts_at + HOUR, now=NOW)


def test_a_client_joins_a_schedule_once(store: Store) -> None:
    dana = store.add_client("dana")

    assert _join(store, dana)
    assert not _join(store, dana)
    assert not _join(store, dana, start=MONDAY + timedelta(days=7))

    (enrolment,) = store.db.read(enrolments.enrolments, client_id=dana.id)
    assert (enrolment.schedule, enrolment.start, enrolment.end, enrolment.started_at) == ("weekly", MONDAY, None, NOW)


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
    store.db.write(clients.set_state, dana.id, ClientState.LEFT)

    assert store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", lambda *_: True, now=NOW) == 0


def test_sessions_are_numbered_by_their_start_whatever_order_they_came_in(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    _meet(store, dana, NOON + timedelta(days=7))
    first = _meet(store, dana, NOON)
    _meet(store, enzo, NOON + timedelta(days=1))

    assert (first.number, first.starts_at, first.ends_at) == (1, NOON, NOON + HOUR)
    assert [one.number for one in store.db.read(enrolments.sessions, client_id=dana.id)] == [1, 2]
    both = store.db.read(enrolments.sessions, coach_id=store.petra.id)
    assert [(one.client_id, one.number) for one in both] == [(dana.id, 1), (enzo.id, 1), (dana.id, 2)]


def test_a_cancelled_session_has_no_number_and_can_be_taken_up_again(store: Store) -> None:
    dana = store.add_client("dana")
    first = _meet(store, dana)
    _meet(store, dana, NOON + timedelta(days=7))
    s = schema.sessions
    cancelled = s.update().where(s.c.id == first.id).values(state=SessionState.CANCELLED)
    store.db.write(lambda conn: conn.execute(cancelled))
    assert [one.number for one in store.db.read(enrolments.sessions, client_id=dana.id)] == [0, 1]

    again = _meet(store, dana)

    assert (again.id, again.number, again.state) == (first.id, 1, SessionState.PLANNED)


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (NOON, NOON, "must end after it starts"),
        (NOON, NOON - HOUR, "must end after it starts"),
        (NOON + HOUR / 2, NOON + HOUR, "has a session at that time already"),
        (NOON - HOUR / 2, NOON + 2 * HOUR, "has a session at that time already"),
        (NOON, NOON + HOUR, "has a session at that time already"),
    ],
)
def test_a_session_that_cannot_be_is_refused_in_words(
    store: Store, starts: datetime, ends: datetime, said: str
) -> None:
    dana = store.add_client("dana")
    _meet(store, dana)

    with pytest.raises(PermanentFailure, match=said):
        store.db.write(enrolments.add_session, dana.id, starts, ends, now=NOW)

    assert len(store.db.read(enrolments.sessions)) == 1


def test_sessions_back_to_back_do_not_overlap(store: Store) -> None:
    dana = store.add_client("dana")
    _meet(store, dana)
    _meet(store, dana, NOON + HOUR)
    _meet(store, dana, NOON - HOUR)

    assert [one.number for one in store.db.read(enrolments.sessions)] == [1, 2, 3]


def test_a_new_session_makes_the_planner_look_anew(store: Store) -> None:
    dana = store.add_client("dana")
    _join(store, dana)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    _meet(store, dana)

    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]
