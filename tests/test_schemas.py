"""schemas/: an editor knows every key, and marks what `mailer check` would refuse while it is typed.

Dates, which JSON has not, are given to the schema as editors of TOML give them: as text.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from mailer.errors import ConfigError
from mailer.schedule.load import load_schedule
from mailer.tomlfile import Table, read_toml
from tests.cli import reference

ROOT = Path(__file__).parents[1]
SHIPPED = ["config.example.toml", *sorted(f"schedules/{one.name}" for one in (ROOT / "schedules").glob("*.toml"))]
CONFIG, SCHEDULE = reference.SCHEMAS


def schema_for(name: str) -> Any:
    return json.loads((ROOT / name).read_text("utf-8"))


def as_json(value: Any) -> Any:
    """TOML values as an editor hands them to a schema."""
    return json.loads(json.dumps(value, default=str))


def complaints(schema: str, text: str) -> list[str]:
    """What an editor would mark."""
    return [error.message for error in Draft7Validator(schema_for(schema)).iter_errors(as_json(tomllib.loads(text)))]


@pytest.mark.parametrize("name", reference.SCHEMAS)
def test_the_schemas_are_what_the_models_say(name: str) -> None:
    """Where this fails: `make reference`."""
    assert (ROOT / name).read_text("utf-8") == reference.schema(name)


@pytest.mark.parametrize("name", reference.SCHEMAS)
def test_the_schemas_are_schemas_that_editors_of_toml_read(name: str) -> None:
    schema = schema_for(name)

    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert "$ref" not in json.dumps(schema)


def test_a_mistake_inside_a_question_is_marked_at_its_own_key() -> None:
    """A question is a text or a table; that it is neither would be true, and would help nobody."""
    text = GOOD.replace('["How was it?"]', '[{ask = "How was it?", answer = "number"}]')

    assert complaints(SCHEDULE, text) == ["'number' is not one of ['text', 'rating', 'yes-no', 'choice', 'commitment']"]


def keys(schema: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a schema with what is said of it."""
    if isinstance(schema, list):
        for one in schema:
            yield from keys(one, above)
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield f"{above}.{name}", inner
            yield from keys(inner, f"{above}.{name}")
        yield from keys(schema.get("items"), above)


@pytest.mark.parametrize("name", reference.SCHEMAS)
def test_every_key_is_described_in_one_line(name: str) -> None:
    said = {key: schema["description"] for key, schema in keys(schema_for(name))}

    assert len(said) > 15
    assert {key: text for key, text in said.items() if not 3 < len(text) < 130 or text[-1] not in ".…"} == {}


def tables(schema: Any) -> Iterator[Any]:
    """Every table of a schema, itself first."""
    if "properties" in schema:
        yield schema
    for _, inner in keys(schema):
        for one in (inner, inner.get("items", {})):
            if "properties" in one:
                yield one


@pytest.mark.parametrize("name", reference.SCHEMAS)
def test_no_table_takes_a_key_it_does_not_know(name: str) -> None:
    found = list(tables(schema_for(name)))

    assert len(found) > 2
    assert all(table["additionalProperties"] is False for table in found)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_pleases_its_schema(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")

    assert complaints(SCHEDULE if "/" in name else CONFIG, text) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_names_its_schema_in_the_first_line(name: str) -> None:
    first = (ROOT / name).read_text("utf-8").splitlines()[0]

    directive, path = first.split()
    assert directive == "#:schema"
    assert (ROOT / name).parent.joinpath(path).resolve() == ROOT / (SCHEDULE if "/" in name else CONFIG)


PROMPT = '[[prompt]]\nid = "week"\nwhen = "every Friday at 08:30"\nsubject = "Your week"\nquestions = ["How was it?"]\n'
GOOD = f'title = "Weekly"\nfor = "everyone"\n{PROMPT}'

# what stands in the sound schedule, what was typed instead
BROKEN_SCHEDULES = [
    ('title = "Weekly"\n', ""),
    ("title", "titel"),
    ('for = "everyone"\n', ""),
    ('"everyone"', '["everyone"]'),
    ('"everyone"', '" "'),
    (PROMPT, ""),
    ("[[prompt]]", "[prompt]"),
    ("[[prompt]]", "[[promt]]"),
    ('id = "week"', 'id = "Week 1"'),
    ('id = "week"', "id = 1"),
    ('id = "week"\n', ""),
    ("when =", "wen ="),
    ('"every Friday at 08:30"', "08:30:00"),
    ('"Your week"', '{english = "Your week"}'),
    ('"Your week"', '["Your week"]'),
    ("questions =", "question ="),
    ('["How was it?"]', '"How was it?"'),
    ('["How was it?"]', '[{question = "How was it?"}]'),
    ('["How was it?"]', '[{ask = "How was it?", answer = "number"}]'),
    ('["How was it?"]', '["How was it?"]\nmax_late = 6'),
    ('["How was it?"]', '["How was it?"]\nmax_late = "6 lightyears"'),
    ('["How was it?"]', '["How was it?"]\nif_quiet = "never"'),
    ('["How was it?"]', '["How was it?"]\nskip_if = true'),
    ('["How was it?"]', '["How was it?"]\nenabled = false'),
]
EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
BROKEN_CONFIGS = [
    ("\nrehearse = true", '\nrehearse = "yes"'),
    ("\nrehearse = true", "\nrehersal = true"),
    ("[[practice]]", "[practice]"),
    ('id = "petra"', 'id = "Petra Vogl"'),
    ('zone = "Europe/Berlin"', 'zone = "CET"'),
    ('zone = "Europe/Berlin"', 'zone = "+02:00"'),
    ('zone = "Europe/Berlin"', 'zone = "Europe/Berlin"\ndigest_at = "7:00"'),
    ('zone = "Europe/Berlin"', 'zone = "Europe/Berlin"\ndigest_at = "25:00"'),
    ('"petra@example.org"', '"petra at example.org"'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\nport = 465'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\nsmtp = {port = 70000}'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\nsmtp = {security = "ssl"}'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\nmode = "private"'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\npassword = "sesame"'),
    ('"your.name@gmail.com"', '"your.name@gmail.com"\nfolders = []'),
    ("# [limits]", "[limits]\nclient_letters_per_day = 99"),
    ("# [limits]", "[limit]"),
    ("# [engine]", "[engine]\nplan_seconds = 1.5"),
]
BROKEN = [
    *((SCHEDULE, GOOD, right, wrong) for right, wrong in BROKEN_SCHEDULES),
    *((CONFIG, EXAMPLE, right, wrong) for right, wrong in BROKEN_CONFIGS),
]


def model_of(schema: str) -> type[Table]:
    return reference.SCHEMAS[schema]


@pytest.mark.parametrize(("schema", "good", "right", "wrong"), BROKEN, ids=[f"{one[2]} -> {one[3]}" for one in BROKEN])
def test_an_editor_marks_what_the_program_refuses(
    schema: str, good: str, right: str, wrong: str, tmp_path: Path
) -> None:
    assert right in good
    file = tmp_path / "file.toml"
    file.write_text(good.replace(right, wrong, 1), "utf-8")

    assert complaints(schema, good) == []
    assert complaints(schema, file.read_text("utf-8")) != []
    assert refused(schema, file)


def refused(schema: str, file: Path) -> bool:
    """Whether the program does not take a file."""
    if read_toml(file, model_of(schema)).problems:
        return True
    try:
        load_schedule(file)
    except ConfigError:
        return True
    return False


# what an editor must not mark, since the program takes it
ALSO_GOOD = [
    (SCHEDULE, GOOD, '"every Friday at 08:30"', '"Fridays, 8.30 am"'),
    (SCHEDULE, GOOD, "[[prompt]]", 'max_late = "An Hour"\n[[prompt]]'),
    (SCHEDULE, GOOD, "[[prompt]]", 'max_late = " 2d "\n[[prompt]]'),
    (SCHEDULE, GOOD, "[[prompt]]", 'skip_if = ["any reply", "session within 1 day"]\n[[prompt]]'),
    (SCHEDULE, GOOD, '"Your week"', '{en = "Your week", "pt-br" = "Semana", "de.formal" = "Ihre Woche"}'),
    (CONFIG, EXAMPLE, 'zone = "Europe/Berlin"', 'zone = "America/Argentina/ComodRivadavia"'),
    (CONFIG, EXAMPLE, 'zone = "Europe/Berlin"', 'zone = "UTC"'),
    (CONFIG, EXAMPLE, '"petra@example.org"', '"petra@bücher.example.org"'),
    (CONFIG, EXAMPLE, '"your.name@gmail.com"', '"your.name@gmail.com"\nsince = 2027-01-31'),
]


@pytest.mark.parametrize(("schema", "good", "right", "also"), ALSO_GOOD, ids=[f"{one[3]}" for one in ALSO_GOOD])
def test_an_editor_marks_nothing_the_program_takes(
    schema: str, good: str, right: str, also: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.toml"
    file.write_text(good.replace(right, also, 1), "utf-8")

    assert complaints(schema, file.read_text("utf-8")) == []
    assert read_toml(file, model_of(schema)).problems == ()
