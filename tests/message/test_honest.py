"""Every letter to a client says that a program sends it, who reads the answers, and how to stop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer.model.people import Form
from tests.message.cast import PETRA, TEMPLATES
from tests.message.written import NAMES, SPOKEN, letter, there

PROGRAM = {
    "en": "a program",
    "de": "ein Programm",
    "fr": "un programme",
    "es": "un programa",
    "nl": "een programma",
    "pt": "um programa",
    "it": "un programma",
}
DOCS = Path(__file__).parents[2] / "docs" / "templates.md"


@pytest.mark.parametrize(("language", "form"), SPOKEN)
def test_the_foot_of_every_letter_says_a_program_sends_it_and_who_reads(language: str, form: Form) -> None:
    for name in sorted(there(language, form) & {*NAMES}):
        text = letter(name, language, form).text
        foot = " ".join(text.partition("\n-- \n")[2].split())

        assert PROGRAM[language].lower() in foot.lower()
        assert foot.count(PETRA.name if form is Form.FORMAL and language not in ("en", "pt") else "Petra") >= 1
        assert ("STOP" in foot and "PAUSE" in foot) == (name != "steering")


def test_the_docs_say_of_each_language_whether_its_wording_was_read() -> None:
    section = DOCS.read_text("utf-8").partition("### Who has read them")[2].partition("\n### ")[0]
    told = re.findall(r"^\| (\w+)[^|]*\|", section, re.MULTILINE)

    names = {"English": "en", "German": "de", "French": "fr", "Spanish": "es"}
    names |= {"Dutch": "nl", "Portuguese": "pt", "Italian": "it"}
    assert {names[one] for one in told if one in names} == TEMPLATES.words.languages()
