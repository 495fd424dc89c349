"""The letters of the shipped programmes, as a busy client reads them on a phone with somebody looking on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.errors import PermanentFailure
from mailer.flow.trial import readers, trials
from mailer.message.reading.answers import deal
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.template import Body
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.incoming import AskedLetter, NewText, Passage
from mailer.model.people import Client, Form
from mailer.model.plan import AnswerKind, Question
from mailer.schedule.book import Prompt
from tests.message.cast import DANA, MEETING, PETRA, TEMPLATES
from tests.message.test_template import says_the_same
from tests.schedule.ready_made import BOOK, GERMAN

GOAL = "going to bed before eleven"
PROMISES = ("talk to Lee about the rota", "send the form")
PRIVATE_FOR = 120  # characters that a phone shows of a letter that has not been opened

PROMPTS = [(slug, prompt) for slug, schedule in BOOK.schedules.items() for prompt in schedule.prompts]
LETTERS = [(slug, prompt, reader) for slug, prompt in PROMPTS for reader in readers(prompt, TEMPLATES)]
every_prompt = pytest.mark.parametrize(("slug", "prompt"), PROMPTS, ids=[f"{slug}/{one.id}" for slug, one in PROMPTS])
every_letter = pytest.mark.parametrize(
    ("slug", "prompt", "reader"),
    LETTERS,
    ids=[f"{slug}/{one.id} {who.language} {who.form.value}" for slug, one, who in LETTERS],
)

# What says too much where others can see it: goals, promises, feelings, silence, and what a coach may hear about.
TELLING = """
    goal goals aim promise promised commitment said feel feeling feelings proud ashamed afraid angry sad happy stuck
    stress anxious worried value values quiet silent silence missing missed late overdue reminder again still failed
    failure forgot habit habits drink weight money health work relationship marriage therapy coaching lapse
    ziel ziele versprochen vorgenommen gefühl stolz angst wütend traurig glücklich geld gesundheit arbeit beziehung
    coaching therapie
"""
BLAMING = """
    sorry missed behind failed failure forgot forgotten late overdue reminder again still unanswered ignored
    disappointed haven't didn't why guilt should must
"""
INFORMAL = {"du", "dir", "dich", "dein", "deine", "deinen", "deiner", "deinem"}
FORMAL = {"Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrer", "Ihrem"}


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text))


def facts_of(prompt: Prompt, reader: Client, *, promises: tuple[str, ...] = PROMISES) -> LetterFacts:
    return LetterFacts(
        client=replace(reader, variables={"goal": GOAL}),
        coach=PETRA,
        practice="Vogl Coaching",
        subject=prompt.subject_for(reader),
        questions=prompt.questions_for(reader),
        session=MEETING,
        promises=promises,
    )


def letter(prompt: Prompt, reader: Client = DANA, *, promises: tuple[str, ...] = PROMISES) -> Body:
    return TEMPLATES.render_letter(prompt.template or "prompt", facts_of(prompt, reader, promises=promises))


def said(body: Body) -> str:
    """What a letter says above its foot, unwrapped."""
    return re.sub(r"[ ]*\n(?!\n)[ ]*", " ", body.text.partition("\n-- \n")[0].replace("\n\n", "\n\n\n")).strip()


def sentences(text: str) -> Iterator[str]:
    """Sentences, questions and lines of lists; numbers of questions left out."""
    for line in re.split(r"\n+", text):
        yield from (one for one in re.split(r"(?<=[.?!:])\s+", re.sub(r"^\s*(?:\d+\.|-)\s+", "", line)) if one.strip())


def test_every_letter_can_be_written_in_every_language_and_form_it_has() -> None:
    assert trials(BOOK, TEMPLATES, folder=Path("schedules")) == []


@every_letter
def test_both_parts_of_a_letter_say_the_same(slug: str, prompt: Prompt, reader: Client) -> None:
    body = letter(prompt, reader)
    bullets_drawn = re.sub(r"^- ", "", body.text.replace("\n-- \n", "\n"), flags=re.MULTILINE)

    assert says_the_same(Body(text=bullets_drawn, html=body.html))


@every_letter
def test_a_subject_gives_nothing_away(slug: str, prompt: Prompt, reader: Client) -> None:
    subject = TEMPLATES.render_subject(prompt.subject_for(reader), facts_of(prompt, reader))

    names = re.findall(r"{{\s*([\w.]+)", prompt.subject_for(reader))
    assert set(names) <= {"coach.first_name", "coach.name", "practice"}
    assert words(subject.lower()).isdisjoint(words(TELLING))
    assert "?" not in subject
    assert 3 <= len(subject) <= 45


@every_letter
def test_the_first_lines_of_a_letter_give_nothing_away(slug: str, prompt: Prompt, reader: Client) -> None:
    opening = said(letter(prompt, reader))[:PRIVATE_FOR]

    assert not any(private in opening for private in (GOAL, *PROMISES))
    assert {"{{", "}}"}.isdisjoint(opening.split())


@every_letter
def test_a_letter_is_short_and_easy(slug: str, prompt: Prompt, reader: Client) -> None:
    text = said(letter(prompt, reader))
    lengths = [len(one.split()) for one in sentences(text)]

    assert len(text.split()) <= 170
    assert sum(lengths) / len(lengths) <= 12
    assert max(lengths) <= 27
    assert len(prompt.questions) <= (8 if slug == "wheel" else 4)


@every_prompt
def test_a_question_asks_or_invites_and_is_not_a_page(slug: str, prompt: Prompt) -> None:
    for question in prompt.questions:
        for wording in question.ask.wordings.values():
            assert "?" in wording or wording.startswith("Finish")
            assert len(wording.split()) <= 24
        assert question.answer is not AnswerKind.RATING or all("10" in one for one in question.ask.wordings.values())


@every_letter
def test_no_german_letter_mixes_its_two_forms(slug: str, prompt: Prompt, reader: Client) -> None:
    others = INFORMAL if reader.form is Form.FORMAL else FORMAL

    assert reader.language != "de" or words(letter(prompt, reader).text).isdisjoint(others)


def test_silence_is_answered_without_blame() -> None:
    for name in ("still-here", "ease-off"):
        text = said(letter(BOOK.schedules["lapse-recovery"].prompt(name)))

        assert words(text.lower()).isdisjoint(words(BLAMING))
        assert len(text.split()) <= 60


def test_promises_of_one_day_stand_in_the_letter_as_a_list() -> None:
    prompt = BOOK.schedules["commitment-followup"].prompt("how-it-went")

    assert (
        "for the same day:\n\n- talk to Lee about the rota\n- send the form\n\n1. How did it go?" in letter(prompt).text
    )
    assert "What you had in mind:\n\n- send the form\n\n" in letter(prompt, promises=("send the form",)).text


def test_a_letter_about_a_goal_waits_until_the_goal_is_set() -> None:
    prompt = BOOK.schedules["pulse"].prompt("number")
    nothing_set = replace(facts_of(prompt, DANA), client=replace(DANA, variables={}))

    with pytest.raises(TemplateTrouble, match="goal"):
        TEMPLATES.render_letter("pulse", nothing_set)
    assert f"\n\n{GOAL}\n\n" in letter(prompt).text


@every_prompt
def test_a_german_client_is_never_written_to_in_english(slug: str, prompt: Prompt) -> None:
    reader = replace(DANA, language="de")

    assert BOOK.schedules[slug].fallback == ""
    assert ("de" in prompt.languages) == (slug in GERMAN)
    if slug not in GERMAN:
        with pytest.raises(PermanentFailure, match='no text in "de"'):
            prompt.subject_for(reader)


@pytest.mark.parametrize(
    "reply",
    [
        "7\n5\n8\n6\n7\n4\n3\n8",
        "1. 7\n2. 5\n3. 8\n4. 6\n5. 7\n6. 4\n7. 3\n8. 8",
        "7\n\n5\n\n8\n\n6\n\n7\n\n4\n\n3\n\n8\n",
        "Hi Petra,\n\n7\n5\n8\n6\n7\n4\n3\n8\n\nBest, Dana",
        "7/10\n5\n8\n6\n7\n4\n3\n8",
    ],
)
def test_each_of_the_eight_numbers_is_kept_by_itself(reply: str) -> None:
    assert values(reply, "wheel", "map") == [7, 5, 8, 6, 7, 4, 3, 8]


@pytest.mark.parametrize(
    ("reply", "value"), [("Too many emails", "too many emails"), ("d", "let us talk"), ("stuck", "stuck")]
)
def test_a_word_or_a_letter_answers_the_first_letter_after_silence(reply: str, value: str) -> None:
    assert values(reply, "lapse-recovery", "still-here") == [value]


def values(reply: str, slug: str, name: str) -> list[float | bool | str | None]:
    """What a reply above the quoted letter gives as values, question by question."""
    prompt = BOOK.schedules[slug].prompt(name)
    questions: tuple[Question, ...] = prompt.questions_for(DANA)
    new = NewText(text=reply, passages=(Passage(text=reply),), confidence=1.0)
    dealt = deal(new, AskedLetter(text=letter(prompt).text, questions=questions, language="en"))
    found = {one.question: one.value for one in dealt.answers}
    return [found.get(place) for place in range(len(questions))]
