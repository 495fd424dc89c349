"""Schedules and templates that are edited while the program works by them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

import pytest

from mailer.engine.shelf import Shelf
from mailer.engine.templates import load_templates, read_templates
from mailer.errors import ConfigError
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.people import Client, Coach
from mailer.model.plan import Question
from tests.house import SCHEDULE

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TWO_PROMPTS = SCHEDULE + SCHEDULE[SCHEDULE.index("[[prompt]]") :].replace('"week"', '"more"')


@dataclass
class Folders:
    """The two folders of an operator; every file is written at a time that the test says."""

    schedules: Path
    templates: Path

    def write(self, name: str, text: str | bytes, *, seconds_ago: float = 60) -> None:
        """Writes a file, so long before NOW."""
        path = (self.schedules if name.endswith(".toml") and name != "words.toml" else self.templates) / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.age(path, seconds_ago)
        self.age(path.parent, 60)

    def age(self, path: Path, seconds: float) -> None:
        moment = NOW.timestamp() - seconds
        os.utime(path, (moment, moment))

    def shelf(self, **more: object) -> Shelf:
        return Shelf(self.schedules, self.templates, **more)  # type: ignore[arg-type]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "schedules", tmp_path / "templates")
    made.schedules.mkdir()
    made.templates.mkdir()
    made.write("weekly.toml", SCHEDULE)
    return made


def prompts(shelf: Shelf, slug: str = "weekly") -> list[str]:
    return [one.id for one in shelf.book.schedules[slug].prompts]


def test_a_change_comes_into_force_once(folders: Folders) -> None:
    shelf = folders.shelf()
    folders.write("weekly.toml", TWO_PROMPTS, seconds_ago=30)

    assert [shelf.look(now=NOW), shelf.look(now=NOW)] == [True, False]
    assert prompts(shelf) == ["week", "more"]
    assert shelf.problems == ()


def test_a_half_saved_file_that_happens_to_be_valid_is_not_taken_for_the_whole(folders: Folders) -> None:
    folders.write("weekly.toml", TWO_PROMPTS)
    shelf = folders.shelf()

    folders.write("weekly.toml", SCHEDULE, seconds_ago=1)  # the first of two writes ends between two prompts

    assert not shelf.look(now=NOW)
    assert prompts(shelf) == ["week", "more"]


def test_a_file_that_is_taken_away_for_a_moment_while_it_is_saved_is_not_gone(folders: Folders) -> None:
    shelf = folders.shelf()
    (folders.schedules / "weekly.toml").unlink()
    folders.age(folders.schedules, 0.5)

    assert not shelf.look(now=NOW)
    assert prompts(shelf) == ["week"]
    folders.age(folders.schedules, 5)
    assert shelf.look(now=NOW)
    assert shelf.book.schedules == {}


@pytest.mark.parametrize("seconds_ago", [3, 86400 * 3650, -86400, -3])
def test_what_was_saved_long_ago_or_by_another_clock_has_settled(folders: Folders, seconds_ago: float) -> None:
    shelf = folders.shelf()

    folders.write("weekly.toml", TWO_PROMPTS, seconds_ago=seconds_ago)

    assert shelf.look(now=NOW)


def test_a_broken_file_keeps_its_own_last_good_text_and_holds_back_no_other(folders: Folders) -> None:
    folders.write("other.toml", SCHEDULE)
    shelf = folders.shelf()

    folders.write("weekly.toml", TWO_PROMPTS[: len(TWO_PROMPTS) * 6 // 10], seconds_ago=30)
    folders.write("other.toml", TWO_PROMPTS, seconds_ago=30)

    assert shelf.look(now=NOW)
    assert prompts(shelf) == ["week"]
    assert prompts(shelf, "other") == ["week", "more"]
    assert {one.file.name for one in shelf.problems} == {"weekly.toml"}
    assert all(one.line for one in shelf.problems)
    folders.write("weekly.toml", TWO_PROMPTS, seconds_ago=10)
    assert shelf.look(now=NOW)
    assert (prompts(shelf), shelf.problems) == (["week", "more"], ())


def test_the_last_good_texts_survive_a_restart(folders: Folders) -> None:
    sources = folders.shelf().sources
    folders.write("weekly.toml", "title = ")

    again = folders.shelf(last_good=sources)

    assert prompts(again) == ["week"]
    assert again.sources == sources
    assert [one.file.name for one in again.problems][:1] == ["weekly.toml"]


def test_a_folder_that_is_away_takes_nothing_away(folders: Folders) -> None:
    shelf = folders.shelf()
    folders.schedules.rename(folders.schedules.with_name("elsewhere"))

    assert shelf.look(now=NOW)
    assert prompts(shelf) == ["week"]
    assert shelf.problems != ()


def test_a_link_into_nowhere_and_an_editors_own_files_are_no_trouble(folders: Folders) -> None:
    (folders.schedules / ".weekly.toml.swp").write_bytes(b"\xff\x00")
    (folders.schedules / "notes").symlink_to("nowhere")
    folders.age(folders.schedules, 60)
    shelf = folders.shelf()

    (folders.schedules / ".weekly.toml.swp").write_bytes(b"\xff\x00\x01")
    folders.age(folders.schedules, 60)

    assert shelf.problems == ()
    assert not shelf.look(now=NOW)


# ---- Templates ----------------------------------------------------------------------------------------------------

NOBODY = UUID(int=0)
FACTS = LetterFacts(
    client=Client(
        id=NOBODY, practice_id=NOBODY, coach_id=NOBODY, slug="dana", name="Dana Reis", address="dana@example.org",
        zone="Europe/Lisbon", created_at=NOW,
    ),
    coach=Coach(
        id=NOBODY, practice_id=NOBODY, practice="vogl", slug="petra", name="Petra Vogl", address="petra@example.org",
        zone="Europe/Berlin", language="en", digest_at=time(7),
    ),
    practice="Vogl Coaching", subject="A question", questions=(Question(ask="How was it?"),),
)  # fmt: skip
MINE = "Dear {{ client.first_name }},\n\n{{ questions }}\n"


def letter(shelf: Shelf, name: str = "mine") -> str:
    return shelf.templates.render_letter(name, FACTS).text


BROKEN: list[tuple[str, str | bytes, Callable[[str], bool]]] = [
    ("mine.md", "Dear {{ client.first_name", lambda text: text.startswith("Dear Dana,")),
    ("mine.md", b"Sch\xf6ne Gr\xfc\xdfe", lambda text: text.startswith("Dear Dana,")),
    ("words.toml", "[en\n", lambda text: "My own foot." in text),
    ("words.toml", "[en]\nfoott = 'x'\n", lambda text: "My own foot." in text),
    ("layout.html", '<img src="https://example.net/pixel">{{ body }}', lambda text: "How was it?" in text),
]


@pytest.mark.parametrize(
    ("name", "text", "is_as_before"), BROKEN, ids=[f"{one[0]}-{n}" for n, one in enumerate(BROKEN)]
)
def test_a_broken_template_keeps_the_last_good_one_of_its_name(
    folders: Folders, name: str, text: str | bytes, is_as_before: Callable[[str], bool]
) -> None:
    shipped_layout = load_templates(folders.templates).files["layout.html"]
    folders.write("mine.md", MINE)
    folders.write("words.toml", '[en]\nfoot = "My own foot."\n')
    folders.write("layout.html", shipped_layout)
    shelf = folders.shelf()

    folders.write(name, text, seconds_ago=30)
    folders.write("weekly.toml", TWO_PROMPTS, seconds_ago=30)

    assert shelf.look(now=NOW)
    assert is_as_before(letter(shelf))
    assert [one.file.name for one in shelf.problems] == [name]
    assert prompts(shelf) == ["week", "more"]


@pytest.mark.parametrize(
    ("name", "text"), [one[:2] for one in BROKEN], ids=[f"{one[0]}-{n}" for n, one in enumerate(BROKEN)]
)
def test_a_template_that_was_broken_from_the_start_holds_the_letters_that_need_it(
    folders: Folders, name: str, text: str | bytes
) -> None:
    folders.write(name, text)
    shelf = folders.shelf()

    with pytest.raises(TemplateTrouble) as caught:
        letter(shelf)

    assert caught.value.template == name
    if name == "mine.md":
        assert "How was it?" in letter(shelf, "prompt")
    folders.write(name, {"mine.md": MINE, "words.toml": "", "layout.html": "{{ body }}"}[name], seconds_ago=10)
    folders.write("mine.md", MINE)
    assert shelf.look(now=NOW)
    assert "How was it?" in letter(shelf)


def test_a_shipped_template_is_never_sent_in_the_place_of_a_broken_one_of_ones_own(folders: Folders) -> None:
    folders.write("prompt.md", b"\xff")

    with pytest.raises(TemplateTrouble, match="not saved as UTF-8"):
        letter(folders.shelf(), "prompt")


def test_a_folder_of_templates_that_is_away_keeps_what_they_said(folders: Folders) -> None:
    folders.write("mine.md", MINE)
    reading = read_templates(folders.templates)
    folders.templates.rename(folders.templates.with_name("elsewhere"))

    away = read_templates(folders.templates, last_good=reading.sources)

    assert away.sources == reading.sources
    assert [one.message for one in away.problems] == ["the folder is not there; put it back"]
    assert read_templates(folders.templates).problems == ()


def test_check_refuses_every_broken_template_at_once(folders: Folders) -> None:
    folders.write("mine.md", "{% if %}")
    folders.write("words.toml", "[en\n")

    with pytest.raises(ConfigError) as caught:
        load_templates(folders.templates)

    assert [one.file.name for one in caught.value.problems] == ["mine.md", "words.toml"]
