"""Letters are kept before anything looks inside, with the cursor, once, and stay readable to whom they belong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from mailer.errors import PermanentFailure
from mailer.model.filing import Cursor, KeptLetter
from mailer.store import inbox, schema
from mailer.store.columns import new_id
from mailer.store.vault import KeyGone, Vault
from tests.store.letters import (
    INBOX_VALIDITY,
    arrived,
    file,
    filing_of,
    folder,
    keep,
    kept,
    row_of,
    rows_of,
)
from tests.stores import MASTER, NOW, Store

RAW = b"From: dana@example.org\r\nMessage-ID: <1@example.org>\r\n\r\n\x00\xff Gr\xfc\xdfe\r\n"


def _cursor(store: Store, name: str = "INBOX") -> Cursor | None:
    return store.db.read(inbox.cursor, store.account_id, name)


def _next(store: Store, *, now: datetime = NOW) -> KeptLetter | None:
    return store.db.write(inbox.next_kept, store.vault, now=now)


def _raw(store: Store, letter_id: UUID) -> bytes:
    return store.db.read(inbox.raw_letter, store.vault, letter_id)


def _states(store: Store) -> list[str]:
    return [row.state for row in rows_of(store, schema.letters)]


# Places


def test_a_folder_that_was_never_read_has_no_cursor(store: Store) -> None:
    assert _cursor(store) is None


def test_reading_begins_where_it_was_first_said(store: Store) -> None:
    store.db.write(inbox.begin, folder(store), last_uid=41, began_at=NOW, now=NOW)
    store.db.write(inbox.begin, folder(store), last_uid=99, began_at=NOW + timedelta(days=1), now=NOW)

    assert _cursor(store) == Cursor(uidvalidity=INBOX_VALIDITY, last_uid=41, began_at=NOW)
    assert _cursor(store, "Junk") is None


def test_letters_and_cursor_are_written_together(store: Store) -> None:
    assert keep(store, arrived(3, b"one"), arrived(5, b"two")) == 2

    cursor = _cursor(store)
    assert cursor is not None
    assert (cursor.last_uid, cursor.uidvalidity) == (5, INBOX_VALIDITY)
    assert _states(store) == ["kept", "kept"]


def test_letters_and_cursor_are_not_written_at_all_when_one_of_them_fails(store: Store) -> None:
    store.db.write(inbox.begin, folder(store), last_uid=2, began_at=NOW, now=NOW)
    naive = replace(arrived(5, b"two"), received_at=datetime(2027, 3, 1))

    with pytest.raises(Exception, match="naive"):
        keep(store, arrived(3, b"one"), naive)

    cursor = _cursor(store)
    assert cursor is not None
    assert cursor.last_uid == 2
    assert _states(store) == []


def test_the_largest_uid_and_uidvalidity_fit(store: Store) -> None:
    largest = 2**32 - 1

    keep(store, arrived(largest, b"last"), where=folder(store, uidvalidity=largest))

    assert _cursor(store) == Cursor(uidvalidity=largest, last_uid=largest, began_at=NOW)
    assert [row.uid for row in rows_of(store, schema.letters)] == [largest]


def test_a_place_is_kept_once_however_often_it_is_read(store: Store) -> None:
    assert [keep(store, arrived(1, RAW)) for _ in range(50)] == [1, *[0] * 49]

    assert len(rows_of(store, schema.letters)) == 1


def test_the_same_bytes_in_another_place_are_a_copy_and_not_read_again(store: Store) -> None:
    first = kept(store, RAW)

    assert keep(store, arrived(9, RAW), where=folder(store, "Archive")) == 0

    copy = rows_of(store, schema.letters, folder="Archive")[0]
    assert (copy.state, copy.copy_of, copy.raw) == ("passed-over", first, None)
    assert copy.reason == "the same letter in another place"


def test_a_folder_under_a_new_uidvalidity_brings_no_letter_twice(store: Store) -> None:
    kept(store, RAW)

    assert keep(store, arrived(1, RAW), arrived(2, b"new"), where=folder(store, uidvalidity=8)) == 1

    cursor = _cursor(store)
    assert cursor is not None
    assert (cursor.uidvalidity, cursor.last_uid) == (8, 2)


def test_the_same_message_id_with_other_bytes_is_a_letter_of_its_own(store: Store) -> None:
    assert keep(store, arrived(1, RAW), arrived(2, RAW + b"PS")) == 2


def test_letters_without_a_message_id_are_not_taken_for_each_other(store: Store) -> None:
    assert keep(store, arrived(1, b"From: a@example.org\n\none"), arrived(2, b"From: a@example.org\n\ntwo")) == 2


def test_of_a_letter_that_is_not_ours_only_the_place_and_verdict_are_kept(store: Store) -> None:
    keep(store, arrived(1, None))

    (row,) = rows_of(store, schema.letters)
    assert (row.state, row.reason, row.raw, row.data_key, row.intake_day) == (
        "passed-over", "not ours", None, None, None,
    )  # fmt: skip
    assert _next(store) is None


def test_two_letters_that_are_not_ours_are_not_copies_of_each_other(store: Store) -> None:
    keep(store, arrived(1, None), arrived(2, None))

    assert [row.copy_of for row in rows_of(store, schema.letters)] == [None, None]


def test_an_erased_letter_that_comes_again_stays_erased(store: Store) -> None:
    digest = store.vault.look_up("letter", RAW)
    tomb = {"id": new_id(NOW), "kind": "letter", "digest": digest, "at": NOW}
    store.db.write(lambda conn: conn.execute(insert(schema.tombstones).values(tomb)))

    assert keep(store, arrived(1, RAW), arrived(2, b"another")) == 1

    first, second = rows_of(store, schema.letters)
    assert (first.state, first.reason, first.raw) == ("passed-over", "erased before", None)
    assert second.state == "kept"


# Bytes


def test_a_letter_comes_back_byte_for_byte(store: Store) -> None:
    assert _raw(store, kept(store, RAW)) == RAW


def test_an_empty_letter_is_a_letter(store: Store) -> None:
    keep(store, replace(arrived(1), raw=b"", size=0))

    letter = _next(store)

    assert letter is not None
    assert letter.raw == b""


def test_no_word_of_a_letter_stands_in_its_row(store: Store) -> None:
    row = row_of(store, schema.letters, kept(store, b"From: dana@example.org\r\n\r\nA secret."))

    assert b"secret" not in bytes(row.raw)
    assert b"dana" not in bytes(row.raw)


def test_a_letter_is_readable_before_and_after_it_is_filed(store: Store) -> None:
    dana = store.add_client("dana")
    letter_id = kept(store, RAW)
    assert _raw(store, letter_id) == RAW

    file(store, filing_of(letter_id, dana))

    assert _raw(store, letter_id) == RAW
    assert _raw(store, letter_id) == RAW


def test_a_filed_letter_goes_with_its_clients_key(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")
    hers, his = kept(store, RAW, uid=1), kept(store, RAW + b"2", uid=2)
    file(store, filing_of(hers, dana))
    file(store, filing_of(his, enzo))

    store.vault.destroy_key("client", str(dana.id))

    fresh = Vault(store.key_db, MASTER)
    for vault in (store.vault, fresh):
        with pytest.raises(KeyGone):
            store.db.read(inbox.raw_letter, vault, hers)
    assert _raw(store, his) == RAW + b"2"


def test_the_key_of_a_day_is_needed_until_its_last_letter_found_its_place(store: Store) -> None:
    dana = store.add_client("dana")
    first, second, third = (kept(store, RAW + bytes([n]), uid=n) for n in (1, 2, 3))
    assert store.db.read(inbox.intake_days) == {"2027-03-01"}

    file(store, filing_of(first, dana))
    store.db.write(inbox.pass_over, second, kind="auto-generated", reason="our own letter")
    store.db.write(inbox.hold, third, kind="human", reason="unknown sender", coach_id=None)
    assert store.db.read(inbox.intake_days) == {"2027-03-01"}

    file(store, filing_of(third, dana))
    assert store.db.read(inbox.intake_days) == set()
    store.vault.destroy_key("intake", "2027-03-01")
    assert [_raw(store, one)[-1] for one in (first, third)] == [1, 3]


def test_letters_of_two_days_lie_under_two_keys(store: Store) -> None:
    keep(store, arrived(1, b"one"))
    keep(store, arrived(2, b"two"), now=NOW + timedelta(days=1))

    store.vault.destroy_key("intake", "2027-03-01")

    first, second = rows_of(store, schema.letters)
    with pytest.raises(KeyGone):
        _raw(store, first.id)
    assert _raw(store, second.id) == b"two"
    assert store.vault.owners("intake") == [date(2027, 3, 2).isoformat()]


def test_our_own_copy_keeps_its_place_and_loses_its_content(store: Store) -> None:
    letter_id = kept(store, RAW)

    store.db.write(inbox.pass_over, letter_id, kind="auto-generated", reason="our own letter")

    with pytest.raises(PermanentFailure, match="there is no such letter, or it was erased"):
        _raw(store, letter_id)
    assert keep(store, arrived(1, RAW)) == 0


# Reading


def test_letters_are_read_in_the_order_they_came(store: Store) -> None:
    keep(store, *(arrived(uid, b"letter %d" % uid) for uid in range(1, 21)))

    read = []
    while letter := _next(store):
        read.append(letter.raw)
        store.db.write(inbox.hold, letter.id, kind="human", reason="unknown sender", coach_id=None)

    assert read == [b"letter %d" % uid for uid in range(1, 21)]


def test_a_letter_to_be_read_says_where_it_came_from(store: Store) -> None:
    received = datetime(2027, 2, 28, 23, 59, tzinfo=UTC)
    keep(store, replace(arrived(1, RAW, at=received), whole=False))

    letter = _next(store)

    assert letter is not None
    assert (letter.account, letter.received_at, letter.whole, letter.tries) == ("main", received, False, 1)


def test_a_letter_that_fails_is_tried_three_times_and_set_aside(store: Store) -> None:
    letter_id = kept(store, RAW)

    tries = []
    while letter := _next(store):
        tries.append(letter.tries)
        store.db.write(inbox.note_failure, letter.id, reason="a charset nobody knows")

    assert tries == [1, 2, 3]
    row = row_of(store, schema.letters, letter_id)
    assert (row.state, row.reason) == ("set-aside", "a charset nobody knows")
    assert _raw(store, letter_id) == RAW


def test_a_letter_that_kills_the_process_is_set_aside_after_the_third_time(store: Store) -> None:
    letter_id = kept(store, RAW)
    moments = [NOW + inbox.READING * n for n in range(4)]

    found = [_next(store, now=moment) for moment in moments]

    assert [letter.tries if letter else 0 for letter in found] == [1, 2, 3, 0]
    row = row_of(store, schema.letters, letter_id)
    assert (row.state, row.reason) == ("set-aside", "reading it failed 3 times")


def test_a_letter_that_cannot_be_read_holds_up_no_other(store: Store) -> None:
    keep(store, arrived(1, b"poison"), arrived(2, b"good"))

    read = []
    while letter := _next(store):
        read.append(letter.raw)
        if letter.raw == b"poison":
            store.db.write(inbox.note_failure, letter.id, reason="no")
        else:
            store.db.write(inbox.hold, letter.id, kind="human", reason="unknown sender", coach_id=None)

    assert read == [b"poison"] * 3 + [b"good"]


def test_processes_that_read_at_once_read_different_letters(store: Store) -> None:
    keep(store, *(arrived(uid, b"letter %d" % uid) for uid in range(1, 41)))

    def process() -> list[bytes]:
        mine = []
        while letter := _next(store):
            mine.append(letter.raw)
        return mine

    with ThreadPoolExecutor(4) as four:
        each = [one.result() for one in [four.submit(process) for _ in range(4)]]

    read = [raw for mine in each for raw in mine]
    assert sorted(read) == sorted(b"letter %d" % uid for uid in range(1, 41))
    assert {row.tries for row in rows_of(store, schema.letters)} == {1}


# What a person says


def test_a_held_letter_is_shown_with_its_reason_and_bytes(store: Store) -> None:
    letter_id = kept(store, RAW)
    store.db.write(inbox.hold, letter_id, kind="human", reason="unknown sender", coach_id=store.petra.id)

    (waiting,) = store.db.read(inbox.waiting, store.vault)

    assert (waiting.id, waiting.reason, waiting.coach_id, waiting.raw) == (
        letter_id, "unknown sender", store.petra.id, RAW,
    )  # fmt: skip
    assert _next(store) is None


def test_a_letter_that_was_filed_meanwhile_is_not_laid_aside(store: Store) -> None:
    dana = store.add_client("dana")
    letter_id = kept(store, RAW)
    file(store, filing_of(letter_id, dana))

    store.db.write(inbox.hold, letter_id, kind="human", reason="unknown sender", coach_id=None)
    store.db.write(inbox.pass_over, letter_id, kind="human", reason="our own letter")
    store.db.write(inbox.note_failure, letter_id, reason="too late")

    assert _states(store) == ["filed"]
    assert _raw(store, letter_id) == RAW


def test_a_waiting_letter_is_discarded_once(store: Store) -> None:
    letter_id = kept(store, RAW)
    assert not store.db.write(inbox.discard, letter_id)
    store.db.write(inbox.hold, letter_id, kind="human", reason="unknown sender", coach_id=None)

    assert store.db.write(inbox.discard, letter_id)
    assert not store.db.write(inbox.discard, letter_id)
    assert store.db.read(inbox.waiting, store.vault) == []
    assert _raw(store, letter_id) == RAW


def test_a_replayed_letter_is_read_as_if_it_had_just_come(store: Store) -> None:
    one, two = kept(store, b"one", uid=1), kept(store, b"two", uid=2)
    store.db.write(inbox.hold, two, kind="human", reason="unknown sender", coach_id=None)
    while letter := _next(store):
        store.db.write(inbox.note_failure, letter.id, reason="no")

    assert store.db.write(inbox.replay, one) == 1
    assert store.db.write(inbox.replay) == 1

    again = [_next(store), _next(store)]
    assert [(letter.id, letter.tries) for letter in again if letter] == [(one, 1), (two, 1)]
    assert store.db.write(inbox.replay) == 0


def test_a_waiting_letter_is_found_by_either_end_of_its_id(store: Store) -> None:
    letter_id = kept(store, RAW)
    store.db.write(inbox.hold, letter_id, kind="human", reason="unknown sender", coach_id=None)

    assert store.db.read(inbox.find_waiting, letter_id.hex[:6].upper()) == letter_id
    assert store.db.read(inbox.find_waiting, str(letter_id)[-8:]) == letter_id
    with pytest.raises(PermanentFailure, match='"zzz" names 0 waiting letters'):
        store.db.read(inbox.find_waiting, "zzz")


def test_a_letter_that_is_not_there_is_answered_with_where_they_are_shown(store: Store) -> None:
    with pytest.raises(PermanentFailure, match="mailer inbox list"):
        _raw(store, uuid4())
