"""Reading the folder again while the engine runs: what is in force when files break, vanish or clash."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from mailer.defaults import shipped
from mailer.errors import ConfigError
from mailer.schedule.load import BookReading, load_book, read_book

GOOD = """title = "Weekly"
for = "everyone"
[[prompt]]
id = "week"
when = "every Friday at 08:30"
subject = "Your week"
questions = ["How was it?"]
"""
LATER = GOOD.replace("08:30", "19:00")


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / f"{name}.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def whens(reading: BookReading) -> dict[str, str]:
    return {slug: str(one.prompts[0].when) for slug, one in sorted(reading.book.schedules.items())}


def told(reading: BookReading) -> list[str]:
    return [f"{one.file.name}:{one.line}: {one.message}" for one in reading.problems]


def truncate(path: Path) -> None:
    path.write_text(LATER[: int(len(LATER) * 0.6)])


def write_latin_1(path: Path) -> None:
    path.write_bytes(LATER.replace("Weekly", "Für").encode("cp1252"))


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


BREAKINGS: list[tuple[Callable[[Path], object], str]] = [
    (truncate, "weekly.toml:5: the closing quote is missing; end the text with \""),
    (lambda path: path.write_text(""), "weekly.toml:1: title is missing; write it at the top of the file, above the "
                                       "first table"),
    (lambda path: path.write_text(LATER.replace("when", "wenn")), 'weekly.toml:5: unknown key "wenn"; did you mean '
                                                                 '"when"?'),
    (lambda path: path.write_bytes(b"\0" * 400), "weekly.toml:1: the file is saved as UTF-16; save it as UTF-8"),
    (write_latin_1, "weekly.toml:1: the file is not saved as UTF-8 (a byte here would be \"ü\" in Windows-1252); save "
                    "it as UTF-8"),
    (replace_by_folder, "weekly.toml:0: this is a folder; name the file in it"),
    (link_to_nowhere, "weekly.toml:0: this is a link that leads nowhere; mend it or delete it"),
    (replace_by_pipe, "weekly.toml:0: this is no ordinary file; put one in its place"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), BREAKINGS, ids=[said[:60] for _, said in BREAKINGS])
def test_a_broken_file_stays_in_force_as_it_was_and_hides_no_other(
    spoil: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    broken = put(tmp_path, "weekly", GOOD)
    put(tmp_path, "other", GOOD)
    before = read_book(tmp_path)

    spoil(broken)
    put(tmp_path, "other", LATER)
    after = read_book(tmp_path, last_good=before.sources)

    assert whens(after) == {"other": "every Friday at 19:00", "weekly": "every Friday at 08:30"}
    assert said in told(after)
    assert {one.file for one in after.problems} == {broken}
    assert after.stale == {"weekly"}
    assert after.sources == {"other": LATER, "weekly": GOOD}


def test_a_file_half_saved_and_then_whole_comes_into_force_once_it_is_whole(tmp_path: Path) -> None:
    path = put(tmp_path, "weekly", GOOD)
    first = read_book(tmp_path)
    half = len(LATER) * 6 // 10
    path.write_text(LATER[:half])
    second = read_book(tmp_path, last_good=first.sources)
    path.write_text(LATER)
    third = read_book(tmp_path, last_good=second.sources)

    assert [whens(one)["weekly"][-5:] for one in (first, second, third)] == ["08:30", "08:30", "19:00"]
    assert [bool(one.problems) for one in (first, second, third)] == [False, True, False]
    assert [set(one.stale) for one in (first, second, third)] == [set(), {"weekly"}, set()]


def test_a_file_that_stays_broken_stays_in_force_however_often_it_is_looked_at(tmp_path: Path) -> None:
    path = put(tmp_path, "weekly", GOOD)
    reading = read_book(tmp_path)
    truncate(path)

    for _ in range(3):
        reading = read_book(tmp_path, last_good=reading.sources)

    assert whens(reading) == {"weekly": "every Friday at 08:30"}


def test_a_file_that_is_gone_is_gone(tmp_path: Path) -> None:
    put(tmp_path, "weekly", GOOD).rename(tmp_path / "fridays.toml")

    after = read_book(tmp_path, last_good={"weekly": GOOD})

    assert set(after.book.schedules) == {"fridays"}
    assert not after.problems
    assert not after.stale


def test_a_folder_that_is_away_takes_no_schedule_along(tmp_path: Path) -> None:
    after = read_book(tmp_path / "not-mounted", last_good={"weekly": GOOD})

    assert whens(after) == {"weekly": "every Friday at 08:30"}
    assert told(after) == ["not-mounted:0: there is no such folder; create it or change the path"]
    assert after.stale == {"weekly"}


def test_a_file_that_was_never_good_is_left_out_and_told(tmp_path: Path) -> None:
    truncate(put(tmp_path, "weekly", ""))
    put(tmp_path, "other", GOOD)

    reading = read_book(tmp_path)

    assert set(reading.book.schedules) == set(reading.sources) == {"other"}
    assert reading.problems
    assert not reading.stale


def test_a_last_good_text_that_cannot_be_read_any_more_is_told_too(tmp_path: Path) -> None:
    truncate(put(tmp_path, "weekly", ""))

    reading = read_book(tmp_path, last_good={"weekly": GOOD.replace("Friday", "Fridy")})

    assert not reading.book.schedules
    assert (
        "weekly.toml:0: what it said last cannot be read any more either; nothing of it is sent until the file is "
        "mended"
    ) in told(reading)


def test_two_files_of_one_name_keep_what_was_in_force(tmp_path: Path) -> None:
    put(tmp_path, "weekly", LATER)
    put(tmp_path, "WEEKLY", GOOD)
    put(tmp_path, "other", GOOD)

    reading = read_book(tmp_path, last_good={"weekly": GOOD})

    assert whens(reading) == {"other": "every Friday at 08:30", "weekly": "every Friday at 08:30"}
    assert reading.stale == {"weekly"}
    assert any("are the same id; rename one of the two files" in one for one in told(reading))


def test_what_check_refuses_is_what_the_engine_reports(tmp_path: Path) -> None:
    truncate(put(tmp_path, "weekly", ""))
    put(tmp_path, "other", GOOD.replace("Friday", "Fridy"))

    with pytest.raises(ConfigError) as caught:
        load_book(tmp_path)

    assert caught.value.problems == read_book(tmp_path).problems


def test_the_fingerprint_depends_on_what_the_file_says_and_nothing_else(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    put(first, "weekly", GOOD)
    os.utime(put(second, "weekly", "# moved here\r\n" + GOOD.replace("\n", "\r\n")), (0, 0))

    readings = [read_book(first), read_book(second), read_book(tmp_path / "gone", last_good={"weekly": GOOD})]

    assert len({one.book.version for one in readings}) == 1


SHIPPED = {path.stem: path.read_text("utf-8") for path in sorted(shipped("schedules").glob("*.toml"))}
SCRAPS = ["[", "]", "{", "}", '"', "'''", "\n", "= ", "# ", "[[prompt]]\n", "for = 3\n", "questions = [1]\n",
          "\ufeff", "\x00", "prompt = {}\n", "fallback = 'x'\n", "supersedes = ['a', 2]\n", "at_latest = 'x'\n",
          "[prompt]\n", "“"]  # fmt: skip


@seed(20270328)
@settings(max_examples=150, deadline=None, database=None)
@given(st.data())
def test_no_damage_to_a_file_hides_another_or_goes_untold(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    slug = data.draw(st.sampled_from(sorted(SHIPPED)))
    text = SHIPPED[slug]
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + data.draw(st.sampled_from(SCRAPS)) + text[start + data.draw(st.integers(0, 40)) :]
    folder = tmp_path_factory.mktemp("schedules")
    put(folder, slug, damaged)
    put(folder, "sound", GOOD)

    reading = read_book(folder, last_good={slug: text})

    assert set(reading.book.schedules) == {slug, "sound"}
    assert (slug in reading.stale) == bool(reading.problems)
