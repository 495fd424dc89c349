"""docs/schedules.md shows nothing the program does not understand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer.schedule.audience import parse_audience
from mailer.schedule.conditions import parse_condition
from mailer.schedule.load import load_schedule
from mailer.schedule.tables import PromptTable, ScheduleTable
from mailer.schedule.when_parse import FORMS, WhenError, parse_when

REFERENCE = Path(__file__).parents[2] / "docs" / "schedules.md"
_ROW = re.compile(r"^\| `(.+?)` \|", re.MULTILINE)


def sections() -> dict[str, str]:
    """The text under each heading, by the heading."""
    parts = re.split(r"^#+ (.+)$", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def lines(*headings: str) -> list[str]:
    """The first column of the tables under these headings."""
    return [line for heading in headings for line in _ROW.findall(sections()[heading])]


@pytest.mark.parametrize("line", lines("When it goes"))
def test_every_when_of_the_tour_is_understood(line: str) -> None:
    assert parse_when(str(parse_when(line))) == parse_when(line)


def test_the_tour_passes_every_kind_of_when() -> None:
    shown = {type(parse_when(line)) for line in lines("When it goes")}

    assert shown == {type(parse_when(form)) for form in FORMS}


def test_the_error_in_the_tour_is_what_is_said_of_that_line(tmp_path: Path) -> None:
    [shown] = re.findall(r"^```text\n(.*?)^```", sections()["When it goes"], re.MULTILINE | re.DOTALL)
    _, written, _ = shown.splitlines()

    with pytest.raises(WhenError) as refused:
        parse_when(written.strip())

    assert shown.partition("prompt.when: ")[2].strip() == str(refused.value).strip()


def test_every_audience_and_condition_of_the_reference_is_understood() -> None:
    audiences, conditions = lines("Whom it is for"), lines("When it had better not go")

    assert [parse_audience(line).text for line in audiences] == audiences
    assert [parse_condition(line).text for line in conditions] == conditions


def test_the_schedule_in_the_reference_loads(tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    for number, text in enumerate(examples):
        path = tmp_path / f"example-{number}.toml"
        path.write_text(text, encoding="utf-8")
        assert load_schedule(path).prompts


def test_the_reference_names_every_key_of_a_schedule_file() -> None:
    named = set(re.findall(r"`(?:\[\[)?([a-z_]+)(?:\]\])?`", sections()["The file"]))
    keys = {field.alias or name for name, field in ScheduleTable.model_fields.items()} | set(PromptTable.model_fields)

    assert keys <= named
