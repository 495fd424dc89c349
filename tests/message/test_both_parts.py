"""The plain part and the HTML say the same: every word, list mark and link, in the same order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message.writing.template import Body, PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.plan import Question
from tests.message.cast import SHIPPED, the_facts
from tests.message.page_words import PageWords
from tests.message.written import NAMES, SPOKEN, letter, there

MARKED = """Before [a page](https://example.org/a?b=c&d=e), <https://example.com/>, [us](mailto:us@example.org),
[ring](tel:+3512345) and [https://example.net/](https://example.net/).

{{ promises }}

- one
- two **strong**
  1. inner
  2. inner two

     more of it
- three

7. seven
8. eight

> quoted [there](https://example.org/)

***

    code - as * written

{{ questions }}
"""


def letters_of(text: str) -> str:
    """The plain part without blanks; the line above the foot is drawn in HTML, not said."""
    return "".join(text.replace("\n-- \n", "\n", 1).split())


def say_the_same(body: Body) -> bool:
    return letters_of(body.text) == PageWords(body.html).letters.replace("\u00a0", "")


def test_lists_links_promises_and_rules_stand_in_both() -> None:
    templates = PromptTemplates(SHIPPED, {"own.md": MARKED})
    body = templates.render_letter("own", the_facts(promises=("Call Lee", "1. Walk", "- [x](y)")))

    assert say_the_same(body)
    for words in ("a page (https://example.org/a?b=c&d=e)", "us (us@example.org)", "ring (+3512345)", "- Call Lee\n"):
        assert words in body.text
    assert "https://example.com/ (" not in body.text
    assert "7. seven\n8. eight" in body.text


@pytest.mark.parametrize("change", [lambda page: page.replace("Call", "Ring"), lambda page: page.replace("<ol", "<ul")])
def test_a_page_that_says_something_else_is_found_out(change: Callable[[str], str]) -> None:
    templates = PromptTemplates(SHIPPED, {"own.md": MARKED})
    body = templates.render_letter("own", the_facts(promises=("Call Lee",)))

    assert not say_the_same(Body(text=body.text, html=change(body.html)))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_says_the_same_in_both_parts(name: str) -> None:
    written = [letter(name, language, form) for language, form in SPOKEN if name in there(language, form)]

    assert written
    assert all(map(say_the_same, written))


words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=25)
MARKS = st.sampled_from(
    ["*", "**", "`", "[", "](https://example.org/x)", "<https://example.com>", "\\", "&amp;", "1. ", "- ", "> ", "# "]
)
BLOCKS = st.lists(st.one_of(words, MARKS, st.just("\n"), st.just("\n\n"), st.just("\n  - ")), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.lists(words, max_size=4), st.lists(words, min_size=1, max_size=3))
def test_whatever_a_template_and_its_values_hold_both_parts_say_the_same(
    source: str, promises: list[str], asked: list[str]
) -> None:
    source = source.replace("{", "").replace("}", "")
    templates = PromptTemplates(SHIPPED, {"own.md": f"{source}\n\n{{{{ promises }}}}\n\n{{{{ questions }}}}"})
    facts = the_facts(promises=tuple(promises), questions=tuple(Question(ask=one) for one in asked))

    try:
        body = templates.render_letter("own", facts)
    except TemplateTrouble:
        return
    assert say_the_same(body)
