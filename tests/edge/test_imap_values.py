"""What an answer says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.edge.imap_frames import Answer, NotImap
from mailer.edge.imap_values import (
    UNREADABLE_DATE,
    Status,
    Value,
    fetched,
    internal_date,
    numbers,
    status,
    values,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"* LIST (\\HasNoChildren \\Sent) NIL INBOX", [b"LIST", [b"\\HasNoChildren", b"\\Sent"], None, b"INBOX"]),
        (b'* LIST () "\\\\" "a \\"b\\" (c)"', [b"LIST", [], b"\\", b'a "b" (c)']),
        (b'* LIST () "/" "NIL"', [b"LIST", [], b"/", b"NIL"]),
        (b"* LIST () NIL [Gmail]/All", [b"LIST", [], None, b"[Gmail]/All"]),
        (
            b'* 3 FETCH (BODY[HEADER.FIELDS (A "B")]<0> "x")',
            [b"3", b"FETCH", [b'BODY[HEADER.FIELDS (A "B")]<0>', b"x"]],
        ),
        (b'* 3 FETCH (B ((NIL)("x")))', [b"3", b"FETCH", [b"B", [[None], [b"x"]]]]),
    ],
)
def test_lists_strings_atoms_and_nil_are_told_apart(line: bytes, expected: list[Value]) -> None:
    assert values(Answer((line,))) == expected


def test_literals_stand_where_they_were_announced() -> None:
    answer = Answer((b"* 1 FETCH (A {3}", b" B ~{4}", b" C 5)"), (b"NIL", b'")("'))
    assert values(answer) == [b"1", b"FETCH", [b"A", b"NIL", b"B", b'")("', b"C", b"5"]]


@pytest.mark.parametrize("line", [b"* 1 FETCH (A", b"* 1 FETCH A)", b'* 1 FETCH "A', b"* 1 FETCH " + b"(" * 5000])
def test_unmatched_or_bottomless_answers_are_refused(line: bytes) -> None:
    with pytest.raises(NotImap):
        values(Answer((line,)))


@given(st.binary(max_size=200))
def test_rubbish_is_read_or_refused(rubbish: bytes) -> None:
    answer = Answer((b"* 1 FETCH (UID 1 X " + rubbish.replace(b"\r\n", b"") + b")",))
    status(answer)
    try:
        assert isinstance(values(answer), list)
    except NotImap:
        assert fetched([answer]) == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"* OK [UIDVALIDITY 100] valid", Status("OK", "UIDVALIDITY", "100", "valid")),
        (b"A1 no [authenticationfailed] Nope", Status("NO", "AUTHENTICATIONFAILED", "", "Nope")),
        (b"A1 OK", Status("OK")),
        (b"* BYE Session invalidated", Status("BYE", text="Session invalidated")),
        (b"A1 BAD [] odd", Status("BAD", text="[] odd")),
        (b"* 12 EXISTS", None),
        (b"* OKAY", None),
    ],
)
def test_status_answers_are_read_with_their_codes(line: bytes, expected: Status | None) -> None:
    assert status(Answer((line,))) == expected


def test_words_of_a_server_are_shown_on_one_short_line() -> None:
    said = status(Answer((b"A1 NO [LIMIT] too\x00 many\n lines " + b"x" * 900,)))
    assert said is not None
    assert said.words.startswith("[LIMIT] too  many  lines x")
    assert len(said.words) <= 200


def test_a_letter_spread_over_several_answers_is_one_letter() -> None:
    answers = [
        Answer((b"* 4 FETCH (UID 9 RFC822.SIZE 12)",)),
        Answer((b"* 4 FETCH (FLAGS (\\Seen))",)),
        Answer((b"* 4 FETCH (BODY[HEADER]<0> {2}", b" UID 9)"), (b"ab",)),
        Answer((b"* 5 EXISTS",)),
    ]
    assert fetched(answers) == {9: {"UID": b"9", "RFC822.SIZE": b"12", "BODY[HEADER]": b"ab"}}


def test_numbers_of_a_search_are_sorted_and_each_stands_once() -> None:
    lines = (b"* SEARCH 27 3 3", b"* search 5", b"* SEARCH", b"* 9 EXISTS")
    assert numbers([Answer((line,)) for line in lines], b"SEARCH") == [3, 5, 27]


@pytest.mark.parametrize("said", [b"12 results were found", b"-3", b"9" * 5000, b"1,2", b"\xb2"])
def test_words_in_a_search_are_not_taken_for_letters(said: bytes) -> None:
    with pytest.raises(NotImap):
        numbers([Answer((b"* SEARCH " + said,))], b"SEARCH")


@given(st.binary(max_size=40))
def test_rubbish_in_a_search_is_numbers_or_refused(rubbish: bytes) -> None:
    answers = [Answer((b"* " + rubbish,)), Answer((b"* SEARCH " + rubbish,))]
    try:
        found = numbers(answers, b"SEARCH")
    except NotImap:
        found = []
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b" 5-Mar-2026 07:30:00 +0100", datetime(2026, 3, 5, 6, 30, tzinfo=UTC)),
        (b"05-mar-2026 07:30:00 -0930", datetime(2026, 3, 5, 17, 0, tzinfo=UTC)),
        (b"31-Dec-2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (b"31-Feb-2026 07:30:00 +0000", UNREADABLE_DATE),
        (b" 5-Mrz-2026 07:30:00 +0100", UNREADABLE_DATE),
        (b" 5-Mar-2026 07:30:00 +9900", UNREADABLE_DATE),
        (b"31-Dec-9999 23:30:00 -0100", UNREADABLE_DATE),
        (b"yesterday", UNREADABLE_DATE),
        (None, UNREADABLE_DATE),
    ],
)
def test_the_day_of_receipt_is_aware_utc_or_plainly_unknown(text: Value, expected: datetime) -> None:
    assert internal_date(text) == expected
