"""Questions to the coach and possible commitments, verbatim."""

from __future__ import annotations

import pytest

from mailer.digest.asks import commitments, questions

ASKS = (
    "Should I tell my boss before or after the review?",
    "Could you send me the article again",
    "Please call me on Friday.",
    "Let me know if Tuesday works for you.",
    "I was wondering whether we could meet earlier.",
    "Könnten Sie mir die Übung noch einmal schicken.",
    "Bitte ruf mich an!",
    "Ich wüsste gern, ob das normal ist.",
    "Können wir den Termin verschieben?",
    "Is that normal?? 😅",
    "¿Es normal?",
    "هل هذا طبيعي؟",
    "これは普通ですか？",
)
NO_ASKS = (
    "I wanted to please everyone.",
    "Could have been worse.",
    "How are you?",
    "Hi Petra, how are you?",
    "Wie geht es Ihnen?",
    "I asked her and she said yes.",
    "Das hat mir gefallen.",
    "See example.org/?a=1 for it.",
)
PROMISES = (
    "I'll talk to Lee on Monday.",
    "I’m going to block Tuesday morning.",
    "I will write the first page.",
    "My plan is to walk every day.",
    "Ich werde mit Lee sprechen.",
    "Ich nehme mir vor, früher aufzustehen.",
    "Ich rufe sie morgen an.",
)
NO_PROMISES = (
    "I will never do this again.",
    "I'll be away next week.",
    "Will I ever learn it?",
    "If I will go there, it gets late.",
    "She will talk to Lee.",
    "Ich werde nicht mehr hingehen.",
    "Wenn ich werde, was ich will.",
)


@pytest.mark.parametrize("sentence", ASKS)
def test_a_question_or_a_request_waits_for_the_coach(sentence: str) -> None:
    text = f"It was a long week. {sentence}" if sentence.isascii() else sentence

    assert questions(text)[-1:] == (sentence,)


@pytest.mark.parametrize("sentence", NO_ASKS)
def test_a_statement_or_a_pleasantry_asks_nothing(sentence: str) -> None:
    assert questions(sentence) == ()


def test_our_own_question_typed_again_is_not_the_clients() -> None:
    found = questions("what got in the way ?\nThe kids. Is that normal?", asked=["What got in the way?"])

    assert found == ("Is that normal?",)


@pytest.mark.parametrize("sentence", PROMISES)
def test_a_sentence_that_may_be_a_promise_is_found(sentence: str) -> None:
    assert commitments(f"Good week. {sentence}")[-1:] == (sentence,)


@pytest.mark.parametrize("sentence", NO_PROMISES)
def test_a_sentence_that_promises_nothing_is_left_alone(sentence: str) -> None:
    assert commitments(sentence) == ()
