"""When coach and client meet, as written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.errors import PermanentFailure
from mailer.model.people import Client, Session, SessionState
from mailer.store import enrolments, planning, schema, sessions
from tests.store.letters import deciding, rows_of
from tests.stores import NOW, Store

MONDAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _meet(store: Store, client: Client, starts_at: datetime = NOON) -> Session:
    return store.db.write(sessions.add_session, client.id, starts_at, starts_at + HOUR, now=NOW)


def test_sessions_are_numbered_by_their_start_whatever_order_they_came_in(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    _meet(store, dana, NOON + timedelta(days=7))
    first = _meet(store, dana, NOON)
    _meet(store, enzo, NOON + timedelta(days=1))

    assert (first.number, first.starts_at, first.ends_at) == (1, NOON, NOON + HOUR)
    assert [one.number for one in store.db.read(sessions.sessions, client_id=dana.id)] == [1, 2]
    both = store.db.read(sessions.sessions, coach_id=store.petra.id)
    assert [(one.client_id, one.number) for one in both] == [(dana.id, 1), (enzo.id, 1), (dana.id, 2)]


def test_a_cancelled_session_has_no_number_and_can_be_taken_up_again(store: Store) -> None:
    dana = store.add_client("dana")
    first = _meet(store, dana)
    _meet(store, dana, NOON + timedelta(days=7))
    s = schema.sessions
    cancelled = s.update().where(s.c.id == first.id).values(state=SessionState.CANCELLED)
    store.db.write(lambda conn: conn.execute(cancelled))
    assert [one.number for one in store.db.read(sessions.sessions, client_id=dana.id)] == [0, 1]

    again = _meet(store, dana)

    assert (again.id, again.number, again.state) == (first.id, 1, SessionState.PLANNED)


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (NOON, NOON, "must end after it starts"),
        (NOON, NOON - HOUR, "must end after it starts"),
        (NOON + HOUR / 2, NOON + HOUR, "overlaps session 1, 2027-03-04 12:00Z to 13:00Z .[0-9a-f]{8}."),
        (NOON - HOUR / 2, NOON + 2 * HOUR, "overlaps session 1, 2027-03-04 12:00Z to 13:00Z .[0-9a-f]{8}."),
        (NOON, NOON + HOUR, "overlaps session 1, 2027-03-04 12:00Z to 13:00Z .[0-9a-f]{8}."),
    ],
)
def test_a_session_that_cannot_be_is_refused_in_words(
    store: Store, starts: datetime, ends: datetime, said: str
) -> None:
    dana = store.add_client("dana")
    _meet(store, dana)

    with pytest.raises(PermanentFailure, match=said):
        store.db.write(sessions.add_session, dana.id, starts, ends, now=NOW)

    assert len(store.db.read(sessions.sessions)) == 1


def test_sessions_back_to_back_do_not_overlap(store: Store) -> None:
    dana = store.add_client("dana")
    _meet(store, dana)
    _meet(store, dana, NOON + HOUR)
    _meet(store, dana, NOON - HOUR)

    assert [one.number for one in store.db.read(sessions.sessions)] == [1, 2, 3]


def test_a_new_session_makes_the_planner_look_anew(store: Store) -> None:
    dana = store.add_client("dana")
    store.db.write(enrolments.join, dana.id, "weekly", start=MONDAY, now=NOW)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    _meet(store, dana)

    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]
