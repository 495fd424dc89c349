"""The client's own first words: verbatim, without greeting and sign-off, within ninety words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.digest.summarise import cut_after, excerpts, first_words, word_count

CASES = {
    "greeting and sign-off on lines of their own": (
        "Hi Petra,\n\nTwo good mornings. I caved on Thursday. More on that later.\n\nBest wishes\nDana",
        "Two good mornings. I caved on Thursday.",
    ),
    "a greeting in the first sentence": ("Hi Petra, slept well. Fine.", "slept well. Fine."),
    "a greeting that is none": ("Good morning was hard, I slept in.", "Good morning was hard, I slept in."),
    "German": ("Liebe Petra,\nes war ruhig. Gut so.\n\nLG\nDana", "es war ruhig. Gut so."),
    "thanks for something": ("I went. It rained.\n\nThank you for asking,\nDana", "I went. It rained."),
    "signed with the name alone": ("It went well.\n\nDana", "It went well."),
    "nothing but a greeting": ("Hello", "Hello"),
    "nothing but thanks": ("Danke!", "Danke!"),
    "nothing but the name": ("Dana", "Dana"),
    "one sentence": ("Fine", "Fine"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_first_two_sentences_are_those_after_the_greeting(name: str) -> None:
    text, expected = CASES[name]

    found = first_words(text, names=("Dana",), words=90)

    assert found is not None
    assert found.text == expected


@given(st.lists(st.text(max_size=400), max_size=8), st.integers(min_value=10, max_value=90))
def test_every_excerpt_is_an_exact_stretch_of_its_letter_and_all_keep_within_the_words(
    pieces: list[str], words: int
) -> None:
    found = excerpts(pieces, words=words)

    assert len(found) == len(pieces)
    assert all(excerpt is None or excerpt.text in piece for excerpt, piece in zip(found, pieces, strict=True))
    assert sum(word_count(excerpt.text) for excerpt in found if excerpt) <= words


def test_a_long_sentence_is_cut_after_a_word_and_says_so() -> None:
    found = first_words("word " * 200, words=30)

    assert found is not None
    assert found.cut
    assert found.text == ("word " * 30).strip()


def test_words_left_over_by_a_short_answer_go_to_the_next() -> None:
    short, long = excerpts(["7", "word " * 200], words=40)

    assert short is not None
    assert long is not None
    assert word_count(long.text) == 39


def test_a_cut_never_parts_an_emoji_or_an_accent() -> None:
    thumb, family, accent = "👍🏽", "👩\u200d👩\u200d👧", "e\u0301"

    assert cut_after(f"a {thumb} b", words=2) == f"a {thumb}"
    assert cut_after(family * 20, words=1).endswith("👧")
    assert cut_after("x" * 23 + accent, words=1).endswith(accent)


def test_text_without_blanks_counts_as_the_words_it_takes_to_read() -> None:
    assert word_count("今日はよく眠れた") == 4
    assert word_count("a" * 240) == 10
