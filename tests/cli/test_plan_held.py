"""What the plan says of letters that could not be written: they would be held, so they are not promised."""

from __future__ import annotations

import pytest

from tests.cli.operator import DANA, Operator

HEAD = 'title = "Week"\nfor = "everyone"\n'
PROMPT = """
[[prompt]]
id = "week"
when = "every Friday at 08:30"
subject = {en = "Your week", de = "Deine Woche"}
questions = [{ask = {en = "What went well?", de = "Was lief gut?"}}]
"""
LEA = 'client add lea --name "Léa Roux" --email lea@example.org --zone Europe/Lisbon --language fr'
NO_TEXT = 'prompt "week" has no text in "fr" for client lea; add it'


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with one schedule in two languages, a client who reads one of them, and one who reads none."""
    for path in (operator.folder / "schedules").glob("*.toml"):
        path.unlink()
    operator.write("schedules/week.toml", HEAD + PROMPT)
    for line in (DANA, LEA):
        assert operator.type(line).code == 0
    return operator


def test_a_letter_without_a_text_in_the_clients_language_is_not_promised(keeper: Operator) -> None:
    rows = keeper.type("plan --days 7 --json").json

    assert {row["client"]: (row["send"], row["skip"], row["detail"]) for row in rows} == {
        "dana": (True, None, ""),
        "lea": (False, "held", NO_TEXT),
    }
    [line] = [line for line in keeper.type("plan --days 7").out.splitlines() if line.startswith("lea/")]
    assert line.endswith(f"no: held  {NO_TEXT}")


def test_the_story_of_such_a_letter_says_what_is_missing(keeper: Operator) -> None:
    [row] = keeper.type("plan --days 7 --json --client lea").json

    said = keeper.type(f"plan --why {row['occurrence']}").out

    assert said.splitlines()[-1].split(maxsplit=1) == [
        "outcome",
        f"no letter (held), as things stand: it cannot be written. {NO_TEXT}",
    ]


def test_such_a_letter_stands_in_no_calendar(keeper: Operator) -> None:
    said = keeper.type("plan --days 7 --client lea --calendar plan.ics")

    assert said.out == "wrote 0 letters of the next 7 days to plan.ics\n"
    assert "BEGIN:VEVENT" not in (keeper.folder / "plan.ics").read_text("utf-8")


def test_a_letter_that_says_a_variable_nobody_has_set_is_not_promised(keeper: Operator) -> None:
    keeper.change("schedules/week.toml", 'id = "week"', 'id = "week"\ntemplate = "own"')
    keeper.write("templates/own.md", "Hello, {{ own.goal }}?\n\n{{ questions }}\n")
    keeper.write("templates/own.de.md", "Hallo, {{ own.goal }}?\n\n{{ questions }}\n")
    [before] = keeper.type("plan --days 7 --json --client dana").json

    keeper.type("client edit dana --set goal=Sleep")
    [after] = keeper.type("plan --days 7 --json --client dana").json

    assert (before["send"], before["skip"]) == (False, "held")
    assert "goal" in before["detail"]
    assert (after["send"], after["skip"], after["detail"]) == (True, None, "")


def test_a_fallback_lets_it_go(keeper: Operator) -> None:
    keeper.write("schedules/week.toml", f'{HEAD}fallback = "en"\n{PROMPT}')

    assert [row["send"] for row in keeper.type("plan --days 7 --json").json] == [True, True]


def test_what_does_not_go_anyway_keeps_its_own_reason(keeper: Operator) -> None:
    keeper.type("client pause lea")

    [row] = keeper.type("plan --days 7 --json --client lea").json

    assert (row["send"], row["skip"]) == (False, "paused")
