"""Where sentences end, as people on phones and at desks write them."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.digest.sentences import sentences

CASES = {
    "German abbreviations and dates": (
        "Ich habe z. B. am 3. März mit Dr. Vogl gesprochen. Das war gut!",
        ["Ich habe z. B. am 3. März mit Dr. Vogl gesprochen.", "Das war gut!"],
    ),
    "English titles and initials": (
        "Mr. Lee and J. Smith came. We met at St. Mary's.",
        ["Mr. Lee and J. Smith came.", "We met at St. Mary's."],
    ),
    "a number with a fraction": ("I'd say 7.5 today. Better.", ["I'd say 7.5 today.", "Better."]),
    "a number that ends a sentence": ("A solid 7. It was fine.", ["A solid 7.", "It was fine."]),
    "dots that go on": ("Well ... and then nothing. End.", ["Well ... and then nothing.", "End."]),
    "an ellipsis that ends": ("I don't know… Maybe.", ["I don't know…", "Maybe."]),
    "no blank after the full stop": ("I slept badly.Then I ran.", ["I slept badly.", "Then I ran."]),
    "addresses and links": ("See example.org/a.B?c=1 for it. Yes", ["See example.org/a.B?c=1 for it.", "Yes"]),
    "no capitals at all": ("i slept ok. then work was bad.", ["i slept ok.", "then work was bad."]),
    "an emoji in place of a full stop": ("So happy 😀 Today I ran.", ["So happy 😀", "Today I ran."]),
    "an emoji after a full stop": ("Great! 👍🏽 Next week more.", ["Great! 👍🏽", "Next week more."]),
    "a smiley after a full stop": ("Thanks! :) Next one.", ["Thanks! :)", "Next one."]),
    "a question in quotes": ('He asked "why?" and left. So?', ['He asked "why?" and left.', "So?"]),
    "Japanese": ("よく眠れた。仕事は？", ["よく眠れた。", "仕事は？"]),
    "Arabic": ("لم أنم جيدا. كيف العمل؟ نعم", ["لم أنم جيدا.", "كيف العمل؟", "نعم"]),
    "short lines without full stops": ("Slept badly\nWork was fine", ["Slept badly", "Work was fine"]),
    "a list": ("- more sleep\n- less phone", ["- more sleep", "- less phone"]),
    "a numbered list": ("1. Sleep\n2. Eat well", ["1. Sleep", "2. Eat well"]),
    "a line wrapped by a mail program": (
        "This line is long enough to have been wrapped by a program\nThat is one sentence.",
        ["This line is long enough to have been wrapped by a program\nThat is one sentence."],
    ),
    "nothing but rules": ("-----\n*****\n...", []),
    "nothing": ("", []),
    "I at the end": ("So did I. Then we left.", ["So did I.", "Then we left."]),
    "no and Max are words": ("I said no. We met Max. Done.", ["I said no.", "We met Max.", "Done."]),
}


@pytest.mark.parametrize("name", CASES)
def test_sentences_end_where_a_reader_sees_them_end(name: str) -> None:
    text, expected = CASES[name]

    found = [text[start:end] for start, end in sentences(text)]

    assert found == expected


@given(st.text(alphabet=st.sampled_from("aB1 .!?…\n-\"'😀\u200d:)。é"), max_size=80))
def test_sentences_never_overlap_and_lose_nothing_that_can_be_read(text: str) -> None:
    spans = sentences(text)

    covered = "".join(text[start:end] for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert [sign for sign in covered if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


@pytest.mark.parametrize("piece", [" ", ". ", "?", "😀 ", "a.", "word " * 14 + "\n", "On x\n", ")", '"', "1. ", ":"])
def test_fifty_thousand_of_anything_are_read_in_a_second(piece: str) -> None:
    text = piece * (50_000 // len(piece))

    begun = time.perf_counter()
    sentences(text)

    assert time.perf_counter() - begun < 1
