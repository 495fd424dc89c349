"""Each occurrence is decided once for ever, and whoever is due is planned."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from mailer.model.outgoing import Refused
from mailer.model.people import Client
from mailer.model.plan import ClientFacts, Decision, PlanFacts, Planned, SkipReason
from mailer.store import enrolments, planning, schema
from tests.store.letters import (
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
    want_prompt,
)
from tests.stores import NOW, Store

QUEUED = Decision(due=due_at(NOW))


def _plan(store: Store, planner: planning.Planner, *, now: datetime = NOW) -> int:
    return store.db.write(planning.plan_next, store.vault, planner, now=now)


def _facts(store: Store, client: Client) -> PlanFacts:
    (facts,) = _client_facts(store, client).enrolments
    return facts


def _client_facts(store: Store, client: Client, *, now: datetime = NOW) -> ClientFacts:
    (facts,) = store.db.read(planning.all_facts, store.vault, client_id=client.id, now=now)
    return facts


def test_what_is_due_is_decided_and_its_letter_wanted_in_one_step(store: Store) -> None:
    dana = enrolled(store)

    assert _plan(store, deciding(QUEUED)) == 1

    (occurrence,) = rows_of(store, schema.occurrences)
    (letter,) = rows_of(store, schema.outbox)
    assert (occurrence.state, occurrence.anchor, occurrence.decided_at) == ("queued", "2027-03-01", NOW)
    assert (letter.state, letter.kind, letter.client_id, letter.occurrence_id) == (
        "queued", "prompt", dana.id, occurrence.id,
    )  # fmt: skip
    assert (letter.due_at, letter.expires_at) == (NOW, NOW + timedelta(hours=6))


def test_an_occurrence_is_decided_once_for_ever(store: Store) -> None:
    enrolled(store)
    _plan(store, deciding(QUEUED))

    store.db.write(planning.plan_all_anew)
    later = Decision(due=due_at(NOW + timedelta(hours=2)))  # the schedule's time was edited
    assert _plan(store, deciding(QUEUED, later, QUEUED)) == 1

    assert len(rows_of(store, schema.occurrences)) == 1
    assert len(rows_of(store, schema.outbox)) == 1


def test_a_skipped_occurrence_is_kept_with_its_reason_and_without_a_letter(store: Store) -> None:
    enrolled(store)

    _plan(store, deciding(Decision(due=due_at(NOW), skip=SkipReason.PAUSED, detail="paused until 15 March")))
    store.db.write(planning.plan_all_anew)
    _plan(store, deciding(QUEUED))

    (occurrence,) = rows_of(store, schema.occurrences)
    assert (occurrence.state, occurrence.reason, occurrence.detail) == ("skipped", "paused", "paused until 15 March")
    assert rows_of(store, schema.outbox) == []


def test_processes_that_plan_at_once_want_one_letter_each_time(store: Store) -> None:
    for number in range(30):
        enrolled(store, f"client{number}")
    at_once = Barrier(3)

    def process() -> int:
        at_once.wait(10)
        return sum(_plan(store, deciding(QUEUED)) for _ in range(5))

    with ThreadPoolExecutor(3) as three:
        planned = [one.result() for one in [three.submit(process) for _ in range(3)]]

    assert sum(planned) >= 30
    assert len(rows_of(store, schema.occurrences)) == 30
    assert len(rows_of(store, schema.outbox)) == 30


def test_whoever_is_not_due_is_left_alone(store: Store) -> None:
    enrolled(store)
    friday = NOW + timedelta(days=4)
    _plan(store, deciding(next_due_at=friday))

    assert _plan(store, deciding(QUEUED), now=friday - timedelta(seconds=1)) == 0
    assert _plan(store, deciding(QUEUED), now=friday) == 1


def test_nothing_due_any_more_is_never_looked_at_again_until_something_changes(store: Store) -> None:
    enrolled(store)
    _plan(store, deciding())

    assert _plan(store, deciding(), now=datetime(9990, 1, 1, tzinfo=UTC)) == 0
    store.db.write(planning.plan_all_anew)
    assert _plan(store, deciding()) == 1


def test_the_planner_is_told_up_to_when_it_planned_before(store: Store) -> None:
    enrolled(store)
    asked: list[datetime] = []

    def planner(facts: ClientFacts) -> tuple[Planned, ...]:
        asked.extend(one.planned_until for one in facts.enrolments)
        return deciding()(facts)

    for now in (NOW + timedelta(hours=1), NOW + timedelta(hours=3), NOW, NOW + timedelta(hours=4)):
        store.db.write(planning.plan_all_anew)
        _plan(store, planner, now=now)

    hours = [(since - NOW) / timedelta(hours=1) for since in asked]
    assert hours == [0, 1, 3, 3]  # a clock that was put back does not bring back what was planned


def test_an_enrolment_the_planner_says_nothing_of_waits_until_something_changes(store: Store) -> None:
    enrolled(store)

    assert _plan(store, lambda facts: ()) == 1

    assert _plan(store, lambda facts: (), now=NOW + timedelta(days=1000)) == 0
    assert rows_of(store, schema.occurrences) == []


def test_a_client_who_left_the_schedule_is_not_planned(store: Store) -> None:
    dana = enrolled(store)
    store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)

    assert _plan(store, deciding(QUEUED)) == 0


def test_the_facts_tell_what_was_sent_and_answered(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    sent_prompt(store, dana, anchor="2027-03-08", now=NOW + timedelta(days=7))
    file(store, filing_of(kept(store), dana, origin=origin))

    facts = _facts(store, dana)

    assert [(one.anchor, one.sent_at, one.answered_at) for one in facts.history] == [
        ("2027-03-01", NOW, NOW),
        ("2027-03-08", NOW + timedelta(days=7), None),
    ]
    assert facts.decided == {("week", "2027-03-01"), ("week", "2027-03-08")}
    assert facts.last_reply_at == NOW
    assert (facts.client.id, facts.enrolment.schedule) == (dana.id, "weekly")


def test_a_refused_prompt_is_decided_and_not_in_the_history(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    send(store, Refused(code=550, status="5.7.1", reply="no"))

    facts = _facts(store, dana)

    assert facts.history == ()
    assert facts.decided == {("week", "2027-03-01")}


def test_a_late_decision_says_so(store: Store) -> None:
    enrolled(store)

    _plan(store, deciding(Decision(due=due_at(NOW), late=True)))

    (occurrence,) = rows_of(store, schema.occurrences)
    assert row_of(store, schema.occurrences, occurrence.id).late is True
