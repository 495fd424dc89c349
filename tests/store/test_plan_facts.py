"""What planning knows of clients, however many they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from mailer.model.outgoing import Deferred, OutboxState, Refused, Unknown
from mailer.model.people import Client, ClientChanges, ClientState, Habits, QuietHours
from mailer.model.plan import ClientFacts, Decision, SkipReason
from mailer.store import clients, enrolments, held, planning, promises, schema, sessions, settlement
from mailer.store.schema import PromiseState
from tests.store.letters import (
    OWNER,
    claim,
    deciding,
    due_at,
    enrolled,
    file,
    filing_of,
    kept,
    mark_sending,
    send,
    sent_prompt,
    start_sending,
    state_of,
    want_prompt,
)
from tests.stores import NOW, Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _facts(store: Store, client: Client, *, now: datetime = NOW, traits: bool = False) -> ClientFacts:
    (facts,) = store.db.read(planning.all_facts, store.vault, client_id=client.id, now=now, traits=traits)
    return facts


def _everyone(store: Store) -> list[ClientFacts]:
    return store.db.read(planning.all_facts, store.vault, now=NOW)


def test_a_client_is_known_with_every_schedule_oldest_first(store: Store) -> None:
    dana = enrolled(store, "dana", "weekly", "daily", "monthly")
    enzo = enrolled(store, "enzo")
    store.add_client("chen")  # on no schedule
    store.db.write(enrolments.leave, dana.id, "daily", now=NOW)

    known = {one.client.id: [each.enrolment.schedule for each in one.enrolments] for one in _everyone(store)}

    assert known == {dana.id: ["weekly", "monthly"], enzo.id: ["weekly"]}


def test_many_clients_take_as_many_queries_as_one(sqlite_store: Store) -> None:
    store = sqlite_store
    people = [enrolled(store, f"client{n}", "weekly", "daily") for n in range(7)]
    want_prompt(store, people[0])

    def queries(client_id: UUID | None) -> int:
        asked: list[str] = []

        def ask(conn: Connection) -> None:
            event.listen(conn, "before_cursor_execute", lambda *args: asked.append(args[2]))
            planning.all_facts(conn, store.vault, client_id=client_id, now=NOW)

        store.db.read(ask)
        return len(asked)

    assert queries(None) == queries(people[0].id)


def test_facts_of_one_client_are_not_those_of_another(store: Store) -> None:
    dana, enzo = enrolled(store, "dana"), enrolled(store, "enzo")
    origin = sent_prompt(store, dana)
    file(store, filing_of(kept(store), dana, origin=origin))
    start = NOW + 3 * DAY
    store.db.write(sessions.add_session, dana.id, start, start + HOUR, now=NOW)
    store.db.write(promises.add_promise, store.vault, dana.id, "Call Ida", due_on=date(2027, 3, 5), now=NOW)

    facts = _facts(store, enzo)

    (one,) = facts.enrolments
    assert (facts.sent, one.sessions, one.promises, one.decided, one.history) == ((), (), (), frozenset(), ())
    assert one.last_reply_at is None


def test_what_was_decided_on_one_schedule_is_not_decided_on_another(store: Store) -> None:
    dana = enrolled(store, "dana", "weekly", "daily")
    want_prompt(store, dana)

    weekly, daily = _facts(store, dana).enrolments

    assert weekly.decided == {("week", "2027-03-01")}
    assert daily.decided == frozenset()


def test_sessions_are_known_in_order_and_cancelled_ones_without_a_number(store: Store) -> None:
    dana = enrolled(store)
    for days in (9, 2, 5):
        start = NOW + days * DAY
        store.db.write(sessions.add_session, dana.id, start, start + HOUR, now=NOW)
    first = store.db.read(sessions.sessions, client_id=dana.id)[0]
    gone = schema.sessions.update().where(schema.sessions.c.id == first.id).values(state="cancelled")
    store.db.write(lambda conn: conn.execute(gone))

    (facts,) = _facts(store, dana).enrolments

    assert [(one.starts_at - NOW).days for one in facts.sessions] == [2, 5, 9]
    assert [one.number for one in facts.sessions] == [0, 1, 2]


def test_open_promises_with_a_day_are_known_and_no_others(store: Store) -> None:
    dana = enrolled(store)

    def promise(day: date | None, **how: Any) -> UUID:
        return store.db.write(promises.add_promise, store.vault, dana.id, "Call Ida", due_on=day, now=NOW, **how)

    friday = date(2027, 3, 5)
    mine, coachs = promise(friday), promise(friday, by_coach=True)
    promise(None)
    for state in (PromiseState.POSSIBLE, PromiseState.DONE, PromiseState.DROPPED, PromiseState.MOVED):
        promise(friday, state=state)

    (facts,) = _facts(store, dana).enrolments

    assert [(one.id, one.by_coach, one.due_on, one.made_at) for one in facts.promises] == [
        (mine, False, friday, NOW),
        (coachs, True, friday, NOW),
    ]


# What went out lately, on any schedule.


def _after_sending(store: Store, state: OutboxState) -> None:
    match state:
        case OutboxState.CLAIMED:
            claim(store)
        case OutboxState.SENDING:
            start_sending(store)
        case OutboxState.SENT:
            send(store, now=NOW + HOUR)
        case OutboxState.UNKNOWN:
            send(store, Unknown(reason="lost"), now=NOW + HOUR)
        case OutboxState.REFUSED:
            send(store, Refused(code=550, status="5.7.1", reply="no"))
        case OutboxState.HELD:
            (letter,) = claim(store)
            store.db.write(held.hold, letter.id, owner=OWNER, detail="no template")
        case OutboxState.EXPIRED:
            store.db.write(settlement.expire, store.vault, now=NOW + 7 * HOUR)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (OutboxState.QUEUED, NOW),
        (OutboxState.CLAIMED, NOW),
        (OutboxState.SENDING, NOW),
        (OutboxState.HELD, NOW),
        (OutboxState.SENT, NOW + HOUR),
        (OutboxState.UNKNOWN, NOW + HOUR),
        (OutboxState.REFUSED, None),
        (OutboxState.EXPIRED, None),
    ],
)
def test_letters_that_went_out_or_may_yet_count_for_the_week(
    store: Store, state: OutboxState, counts: datetime | None
) -> None:
    dana = store.add_client("dana")
    letter = want_prompt(store, dana)
    _after_sending(store, state)
    assert state_of(store, letter) == state

    sent = _facts(store, dana).sent

    assert [(one.schedule, one.prompt, one.at) for one in sent] == ([("weekly", "week", counts)] if counts else [])


@pytest.mark.parametrize(("days", "counts"), [(9, True), (10, True), (11, False)])
def test_letters_count_for_ten_days_also_from_a_schedule_the_client_has_left(
    store: Store, days: int, counts: bool
) -> None:
    dana = enrolled(store, "dana", "weekly", "daily")
    sent_prompt(store, dana)
    store.db.write(enrolments.leave, dana.id, "weekly", now=NOW)

    facts = _facts(store, dana, now=NOW + days * DAY)

    assert [one.enrolment.schedule for one in facts.enrolments] == ["daily"]
    assert [one.schedule for one in facts.sent] == (["weekly"] if counts else [])


def test_a_reply_that_answers_no_prompt_is_the_latest_and_answers_none(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    file(store, filing_of(kept(store, b"A: one\r\n\r\n1", uid=1), dana, origin=origin))
    later = replace(filing_of(kept(store, b"A: two\r\n\r\n2", uid=2), dana), received_at=NOW + DAY)
    file(store, later)

    (facts,) = _facts(store, dana).enrolments

    assert facts.last_reply_at == NOW + DAY
    assert [one.answered_at for one in facts.history] == [NOW]


def test_a_prompt_answered_twice_was_answered_when_it_was_first(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    for uid, days in ((1, 2), (2, 1)):
        letter = kept(store, f"A: {uid}\r\n\r\nFine".encode(), uid=uid)
        file(store, replace(filing_of(letter, dana, origin=origin), received_at=NOW + days * DAY))

    (facts,) = _facts(store, dana).enrolments

    assert [one.answered_at for one in facts.history] == [NOW + DAY]
    assert facts.last_reply_at == NOW + 2 * DAY


# Who the client is.


def test_habits_and_pauses_are_known(store: Store) -> None:
    dana = enrolled(store)
    habits = Habits(
        own_time=time(7, 5), days_off=frozenset({5, 6}), quiet_hours=QuietHours(begin=time(21), end=time(7, 30))
    )
    store.db.write(clients.edit_client, store.vault, dana.id, ClientChanges(habits=habits), now=NOW + HOUR)
    store.db.write(clients.set_state, dana.id, ClientState.PAUSED, until=NOW + DAY, now=NOW)
    store.db.write(clients.end_pauses, now=NOW + 2 * DAY)

    client = _facts(store, dana).client

    assert (client.habits, client.habits_since) == (habits, NOW + HOUR)
    assert (client.state, client.active_since, client.coach) == (ClientState.ACTIVE, NOW + DAY, "petra")
    assert (client.zone, client.language, client.country) == ("Europe/Lisbon", "en", "")


def test_short_name_and_tags_are_opened_only_where_they_are_asked_for(store: Store) -> None:
    dana = enrolled(store)
    store.db.write(clients.edit_client, store.vault, dana.id, ClientChanges(tags=frozenset({"acme"})), now=NOW)

    plain, named = _facts(store, dana).client, _facts(store, dana, traits=True).client

    assert (plain.slug, plain.tags) == ("", frozenset())
    assert (named.slug, named.tags) == ("dana", frozenset({"acme"}))


def test_an_erased_client_keeps_nobody_from_being_planned(store: Store) -> None:
    dana = enrolled(store, "dana")
    enrolled(store, "enzo")
    store.db.write(clients.set_state, dana.id, ClientState.FORGOTTEN, now=NOW)
    store.vault.destroy_key("client", str(dana.id))

    known = store.db.read(planning.all_facts, store.vault, now=NOW, traits=True)

    assert [one.client.slug for one in known] == ["", "enzo"]


# Who is asked about.


def test_only_those_are_read_of_whom_something_is_due_by_then_each_as_a_whole(store: Store) -> None:
    soon, late, new = enrolled(store, "dana", "weekly", "daily"), enrolled(store, "enzo"), store.add_client("chen")
    store.db.write(planning.plan_next, store.vault, deciding(next_due_at=NOW + 3 * DAY), now=NOW)
    first = schema.enrolments.update().where(
        schema.enrolments.c.client_id == soon.id, schema.enrolments.c.schedule == "daily"
    )
    store.db.write(lambda conn: conn.execute(first.values(next_due_at=NOW + DAY)))
    store.db.write(enrolments.join, new.id, "weekly", start=date(2027, 3, 1), now=NOW)

    def due(moment: datetime) -> dict[UUID, int]:
        return store.db.read(
            lambda conn: {
                one.client.id: len(one.enrolments)
                for one in planning.facts_due_before(conn, store.vault, moment, now=NOW)
            }
        )

    assert due(NOW + DAY - timedelta(seconds=1)) == {new.id: 1}
    assert due(NOW + DAY) == {soon.id: 2, new.id: 1}
    assert due(NOW + 3 * DAY) == {soon.id: 2, late.id: 1, new.id: 1}


@pytest.mark.parametrize("page", [1, 2, 5, 6])
def test_more_clients_than_one_page_are_all_there_once(sqlite_store: Store, page: int) -> None:
    store = sqlite_store
    people = [enrolled(store, f"client{n}") for n in range(5)]

    def due(conn: Connection) -> list[UUID]:
        return [one.client.id for one in planning.facts_due_before(conn, store.vault, NOW, now=NOW, page=page)]

    assert store.db.read(due) == [one.id for one in people]


def test_a_skipped_occurrence_is_decided_and_counts_for_no_week(store: Store) -> None:
    dana = enrolled(store)
    skipped = Decision(due=due_at(NOW), skip=SkipReason.CAP, detail="three letters this week")
    store.db.write(planning.plan_next, store.vault, deciding(skipped), now=NOW)

    facts = _facts(store, dana)

    assert facts.enrolments[0].decided == {("week", "2027-03-01")}
    assert facts.sent == ()


def test_a_letter_that_is_tried_again_counts_once(store: Store) -> None:
    dana = store.add_client("dana")
    letter = want_prompt(store, dana)
    send(store, Deferred(code=451, status="4.7.1", reply="later"))

    assert [one.at for one in _facts(store, dana).sent] == [NOW]
    claim(store, now=NOW + HOUR)
    assert mark_sending(store, letter, now=NOW + HOUR)
    assert [one.at for one in _facts(store, dana, now=NOW + HOUR).sent] == [NOW]
