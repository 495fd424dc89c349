"""How many letters may go: an account's allowance of a minute and of a day, and what goes first when it runs short."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from mailer.model.outgoing import Deferred, LetterKind, OutboxState, Sent, Unknown
from mailer.model.plan import Decision, Rank
from mailer.store import claiming, digests, outbox, planning, schema, settlement
from mailer.store.outbox import PRIORITY
from tests.store.letters import (
    ACCEPTED,
    bytes_of,
    claim,
    deciding,
    due_at,
    enrolled,
    fix,
    mark_sending,
    row_of,
    rows_of,
    rules,
    settle,
    start_sending,
    state_of,
    want_notice,
    want_prompt,
)
from tests.stores import NOW, Store

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def send_all(store: Store, *, now: datetime, allowance: int | None = None, a_minute: int | None = None) -> int:
    """Sends whatever may go now; how many letters that were."""
    sent = 0
    while letters := claim(store, rules(allowance=allowance, a_minute=a_minute), now=now):
        for letter in letters:
            fix(store, letter, now=now)
            mark_sending(store, letter.id, now=now)
            settle(store, letter.id, ACCEPTED, now=now)
        sent += len(letters)
    return sent


def want_prompts(store: Store, count: int, *, now: datetime = NOW) -> None:
    for number in range(count):
        want_prompt(store, store.add_client(f"client{number}"), now=now)


# What an account may send


def test_an_account_sends_no_more_in_24_hours_than_its_allowance(store: Store) -> None:
    for number in range(20):
        want_notice(store, f"notice:{number}", hours=99)

    assert send_all(store, now=NOW, allowance=6) == 6
    assert send_all(store, now=NOW + timedelta(hours=23), allowance=6) == 0
    assert send_all(store, now=NOW + DAY + MINUTE, allowance=6) == 6


def test_an_account_sends_no_more_in_a_minute_than_its_allowance(store: Store) -> None:
    for number in range(8):
        want_notice(store, f"notice:{number}", hours=9)

    sent = [send_all(store, now=NOW + timedelta(seconds=seconds), a_minute=3) for seconds in (0, 30, 61, 122, 183)]

    assert sent == [3, 0, 3, 2, 0]


def test_an_account_without_a_limit_sends_what_there_is(store: Store) -> None:
    for number in range(45):
        want_notice(store, f"notice:{number}")

    assert send_all(store, now=NOW) == 45


@pytest.mark.parametrize("outcome", [ACCEPTED, Unknown(reason="lost")])
def test_what_may_have_gone_counts(store: Store, outcome: Sent | Unknown) -> None:
    want_notice(store, "notice:1")
    letter = start_sending(store)
    settle(store, letter.id, outcome)
    want_notice(store, "notice:2")

    assert claim(store, rules(allowance=1)) == []
    assert len(claim(store, rules(allowance=2))) == 1


def test_what_certainly_was_not_taken_does_not_count(store: Store) -> None:
    want_notice(store, "notice:1")
    letter = start_sending(store)
    settle(store, letter.id, Deferred(code=451, status="", reply="later"), retry_at=NOW)

    assert len(claim(store, rules(allowance=1))) == 1


def test_several_senders_together_do_not_pass_the_allowance(store: Store) -> None:
    for number in range(60):
        want_notice(store, f"notice:{number}")
    at_once = Barrier(4)

    def sender(name: str) -> int:
        at_once.wait(10)
        return sum(len(claim(store, rules(name, limit=5, allowance=17))) for _ in range(6))

    with ThreadPoolExecutor(4) as four:
        taken = [one.result() for one in [four.submit(sender, f"sender {n}") for n in range(4)]]

    assert sum(taken) == 17


def test_several_senders_together_do_not_give_a_client_more_than_the_days_letters(store: Store) -> None:
    dana = store.add_client("dana")
    for day in range(1, 13):
        want_prompt(store, dana, anchor=f"2027-03-{day:02}")
    at_once = Barrier(3)

    def sender(name: str) -> int:
        at_once.wait(10)
        return sum(len(claim(store, rules(name, limit=2, per_day=4))) for _ in range(4))

    with ThreadPoolExecutor(3) as three:
        taken = [one.result() for one in [three.submit(sender, f"sender {n}") for n in range(3)]]

    assert sum(taken) == 4


# What goes first


def decided(store: Store, *ranks: Rank) -> None:
    """A prompt of each rank for a client of its own, as the planner queues it."""
    for number, rank in enumerate(ranks):
        enrolled(store, f"client{number}")
        store.db.write(
            planning.plan_next, store.vault, deciding(Decision(due=replace(due_at(NOW), rank=rank))), now=NOW
        )


def test_prompts_go_out_in_the_order_of_their_ranks(store: Store) -> None:
    decided(store, Rank.OTHER, Rank.WEEKLY, Rank.PROMISE, Rank.SESSION)

    order = [row_of(store, schema.outbox, letter.id).priority for letter in claim(store)]

    assert order == [PRIORITY[LetterKind.PROMPT] + rank for rank in sorted(Rank)]


def test_the_last_tenth_of_a_days_allowance_is_for_what_cannot_wait(store: Store) -> None:
    decided(store, *[Rank.WEEKLY] * 12, Rank.SESSION, Rank.PROMISE)
    store.db.write(digests.claim_digest, store.petra.id, NOW.date(), expires_at=NOW + DAY, now=NOW)

    first = claim(store, rules(limit=6, allowance=10))
    second = claim(store, rules(limit=6, allowance=10))
    want_notice(store, "notice:1")
    third = claim(store, rules(limit=6, allowance=10))

    assert [letter.kind.value for letter in first] == ["digest", *["prompt"] * 5]
    assert len(second) == 3, "nine tenths are used up by then"
    assert [letter.kind.value for letter in third] == ["notice"]
    assert claim(store, rules(allowance=10)) == []


def test_what_waits_for_an_allowance_expires_and_says_so(store: Store) -> None:
    want_prompts(store, 3)
    assert send_all(store, now=NOW, allowance=2) == 2
    [waiting] = rows_of(store, schema.outbox, state=OutboxState.QUEUED)

    store.db.write(settlement.expire, store.vault, now=waiting.expires_at + MINUTE)

    row = row_of(store, schema.outbox, waiting.id)
    assert (row.state, row.detail) == ("expired", "its time ran out: it was never tried")


def test_a_used_up_day_comes_back_when_its_first_letter_is_a_day_old(store: Store) -> None:
    def again_at(hours: int) -> datetime | None:
        return store.db.read(claiming.room_again_at, store.account_id, now=NOW + timedelta(hours=hours))

    assert again_at(0) is None
    for hours in (0, 3):
        want_notice(store, f"notice:{hours}", hours=9)
        send_all(store, now=NOW + timedelta(hours=hours))

    assert again_at(4) == NOW + DAY
    assert again_at(25) == NOW + timedelta(hours=27)


# Many at once


def test_each_letter_of_many_gets_its_own_answer(store: Store) -> None:
    want_prompts(store, 4)
    mine = claim(store, rules("one", limit=2))
    others = claim(store, rules("two"))
    for letter in mine:
        fix(store, letter, owner="one")
    for letter in others:
        fix(store, letter, owner="two")
    stopped = mine[0].client_id
    c = schema.clients
    store.db.write(lambda conn: conn.execute(c.update().where(c.c.id == stopped).values(state="stopped")))

    begun = store.db.write(
        outbox.mark_sending, [one.id for one in (*mine, *others)], owner="one", lease_until=NOW + DAY
    )

    assert begun == {mine[1].id}
    assert [state_of(store, one.id) for one in (*mine, *others)] == ["claimed", "sending", "claimed", "claimed"]


def test_bytes_of_many_are_fixed_together_but_for_those_whose_lease_was_lost(store: Store) -> None:
    want_prompts(store, 3)
    letters = claim(store)
    x = schema.outbox
    gone = {"lease_owner": "another"}
    store.db.write(lambda conn: conn.execute(x.update().where(x.c.id == letters[1].id).values(gone)))

    fixed = store.db.write(
        outbox.fix, store.vault, {one.id: bytes_of(one) for one in letters}, owner="sender 1", now=NOW
    )

    assert fixed == {letters[0].id, letters[2].id}
    assert len(rows_of(store, schema.conversations)) == 2
