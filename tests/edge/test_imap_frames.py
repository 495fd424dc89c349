"""Where an answer ends, however the octets arrive."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.edge.imap_frames import Answer, Framer, NotImap

STREAM = (
    b"* OK ready {5}\r\n"
    b"* 1 FETCH (UID 7 BODY[] {13}\r\nab)\r\n* OK {3} FLAGS ())\r\n"
    b"* 2 FETCH (BODY[HEADER] {0}\r\n BODY[TEXT] ~{2}\r\n\r\n)\r\n"
    b"A1 OK done {9}\r\n"
)
ANSWERS = [
    Answer((b"* OK ready {5}",)),
    Answer((b"* 1 FETCH (UID 7 BODY[] {13}", b" FLAGS ())"), (b"ab)\r\n* OK {3}",)),
    Answer((b"* 2 FETCH (BODY[HEADER] {0}", b" BODY[TEXT] ~{2}", b")"), (b"", b"\r\n")),
    Answer((b"A1 OK done {9}",)),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_answers_are_the_same_however_they_are_cut_up_on_the_way(cuts: list[int]) -> None:
    framer = Framer()
    places = [0, *sorted(cuts), len(STREAM)]
    answers = [answer for start, end in itertools.pairwise(places) for answer in framer.feed(STREAM[start:end])]
    assert answers == ANSWERS
    assert framer.is_between_answers


def test_an_answer_that_is_not_whole_is_not_given_out() -> None:
    framer = Framer()
    assert framer.feed(b"* 1 FETCH (BODY[] {5}\r\nabc") == []
    assert not framer.is_between_answers


def test_more_than_was_allowed_is_refused_as_it_comes() -> None:
    framer = Framer()
    framer.allow(100)
    with pytest.raises(NotImap, match="far more"):
        framer.feed(b"x" * 101)


def test_a_literal_larger_than_was_allowed_is_refused_before_it_comes() -> None:
    framer = Framer()
    framer.allow(1000)
    with pytest.raises(NotImap, match="literal"):
        framer.feed(b"* 1 FETCH (BODY[] {4000000000}\r\n")


@given(st.binary(max_size=400))
def test_rubbish_is_framed_or_refused_but_never_breaks_anything(rubbish: bytes) -> None:
    framer = Framer()
    try:
        answers = framer.feed(rubbish)
    except NotImap:
        answers = []
    assert all(len(answer.lines) == len(answer.literals) + 1 for answer in answers)


def test_a_line_of_megabytes_in_small_pieces_costs_no_more_than_its_octets() -> None:
    framer = Framer()
    began = time.process_time()
    for _ in range(4000):
        assert framer.feed(b"* SEARCH" + b" 123456" * 300) == []
    assert len(framer.feed(b"\r\n")) == 1
    assert time.process_time() - began < 2
