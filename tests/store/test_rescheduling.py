"""What becomes of the letters when a session moves, is cancelled, or gets another number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from mailer.errors import PermanentFailure
from mailer.model.calendar import Changes, Moved, Wanted
from mailer.model.people import Client, ClientState, Session, SessionState
from mailer.store import clients, enrolments, rescheduling, schema, sessions
from mailer.store.sessions import Overlap
from tests.store.letters import rows_of
from tests.stores import NOW, Store

NOON = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def meet(store: Store, client: Client, starts_at: datetime = NOON) -> Session:
    return store.db.write(sessions.add_session, client.id, starts_at, starts_at + HOUR, now=NOW)


def wanted(client: Client, source: bytes, starts_at: datetime = NOON, *, sequence: int = 0) -> Wanted:
    return Wanted(
        client_id=client.id,
        source=source,
        sequence=sequence,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        what="Coaching",
    )


def apply(store: Store, changes: Changes) -> None:
    store.db.write(rescheduling.apply, store.petra.id, changes, now=NOW)


def numbers(store: Store) -> list[tuple[UUID, int]]:
    return [(one.id, one.number) for one in store.db.read(sessions.sessions)]


def origins(store: Store) -> list[tuple[bytes | None, int | None]]:
    return [(one.source, one.sequence) for one in store.db.read(rescheduling.known_sessions, store.petra.id)]


def test_a_session_is_found_by_client_and_number_or_by_its_id(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    first, other = meet(store, dana), meet(store, enzo)
    second = meet(store, dana, NOON + WEEK)

    for name, expected in (("dana/2", second), (" dana / 1 ", first), ("enzo/1", other), (second.id.hex[-8:], second)):
        assert store.db.read(sessions.find_session, store.vault, name) == expected
    assert store.db.read(sessions.find_session, store.vault, str(first.id)) == first


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dana/3", 'dana has 1, and no session "3"'),
        ("dana/0", 'dana has 1, and no session "0"'),
        ("dana", '"dana" is no session; name a session by client and number, such as "dana/3"'),
        ("", '"" is no session; name a session by client and number'),
        ("enzo/1", 'there is no client "enzo"'),
        ("01234567", 'there is no session "01234567"; `mailer session list` shows them all'),
    ],
)
def test_a_session_that_is_not_there_is_told_in_words(store: Store, name: str, said: str) -> None:
    dana = store.add_client("dana")
    meet(store, dana)
    store.db.write(rescheduling.cancel_session, meet(store, dana, NOON + WEEK).id, now=NOW)

    with pytest.raises(PermanentFailure) as told:
        store.db.read(sessions.find_session, store.vault, name)

    assert str(told.value).startswith(said)


def test_a_moved_session_is_the_same_session_with_the_number_of_its_new_place(store: Store) -> None:
    dana = store.add_client("dana")
    first, second = meet(store, dana), meet(store, dana, NOON + WEEK)

    moved = store.db.write(rescheduling.move_session, first.id, NOON + 2 * WEEK, NOON + 2 * WEEK + 2 * HOUR, now=NOW)

    assert (moved.id, moved.number, moved.ends_at - moved.starts_at) == (first.id, 2, 2 * HOUR)
    assert numbers(store) == [(second.id, 1), (first.id, 2)]


def test_a_session_may_move_by_less_than_it_lasts(store: Store) -> None:
    first = meet(store, store.add_client("dana"))

    moved = store.db.write(rescheduling.move_session, first.id, NOON + HOUR / 2, NOON + 2 * HOUR, now=NOW)

    assert moved.starts_at == NOON + HOUR / 2


def test_a_session_does_not_move_onto_another(store: Store) -> None:
    dana = store.add_client("dana")
    first, second = meet(store, dana), meet(store, dana, NOON + WEEK)

    with pytest.raises(Overlap) as told:
        store.db.write(rescheduling.move_session, first.id, second.starts_at, second.ends_at, now=NOW)

    assert told.value.other == second
    assert numbers(store) == [(first.id, 1), (second.id, 2)]


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_a_session_that_is_over_changes_only_where_somebody_says_so(store: Store, change: str) -> None:
    first, later = meet(store, store.add_client("dana")), NOON + 2 * HOUR

    def attempt(*, over: bool) -> None:
        if change == "move":
            store.db.write(rescheduling.move_session, first.id, NOON + WEEK, NOON + WEEK + HOUR, over=over, now=later)
        else:
            store.db.write(rescheduling.cancel_session, first.id, over=over, now=later)

    with pytest.raises(PermanentFailure, match=r"session 1 is over, and letters may have spoken of it; .* say --over"):
        attempt(over=False)
    assert store.db.read(sessions.session, first.id) == first

    attempt(over=True)
    assert store.db.read(sessions.session, first.id) != first


def test_a_session_that_has_begun_can_still_be_cancelled(store: Store) -> None:
    first = meet(store, store.add_client("dana"))

    store.db.write(rescheduling.cancel_session, first.id, now=NOON + HOUR / 2)

    assert store.db.read(sessions.session, first.id).state is SessionState.CANCELLED


def test_a_cancelled_session_is_not_moved_and_not_cancelled_again(store: Store) -> None:
    first = meet(store, store.add_client("dana"))
    store.db.write(rescheduling.cancel_session, first.id, now=NOW)

    with pytest.raises(PermanentFailure, match="the session is cancelled; `mailer session add` notes one anew"):
        store.db.write(rescheduling.move_session, first.id, NOON + WEEK, NOON + WEEK + HOUR, now=NOW)
    with pytest.raises(PermanentFailure, match="the session is cancelled"):
        store.db.write(rescheduling.cancel_session, first.id, now=NOW)


def test_what_a_person_changes_the_calendar_does_not_change_any_more(store: Store) -> None:
    dana = store.add_client("dana")
    apply(
        store, Changes(added=(wanted(dana, b"a"), wanted(dana, b"b", NOON + WEEK), wanted(dana, b"c", NOON + 2 * WEEK)))
    )
    first, second, third = store.db.read(sessions.sessions)
    assert store.db.read(rescheduling.from_calendars) == {first.id, second.id, third.id}

    store.db.write(rescheduling.move_session, first.id, NOON + HOUR, NOON + 2 * HOUR, now=NOW)
    store.db.write(rescheduling.cancel_session, second.id, now=NOW)

    assert origins(store) == [(b"a", None), (b"b", None), (b"c", 0)]
    assert store.db.read(rescheduling.from_calendars) == {third.id}


def test_an_import_is_written_down_whole(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    store.db.write(enrolments.join, dana.id, "weekly", start=date(2027, 3, 1), now=NOW)
    hand, gone, kept = meet(store, dana), meet(store, dana, NOON + WEEK), meet(store, enzo)

    apply(
        store,
        Changes(
            added=(wanted(enzo, b"new", NOON + WEEK),),
            moved=(Moved(session=hand, wanted=wanted(dana, b"moved", NOON + 2 * WEEK, sequence=3)),),
            noted=(Moved(session=kept, wanted=wanted(enzo, b"noted")),),
            cancelled=(gone,),
        ),
    )

    told = {one.source: one.session for one in store.db.read(rescheduling.known_sessions, store.petra.id)}
    assert (told[b"moved"].id, told[b"moved"].number, told[b"moved"].starts_at) == (hand.id, 1, NOON + 2 * WEEK)
    assert (told[b"noted"].id, told[b"new"].client_id, told[b"new"].number) == (kept.id, enzo.id, 2)
    assert told[None].state is SessionState.CANCELLED
    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]


def test_two_sessions_can_change_places(store: Store) -> None:
    dana = store.add_client("dana")
    first, second = meet(store, dana), meet(store, dana, NOON + WEEK)

    apply(
        store,
        Changes(
            moved=(
                Moved(session=first, wanted=wanted(dana, b"a", NOON + WEEK)),
                Moved(session=second, wanted=wanted(dana, b"b", NOON)),
            )
        ),
    )

    assert numbers(store) == [(second.id, 1), (first.id, 2)]


def test_an_event_that_stands_for_another_session_lets_go_of_the_old_one(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    apply(store, Changes(added=(wanted(dana, b"a"),)))
    (old,) = store.db.read(sessions.sessions)

    apply(store, Changes(released=(old,), cancelled=(old,), added=(wanted(enzo, b"a"),)))

    assert origins(store) == [(None, None), (b"a", 0)]


def test_clients_are_known_by_their_own_and_their_confirmed_addresses(store: Store) -> None:
    dana, enzo = store.add_client("dana", address="Dana@Example.org"), store.add_client("enzo")
    store.add_coach("rolf", "Rolf Haas")
    store.add_client("rosa", coach="rolf")
    store.db.write(clients.add_alias, store.vault, dana.id, "dana@work.example.com", now=NOW)
    store.db.write(clients.set_state, enzo.id, ClientState.LEFT, now=NOW)

    (known,) = store.db.read(rescheduling.attendees, store.vault, store.petra.id)

    assert known.client.slug == "dana"
    assert set(known.addresses) == {"dana@example.org", "dana@work.example.com"}


def test_a_coachs_import_sees_the_coachs_sessions_only(store: Store) -> None:
    store.add_coach("rolf", "Rolf Haas")
    rosa = store.add_client("rosa", coach="rolf")
    meet(store, rosa)
    seen = []

    def decide(known: object, people: object) -> Changes:
        seen.append((known, people))
        return Changes()

    store.db.write(rescheduling.import_sessions, store.vault, store.petra.id, decide, now=NOW)

    assert seen == [([], [])]
