"""Lengths of time as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.durations import parse_duration, say_duration

WRITTEN = [
    ("6 hours", timedelta(hours=6)),
    ("1 hour", timedelta(hours=1)),
    ("an hour", timedelta(hours=1)),
    ("20 minutes", timedelta(minutes=20)),
    ("20min", timedelta(minutes=20)),
    ("2 Days", timedelta(days=2)),
    (" 1 week ", timedelta(weeks=1)),
    ("45 s", timedelta(seconds=45)),
    ("0 minutes", timedelta(0)),
]


@pytest.mark.parametrize(("text", "length"), WRITTEN)
def test_a_number_and_a_unit_are_a_length(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "6", "hours", "6 hourz", "1.5 hours", "-2 days", "2 months", "6 hours 20 minutes", "9" * 99]
)
def test_anything_else_is_answered_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match='write a whole number and a unit, such as "20 minutes"') as caught:
        parse_duration(text)

    assert len(str(caught.value)) < 200


@given(seconds=st.integers(0, 5_000_000))
def test_what_is_said_of_a_length_reads_back_as_the_same_length(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    said = say_duration(length)

    if int(said.split()[0]) < 100_000:
        assert parse_duration(said) == length
    else:
        assert said == f"{seconds} seconds"


def test_a_length_is_said_in_its_largest_whole_unit() -> None:
    assert say_duration(timedelta(hours=48)) == "2 days"
    assert say_duration(timedelta(minutes=90)) == "90 minutes"
    assert say_duration(timedelta(seconds=1)) == "1 second"
    assert say_duration(timedelta(0)) == "0 seconds"
