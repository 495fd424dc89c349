"""A digest: claimed once a day with the entries it shows, each of them in exactly one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest

from mailer.model.incoming import Answered, Attachment
from mailer.model.outgoing import Deferred, Outcome, Refused, Unknown
from mailer.model.people import Client, ClientState
from mailer.model.plan import AnswerKind, Decision, SkipReason
from mailer.model.report import DigestFacts, EntryKind
from mailer.store import clients, digests, inbox, planning, schema, sessions
from tests.store.letters import (
    ACCEPTED,
    OWNER,
    arrived,
    claim,
    deciding,
    due_at,
    enrolled,
    file,
    filing_of,
    keep,
    kept,
    rows_of,
    send,
    sent_prompt,
    settle,
    start_sending,
    want_prompt,
)
from tests.stores import NOW, Store

MONDAY = date(2027, 3, 1)
DAY = timedelta(days=1)


def _reply(store: Store, client: Client, *, uid: int = 1, **said: object) -> None:
    filing = replace(filing_of(kept(store, b"%d" % uid, uid=uid), client), **said)  # type: ignore[arg-type]
    assert file(store, filing)


def _claim(
    store: Store, day: date = MONDAY, *, again: int = 0, now: datetime = NOW, coach_id: UUID | None = None
) -> UUID | None:
    whose, until = coach_id or store.petra.id, now + timedelta(hours=9)
    return store.db.write(digests.claim_digest, whose, day, again=again, expires_at=until, now=now)


def _claimed(store: Store, day: date = MONDAY, *, now: datetime = NOW) -> UUID:
    identity = _claim(store, day, now=now)
    assert identity is not None
    return identity


def _facts(store: Store, digest_id: UUID, *, now: datetime = NOW) -> DigestFacts:
    return store.db.read(digests.digest_facts, store.vault, digest_id, now=now)


def _pending(store: Store, *, now: datetime = NOW) -> DigestFacts:
    return store.db.read(digests.pending_facts, store.vault, store.petra.id, MONDAY, now=now)


# Claiming


def test_a_day_has_one_digest(store: Store) -> None:
    assert _claim(store) is not None
    assert _claim(store) is None
    assert _claim(store, MONDAY + DAY) is not None

    assert len(rows_of(store, schema.outbox, kind="digest")) == 2
    assert store.db.read(digests.last_digest_day, store.petra.id) == MONDAY + DAY
    assert store.db.read(digests.times_claimed, store.petra.id, MONDAY) == 1


def test_a_further_digest_of_the_day_needs_to_be_asked_for(store: Store) -> None:
    _claim(store)

    assert _claim(store, again=1) is not None

    assert store.db.read(digests.times_claimed, store.petra.id, MONDAY) == 2


def test_an_entry_stands_in_exactly_one_digest(store: Store) -> None:
    dana = store.add_client("dana")
    _reply(store, dana, uid=1)
    first = _claimed(store)
    _reply(store, dana, uid=2)
    second = _claimed(store, MONDAY + DAY)

    assert [row.digest_id for row in rows_of(store, schema.entries)] == [first, second]
    assert [len(_facts(store, one).replies) for one in (first, second)] == [1, 1]


def test_a_prompt_of_ours_is_no_news(store: Store) -> None:
    sent_prompt(store, store.add_client("dana"))

    digest = _claimed(store)

    assert _facts(store, digest).replies == ()
    assert [row.digest_id for row in rows_of(store, schema.entries)] == [None]


def test_a_coach_sees_only_the_own_clients(store: Store) -> None:
    quentin = store.add_coach("quentin", "Quentin Roy")
    dana, enzo = store.add_client("dana"), store.add_client("enzo", coach="quentin")
    _reply(store, dana, uid=1)
    _reply(store, enzo, uid=2)
    sent_prompt(store, enzo)

    facts = _facts(store, _claimed(store))

    assert facts.coach.id == store.petra.id
    assert [one.client_id for one in facts.replies] == [dana.id]
    assert ([one.id for one in facts.clients], facts.sent) == ([dana.id], ())
    hers = _claim(store, coach_id=quentin.id)
    assert hers is not None
    assert [one.client_id for one in _facts(store, hers).replies] == [enzo.id]


def test_processes_that_claim_at_once_make_one_digest(store: Store) -> None:
    dana = store.add_client("dana")
    for uid in range(1, 11):
        _reply(store, dana, uid=uid)
    at_once = Barrier(4)

    def process() -> UUID | None:
        at_once.wait(10)
        return _claim(store)

    with ThreadPoolExecutor(4) as four:
        made = [one.result() for one in [four.submit(process) for _ in range(4)]]

    (digest,) = [one for one in made if one]
    assert {row.digest_id for row in rows_of(store, schema.entries)} == {digest}


def test_a_digest_asked_for_while_the_days_own_is_claimed_shares_no_entry_with_it(store: Store) -> None:
    dana = store.add_client("dana")
    for uid in range(1, 21):
        _reply(store, dana, uid=uid)
    at_once = Barrier(2)

    def process(again: int) -> UUID | None:
        at_once.wait(10)
        return _claim(store, again=again)

    with ThreadPoolExecutor(2) as two:
        made = [one.result() for one in [two.submit(process, again) for again in (0, 1)]]

    shown = [one.entry_id for digest in made if digest for one in _facts(store, digest).replies]
    assert len(shown) == len(set(shown)) == 20


def test_who_a_digest_speaks_of_is_noted_for_the_day_they_are_forgotten(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    store.add_client("chen")
    for uid, client in enumerate((dana, enzo, dana), start=1):
        _reply(store, client, uid=uid)

    digest = _claimed(store)

    linked = rows_of(store, schema.digest_clients, digest_id=digest)
    assert {row.client_id for row in linked} == {dana.id, enzo.id}
    assert len(linked) == 2


# What becomes of it


@pytest.mark.parametrize(
    ("outcome", "next_day", "repeated"),
    [
        (ACCEPTED, 0, False),
        (Refused(code=550, status="5.7.1", reply="no"), 1, False),
        (Unknown(reason="lost"), 1, True),
    ],
)
def test_the_next_digest_shows_what_the_last_one_did_not_deliver(
    store: Store, outcome: Outcome, next_day: int, repeated: bool
) -> None:
    _reply(store, store.add_client("dana"))
    _claimed(store)
    send(store, outcome)

    facts = _facts(store, _claimed(store, MONDAY + DAY, now=NOW + DAY), now=NOW + DAY)

    assert [one.repeated for one in facts.replies] == [repeated] * next_day


def test_a_digest_written_a_second_time_shows_the_same(store: Store) -> None:
    dana = store.add_client("dana")
    _reply(store, dana)
    digest = _claimed(store)
    first = _facts(store, digest)
    _reply(store, dana, uid=2)

    assert _facts(store, digest).replies == first.replies


def test_what_would_be_shown_is_what_is_shown(store: Store) -> None:
    _reply(store, store.add_client("dana"))

    pending = _pending(store)

    assert pending.replies == _facts(store, _claimed(store)).replies
    assert _pending(store).replies == ()


# What it shows


def test_a_reply_stands_beside_the_questions_it_answers(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    answer = Answered(question=0, kind=AnswerKind.RATING, text="a 7", value=7.0)
    plan = Attachment(name="plan.pdf", content_type="application/pdf", size=120_400)
    whose = replace(filing_of(origin.outbox_id, dana, origin=origin).whose, is_confirmed=False)

    _reply(store, dana, whose=whose, answers=(answer,), attachments=(plan,), free="PS", note="large")

    (reply,) = _facts(store, _claimed(store)).replies
    assert (reply.client_id, reply.kind, reply.received_at) == (dana.id, EntryKind.REPLY, NOW)
    assert (reply.subject, reply.questions, reply.answers) == ("Your week", ("How was it?",), (answer,))
    assert (reply.text, reply.free, reply.note, reply.unconfirmed) == ("Two good mornings.", "PS", "large", True)
    assert reply.attachments == ("plan.pdf (120 kB)",)


def test_a_letter_that_answers_no_prompt_stands_alone(store: Store) -> None:
    _reply(store, store.add_client("dana"))

    (reply,) = _facts(store, _claimed(store)).replies

    assert (reply.questions, reply.answers, reply.free) == ((), (), "Two good mornings.")


def test_replies_stand_in_the_order_they_were_filed(store: Store) -> None:
    dana = store.add_client("dana")
    for uid in (1, 2, 3):
        _reply(store, dana, uid=uid, text=f"letter {uid}", received_at=NOW - timedelta(hours=uid))

    assert [one.text for one in _pending(store).replies] == ["letter 1", "letter 2", "letter 3"]


def test_what_was_sent_and_answered_in_the_last_ninety_days_is_told(store: Store) -> None:
    dana = store.add_client("dana")
    sent_prompt(store, dana, anchor="2026-11-30", now=NOW - 91 * DAY)
    origin = sent_prompt(store, dana, anchor="2027-02-22", now=NOW - 7 * DAY)
    sent_prompt(store, dana, now=NOW)
    answered = NOW - 6 * DAY
    _reply(store, dana, whose=filing_of(dana.id, dana, origin=origin).whose, received_at=answered)

    sent = _pending(store).sent

    assert [(one.sent_at, one.answered_at) for one in sent] == [(NOW - 7 * DAY, answered), (NOW, None)]


def test_ratings_are_told_oldest_first(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    whose = filing_of(dana.id, dana, origin=origin).whose
    for uid, value in enumerate((4.0, 7.5, None), start=1):
        answer = Answered(question=0, kind=AnswerKind.RATING, text="so so", value=value)
        _reply(store, dana, uid=uid, whose=whose, answers=(answer,), received_at=NOW + timedelta(hours=uid))

    assert [(one.client_id, one.value) for one in _pending(store).ratings] == [(dana.id, 4.0), (dana.id, 7.5)]


def test_absences_are_told_with_their_end(store: Store) -> None:
    dana = store.add_client("dana")
    _reply(store, dana, entry=EntryKind.AUTO_REPLY, away_until=date(2027, 3, 15))

    (away,) = _pending(store).away

    assert (away.client_id, away.noticed_at, away.until) == (dana.id, NOW, date(2027, 3, 15))


def test_who_has_left_is_not_among_the_clients(store: Store) -> None:
    store.db.write(clients.set_state, store.add_client("dana").id, ClientState.LEFT, now=NOW)
    enzo = store.add_client("enzo")
    store.db.write(clients.set_state, enzo.id, ClientState.STOPPED, now=NOW)

    assert [one.id for one in _pending(store).clients] == [enzo.id]


def test_the_days_sessions_are_those_of_the_coachs_own_calendar(store: Store) -> None:
    dana, hour = store.add_client("dana"), timedelta(hours=1)
    berlin_midnight = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    starts = [berlin_midnight - hour, berlin_midnight, berlin_midnight + 23 * hour, berlin_midnight + 24 * hour]
    for moment in starts:
        store.db.write(sessions.add_session, dana.id, moment, moment + hour, now=NOW)
    cancelled = berlin_midnight + 12 * hour
    made = store.db.write(sessions.add_session, dana.id, cancelled, cancelled + hour, now=NOW)
    s = schema.sessions
    store.db.write(lambda conn: conn.execute(s.update().where(s.c.id == made.id).values(state="cancelled")))

    todays = _pending(store).sessions

    assert [(one.starts_at, one.number) for one in todays] == [(starts[1], 2), (starts[2], 3)]


# What did not go the ordinary way


def test_a_refused_and_a_missed_letter_are_told_once(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    send(store, Refused(code=550, status="5.7.1", reply="not from you"))
    store.db.write(planning.plan_all_anew)
    missed = Decision(due=due_at(NOW, anchor="2027-02-22"), skip=SkipReason.TOO_LATE, detail="7 hours late")
    store.db.write(planning.plan_next, store.vault, deciding(missed), now=NOW)

    first = _claimed(store, now=NOW + timedelta(hours=1))

    told = _facts(store, first, now=NOW + timedelta(hours=1)).troubles
    assert [(one.client_id, one.what, one.detail) for one in told] == [
        (dana.id, "refused", "550 not from you"),
        (dana.id, "too-late", "7 hours late"),
    ]
    send(store, now=NOW + timedelta(hours=1))
    second = _claimed(store, MONDAY + DAY, now=NOW + DAY)
    assert _facts(store, second, now=NOW + DAY).troubles == ()


def test_what_goes_wrong_while_a_digest_waits_to_be_written_is_told_by_the_next_alone(store: Store) -> None:
    want_prompt(store, store.add_client("dana"), now=NOW + timedelta(hours=2))
    first = _claimed(store, now=NOW + timedelta(hours=1))
    send(store, now=NOW + timedelta(hours=1))
    send(store, Refused(code=550, status="5.7.1", reply="not from you"), now=NOW + timedelta(hours=2))

    second = _claimed(store, MONDAY + DAY, now=NOW + DAY)

    assert _facts(store, first, now=NOW + timedelta(hours=3)).troubles == ()
    assert [one.what for one in _facts(store, second, now=NOW + DAY).troubles] == ["refused"]


def test_a_trouble_of_a_digest_that_never_arrived_is_told_by_the_next(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    send(store, Refused(code=550, status="5.7.1", reply="not from you"))
    _claimed(store, now=NOW + timedelta(hours=1))
    send(store, Refused(code=552, status="5.2.2", reply="mailbox full"), now=NOW + timedelta(hours=1))

    second = _claimed(store, MONDAY + DAY, now=NOW + DAY)

    told = _facts(store, second, now=NOW + DAY).troubles
    assert [one.detail for one in told] == ["550 not from you", "552 mailbox full"]


def test_a_letter_of_unknown_fate_is_told_until_a_person_settles_it(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    send(store, Unknown(reason="lost"))
    _claimed(store, now=NOW + DAY)
    send(store, now=NOW + DAY)

    told = _facts(store, _claimed(store, MONDAY + DAY, now=NOW + 2 * DAY), now=NOW + 2 * DAY).troubles

    assert [(one.what, one.detail) for one in told] == [("unknown", "lost")]


def test_a_letter_that_merely_waits_is_no_trouble(store: Store) -> None:
    want_prompt(store, store.add_client("dana"))
    send(store, Deferred(code=451, status="4.7.1", reply="later"))

    assert _pending(store).troubles == ()


def test_a_letter_missed_for_a_session_that_has_moved_since_is_no_trouble(store: Store) -> None:
    dana = enrolled(store)
    session = store.db.write(sessions.add_session, dana.id, NOW, NOW + timedelta(hours=1), now=NOW).id
    missed = Decision(due=replace(due_at(NOW), about=session), skip=SkipReason.TOO_LATE, detail="7 hours late")
    store.db.write(planning.plan_next, store.vault, deciding(missed), now=NOW)
    assert [one.what for one in _pending(store).troubles] == ["too-late"]

    store.db.write(planning.withdraw, session, reason="its session was moved", now=NOW, reopen=True)

    assert _pending(store).troubles == ()


def _hold(store: Store, uid: int, *, coach_id: UUID | None) -> UUID:
    letter_id = kept(store, b"From: Someone <someone%d@example.net>\r\n\r\nHello" % uid, uid=uid)
    store.db.write(inbox.hold, letter_id, kind="human", reason="unknown sender", coach_id=coach_id)
    return letter_id


def test_a_letter_that_waits_is_told_until_somebody_settles_it(store: Store) -> None:
    letter_id = _hold(store, 1, coach_id=None)
    _claimed(store)

    for_days = [_facts(store, _claimed(store, MONDAY + n * DAY, now=NOW + n * DAY)).held for n in (1, 2)]
    store.db.write(inbox.discard, letter_id)

    assert [[(one.letter_id, one.reason, one.sender) for one in day] for day in for_days] == [
        [(letter_id, "unknown sender", "someone1@example.net")]
    ] * 2
    assert _pending(store).held == ()


def test_among_several_coaches_a_sender_is_shown_only_to_the_one_it_is_for(store: Store) -> None:
    quentin = store.add_coach("quentin", "Quentin Roy")
    hers, his, nobodys = (_hold(store, n, coach_id=who) for n, who in enumerate((store.petra.id, quentin.id, None), 1))

    held = _pending(store).held

    assert his not in {one.letter_id for one in held}
    assert {one.letter_id: one.sender for one in held} == {hers: "someone1@example.net", nobodys: ""}


def test_a_letter_that_cannot_be_read_is_told_with_its_reason(store: Store) -> None:
    keep(store, arrived(1, b"no headers at all"))
    for _ in range(4):
        letter = store.db.write(inbox.next_kept, store.vault, now=NOW)
        if letter:
            store.db.write(inbox.note_failure, letter.id, reason="a charset nobody knows")

    assert [(one.reason, one.sender) for one in _pending(store).held] == [("a charset nobody knows", "")]


def test_a_digest_that_is_being_sent_when_asked_about_changes_nothing(store: Store) -> None:
    _reply(store, store.add_client("dana"))
    _claimed(store)
    letter = start_sending(store)

    assert _pending(store).replies == ()
    assert settle(store, letter.id, ACCEPTED, owner=OWNER)
    assert claim(store) == []
