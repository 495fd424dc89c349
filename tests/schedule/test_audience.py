"""Whom a schedule is for."""

from __future__ import annotations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.schedule.audience import parse_audience
from mailer.schedule.conditions import parse_condition
from mailer.schedule.expression import ExpressionError
from tests.schedule.build import client

DANA = client(country="PT", language="pt", tags=frozenset({"acme", "Pilot"}))

AUDIENCES = [
    ("everyone", True),
    ("tag acme", True),
    ("tag ACME", True),
    ("tag pilot", True),
    ("tag other", False),
    ("tags other, acme", True),
    ("coach petra", True),
    ("coach paul", False),
    ("country PT", True),
    ("country pt", True),
    ("country DE", False),
    ("language pt", True),
    ("client dana", True),
    ("clients ana, bela, dana", True),
    ("clients ana, bela, chen", False),
    ("not client dana", False),
    ("tag acme and language pt", True),
    ("tag acme and language de", False),
    ("tag other or coach petra", True),
    ("tag other and tag acme or everyone", True),
    ("tag other and (tag acme or everyone)", False),
    ("everyone and not (country DE or client bela)", True),
    ('client "dana"', True),
    ("Everyone AND NOT Tag Other", True),
]


@pytest.mark.parametrize(("text", "included"), AUDIENCES)
def test_an_audience_includes_whom_it_names(text: str, included: bool) -> None:
    assert parse_audience(text).includes(DANA, "petra") is included


def test_a_client_of_a_regional_language_belongs_to_the_language() -> None:
    assert parse_audience("language de").includes(client(language="de-AT"), "petra")
    assert not parse_audience("language de-AT").includes(client(language="de"), "petra")


REFUSED = [
    ("", 0, 'here something is missing; write "everyone", "tag acme"'),
    ("tagg acme", 0, 'did you mean "tag"?'),
    ("tag", 3, "here a tag is missing"),
    ("tag acme and", 12, "here something is missing"),
    ("tag acme language de", 9, 'join statements with "and" or "or"'),
    ("clients ana,", 12, "here a client is missing"),
    ("(tag acme", 9, 'here a ")" is missing'),
    ("tag acme)", 8, 'join statements with "and" or "or"'),
    ("ana", 0, 'write "everyone"'),
    ("not " * 30 + "everyone", 84, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "offset", "message"), REFUSED)
def test_an_audience_that_cannot_be_read_shows_the_place_and_the_remedy(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_audience(text)

    assert caught.value.offset == offset
    assert message in str(caught.value)


CONDITIONS_REFUSED = [
    ("session in 24 hours", 8, 'here "within" and a time are missing'),
    ("session within 24", 17, "here a unit"),
    ("session within 24 moons", 15, '"moons" is not a unit of time'),
    ("answer prep", 7, 'here "to" and the id of a prompt are missing'),
    ("no anser to prep", 3, 'did you mean "answer"?'),
    ("any", 3, 'here "reply" is missing'),
]


@pytest.mark.parametrize(("text", "offset", "message"), CONDITIONS_REFUSED)
def test_a_condition_that_cannot_be_read_shows_the_place_and_the_remedy(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text)

    assert caught.value.offset == offset
    assert message in str(caught.value)


WORDS = [
    "tag",
    "acme",
    "and",
    "or",
    "not",
    "(",
    ")",
    ",",
    "clients",
    "everyone",
    "session",
    "within",
    "24",
    "hours",
    '"',
]


@seed(20270328)
@settings(max_examples=500, deadline=None, database=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
def test_rubbish_is_read_or_refused_with_a_place_inside_the_text(text: str) -> None:
    for read in (parse_audience, parse_condition):
        offset = 0
        try:
            read(text)
        except ExpressionError as error:
            offset = error.offset
        assert 0 <= offset <= len(text)
