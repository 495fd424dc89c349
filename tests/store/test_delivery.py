"""Whether letters reach a client: what reports, refusals and the client's own words say of the address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from mailer.model.failure import Failure
from mailer.model.filing import Origin
from mailer.model.incoming import Kind, Verdict
from mailer.model.outgoing import Deferred, Refused
from mailer.model.people import Client, Delivery
from mailer.model.report import EntryKind
from mailer.store import clients, delivery, schema
from tests.store.letters import (
    claim,
    file,
    filing_of,
    kept,
    row_of,
    send,
    sent_prompt,
    settle,
    start_sending,
    want_prompt,
)
from tests.stores import NOW, Store

DANA = "dana@example.org"
FULL = Refused(code=550, status="5.2.2", reply="over quota")
NOBODY = Refused(code=550, status="5.1.1", reply="no such user", address_dead=True)


@pytest.fixture
def uids() -> Iterator[int]:
    return count(1)


def standing(store: Store, client: Client) -> Delivery:
    return store.db.read(clients.client, store.vault, client.id).delivery


def report(
    store: Store, client: Client, failure: Failure, uid: int, *, origin: Origin | None = None,
    recipients: tuple[str, ...] = (), about: tuple[str, ...] = (), at: datetime = NOW,
) -> None:  # fmt: skip
    """A delivery report that was filed for the client."""
    verdict = Verdict(kind=Kind.BOUNCE, reason="", recipients=recipients, failure=failure, about=about)
    raw = f"From: mailer-daemon@example.net\r\n\r\nreport {uid}\r\n".encode()
    filing = replace(
        filing_of(kept(store, raw, uid=uid), client, origin=origin),
        kind=Kind.BOUNCE, entry=EntryKind.BOUNCE, failed=verdict, note=failure.value, received_at=at,
    )  # fmt: skip
    assert file(store, filing, now=at)


def word_from(store: Store, client: Client, uid: int, *, sender: str = DANA, confirmed: bool = True) -> None:
    """A reply of the client that was filed."""
    filing = filing_of(kept(store, f"reply {uid}".encode(), uid=uid), client)
    whose = replace(filing.whose, is_confirmed=confirmed)
    assert file(store, replace(filing, sender=sender, whose=whose))


def prompts(store: Store, client: Client, n: int) -> list[Origin]:
    """So many prompts that went to the client, a day apart."""
    return [
        sent_prompt(store, client, anchor=f"2027-02-{day + 10}", now=NOW - timedelta(days=n - day)) for day in range(n)
    ]


@pytest.mark.parametrize(
    ("failure", "after_one", "after_three"),
    [
        (Failure.NO_SUCH_USER, Delivery.DEAD, Delivery.DEAD),
        (Failure.NO_SUCH_DOMAIN, Delivery.DEAD, Delivery.DEAD),
        (Failure.FULL, Delivery.OK, Delivery.FAILING),
        (Failure.CLOSED, Delivery.OK, Delivery.FAILING),
        (Failure.UNWANTED, Delivery.OK, Delivery.FAILING),
        (Failure.UNFIT, Delivery.OK, Delivery.FAILING),
        (Failure.AWAY, Delivery.OK, Delivery.FAILING),
        (Failure.OTHER, Delivery.OK, Delivery.FAILING),
        (Failure.DELAYED, Delivery.OK, Delivery.OK),
    ],
)
def test_only_a_mailbox_that_does_not_exist_stops_prompts_and_three_other_failures_warn(
    store: Store, failure: Failure, after_one: Delivery, after_three: Delivery
) -> None:
    dana = store.add_client("dana")
    first, *others = prompts(store, dana, 3)

    report(store, dana, failure, 1, origin=first)
    seen = [standing(store, dana)]
    for uid, origin in enumerate(others, 2):
        report(store, dana, failure, uid, origin=origin)
        seen.append(standing(store, dana))

    assert (seen[0], seen[-1]) == (after_one, after_three)


def test_many_reports_about_one_letter_are_one_failure(store: Store, uids: Iterator[int]) -> None:
    dana = store.add_client("dana")
    [origin] = prompts(store, dana, 1)

    for _ in range(5):
        report(store, dana, Failure.AWAY, next(uids), origin=origin)

    assert standing(store, dana) is Delivery.OK


def test_failures_more_than_a_fortnight_apart_warn_of_nothing(store: Store, uids: Iterator[int]) -> None:
    dana = store.add_client("dana")

    for origin, days in zip(prompts(store, dana, 3), (30, 15, 0), strict=True):
        report(store, dana, Failure.FULL, next(uids), origin=origin, at=NOW - timedelta(days=days))

    assert standing(store, dana) is Delivery.OK


def test_a_milder_report_does_not_revive_a_dead_address(store: Store) -> None:
    dana = store.add_client("dana")
    first, second = prompts(store, dana, 2)

    report(store, dana, Failure.NO_SUCH_USER, 1, origin=first)
    report(store, dana, Failure.FULL, 2, origin=second)

    assert standing(store, dana) is Delivery.DEAD


def test_a_report_about_the_address_before_says_nothing_of_the_new_one(store: Store) -> None:
    dana = store.add_client("dana")
    [origin] = prompts(store, dana, 1)
    store.db.write(clients.change_address, store.vault, dana.id, "dana.new@example.org")

    report(store, dana, Failure.NO_SUCH_USER, 1, origin=origin, recipients=(DANA,))

    assert standing(store, dana) is Delivery.OK


def test_a_rehearsal_that_came_back_from_the_coach_says_nothing_of_the_client(sqlite_store: Store) -> None:
    store = sqlite_store
    dana = store.add_client("dana")
    [origin] = prompts(store, dana, 1)
    row = row_of(store, schema.outbox, origin.outbox_id)
    to_coach = store.vault.seal(
        store.vault.key_of(row.recipient),
        f"letters@example.org\n{store.petra.address}",
        place=f"outbox.recipient:{row.id}",
    )
    store.db.write(
        lambda conn: (
            conn.execute(schema.outbox.update().where(schema.outbox.c.id == row.id).values(recipient=to_coach)).rowcount
        )
    )

    report(store, dana, Failure.NO_SUCH_USER, 1, origin=origin, recipients=(store.petra.address,))

    assert standing(store, dana) is Delivery.OK


@pytest.mark.parametrize(
    ("recipients", "about", "wrote", "counts"),
    [
        ((DANA,), (), True, True),
        ((DANA,), ("letter-of-the-coach@example.org",), True, False),  # names a letter, and it is none of ours
        ((DANA,), (), False, False),  # nobody wrote there
        (("someone@example.org",), (), True, False),
        ((), (), True, False),
    ],
)
def test_a_report_that_bears_no_sign_of_ours_counts_only_where_it_can_be_about_nothing_else(
    store: Store, recipients: tuple[str, ...], about: tuple[str, ...], wrote: bool, counts: bool
) -> None:
    dana = store.add_client("dana")
    if wrote:
        prompts(store, dana, 1)

    report(store, dana, Failure.NO_SUCH_USER, 1, recipients=recipients, about=about)

    assert (standing(store, dana) is Delivery.DEAD) is counts


def refused(store: Store, client: Client, outcome: Refused, *, day: int) -> None:
    want_prompt(store, client, anchor=f"2027-02-{day + 10}", now=NOW + timedelta(days=day))
    send(store, outcome, now=NOW + timedelta(days=day))


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        (NOBODY, [Delivery.DEAD]),
        (FULL, [Delivery.OK, Delivery.OK, Delivery.FAILING]),
        (Refused(code=554, status="5.7.1", reply="spam"), [Delivery.OK, Delivery.OK, Delivery.FAILING]),
    ],
)
def test_a_refusal_at_once_counts_as_a_report_of_that_kind_would(
    store: Store, outcome: Refused, seen: list[Delivery]
) -> None:
    dana, found = store.add_client("dana"), []

    for day in range(len(seen)):
        refused(store, dana, outcome, day=day)
        found.append(standing(store, dana))

    assert found == seen


def test_a_mailbox_that_stayed_full_until_the_letters_time_ran_out_counts_too(
    store: Store, uids: Iterator[int]
) -> None:
    dana = store.add_client("dana")
    for origin in prompts(store, dana, 2):
        report(store, dana, Failure.FULL, next(uids), origin=origin)
    want_prompt(store, dana, hours=1)
    letter = start_sending(store)

    settle(store, letter.id, Deferred(code=452, status="4.2.2", reply="full"), retry_at=NOW + timedelta(hours=2))

    assert standing(store, dana) is Delivery.FAILING


def failing(store: Store, uids: Iterator[int]) -> Client:
    """A client whose last three letters came back."""
    dana = store.add_client("dana")
    for origin in prompts(store, dana, 3):
        report(store, dana, Failure.FULL, next(uids), origin=origin)
    assert standing(store, dana) is Delivery.FAILING
    return dana


def test_a_word_from_the_client_shows_that_letters_arrive_again_and_counting_starts_anew(
    store: Store, uids: Iterator[int]
) -> None:
    dana = failing(store, uids)

    word_from(store, dana, next(uids))
    after_word = standing(store, dana)
    origin = sent_prompt(store, dana, anchor="2027-03-05", now=NOW + timedelta(days=4))
    report(store, dana, Failure.FULL, next(uids), origin=origin, at=NOW + timedelta(days=4))

    assert after_word is Delivery.OK
    assert standing(store, dana) is Delivery.OK


def test_a_letter_from_an_address_nobody_confirmed_changes_nothing(store: Store, uids: Iterator[int]) -> None:
    dana = failing(store, uids)

    word_from(store, dana, next(uids), sender="dana@elsewhere.example.net", confirmed=False)

    assert standing(store, dana) is Delivery.FAILING


@pytest.mark.parametrize(("sender", "after"), [(DANA, Delivery.OK), ("dana@work.example.net", Delivery.DEAD)])
def test_an_address_that_somebody_writes_from_is_not_dead(store: Store, sender: str, after: Delivery) -> None:
    dana = store.add_client("dana")
    [origin] = prompts(store, dana, 1)
    report(store, dana, Failure.NO_SUCH_USER, 1, origin=origin)

    word_from(store, dana, 2, sender=sender)

    assert standing(store, dana) is after


@pytest.mark.parametrize(("days", "after"), [(6, Delivery.FAILING), (8, Delivery.OK)])
def test_a_letter_that_has_not_come_back_for_a_week_ends_the_warning(
    store: Store, uids: Iterator[int], days: int, after: Delivery
) -> None:
    dana = failing(store, uids)
    sent_prompt(store, dana, anchor="2027-03-05", now=NOW + timedelta(hours=1))

    store.db.write(delivery.recover, now=NOW + timedelta(days=days))

    assert standing(store, dana) is after


def test_without_another_letter_nothing_shows_that_letters_arrive_again(store: Store, uids: Iterator[int]) -> None:
    dana = failing(store, uids)

    store.db.write(delivery.recover, now=NOW + timedelta(days=60))

    assert standing(store, dana) is Delivery.FAILING


def test_a_new_address_starts_with_a_clean_slate(store: Store, uids: Iterator[int]) -> None:
    dana = failing(store, uids)
    store.db.write(clients.change_address, store.vault, dana.id, "dana.new@example.org")
    want_prompt(store, dana, anchor="2027-03-05")
    (letter,) = claim(store)

    report(
        store, dana, Failure.FULL, next(uids),
        origin=Origin(outbox_id=letter.id, client_id=dana.id, coach_id=dana.coach_id, conversation_id=None),
    )  # fmt: skip

    assert standing(store, dana) is Delivery.OK
