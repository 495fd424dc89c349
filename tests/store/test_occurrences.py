"""Decisions that are taken back, taken over and closed: and what has left stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row

from mailer.model.outgoing import Deferred, OutboxState, Refused, Unknown
from mailer.model.people import Client
from mailer.model.plan import Decision, Due, SkipReason
from mailer.store import held, planning, schema, sessions, settlement
from tests.store.letters import (
    OWNER,
    claim,
    deciding,
    due_at,
    enrolled,
    file,
    filing_of,
    kept,
    row_of,
    rows_of,
    send,
    sent_prompt,
    settle,
    start_sending,
)
from tests.stores import NOW, Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOVED, CANCELLED = "its session was moved", "its session was cancelled"


def _meet(store: Store, client: Client) -> UUID:
    starts = NOW + DAY
    return store.db.write(sessions.add_session, client.id, starts, starts + HOUR, now=NOW).id


def _about(session: UUID, *, anchor: str = "", prompt: str = "prep", hours: int = 6) -> Due:
    return replace(due_at(NOW, anchor=anchor or str(session), prompt=prompt, hours=hours), about=session)


def _decide(store: Store, *decisions: Decision, hours: int = 0) -> None:
    now = NOW + hours * HOUR
    store.db.write(planning.plan_all_anew)
    store.db.write(planning.plan_next, store.vault, deciding(*decisions), now=now)


def _withdraw(store: Store, session: UUID, *, reopen: bool, hours: int = 0) -> None:
    reason = MOVED if reopen else CANCELLED
    store.db.write(planning.withdraw, session, reason=reason, now=NOW + hours * HOUR, reopen=reopen)


def _decided(store: Store) -> frozenset[tuple[str, str]]:
    (facts,) = store.db.read(planning.all_facts, store.vault, now=NOW)
    return facts.enrolments[0].decided


def _occurrence(store: Store, prompt: str = "prep") -> Row[Any]:
    (row,) = rows_of(store, schema.occurrences, prompt=prompt)
    return row


def _letters(store: Store) -> list[tuple[str, str | None]]:
    return [(row.state, row.detail) for row in rows_of(store, schema.outbox)]


# Where a session moved.


def test_what_waits_for_a_moved_session_is_cancelled_and_planned_anew(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))

    _withdraw(store, session, reopen=True)

    assert _letters(store) == [("cancelled", MOVED)]
    assert _decided(store) == frozenset()
    assert rows_of(store, schema.enrolments)[0].next_due_at is None


def test_a_withdrawn_occurrence_is_taken_over_by_the_next_decision(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))
    before = _occurrence(store)
    _withdraw(store, session, reopen=True, hours=1)

    later = replace(_about(session), at=NOW + DAY, until=NOW + 2 * DAY)
    _decide(store, Decision(due=later, late=True), hours=1)

    after = _occurrence(store)
    assert (after.id, after.due_at, after.until, after.late) == (before.id, NOW + DAY, NOW + 2 * DAY, True)
    assert (after.withdrawn_at, after.decided_at) == (None, NOW + HOUR)
    assert [row.state for row in rows_of(store, schema.outbox)] == ["cancelled", "queued"]
    assert rows_of(store, schema.outbox)[1].due_at == NOW + DAY


def test_a_withdrawn_occurrence_is_taken_over_once(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))
    _withdraw(store, session, reopen=True)

    for _ in range(2):
        _decide(store, Decision(due=_about(session)), Decision(due=_about(session)))

    assert [row.state for row in rows_of(store, schema.outbox)] == ["cancelled", "queued"]


def test_a_session_that_moves_again_and_again_has_one_letter_that_goes(store: Store) -> None:
    session = _meet(store, enrolled(store))
    for hour in range(4):
        _decide(store, Decision(due=_about(session)), hours=hour)
        _withdraw(store, session, reopen=True, hours=hour)
    _decide(store, Decision(due=_about(session)), hours=4)

    assert [row.state for row in rows_of(store, schema.outbox)] == ["cancelled"] * 4 + ["queued"]
    assert len(rows_of(store, schema.occurrences)) == 1


def test_what_was_skipped_for_a_session_that_moves_is_decided_anew(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session), skip=SkipReason.TOO_LATE, detail="noticed too late"))
    _withdraw(store, session, reopen=True)

    _decide(store, Decision(due=_about(session)))

    assert (_occurrence(store).state, _occurrence(store).reason) == ("queued", "every Monday at 08:00")
    assert _letters(store) == [("queued", None)]


def _bring(store: Store, state: OutboxState) -> None:
    match state:
        case OutboxState.CLAIMED:
            claim(store)
        case OutboxState.SENDING:
            start_sending(store)
        case OutboxState.SENT:
            send(store)
        case OutboxState.UNKNOWN:
            send(store, Unknown(reason="lost"))
        case OutboxState.REFUSED:
            send(store, Refused(code=550, status="5.7.1", reply="no"))
        case OutboxState.HELD:
            (letter,) = claim(store)
            store.db.write(held.hold, letter.id, owner=OWNER, detail="no template")
        case OutboxState.EXPIRED:
            store.db.write(settlement.expire, store.vault, now=NOW + 7 * HOUR)


@pytest.mark.parametrize("reopen", [True, False])
@pytest.mark.parametrize(
    "state", [OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN]
)  # fmt: skip
def test_a_letter_that_has_left_stays_and_is_not_repeated(store: Store, state: OutboxState, reopen: bool) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))
    _bring(store, state)
    before = rows_of(store, schema.outbox)

    _withdraw(store, session, reopen=reopen)
    _decide(store, Decision(due=_about(session)))

    assert rows_of(store, schema.outbox) == before
    assert (_occurrence(store).state, _occurrence(store).withdrawn_at) == ("queued", None)


@pytest.mark.parametrize("state", [OutboxState.HELD, OutboxState.REFUSED, OutboxState.EXPIRED])
def test_a_letter_that_certainly_never_arrived_is_wanted_anew_for_the_moved_session(
    store: Store, state: OutboxState
) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))
    _bring(store, state)

    _withdraw(store, session, reopen=True)
    _decide(store, Decision(due=_about(session)))

    kept_state = OutboxState.CANCELLED if state is OutboxState.HELD else state
    assert [row.state for row in rows_of(store, schema.outbox)] == [kept_state, "queued"]


def test_a_letter_of_unknown_fate_that_a_person_gave_up_is_not_repeated(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))
    letter = send(store, Unknown(reason="lost"))
    store.db.write(settlement.settle_by_hand, store.vault, letter.id, OutboxState.CANCELLED, now=NOW)

    _withdraw(store, session, reopen=True)
    _decide(store, Decision(due=_about(session)))

    assert [row.state for row in rows_of(store, schema.outbox)] == ["cancelled"]


def test_letters_about_other_sessions_and_of_other_clients_stay(store: Store) -> None:
    dana, enzo = enrolled(store, "dana"), enrolled(store, "enzo")
    moved, other = _meet(store, dana), _meet(store, enzo)
    _decide(store, Decision(due=_about(other)))
    before = rows_of(store, schema.occurrences), rows_of(store, schema.outbox)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    _withdraw(store, moved, reopen=True)

    assert (rows_of(store, schema.occurrences), rows_of(store, schema.outbox)) == before
    anew = {row.client_id for row in rows_of(store, schema.enrolments) if row.next_due_at is None}
    assert anew == {dana.id}


# Where a session is gone.


def test_what_waits_for_a_cancelled_session_is_skipped_with_its_reason(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session)))

    _withdraw(store, session, reopen=False)
    _decide(store, Decision(due=_about(session)))

    row = _occurrence(store)
    assert (row.state, row.reason, row.detail) == ("skipped", "cancelled", CANCELLED)
    assert _letters(store) == [("cancelled", CANCELLED)]


def test_what_was_skipped_before_its_session_was_cancelled_keeps_its_reason(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session), skip=SkipReason.PAUSED, detail="paused"))

    _withdraw(store, session, reopen=False)

    assert (_occurrence(store).reason, _occurrence(store).detail) == ("paused", "paused")


def test_what_hangs_on_the_place_of_a_cancelled_session_is_free_for_the_next_in_that_place(store: Store) -> None:
    session = _meet(store, enrolled(store))
    sixth = _about(session, anchor="2027-03-01/session 6")
    _decide(store, Decision(due=sixth))

    _withdraw(store, session, reopen=False)

    assert _letters(store) == [("cancelled", CANCELLED)]
    assert _decided(store) == frozenset()


def test_a_follow_up_of_a_letter_about_a_cancelled_session_does_not_come_back(store: Store) -> None:
    session = _meet(store, enrolled(store))
    _decide(store, Decision(due=_about(session, anchor="prep/2027-03-01/session 6", prompt="nudge")))

    _withdraw(store, session, reopen=False)

    assert _decided(store) == {("nudge", "prep/2027-03-01/session 6")}


# A newer letter in the place of older ones.


def _newer(closes: str = "week", *, anchor: str = "2027-03-08") -> Decision:
    return Decision(due=due_at(NOW + 7 * DAY, anchor=anchor), closes=frozenset({closes}))


def _closed(store: Store) -> dict[str, bool]:
    return {row.anchor: row.closed_at is not None for row in rows_of(store, schema.occurrences)}


def test_a_newer_letter_closes_an_unanswered_one_that_went_out(store: Store) -> None:
    dana = store.add_client("dana")
    sent_prompt(store, dana)

    _decide(store, _newer(), hours=7 * 24)

    assert _closed(store) == {"2027-03-01": True, "2027-03-08": False}
    assert [row.state for row in rows_of(store, schema.outbox)] == ["sent", "queued"]


def test_a_newer_letter_leaves_an_answered_one_open(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    file(store, filing_of(kept(store), dana, origin=origin))

    _decide(store, _newer(), hours=7 * 24)

    assert _closed(store) == {"2027-03-01": False, "2027-03-08": False}


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (OutboxState.QUEUED, "cancelled"),
        (OutboxState.HELD, "cancelled"),
        (OutboxState.CLAIMED, "claimed"),
        (OutboxState.SENDING, "sending"),
    ],
)
def test_an_older_letter_that_waits_gives_way_and_one_a_sender_holds_is_left_to_it(
    store: Store, state: OutboxState, becomes: str
) -> None:
    enrolled(store)
    _decide(store, Decision(due=due_at(NOW)))
    _bring(store, state)

    _decide(store, _newer())

    older, newer = rows_of(store, schema.outbox)
    assert (older.state, newer.state) == (becomes, "queued")
    assert older.detail == ("a newer letter stands in its place" if becomes == "cancelled" else None)


def test_an_older_letter_that_comes_back_from_its_sender_is_not_sent_beside_the_newer(store: Store) -> None:
    enrolled(store)
    _decide(store, Decision(due=due_at(NOW, hours=24 * 30)))
    older = start_sending(store)
    _decide(store, _newer())
    later = Deferred(code=451, status="4.7.1", reply="later")
    settle(store, older.id, later, retry_at=NOW + HOUR)

    assert claim(store, now=NOW + 2 * HOUR) == []

    row = row_of(store, schema.outbox, older.id)
    assert (row.state, row.detail) == ("cancelled", "a newer letter stands in its place")


@pytest.mark.parametrize("closes", [frozenset[str](), frozenset({"month"})])
def test_a_letter_closes_only_the_prompts_it_names(store: Store, closes: frozenset[str]) -> None:
    dana = store.add_client("dana")
    sent_prompt(store, dana)

    _decide(store, replace(_newer(), closes=closes), hours=7 * 24)

    assert _closed(store) == {"2027-03-01": False, "2027-03-08": False}


def test_a_skipped_occurrence_closes_nothing(store: Store) -> None:
    dana = store.add_client("dana")
    sent_prompt(store, dana)

    _decide(store, replace(_newer(), skip=SkipReason.CAP), hours=7 * 24)

    assert _closed(store) == {"2027-03-01": False, "2027-03-08": False}


def test_a_letter_closes_nothing_of_another_client_and_nothing_that_is_due_later(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    sent_prompt(store, dana)
    sent_prompt(store, enzo, anchor="enzo")
    later = Decision(due=due_at(NOW + 9 * DAY, anchor="later"))

    def both_for_dana(facts: Any) -> Any:
        return deciding(later, _newer())(facts) if facts.client.id == dana.id else deciding()(facts)

    store.db.write(planning.plan_all_anew)
    store.db.write(planning.plan_next, store.vault, both_for_dana, now=NOW + 7 * DAY)

    assert _closed(store) == {"2027-03-01": True, "enzo": False, "2027-03-08": False, "later": False}


def test_a_letter_lives_as_long_as_its_decision_says(store: Store) -> None:
    enrolled(store)

    _decide(store, Decision(due=due_at(NOW), expires_at=NOW + HOUR))

    (letter,), (occurrence,) = rows_of(store, schema.outbox), rows_of(store, schema.occurrences)
    assert (letter.expires_at, occurrence.until) == (NOW + HOUR, NOW + 6 * HOUR)


def test_a_session_is_written_down_with_what_is_about_it(store: Store) -> None:
    session = _meet(store, enrolled(store))

    _decide(store, Decision(due=_about(session)), Decision(due=due_at(NOW)))

    assert {row.prompt: row.about_id for row in rows_of(store, schema.occurrences)} == {"prep": session, "week": None}


def test_the_date_of_an_enrolment_in_another_place_of_an_anchor_names_no_place(store: Store) -> None:
    session = _meet(store, enrolled(store))
    assert rows_of(store, schema.enrolments)[0].start_on == date(2027, 3, 1)
    _decide(store, Decision(due=_about(session, anchor="2027-03-01")))

    _withdraw(store, session, reopen=False)

    assert _decided(store) == {("prep", "2027-03-01")}
