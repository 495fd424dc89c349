"""docs/when.md tells all that the grammar of `when` reads, and nothing it does not."""

from __future__ import annotations

import re
import typing

import pytest

from mailer.schedule.when import When
from mailer.schedule.when_grammar import GRAMMAR
from mailer.schedule.when_parse import FORMS, WhenError, parse_when
from tests.cli.reference import WHEN_PAGE
from tests.schedule.when_entries import GROUPS, PLACES, REFUSED
from tests.schedule.when_page import MissingEntry, page
from tests.schedule.when_syntax import Grammar, words_of

ENTRIES = [form for group in GROUPS for form in group.forms]
SPELLINGS = [(form.title, line) for form in ENTRIES for line in form.spellings]


def test_the_page_is_what_the_grammar_says() -> None:
    """Where this fails: `make reference`."""
    assert WHEN_PAGE.read_text("utf-8") == page()


def test_a_form_of_which_nothing_is_told_stops_the_page() -> None:
    grown = GRAMMAR.replace("| cron\n", "| cron | by_moon\n", 1) + "\nby_moon: _EVERY _MOON\n_MOON: /moon/i\n"

    with pytest.raises(MissingEntry, match="by_moon"):
        page(Grammar({}, source=grown))


def test_a_place_of_which_nothing_is_told_stops_the_page() -> None:
    grown = GRAMMAR.replace("weekly: _EVERY", "weekly: MOON _EVERY", 1) + "\nMOON: /\\w+ moons/i\n"

    with pytest.raises(MissingEntry, match="MOON"):
        page(Grammar({name: place.name for name, place in PLACES.items()}, source=grown))


@pytest.mark.parametrize("line", [line for form in ENTRIES for line in form.lines])
def test_canonical_lines_are_written_as_they_are_read(line: str) -> None:
    assert str(parse_when(line)) == line


@pytest.mark.parametrize(("title", "line"), SPELLINGS)
def test_other_spellings_say_what_their_form_says(title: str, line: str) -> None:
    [form] = [one for one in ENTRIES if one.title == title]
    kinds = {type(parse_when(one)) for one in form.lines}

    assert type(parse_when(line)) in kinds


def test_every_kind_of_when_has_an_entry() -> None:
    shown = {type(parse_when(line)) for form in ENTRIES for line in form.lines}

    assert shown == {kind for branch in typing.get_args(When) for kind in (typing.get_args(branch) or (branch,))}
    assert shown == {type(parse_when(line)) for line in FORMS}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_called_unclear_is_refused_with_a_line_that_reads(line: str) -> None:
    with pytest.raises(WhenError) as refused:
        parse_when(line)

    assert parse_when(refused.value.suggestion)


ENDLESS = [(name, example) for name, place in PLACES.items() for example in place.examples]


@pytest.mark.parametrize(("name", "example"), ENDLESS)
def test_every_example_of_a_place_may_stand_there(name: str, example: str) -> None:
    pattern = Grammar({}).words[name]

    assert re.fullmatch(pattern, example, re.IGNORECASE)


WORDS = [
    (r"every\b", ["every"]),
    (r"(answer|reply)\b", ["answer", "reply"]),
    (r"min(ute)?s?\b", ["min", "mins", "minute", "minutes"]),
    (r"thu(rs?(day)?)?", ["thu", "thur", "thurday", "thurs", "thursday"]),
    (r"at\b|@", ["at", "@"]),
    (r"working\s+day", ["working day"]),
    (r"a\.?m\b\.?", ["am", "am.", "a.m", "a.m."]),
    (r"\d{1,2}\s*[ap]m|noon", ["noon"]),
    (r"(\d+(?![\d:.])|(a|an)\b)", ["a", "an"]),
    (r"[-–]", ["-", "–"]),
    (r"\S+", []),
]


@pytest.mark.parametrize(("pattern", "words"), WORDS)
def test_the_words_of_a_pattern_are_all_it_matches(pattern: str, words: list[str]) -> None:
    assert words_of(pattern) == words
    assert all(re.fullmatch(pattern, word) for word in words)


def test_every_word_that_the_page_shows_is_one_the_grammar_reads() -> None:
    grammar = Grammar({})

    assert {
        (name, word) for name, pattern in grammar.words.items() for word in words_of(pattern)
        if not re.match(pattern, f"{word} ", re.IGNORECASE) and not re.match(pattern, f"{word}9", re.IGNORECASE)
    } == set()  # fmt: skip
