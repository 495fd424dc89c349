"""Which question each of the client's words answers."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message.reading.answers import deal
from mailer.message.reading.extract import extract
from mailer.model.incoming import Answers, AskedLetter, NewText, Passage
from mailer.model.plan import AnswerKind, Question
from tests.replies.letters import QUESTIONS, SENT, asked, letter, quoted

RATE = Question(ask="Where are you today, 1 to 10?", answer=AnswerKind.RATING)
WHY = Question(ask="What kept it from being one lower?")
DONE = Question(ask="Did you call Lee as you said you would?", answer=AnswerKind.YES_NO)
WHICH = Question(
    ask="Done, partly, or not yet with the report?", answer=AnswerKind.CHOICE, choices=("done", "partly", "not yet")
)


def block(text: str, *, confidence: float = 0.95) -> NewText:
    return NewText(text=text, passages=(Passage(text=text),), confidence=confidence)


def said(answers: Answers) -> dict[int, str]:
    return {answer.question: answer.text for answer in answers.answers}


def values(answers: Answers) -> dict[int, object]:
    return {answer.question: answer.value for answer in answers.answers}


def test_answers_between_the_questions_go_to_the_question_above_them() -> None:
    reply = letter(
        "Answers below.\n\nOn Fri, 5 Mar 2027 at 08:30, Petra Vogl <petra@example.org> wrote:\n\n"
        "> Good morning Dana,\n>\n> 1. How was this week, 1 to 10? (just the number is fine)\n\n7, mostly sleep\n\n"
        "> 2. What got in the way of the things you had planned?\n\nThe bank. Again.\n\n"
        "> 3. What is the one thing you will do before next Friday, and when?\n\nWrite to the bank on Tuesday.\n\n"
        "> Just reply to this letter, a line for each is plenty.\n>\n> Petra Vogl\n"
    )

    answers = deal(extract(reply, asked=asked()), asked())

    assert said(answers) == {0: "7, mostly sleep", 1: "The bank. Again.", 2: "Write to the bank on Tuesday."}
    assert answers.free == "Answers below."
    assert values(answers) == {0: 7.0, 1: None, 2: None}


def test_an_answer_typed_behind_the_question_on_its_line_is_found() -> None:
    reply = letter(
        "On Fri, 5 Mar 2027 at 08:30, Petra Vogl <petra@example.org> wrote:\n\n"
        "> Good morning Dana,\n>\n> 1. How was this week, 1 to 10? (just the number is fine) 7\n>\n"
        "> 2. What got in the way of the things you had planned? The bank\n>\n"
        "> 3. What is the one thing you will do before next Friday, and when? Call Lee\n>\n"
        "> Just reply to this letter, a line for each is plenty.\n>\n> Petra Vogl\n"
    )

    new = extract(reply, asked=asked())
    answers = deal(new, asked())

    assert new.passages[1].quoted.endswith("the things you had planned")
    assert said(answers) == {0: "7", 1: "The bank", 2: "Call Lee"}
    assert values(answers)[0] == 7.0


def test_answers_under_outlooks_unmarked_quote_are_found() -> None:
    first, second, third = (question.ask for question in QUESTIONS)
    reply = letter(
        "Please see my answers below.\n\nFrom: Petra Vogl <petra@example.org>\nSent: Friday, March 5, 2027 8:30 AM\n"
        f"To: Dana Reis\nSubject: Your week\n\nGood morning Dana,\n\n1. {first}\nA solid 6\n\n2. {second}\n"
        f"The bank, and two late nights.\n\n3. {third}\nCall Lee on Monday\n\n"
        "Just reply to this letter, a line for each is plenty.\n\nPetra Vogl\n"
    )

    answers = deal(extract(reply, asked=asked()), asked())

    assert said(answers) == {0: "A solid 6", 1: "The bank, and two late nights.", 2: "Call Lee on Monday"}
    assert values(answers)[0] == 6.0


@pytest.mark.parametrize(
    "text",
    [
        "1. 7\n2. The bank\n3. Call Lee",
        "1) 7\n2) The bank\n3) Call Lee",
        "Hi Petra,\n\n1: 7\n2: The bank\n3: Call Lee\n\nThanks,\nDana",
        "Q1: 7\nQ2: The bank\nQ3: Call Lee",
        "#1 7\n\n#2 The bank\n\n#3 Call Lee",
        "(1) 7\n(2) The bank\n(3) Call Lee",
        "Frage 1: 7\nFrage 2: The bank\nFrage 3: Call Lee",
    ],
)
def test_numbered_lines_answer_the_questions_of_their_numbers(text: str) -> None:
    answers = deal(block(text), asked())

    assert list(said(answers)) == [0, 1, 2]
    assert values(answers)[0] == 7.0
    assert "The bank" in said(answers)[1]
    assert "Call Lee" in said(answers)[2]


def test_a_number_left_out_leaves_its_question_unanswered() -> None:
    answers = deal(block("1. 7\n3. Call Lee"), asked())

    assert list(said(answers)) == [0, 2]


@pytest.mark.parametrize(
    "text",
    [
        "7\n\nThe bank, and\ntwo late nights.\n\nCall Lee on Monday",
        "7\nThe bank.\nCall Lee on Monday",
        "Hi Petra,\n\na solid 7\n\nThe bank.\n\nCall Lee on Monday\n\nBest,\nDana",
        "7\n\nThe bank.\n\nCall Lee on Monday\n\nDana",
    ],
)
def test_as_many_paragraphs_or_lines_as_questions_answer_them_in_order(text: str) -> None:
    answers = deal(block(text), asked())

    assert list(said(answers)) == [0, 1, 2]
    assert values(answers)[0] == 7.0
    assert said(answers)[2] == "Call Lee on Monday"


@pytest.mark.parametrize(
    "text",
    [
        "It was a strange week.\n\nI hardly slept.\n\nAnd then Lee called.",  # no number for the rating
        "I slept badly and the bank would not let go of me\nall week, so that in the end I went there\nand talked.",
        "Three things:\n1. eggs\n2. milk",
        "call me at 7",
        "We had 2 kids ill at home.",
    ],
)
def test_text_that_does_not_fit_the_questions_stays_free(text: str) -> None:
    answers = deal(block(text), asked())

    assert answers.answers == ()
    assert answers.free == text


def test_a_bare_number_at_the_top_answers_the_only_rating() -> None:
    answers = deal(block("8\n\nIt was long.\n\nI slept.\n\nLee called.\n\nMore soon."), asked())

    assert said(answers) == {0: "8"}
    assert answers.free.startswith("It was long.")


def test_with_one_other_question_the_rest_answers_that() -> None:
    answers = deal(
        block("6. Lee called, and I slept two nights.\n\nThe swim helped too.\n\nMore soon."), asked(RATE, WHY)
    )

    assert said(answers)[0] == "6."
    assert said(answers)[1].startswith("Lee called")
    assert answers.free == ""


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (RATE, "Hi Petra,\n\na solid 7, thanks to Lee.\n\nBest,\nDana", 7.0),
        (RATE, "7", 7.0),
        (RATE, "call me at 7", None),
        (DONE, "Yes, on Tuesday!", True),
        (DONE, "Not yet.", False),
        (DONE, "Half of it", None),
        (WHICH, "Partly. The numbers are missing.", "partly"),
        (WHY, "The swim.", None),
    ],
)
def test_the_only_question_gets_the_whole_text(question: Question, text: str, value: object) -> None:
    answers = deal(block(text), asked(question))

    assert values(answers) == {0: value}


def test_greeting_and_closing_are_kept_apart_from_the_answer() -> None:
    answers = deal(block("Hi Petra,\n\nThe swim.\n\nThanks,\nDana"), asked(WHY))

    assert said(answers) == {0: "The swim."}
    assert answers.free == "Hi Petra,\n\nThanks,\nDana"


def test_text_below_the_whole_quote_is_dealt_like_text_above_it() -> None:
    reply = letter(
        f"On Fri, 5 Mar 2027 at 08:30, Petra Vogl <petra@example.org> wrote:\n{quoted(SENT)}\n\n"
        "7\n\nThe bank.\n\nCall Lee on Monday"
    )

    answers = deal(extract(reply, asked=asked()), asked())

    assert values(answers) == {0: 7.0, 1: None, 2: None}


def test_text_that_may_be_quoted_answers_nothing() -> None:
    answers = deal(block("7", confidence=0.3), asked(RATE))

    assert answers == Answers(answers=(), free="7")


def test_a_letter_without_questions_leaves_all_free() -> None:
    answers = deal(block("7"), AskedLetter(text="Hello Dana", questions=(), language="en"))

    assert answers == Answers(answers=(), free="7")


LINES = st.sampled_from(
    ["7", "7/10", "a solid 7", "1. eggs", "2) milk", "Q3: Lee", "#2 rest", "Yes.", "no", "Hi Petra,", "Thanks!", "Dana",
     "Best,", "The bank got in the way.", "- swim", "", "", "  ", "seven\t", "Sleep", "> odd", "…",
     "Mit freundlichen Grüßen", "5. Also this"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=80))


@given(
    passages=st.lists(
        st.tuples(TEXTS, st.sampled_from(["", *(question.ask for question in QUESTIONS), SENT])), max_size=4
    ),
    questions=st.lists(st.sampled_from([RATE, WHY, DONE, WHICH, *QUESTIONS]), max_size=5, unique=True),
    confidence=st.sampled_from([0.3, 0.95]),
)
@settings(max_examples=300, deadline=None)
def test_every_character_the_client_wrote_is_in_exactly_one_place(
    passages: list[tuple[str, str]], questions: list[Question], confidence: float
) -> None:
    runs = tuple(Passage(text=text, quoted=above) for text, above in passages)
    new = NewText(text="\n\n".join(text for text, _ in passages), passages=runs, confidence=confidence)
    letter_sent = asked(*questions)

    answers = deal(new, letter_sent)

    dealt = "".join(answer.text for answer in answers.answers) + answers.free
    assert Counter("".join(dealt.split())) == Counter("".join(new.text.split()))
    places = [answer.question for answer in answers.answers]
    assert places == sorted(set(places))
