"""Values: a rating, yes or no, a choice, read only where the words leave no doubt."""

from __future__ import annotations

import pytest

from mailer.message.reading.ratings import is_bare_rating, rating
from mailer.message.reading.values import choice, value_of, yes_no
from mailer.model.plan import AnswerKind, Question

RATINGS: tuple[tuple[str, float], ...] = (
    ("7", 7),
    ("7.", 7),
    ("7/10", 7),
    ("7 / 10", 7),
    ("seven", 7),
    ("Seven.", 7),
    ("a solid 7", 7),
    ("A solid 7!", 7),
    ("7.5", 7.5),
    ("7,5", 7.5),
    ("7½", 7.5),
    ("7 1/2", 7.5),
    ("seven and a half", 7.5),
    ("between 6 and 7", 6.5),
    ("6-7", 6.5),
    ("6 or 7", 6.5),
    ("6–7", 6.5),
    ("7 -> 8", 8),
    ("7 → 8", 8),
    ("I'd say 7", 7),
    ("I would say about a 6, because of the bank", 6),
    ("7, mostly because I slept", 7),
    ("7 - the swim", 7),
    ("7 (just)", 7),
    ("10", 10),
    ("0", 0),
    ("10/10!", 10),
    ("8 out of 10", 8),
    ("It was a 4.", 4),
    ("This week was a 6", 6),
    ("The week was hard. I'd give it a 5.", 5),
    ("7 because I slept", 7),
    ("1. 7", 7),
    ("- 7", 7),
    ("Eine 7", 7),
    ("eine gute 7", 7),
    ("sieben", 7),
    ("Sieben von zehn", 7),
    ("7 von 10", 7),
    ("zwischen 6 und 7", 6.5),
    ("Ich würde sagen 7", 7),
    ("un 7", 7),
    ("7 sur 10", 7),
    ("sept", 7),
    ("je dirais 7", 7),
    ("entre 6 et 7", 6.5),
    ("siete", 7),
    ("7 de 10", 7),
    ("diría un 7", 7),
    ("een 7", 7),
    ("zeven", 7),
    ("tussen 6 en 7", 6.5),
    ("ik zou zeggen een 7", 7),
    ("sete", 7),
    ("sette", 7),
    ("direi 7", 7),
    ("tra 6 e 7", 6.5),
    ("7 this week", 7),
    ("*7*", 7),
    ("Rating: 7", 7),
    ("probably a 7 or 8", 7.5),
    ("6 to 7", 6.5),
    ("maybe 6, maybe 7", 6),
    ("about 7.", 7),
    ("7 today", 7),
    ("between six and seven", 6.5),
    ("a strong eight", 8),
    ("7 out of ten", 7),
)

NO_RATINGS: tuple[str, ...] = (
    "call me at 7",
    "2 kids were ill",
    "",
    "11",
    "77",
    "at 7 I woke up",
    "7:30",
    "7 hours of sleep",
    "I slept 7 hours",
    "7 days without sugar",
    "15/20",
    "Monday a 3, Friday an 8",
    "It was good",
    "8, 7, 6, 5",
    "one of the best weeks",
    "Two good mornings",
    "Three things went well",
    "I have 3 children",
    "7th week",
    "2027",
    "on the 7th",
    "7%",
    "we met 4 times",
    "en fin de semaine",
    "un ami",
    "to be honest, no idea",
    "not 7",
    "no number today",
    "Call Lee at 7, then rest",
    "7am",
    "5 km",
    "3 Uhr",
    "zwei Kinder waren krank",
    "ruf mich um 7 an",
    "appelle-moi à 7 heures",
    "At 8 on Friday",
    "1. the swim",
    "From 9 to 5 as always",
    "3. Call the bank",
    "-3",
    "7 or 8 emails",
    "half",
)


@pytest.mark.parametrize(("text", "value"), RATINGS)
def test_a_number_given_as_an_answer_is_a_rating(text: str, value: float) -> None:
    assert rating(text) == value


@pytest.mark.parametrize("text", NO_RATINGS)
def test_a_number_said_in_passing_is_no_rating(text: str) -> None:
    assert rating(text) is None


@pytest.mark.parametrize("text", ["7", "7/10.", "seven", "7.5", "6-7", "*8*", "7 out of 10"])
def test_a_number_and_nothing_else_is_a_bare_rating(text: str) -> None:
    assert is_bare_rating(text)


@pytest.mark.parametrize("text", ["a 7", "7 kids", "the swim", "", "70"])
def test_words_beside_the_number_are_no_bare_rating(text: str) -> None:
    assert not is_bare_rating(text)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("Yes", "en", True),
        ("yes, twice", "en", True),
        ("Yep.", "en", True),
        ("Done!", "en", True),
        ("- yes", "en", True),
        ("2. Yes", "en", True),
        ("No", "en", False),
        ("not yet, sorry", "en", False),
        ("Nope.", "en", False),
        ("Ja, gerne", "de", True),
        ("Nein", "de", False),
        ("noch nicht", "de", False),
        ("yes", "de", True),
        ("Oui, bien sûr", "fr", True),
        ("pas encore", "fr", False),
        ("Sí", "es", True),
        ("todavía no", "es", False),
        ("ja", "nl", True),
        ("nee", "nl", False),
        ("sim", "pt", True),
        ("ainda não", "pt", False),
        ("sì", "it", True),
        ("non ancora", "it", False),
        ("Yes and no", "en", None),
        ("maybe", "en", None),
        ("Partly", "en", None),
        ("no problem", "en", None),
        ("No idea", "en", None),
        ("not sure yet", "en", None),
        ("Jein", "de", None),
        ("Nothing to report", "en", None),
        ("Yesterday I did", "en", None),
        ("None of it", "en", None),
        ("I think so", "en", None),
        ("", "en", None),
    ],
)
def test_yes_and_no_are_read_from_the_first_words(text: str, language: str, value: bool | None) -> None:
    assert yes_no(text, language=language) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("done", "done"),
        ("Done!", "done"),
        ("Not yet", "not yet"),
        ("partly, and it was hard", "partly"),
        ("I am done with it", "done"),
        ("b", "partly"),
        ("3", "not yet"),
        ("It is not done", None),
        ("done or partly, hard to say", None),
        ("4", None),
        ("something else", None),
        ("", None),
    ],
)
def test_a_choice_is_read_where_one_is_named(text: str, value: str | None) -> None:
    assert choice(text, ("done", "partly", "not yet")) == value


@pytest.mark.parametrize("kind", [AnswerKind.TEXT, AnswerKind.COMMITMENT])
def test_a_text_and_a_commitment_carry_no_value(kind: AnswerKind) -> None:
    assert value_of(Question(ask="What will you do?", answer=kind), "7 calls, yes") is None


@pytest.mark.parametrize(
    "text", ["7 " * 100_000, "seven " * 50_000, "-" * 200_000, "6-7" * 50_000, " " * 500_000, "7." * 100_000]
)
def test_reading_a_value_takes_bounded_time(text: str) -> None:
    for kind in AnswerKind:
        value = value_of(Question(ask="?", answer=kind, choices=("a", "b")), text)
        assert value is None or isinstance(value, float)
