"""A client whose language a schedule does not have: in the schedule's fallback, or not at all."""

from __future__ import annotations

import pytest

from tests.cli.operator import Operator

WEEK = """title = "Week"
for = "everyone"
{top}
[[prompt]]
id = "week"
when = "every Friday at 08:30"
subject = {{en = "Your week", de = "Deine Woche"}}
questions = [{{ask = {{en = "What went well?", de = "Was lief gut?"}}}}]
"""
LEA = 'client add lea --name "Léa Roux" --email lea@example.org --zone Europe/Paris --language'


def preview(operator: Operator, *, top: str, language: str) -> tuple[int, str]:
    (operator.folder / "schedules" / "week.toml").write_text(WEEK.format(top=top), encoding="utf-8")
    operator.type(f"{LEA} {language}")
    said = operator.type("preview week/week --client lea")
    return said.code, said.out + said.err


@pytest.mark.parametrize(
    ("fallback", "subject", "asked", "foot"),
    [
        ("en", "Your week", "What went well?", "a program sends them"),
        ("de", "Deine Woche", "Was lief gut?", "ein Programm"),
    ],
)
def test_a_letter_in_the_fallback_is_in_it_from_subject_to_foot(
    fallback: str, subject: str, asked: str, foot: str, operator: Operator
) -> None:
    code, shown = preview(operator, top=f'fallback = "{fallback}"', language="fr")

    assert code == 0
    assert f"Subject: {subject}\n" in shown
    assert asked in shown
    assert foot in shown
    assert "un programme" not in shown


def test_without_a_fallback_the_missing_language_is_named(operator: Operator) -> None:
    code, shown = preview(operator, top="", language="fr")

    assert code == 1
    assert 'prompt "week" has no text in "fr" for client lea; add it' in shown
