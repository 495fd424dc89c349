"""Names of another script: they stand in a letter without turning their neighbours round."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message.reading.read import read
from mailer.message.writing.direction import isolated, without_overrides
from mailer.message.writing.template import PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.incoming import AskedLetter
from mailer.model.plan import Question
from tests.message.cast import SHIPPED, TEMPLATES, the_facts
from tests.message.hebrew import HEBREW

FIRST_STRONG, POP = "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("value", "direction", "written"),
    [
        ("Dana", "ltr", "Dana"),
        ("Zoë", "ltr", "Zoë"),
        ("דנה", "ltr", f"{FIRST_STRONG}דנה{POP}"),
        ("دانا (ليزبن)", "ltr", f"{FIRST_STRONG}دانا (ليزبن){POP}"),
        ("Dana דנה", "ltr", f"{FIRST_STRONG}Dana דנה{POP}"),
        ("דנה", "rtl", "דנה"),
        ("Dana", "rtl", f"{FIRST_STRONG}Dana{POP}"),
        ("14:00", "ltr", "14:00"),
        ("14:00", "rtl", "14:00"),
        ("", "rtl", ""),
    ],
)
def test_only_what_runs_against_its_letter_is_isolated(value: str, direction: str, written: str) -> None:
    assert isolated(value, direction) == written


@given(st.text(), st.sampled_from(["ltr", "rtl"]))
def test_whatever_a_value_holds_it_is_whole_and_the_marks_are_balanced(value: str, direction: str) -> None:
    plain = without_overrides(value)

    written = isolated(plain, direction)

    assert written in (plain, f"{FIRST_STRONG}{plain}{POP}")
    assert not any(unicodedata.bidirectional(one) in ("LRO", "RLO", "LRE", "RLE") for one in written)


def test_subject_text_and_page_say_the_name_in_the_same_way() -> None:
    facts = the_facts(client={"name": "דנה"}, subject="{{ client.first_name }}: 3 questions (week 7)")

    subject = TEMPLATES.render_subject(facts.subject, facts)
    body = TEMPLATES.render_letter("prompt", facts)

    name = f"{FIRST_STRONG}דנה{POP}"
    assert subject == f"{name}: 3 questions (week 7)"
    assert f"Hello {name}," in body.text
    assert f"Hello {name}," in body.html


def test_a_letter_from_right_to_left_says_so_where_mail_programs_look() -> None:
    templates = PromptTemplates(SHIPPED, HEBREW)
    facts = the_facts(client={"language": "he", "name": "דנה"}, questions=(Question(ask="איך היה השבוע?"),))

    body = templates.render_letter("prompt", facts)

    # Gmail shows what stands in <body> alone, so the direction stands on the page's table as well.
    assert body.html.count('dir="rtl"') == 3
    assert "text-align: right" in body.html
    assert "border-right: 3px" in body.html
    assert "border-left" not in body.html
    assert f"{FIRST_STRONG}Petra{POP} בחרה" in body.text


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u2069", "\u202a"])
def test_a_subject_cannot_be_turned_round_by_a_name(mark: str) -> None:
    subject = TEMPLATES.render_subject("For {{ client.name }}, week 7", the_facts(client={"name": f"anaD{mark}"}))

    assert subject == "For anaD, week 7"


@pytest.mark.parametrize("kept", [True, False], ids=["marks kept", "marks lost"])
def test_a_reply_that_quotes_the_marks_or_loses_them_is_read_alike(kept: bool) -> None:
    # given
    facts = the_facts(client={"name": "דנה"}, coach={"name": "دانا ريس"})
    text = TEMPLATES.render_letter("prompt", facts).text
    quoted = text if kept else without_overrides(text)
    below = "".join(f"> {line}\n" for line in quoted.splitlines())

    # when
    reply = f"From: dana@example.net\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\nSeven.\n\n{below}"
    reading = read(reply.encode(), asked=AskedLetter(text=text, questions=facts.questions, language="en"))

    # then
    assert reading.new.text.strip() == "Seven."


def test_a_direction_that_is_none_is_told() -> None:
    with pytest.raises(TemplateTrouble, match=r'\[en\] direction is \'left\'; there is "ltr" and "rtl"'):
        PromptTemplates(SHIPPED, {"words.toml": '[en]\ndirection = "left"\n'})
