"""The plain part and the HTML say the same: every word, list mark and link, in the same order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message.writing.template import Body, PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.people import Form
from mailer.model.plan import Question
from tests.message.cast import MEETING, QUESTIONS, SHIPPED, TEMPLATES, the_facts
from tests.message.page_words import PageWords

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


SPOKEN = [
    ("en", Form.INFORMAL),
    ("pt", Form.INFORMAL),
    *((one, form) for one in ("de", "fr", "es", "nl", "it") for form in Form),
]


def there(language: str, form: Form) -> set[str]:
    """The templates that are shipped in a language and form."""
    ending = f".{language}.formal.md" if form is Form.FORMAL else f".{language}.md" if language != "en" else ".md"
    return {one.removesuffix(ending) for one in SHIPPED if one.endswith(ending)}


@pytest.mark.parametrize("name", sorted({one.partition(".")[0] for one in SHIPPED if one.endswith(".md")}))
def test_every_shipped_template_says_the_same_in_both_parts(name: str) -> None:
    written = 0
    for language, form in SPOKEN:
        facts = the_facts(
            client={"language": language, "form": form, "variables": {"goal": "run 5 km", "strengths": "humour"}},
            session=MEETING,
            promises=("Call Lee", "Walk"),
            questions=() if name == "steering" else QUESTIONS,
            extra={"word": "pause", "until": "3 May"},
        )
        if name in there(language, form):
            written += 1
            assert say_the_same(TEMPLATES.render_letter(name, facts))
    assert written


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
