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
    ("all clients", True),
    ("every client", True),
    ("everyone except tag other", True),
    ("everyone except client dana", False),
    ("tag acme but not client dana", False),
    ("tag: acme", True),
    ("tag = acme", True),
    ("clients: ana, dana", True),
    ("tag 'acme' & language pt", True),
    ("tag other | coach: petra", True),
    ("countries PT, ES", True),
    ("language PT-BR", False),
]


@pytest.mark.parametrize(("text", "included"), AUDIENCES)
def test_an_audience_includes_whom_it_names(text: str, included: bool) -> None:
    assert parse_audience(text).includes(DANA, "petra") is included


def test_a_client_of_a_regional_language_belongs_to_the_language() -> None:
    assert parse_audience("language de").includes(client(language="de-AT"), "petra")
    assert not parse_audience("language de-AT").includes(client(language="de"), "petra")


@pytest.mark.parametrize(("country", "included"), [("DE", True), ("DE-BY", True), ("DE-BE", True), ("AT", False)])
def test_a_country_covers_its_regions(country: str, included: bool) -> None:
    assert parse_audience("country DE").includes(client(country=country), "petra") is included


@pytest.mark.parametrize(("country", "included"), [("DE", False), ("DE-BY", True), ("DE-BE", False)])
def test_a_region_is_no_more_than_itself(country: str, included: bool) -> None:
    assert parse_audience("country DE-BY").includes(client(country=country), "petra") is included


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("everyone", None),
        ("language de", {"de"}),
        ("languages de, en and tag acme", {"de", "en"}),
        ("language de or language fr", {"de", "fr"}),
        ("language de or coach petra", None),
        ("not language de", None),
        ("everyone except language de", None),
    ],
)
def test_an_audience_knows_which_languages_its_members_can_have(text: str, languages: set[str] | None) -> None:
    assert parse_audience(text).languages == languages


ANY = '"everyone", "tag acme", "coach petra", "country DE", "language de" or "clients ana, bela"'
JOIN = 'join statements with "and" or "or", names with commas'
REFUSED = [
    # what is written, where (from 0), what is told
    ("", 0, f"here something is missing; write {ANY}"),
    ("tagg acme", 0, '"tagg" is not understood; did you mean "tag"?'),
    ("everone", 0, '"everone" is not understood; did you mean "everyone"?'),
    ("tag", 3, "here a tag is missing"),
    ('tag ""', 4, "here a tag is missing"),
    ("tag acme and", 12, f"here something is missing; write {ANY}"),
    ("and tag acme", 0, f'"and" is not understood; write {ANY}'),
    ("tag acme language de", 9, f'"language" is not understood; {JOIN}'),
    ("tag acme; language de", 8, f'";" is not understood; {JOIN}'),
    ("tag acme, language de", 10, 'after a comma comes another tag; join statements with "and" or "or"'),
    ("tags acme and pilot", 14, '"pilot" is not understood; if it is a tag, write "tag pilot", or a comma where any of '
                                "several will do"),
    ("clients ana,", 12, "here a client is missing"),
    ("clients ana bela", 12, f'"bela" is not understood; {JOIN}'),
    ("clients of petra", 8, 'whose clients they are is said by "coach"; write "coach petra"'),
    ("client ana@example.org", 7, '"ana@example.org" is no short name of a client; `mailer client list` shows them'),
    ("coach Petra Vogl", 12, f'"vogl" is not understood; {JOIN}'),
    ('coach "Petra Vogl"', 6, '"Petra Vogl" is no short name of a coach; write the one in config.toml'),
    ("country Germany", 8, '"Germany" is no country code; did you mean "DE"?'),
    ("country UK", 8, '"UK" is no country code; did you mean "GB"?'),
    ("country portugl", 8, '"portugl" is no country code; did you mean "PT"?'),
    ("countries DE, XX", 14, '"XX" is no country code; write its two letters, such as PT, or a region: DE-BY'),
    ("country DE-Bavaria", 8, '"DE-Bavaria" is no country code; write its two letters, such as PT, or a region: DE-BY'),
    ("language german", 9, '"german" is no language code; did you mean "de"?'),
    ("language deu", 9, '"deu" is no language code; did you mean "de"?'),
    ("language klingon", 9, '"klingon" is no language code; write one such as de'),
    ("everyone but client bela", 13, 'after "but" a "not" is missing; write "but not …", "except …" or "and …"'),
    ("everyone except bela", 16, f'"bela" is not understood; write {ANY}'),
    ("nobody", 0, '"nobody" is not understood; to send nothing, write enabled = false'),
    ("(tag acme", 9, 'here a ")" is missing'),
    ("tag acme)", 8, f'")" is not understood; {JOIN}'),
    ("ana", 0, f'"ana" is not understood; write {ANY}'),
    ("not " * 30 + "everyone", 84, "this is nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "offset", "message"), REFUSED)
def test_an_audience_that_cannot_be_read_shows_the_place_and_the_remedy(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_audience(text)

    assert (caught.value.offset, str(caught.value)) == (offset, message)


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
