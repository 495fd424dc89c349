"""How names, dates and numbers are written in a command."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.edge.imap_words import date_time, decode_folder, encode_folder, is_quotable, quoted, search_date, uid_set


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("R&D", "R&-D"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("Müller & Söhne/Übergabe", "M&APw-ller &- S&APY-hne/&ANw-bergabe"),
        ("台北", "&U,BTFw-"),
        ("🌱 Triebe", "&2DzfMQ- Triebe"),
        ('say "hi"\\', 'say "hi"\\'),
    ],
)
def test_folder_names_travel_in_modified_utf_7(name: str, wire: str) -> None:
    assert encode_folder(name) == wire
    assert decode_folder(wire.encode()) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_folder_name_survives_the_journey(name: str) -> None:
    wire = encode_folder(name)
    assert wire.isascii()
    assert wire.isprintable()
    assert decode_folder(wire.encode()) == name


@pytest.mark.parametrize("wire", [b"R&D", b"&AA", b"&!-", b"&2D0-", b"Entw\xc3\xbcrfe", b"\xff\xfe"])
def test_badly_coded_names_are_read_as_they_stand(wire: bytes) -> None:
    assert decode_folder(wire) == wire.decode("utf-8", "replace")


def test_quotes_and_backslashes_are_escaped() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


@pytest.mark.parametrize(
    ("text", "expected"), [("dana@example.org", True), ("", False), ('a"b', False), ("a\\b", False), ("ü", False)]
)
def test_only_plain_strings_are_quoted(text: str, expected: bool) -> None:
    assert is_quotable(text) is expected


@pytest.mark.parametrize(
    ("uids", "expected"), [([1], "1"), ([5, 4, 6, 1, 5], "1,4:6"), ([2, 1], "1:2"), (range(10, 1010), "10:1009")]
)
def test_uids_are_named_in_runs(uids: list[int], expected: str) -> None:
    assert uid_set(uids) == expected


@given(st.sets(st.integers(1, 60), min_size=1))
def test_a_set_names_these_uids_and_no_others(uids: set[int]) -> None:
    named: set[int] = set()
    for run in uid_set(uids).split(","):
        first, _, last = run.partition(":")
        named.update(range(int(first), int(last or first) + 1))
    assert named == uids


def test_days_are_english_whatever_the_locale() -> None:
    assert search_date(date(2026, 3, 5)) == "5-Mar-2026"
    assert search_date(date(2026, 12, 31)) == "31-Dec-2026"


def test_moments_are_written_in_utc() -> None:
    moment = datetime(2026, 3, 5, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert date_time(moment) == '" 4-Mar-2026 23:30:00 +0000"'
    assert date_time(datetime(2026, 10, 25, 12, tzinfo=UTC)) == '"25-Oct-2026 12:00:00 +0000"'
