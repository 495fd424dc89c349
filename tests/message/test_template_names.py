"""What a template may say of one client: variables of their own, and what was promised for the day."""

from __future__ import annotations

from typing import Any

import pytest

from mailer.message.writing.template import Body, PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from tests.message.cast import SHIPPED, the_facts


def written(source: str, **changes: Any) -> Body:
    templates = PromptTemplates({**SHIPPED, "mine.md": source})
    return templates.render_letter("mine", the_facts(questions=(), **changes))


def test_a_variable_of_the_client_is_printed_as_it_was_written() -> None:
    body = written("Your aim: {{ own.goal }}", client={"variables": {"goal": "run *5 km* & {{ 7*7 }}"}})

    assert "Your aim: run *5 km* & {{ 7*7 }}" in body.text
    assert "run *5 km* &amp; {{ 7*7 }}" in body.html


def test_a_variable_that_was_never_set_holds_the_letter_and_names_those_that_were() -> None:
    with pytest.raises(TemplateTrouble) as caught:
        written("One\n\nYour aim: {{ own.goal }}", client={"variables": {"aim": "run"}})

    assert str(caught.value) == 'mine.md:3: own has no "goal"; known: aim'


def test_promises_of_the_day_print_as_a_list_in_both_parts() -> None:
    body = written("You meant to:\n\n{{ promises }}\n\nHow did it go?", promises=("walk on Tuesday", "1. call Lee"))

    assert "You meant to:\n\n- walk on Tuesday\n- 1. call Lee\n\nHow did it go?" in body.text
    assert body.html.count("<li") == 2


def test_promises_can_be_gone_through_one_by_one() -> None:
    body = written(
        "{% for one in promises %}\n{{ loop.index }}: {{ one }}\n\n{% endfor %}{{ promises | length }} in all",
        promises=("walk", "call"),
    )

    assert "1: walk\n\n2: call\n\n2 in all" in body.text


def test_no_promises_print_nothing() -> None:
    assert "Hello\n\nBye" in written("Hello\n\n{{ promises }}\n\nBye").text
