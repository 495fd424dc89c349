"""README.md and docs/ show nothing that is not there: commands, options, keys, files, states and templates."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mailer.config.tables import ConfigFile
from mailer.engine.templates import load_templates
from mailer.flow.health import Health
from mailer.message.writing.facts import LetterFacts
from mailer.model.filing import Held
from mailer.model.outgoing import OutboxState
from mailer.model.people import Client, Coach, Form, Session
from mailer.schedule.load import load_schedule
from mailer.schedule.tables import PromptTable, QuestionTable, ScheduleTable
from mailer.store.outbox_view import FAILED, OPEN
from mailer.tomlfile import Table
from tests.cli import reference

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}.*\n|\n(?= {4}))+", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)|(?:src|href)=\"([^\"]+)\"")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str) -> list[str]:
    """Code blocks, fenced and indented."""
    text = text_of(name)
    bare = _FENCE.sub("", text)
    indented = ["\n".join(line[4:] for line in block.splitlines()) for block in _INDENTED.findall(bare)]
    return [code for _, code in _FENCE.findall(text)] + indented


def inline(name: str) -> list[str]:
    """Code within sentences, on one line each."""
    bare = _INDENTED.sub("", _FENCE.sub("", text_of(name)))
    return [" ".join(code.split()) for code in _INLINE.findall(bare)]


def command_lines() -> Iterator[tuple[str, str, bool]]:
    """(page, line, whole) of every command shown; those within sentences may leave arguments out."""
    for name in NAMES:
        for block in blocks(name):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("mailer ") and name != "docs/commands.md":
                    yield name, line.partition(" #")[0].strip(), True
        for code in inline(name):
            if code.startswith("mailer "):
                yield name, code.replace("\\|", "|"), False


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command that is meant, and what follows it."""
    command = reference.command_line()
    while words and hasattr(command, "commands"):
        if words[0] not in command.commands:
            break
        command, words = command.commands[words[0]], words[1:]
    return command, words


COMMANDS = sorted(set(command_lines()))


@pytest.mark.parametrize(("page", "line", "whole"), COMMANDS, ids=[f"{page}: {line}" for page, line, _ in COMMANDS])
def test_every_command_shown_exists_and_takes_what_is_shown(page: str, line: str, whole: bool) -> None:
    words = shlex.split(line)[1:]
    command, rest = resolve(words)
    known = {name for part in command.params for name in part.opts} | {"--help"}

    assert not hasattr(command, "commands") or not rest or set(rest) <= known, f"{page} shows {line!r}"
    assert {word for word in rest if word.startswith("-")} <= known, f"{page} shows {line!r}"
    if whole and not hasattr(command, "commands"):
        with command.make_context("mailer", [word for word in rest if word != "--help"]) as context:
            assert context.command is command


def test_the_reference_is_what_the_commands_say_of_themselves() -> None:
    """Where this fails: `make reference`."""
    assert reference.PAGE.read_text("utf-8") == reference.page()


def test_every_command_stands_in_the_reference() -> None:
    shown = re.findall(r"^## (.+)$", text_of("docs/commands.md"), re.MULTILINE)

    assert shown == [name for name, _ in reference.leaves()]


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_shown_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    shown = {line for block in blocks(name) for line in block.splitlines() if line.startswith("make ")}
    shown |= {code for code in inline(name) if code.startswith("make ")}

    assert {line.split()[1] for line in shown} <= targets


def anchors(text: str) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_into_the_repository_leads_somewhere(name: str) -> None:
    for found in _LINK.findall(text_of(name)):
        target, _, anchor = (found[0] or found[1]).partition("#")
        if target.startswith(("https:", "mailto:")):
            continue
        page = (ROOT / name).parent / target if target else ROOT / name
        assert page.exists(), f"{name} links to {target}"
        assert not anchor or anchor in anchors(page.read_text("utf-8")), f"{name} links to {target}#{anchor}"


@pytest.mark.parametrize("name", NAMES)
def test_every_file_named_is_there(name: str) -> None:
    shown = [code for code in inline(name) if re.fullmatch(r"(?:docs|templates|schedules|tests)/[\w.-]+\.\w+", code)]
    examples = {f"templates/{one}" for one in examples_of("docs/templates.md")}

    assert [one for one in shown if not (ROOT / one).exists() and one not in examples] == []


def keys_of(table: type[Table]) -> set[str]:
    """Every key of a table and of the tables in it."""
    found = set()
    for name, field in table.model_fields.items():
        found.add(field.alias or name)
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, Table):
                found |= keys_of(inner)
    return found


KEYS = keys_of(ConfigFile) | keys_of(ScheduleTable) | keys_of(PromptTable) | keys_of(QuestionTable)
OF_CLIENTS = {"language", "form", "country"}  # columns of the roster, written as keys


@pytest.mark.parametrize("name", NAMES)
def test_every_key_shown_exists(name: str) -> None:
    shown = set()
    for code in inline(name):
        if (key := re.match(r"([a-z_]+) = ", code)) is not None:
            shown.add(key[1])
        if (table := re.fullmatch(r"\[\[?([a-z.]+)\]\]?", code)) is not None:
            shown |= set(table[1].split(".")) - {"xx", "formal"}

    assert shown <= KEYS | OF_CLIENTS


SCHEDULES = [(name, block) for name in NAMES for block in blocks(name) if "[[prompt]]" in block]


@pytest.mark.parametrize(("name", "block"), SCHEDULES, ids=[name for name, _ in SCHEDULES])
def test_every_schedule_shown_loads(name: str, block: str, tmp_path: Path) -> None:
    (tmp_path / "shown.toml").write_text(block, "utf-8")

    assert load_schedule(tmp_path / "shown.toml").prompts


# ---- docs/templates.md --------------------------------------------------------------------------------------------

NOBODY = UUID(int=0)
THURSDAY = datetime(2027, 3, 4, 14, 0, tzinfo=UTC)
SESSION = Session(
    id=NOBODY, client_id=NOBODY, coach_id=NOBODY, number=1, starts_at=THURSDAY, ends_at=THURSDAY + timedelta(hours=1)
)
PETRA = Coach(
    id=NOBODY, practice_id=NOBODY, practice="vogl", slug="petra", name="Petra Vogl", address="petra@example.org",
    zone="Europe/Berlin", language="en", digest_at=time(7),
)  # fmt: skip


def dana(*, language: str = "en", form: Form = Form.INFORMAL) -> Client:
    return Client(
        id=NOBODY, practice_id=NOBODY, coach_id=NOBODY, slug="dana", name="Dana Reis", address="dana@example.org",
        zone="Europe/Lisbon", language=language, form=form, created_at=THURSDAY,
    )  # fmt: skip


def examples_of(name: str) -> Mapping[str, str]:
    """The files a page shows: their names stand above them."""
    return dict(re.findall(r"^`templates/([\w.-]+)`:\n\n```\w+\n(.*?)^```$", text_of(name), re.MULTILINE | re.DOTALL))


def letter(folder: Path, template: str, *, client: Client, without: str = "") -> str:
    """The text of a letter from the page's examples, all but one, for the prompt the page shows."""
    for name, content in examples_of("docs/templates.md").items():
        if name != without:
            (folder / name).write_text(content, "utf-8")
    [(_, shown)] = [one for one in SCHEDULES if one[0] == "docs/templates.md"]
    (folder / "shown.toml").write_text(shown, "utf-8")
    prompt = load_schedule(folder / "shown.toml").prompts[0]
    (folder / "shown.toml").unlink()
    facts = LetterFacts(
        client=client, coach=PETRA, practice="Vogl Coaching", session=SESSION, subject=prompt.subject_for(client),
        questions=prompt.questions_for(client),
    )  # fmt: skip
    return load_templates(folder).render_letter(template, facts).text


def test_the_example_makes_the_letter_that_is_shown(tmp_path: Path) -> None:
    [shown] = re.findall(r"^```text\n(.*?)^```$", text_of("docs/templates.md"), re.MULTILINE | re.DOTALL)

    assert letter(tmp_path, "before-session", client=dana(), without="words.toml") == shown


def test_the_phrases_of_the_example_lie_over_the_shipped_ones(tmp_path: Path) -> None:
    made = " ".join(letter(tmp_path, "before-session", client=dana()).split())

    assert "A program sends you these questions. Petra wrote them, and reads what you answer." in made
    assert "Reply PAUSE for a break, STOP to end these emails." in made


@pytest.mark.parametrize("template", ["before-session", "one-by-one"])
def test_every_example_makes_a_letter(template: str, tmp_path: Path) -> None:
    assert "What has moved since last time?" in letter(tmp_path, template, client=dana())


def test_every_name_of_the_table_is_known_and_prints_what_is_said(tmp_path: Path) -> None:
    section = text_of("docs/templates.md").partition("## What a letter can say")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\{\{ .+? \}\})` \| (.+?) \|$", section, re.MULTILINE)
    assert len(rows) == 12
    for source, said in rows:
        content = source.replace("\\|", "|")
        (tmp_path / "try.md").write_text(f"{content}\n\n{{{{ questions }}}}\n", "utf-8")
        first = letter(tmp_path, "try", client=dana()).splitlines()[0]
        if said[0].isupper():
            assert first.startswith(said.partition(",")[0]), source


def test_every_phrase_of_the_table_exists() -> None:
    section = text_of("docs/templates.md").partition("## Phrases")[2].partition("\n## ")[0]
    shown = {word for row in re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE) for word in _INLINE.findall(row)}
    shipped = tomllib.loads(text_of("templates/words.toml"))["en"]

    assert shown == set(shipped) | {"direction"}


def test_the_files_a_client_gets_are_those_of_the_table() -> None:
    templates = load_templates(ROOT / "templates")

    assert templates.choose("prompt", language="en", form=Form.INFORMAL) == "prompt.md"
    assert templates.choose("prompt", language="de", form=Form.INFORMAL) == "prompt.de.md"
    assert templates.choose("prompt", language="de", form=Form.FORMAL) == "prompt.de.formal.md"
    assert templates.choose("prompt", language="pt-BR", form=Form.INFORMAL) == "prompt.pt.md"


# ---- docs/operating.md --------------------------------------------------------------------------------------------


def rows(page: str, heading: str) -> list[str]:
    """The first column of the tables under a heading, without code marks."""
    section = re.split(rf"^#+ {re.escape(heading)}$", text_of(page), flags=re.MULTILINE)[1]
    section = re.split(r"^#", section, flags=re.MULTILINE)[0]
    return [row.replace("`", "") for row in re.findall(r"^\| (.+?) \|", section, re.MULTILINE) if row != "---"]


def test_every_reason_to_wait_is_explained() -> None:
    told = set(rows("docs/operating.md", "It came in and waits"))

    assert {reason.value for reason in Held} <= told


def test_every_state_on_the_way_out_is_explained() -> None:
    told = {OutboxState(word) for row in rows("docs/operating.md", "It is on its way out and does not go")[1:]
            for word in row.split(", ")}  # fmt: skip

    assert told == {*OPEN, *FAILED}


def test_every_part_of_the_status_is_explained() -> None:
    told = rows("docs/operating.md", "Is all well?")[1:]

    assert set(told) == {field.name for field in fields(Health)} | {"well"}
