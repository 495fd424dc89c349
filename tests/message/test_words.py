"""Steering words: a letter that is one, and the many that only hold one."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.message.reading.extract import extract
from mailer.message.reading.words import steering_word
from mailer.model.incoming import NewText, Passage, Steering, Word
from tests.replies.letters import SENT, asked, letter, quoted
from tests.replies.steering import INNOCENT, STEERING, TODAY


def new(text: str, *, confidence: float = 0.95) -> NewText:
    return NewText(text=text, passages=(Passage(text=text),) if text else (), confidence=confidence)


@pytest.mark.parametrize(("text", "word", "days", "until", "language"), STEERING, ids=[row[0] for row in STEERING])
def test_a_steering_word_alone_is_understood(
    text: str, word: str, days: int | None, until: date | None, language: str
) -> None:
    steering = steering_word(new(text), "Re: Your week", today=TODAY)

    assert steering == Steering(word=Word(word), days=days, until=until, language=language)


@pytest.mark.parametrize("text", INNOCENT)
def test_a_steering_word_inside_other_text_changes_nothing(text: str) -> None:
    assert steering_word(new(text), "Re: Your week", today=TODAY) is None


@pytest.mark.parametrize("subject", ["Re: STOP", "STOP", "Unsubscribe"])
def test_a_subject_never_overrules_what_the_client_wrote(subject: str) -> None:
    assert steering_word(new("Two good mornings."), subject, today=TODAY) is None


def test_an_empty_letter_with_the_word_as_subject_steers() -> None:
    steering = steering_word(new(""), "STOP", today=TODAY)

    assert steering == Steering(word=Word.STOP)


def test_an_empty_answer_to_a_letter_about_stopping_does_not_steer() -> None:
    assert steering_word(new(""), "Re: Stop", today=TODAY) is None


@pytest.mark.parametrize("text", ["", "anything at all", "I can't stop thinking"])
def test_any_letter_to_the_stop_address_is_a_stop(text: str) -> None:
    steering = steering_word(new(text), "unsubscribe", to_stop_address=True, today=TODAY)

    assert steering is not None
    assert steering.word is Word.STOP


def test_a_clear_pause_at_the_stop_address_stays_a_pause() -> None:
    steering = steering_word(new("pause 2 weeks"), "", to_stop_address=True, today=TODAY)

    assert steering == Steering(word=Word.PAUSE, days=14)


def test_text_that_may_hold_quoted_words_never_steers() -> None:
    assert steering_word(new("STOP", confidence=0.3), "Re: Your week", today=TODAY) is None


@pytest.mark.parametrize("answer", ["Two good mornings.", "7"])
def test_the_word_in_our_own_quoted_foot_does_not_steer(answer: str) -> None:
    reply = letter(f"{answer}\n\nOn Fri, 5 Mar 2027 at 08:30, Petra Vogl <petra@example.org> wrote:\n\n{quoted(SENT)}")

    assert steering_word(extract(reply, asked=asked()), reply.subject, today=TODAY) is None


def test_a_stop_above_the_whole_quoted_letter_steers() -> None:
    reply = letter(
        f"Stop please\n\nSent from my iPhone\n\nOn 5 Mar 2027, at 08:30, Petra Vogl <petra@example.org> wrote:\n\n"
        f"{quoted(SENT)}"
    )

    steering = steering_word(extract(reply, asked=asked()), reply.subject, today=TODAY)

    assert steering == Steering(word=Word.STOP)


def test_a_name_right_under_the_word_must_be_the_clients() -> None:
    assert steering_word(new("Stop\nDana"), "", today=TODAY, signed_by="Dana Reis") == Steering(word=Word.STOP)
    assert steering_word(new("Stop\nThink"), "", today=TODAY, signed_by="Dana Reis") is None
    assert steering_word(new("Stop\nThink"), "", today=TODAY) is None


def test_the_tables_are_as_large_as_the_promise_they_keep() -> None:
    assert len(INNOCENT) >= 60
    assert {row[4] for row in STEERING} == {"en", "de", "fr", "es", "nl", "pt", "it"}
