"""Reading TOML against a model: what is refused, how it is told, and where."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import ConfigError, Problem
from mailer.tomlfile import Choice, Field, KeyProblem, Table, load_toml, model_validator, read_toml, schema_of
from mailer.tomlfile.places import Loc, find_places


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Ask(Table):
    ask: str | dict[str, str]
    colour: Choice[Colour] = Colour.RED


class Quiet(Table):
    from_: date = Field(alias="from")
    until: date

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Quiet:
        if self.until < self.from_:
            raise KeyProblem("until", "lies before from")
        return self


class Prompt(Table):
    advice: ClassVar[dict[str, str]] = {"time": "the time belongs into when"}

    id: str
    when: str
    max_late: str = "6 hours"
    note: str = ""
    weight: int = Field(default=1, ge=1, le=5)
    enabled: bool | None = None
    questions: tuple[str | Ask, ...] = ()
    follow: tuple[Ask, ...] = ()


class Limits(Table):
    most: int = 3


class Book(Table):
    title: str
    for_: str = Field(default="everyone", alias="for")
    token: str = ""
    note: str = ""
    prompt: tuple[Prompt, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    limits: Limits = Limits()


def problems_of(folder: Path, text: str | bytes) -> list[str]:
    """What is told of a file, without the file's name."""
    file = folder / "book.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_toml(file, Book)
    return [str(problem).removeprefix(f"{file}:").removeprefix(f"{file}").strip() for problem in caught.value.problems]


def test_a_sound_file_becomes_its_model(tmp_path: Path) -> None:
    file = tmp_path / "book.toml"
    file.write_text(
        'title = "T"\nfor = "all"\n[[prompt]]\nid = "a"\nwhen = "w"\nquestions = ["x", {ask = {en = "y"}}]\n'
    )

    book, places = load_toml(file, Book)

    assert book.for_ == "all"
    assert book.prompt[0].questions == ("x", Ask(ask={"en": "y"}))
    assert places.at("prompt", 0, "when") == (5, 8)
    assert places.at("prompt", 0, "questions", 1, "ask", "en") == (6, 32)


UNKNOWN_KEYS = [
    ('titel = "T"', '1:1: titel: unknown key "titel"; did you mean "title"?'),
    ('title = "T"\nfoor = "x"', '2:1: foor: unknown key "foor"; did you mean "for"?'),
    ('title = "T"\n[limitz]\nmost = 1', '2:1: limitz: unknown key "limitz"; did you mean "limits"?'),
    ('title = "T"\n[limits]\nmozt = 1', '3:1: limits.mozt: unknown key "mozt"; did you mean "most"?'),
    ('title = "T"\n[limits]\nzzz = 1', '3:1: limits.zzz: unknown key "zzz"; [limits] knows most'),
    (
        'title = "T"\n[[prompt]]\nid = "a"\nwhen = "b"\nquestions = ["q", {ask = "x", color = "red"}]',
        '5:31: prompt.questions.color: unknown key "color"; did you mean "colour"?',
    ),
    (
        'title = "T"\n[[prompt]]\nid = "a"\nwhen = "b"\ntime = "08:00"',
        "5:1: prompt.time: the time belongs into when",
    ),
]


@pytest.mark.parametrize(("text", "told"), UNKNOWN_KEYS)
def test_an_unknown_key_is_refused_with_the_nearest_known_name(tmp_path: Path, text: str, told: str) -> None:
    assert problems_of(tmp_path, text) == [told]


TOP = 'title = "T"\n'
PROMPT = '[[prompt]]\nid = "a"\nwhen = "w"\n'
FOLLOW = '[[prompt.follow]]\nask = "q"\n'

MISPLACED_KEYS = [
    (
        TOP + PROMPT + FOLLOW + 'max_late = "1 hour"',
        "7:1: prompt.follow.max_late: max_late is a key of [[prompt]]; "
        "here it belongs to [[prompt.follow]] of line 5, which it stands below: move it above that line",
    ),
    (  # above the last header it would still stand below the one before
        TOP + PROMPT + FOLLOW + FOLLOW + 'max_late = "1 hour"',
        "9:1: prompt.follow.max_late: max_late is a key of [[prompt]]; "
        "here it belongs to [[prompt.follow]] of line 7, which it stands below: move it above line 5",
    ),
    (
        TOP + PROMPT + FOLLOW + PROMPT + FOLLOW + 'max_late = "1 hour"',
        "12:1: prompt.follow.max_late: max_late is a key of [[prompt]]; "
        "here it belongs to [[prompt.follow]] of line 10, which it stands below: move it above that line",
    ),
    (
        '[limits]\nmost = 1\ntitle = "T"',
        "3:1: limits.title: title is a key of the file itself; "
        "here it belongs to [limits] of line 1, which it stands below: move it above that line",
    ),
    (
        TOP + PROMPT + '[limits]\nmost = 1\nfor = "x"',
        "7:1: limits.for: for is a key of the file itself; "
        "here it belongs to [limits] of line 5, which it stands below: move it above line 2, the first [table]",
    ),
    (
        TOP + PROMPT + FOLLOW + 'note = "x"',
        "7:1: prompt.follow.note: note is a key of [[prompt]] and of the file itself; "
        "here it belongs to [[prompt.follow]] of line 5, which it stands below: "
        "move it above that line, or above line 2 for the whole file",
    ),
    (
        TOP + PROMPT + 'questions = [{ask = "q", max_late = "1 hour"}]',
        "5:26: prompt.questions.max_late: max_late is a key of [[prompt]]; here it stands inside the { … } of "
        "prompt.questions: move it out of the braces, to a line of its own below [[prompt]] of line 2",
    ),
    (
        TOP + PROMPT + 'questions = [{ask = "q", token = "x"}]',
        "5:26: prompt.questions.token: token is a key of the file itself; here it stands inside the { … } of "
        "prompt.questions: move it out of the braces, above line 2, the first [table]",
    ),
    (
        TOP + 'prompt = [{id = "a", when = "w", token = "x"}]',
        "2:34: prompt.token: token is a key of the file itself; here it stands inside the { … } of prompt: "
        "move it out of the braces, to a line of its own",
    ),
    (
        TOP + PROMPT + FOLLOW + 'max_lat = "1 hour"',
        '7:1: prompt.follow.max_lat: unknown key "max_lat"; did you mean "max_late"? max_late is a key of [[prompt]]; '
        "here it belongs to [[prompt.follow]] of line 5, which it stands below: move it above that line",
    ),
    (
        TOP + "most = 1",
        "2:1: most: most is a key of [limits], not of the top of the file: write it below such a line",
    ),
    (
        TOP + "most = 1\n[limits]",
        "2:1: most: most is a key of [limits], not of the top of the file: move it below line 3",
    ),
    (
        TOP + 'ask = "q"',
        "2:1: ask: ask is a key of [[prompt.follow]] or [[prompt.questions]], not of the top of the file: "
        "write it below one of these lines",
    ),
    (
        TOP + PROMPT + 'ask = "q"\n' + FOLLOW + FOLLOW + PROMPT + FOLLOW,
        "5:1: prompt.ask: ask is a key of [[prompt.follow]] or [[prompt.questions]], not of [[prompt]]: "
        "move it below line 6 or 8",
    ),
    (
        TOP + "[limits]\nweight = 1",
        "3:1: limits.weight: weight is a key of [[prompt]], not of [limits]: write it below such a line; "
        "[limits] knows most",
    ),
    (
        TOP + PROMPT + "[[follow]]\nask = 'q'",
        "5:1: follow: [[follow]] is a table of [[prompt]]; write [[prompt.follow]]",
    ),
    (
        TOP + PROMPT + "[[prompt.quiet]]\nfrom = 2027-01-01",
        "5:1: prompt.quiet: [[prompt.quiet]] is a table of the file itself; write [[quiet]]",
    ),
]


@pytest.mark.parametrize(("text", "told"), MISPLACED_KEYS)
def test_a_key_under_the_wrong_table_is_told_where_it_belongs(tmp_path: Path, text: str, told: str) -> None:
    assert problems_of(tmp_path, text) == [told]


WHOLE = (TOP + PROMPT + FOLLOW + FOLLOW + PROMPT + FOLLOW + "[limits]").splitlines()
EVERYWHERE = [
    *((line, 'token = "x"') for line in range(2, len(WHOLE) + 1)),
    *((line, 'max_late = "1 hour"') for line in (5, 6, 7, 8, 12, 13)),
    *((line, "most = 2") for line in range(len(WHOLE))),
]


@pytest.mark.parametrize(("line", "key"), EVERYWHERE)
def test_whoever_moves_a_key_as_told_has_mended_the_file(tmp_path: Path, line: int, key: str) -> None:
    file = tmp_path / "book.toml"
    file.write_text("\n".join([*WHOLE[:line], key, *WHOLE[line:]]))
    [told] = [problem.message for problem in read_toml(file, Book).problems]

    way = re.search(r"of line (?P<own>\d+), which .*(above) (?:line (?P<line>\d+)|that line)", told)
    below = re.search(r"move it below line (\d+)", told)
    number = int(way["line"] or way["own"]) - 1 if way is not None else int(below[1]) if below is not None else -9
    number -= number > line
    file.write_text("\n".join([*WHOLE[:number], key, *WHOLE[number:]]))

    assert read_toml(file, Book).problems == ()


def test_a_key_under_the_wrong_table_is_not_also_called_missing(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, PROMPT + 'title = "T"')) == 1


WRONG_VALUES = [
    ("title = 8", '1:9: title: must be text in quotes, not a number: write "8"'),
    ("title = 08:00:00", '1:9: title: must be text in quotes, not a bare time: write "08:00"'),
    ("title = true", "1:9: title: must be text in quotes, not true or false"),
    ("token = 8\ntitle = 'x'", "1:9: token: must be text in quotes, not a number"),
    ('title = "T"\n[limits]\nmost = "8"', "3:8: limits.most: must be a whole number, not text in quotes: write 8"),
    (
        'title = "T"\n[limits]\nmost = 1.5',
        "3:8: limits.most: must be a whole number, not a number with a decimal point",
    ),
    ('title = "T"\n[limits]\nmost = true', "3:8: limits.most: must be a whole number, not true or false"),
    (
        'title = "T"\n[[limits]]\nmost = 1',
        "2:1: limits: must be a table, not a list: write [limits] in single brackets, once",
    ),
    (
        'title = "T"\n[prompt]\nid = "a"',
        "2:1: prompt: must be a list in [ ], not a table: write [[prompt]] in double brackets, one for each",
    ),
    ('title = "T"\nprompt = 3', "2:10: prompt: must be a list in [ ], not a number"),
    ("", "1:1: title: title is missing; write it at the top of the file, above the first table"),
]


@pytest.mark.parametrize(("text", "told"), WRONG_VALUES)
def test_a_value_of_the_wrong_type_is_told_in_the_words_of_the_file(tmp_path: Path, text: str, told: str) -> None:
    assert problems_of(tmp_path, text) == [told]


PROMPT_VALUES = [
    ("weight = 9", "4:10: prompt.weight: must be 5 or less, not 9"),
    ("weight = 0", "4:10: prompt.weight: must be 1 or more, not 0"),
    ('enabled = "true"', "4:11: prompt.enabled: must be true or false, without quotes, not text in quotes: write true"),
    ('questions = "q"', '4:13: prompt.questions: must be a list in [ ], not text in quotes: write ["q"]'),
    ("questions = [3]", "4:14: prompt.questions: must be text in quotes or a table in { }, not a number"),
    ("questions = [{}]", "4:14: prompt.questions.ask: ask is missing; write it inside this { … }"),
    (
        'questions = [{ask = "q", colour = "green"}]',
        '4:35: prompt.questions.colour: must be "red" or "blue", not "green"',
    ),
    (
        "questions = ['q', {ask = {en = 'q', de = 2}}]",
        '4:42: prompt.questions.ask.de: must be text in quotes, not a number: write "2"',
    ),
    (
        "[[quiet]]\nfrom = 2027-02-01\nuntil = 2027-01-01",
        "6:9: quiet.until: lies before from",
    ),
    ("[[quiet]]\nfrom = 2027-02-01", "4:1: quiet.until: until is missing; write it under this [[quiet]]"),
    (
        '[[quiet]]\nfrom = "2027-02-01"\nuntil = 2027-03-01',
        "5:8: quiet.from: must be a date without quotes, such as 2027-01-31, not text in quotes",
    ),
]


@pytest.mark.parametrize(("line", "told"), PROMPT_VALUES)
def test_a_value_deep_in_the_file_is_told_at_its_own_place(tmp_path: Path, line: str, told: str) -> None:
    text = (
        f'title = "T"\nprompt = [\n]\n{line}'
        if line.startswith("[[")
        else f'title = "T"\n[[prompt]]\nid = "a"\n{line}\nwhen = "w"'
    )

    assert problems_of(tmp_path, text) == [told]


NO_TOML = [
    ("title = “T”", '1:9: title: “ is a curly quote; write text in straight quotes: "…"'),
    ("title = 08:00", '1:9: title: a time stands in quotes; write title = "08:00"'),
    ("title = 8:00 pm", '1:9: title: a time stands in quotes; write title = "20:00"'),
    ("title = 12:30 a.m.", '1:9: title: a time stands in quotes; write title = "00:30"'),
    ("title = Week", '1:9: title: text stands in quotes; write title = "Week"'),
    ("title = Europe/Berlin # home", '1:9: title: text stands in quotes; write title = "Europe/Berlin"'),
    ("title = 2 days", '1:9: title: text stands in quotes; write title = "2 days"'),
    ("title: 'T'", "1:6: title: a key and its value are joined by an equals sign; write title = …"),
    ("title =", "1:8: title: the value is missing; write title = …, or delete the line to use the default"),
    ("title = yes", "1:9: title: write title = true, in small letters without quotes"),
    ("title = False", "1:9: title: write title = false, in small letters without quotes"),
    ("title = None", "1:9: title: there is no empty value in TOML; delete the line to use the default"),
    ("title = 007", "1:9: title: a number has no leading zero; write 7"),
    ('title = "T', '1:9: title: the closing quote is missing; end the text with "'),
    (
        'title = "C:\\Users"',
        "1:9: title: a backslash starts a special character in \"…\"; write '…' around a text with backslashes",
    ),
    ('title = "T" for = "x"', "1:13: title: something follows the value; one key and one value stand on a line"),
    (
        'title = "T"\n\u00a0for = "x"',
        "2:1: for: an invisible character stands here (no-break space); delete it and type an ordinary space",
    ),
    ("title 'T'", "1:7: a key needs an equals sign and a value; write it as key = value"),
    ("[limits", "1:1: a table's name stands alone on its line, in matching brackets; write [limits]"),
    ("[[prompt]", "1:1: a table's name stands alone on its line, in matching brackets; write [[prompt]]"),
    (
        'title = "T"\nprompt = [\n  "a"\n  "b"\n]',
        "4:3: a list is not closed, or a comma is missing between two of its entries",
    ),
    ("token = hunter2", '1:9: token: text stands in quotes; write token = "…"'),
]


@pytest.mark.parametrize(("text", "told"), NO_TOML)
def test_text_that_is_no_toml_is_told_with_the_line_as_it_should_be(tmp_path: Path, text: str, told: str) -> None:
    assert problems_of(tmp_path, text) == [told]


def test_a_key_that_stands_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = 'title = "T"\ntitle = "U"\n[[prompt]]\nid = "a"\nwhen = "w"\nid = "b"\n[[prompt]]\nid = "c"\nwhen = "w"\n'

    assert problems_of(tmp_path, text) == [
        "2:1: title: title stands here and already in line 1; keep one of the two",
        "6:1: id: id stands here and already in line 4; keep one of the two",
    ]


def test_a_key_that_stands_twice_may_be_meant_for_the_whole_file(tmp_path: Path) -> None:
    assert problems_of(tmp_path, TOP + PROMPT + 'note = "x"\nnote = "y"') == [
        "6:1: note: note stands here and already in line 5; keep one of the two, "
        "or move one above line 2 for the whole file",
    ]


def test_a_table_that_stands_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = 'title = "T"\n[limits]\nmost = 1\n[limits]\nmost = 2\n'

    assert problems_of(tmp_path, text) == [
        "4:1: limits: [limits] stands here and already in line 2; keep one of the two"
    ]


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = "title = “T”\nfoor = 'x'\n[[prompt]]\nid = 8\nwhen = 08:00\n[limits]\nmost = yes\nmozt = 1\n"

    assert [line.split(" ")[0] for line in problems_of(tmp_path, text)] == [
        "1:9:",
        "2:1:",
        "4:6:",
        "5:8:",
        "7:8:",
        "8:1:",
    ]


def test_a_line_that_could_not_be_read_is_not_also_called_missing(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, "title = Week\n")) == 1


ENCODINGS = [
    ('\ufefftitle = "T"'.encode(), ["1:1: the file begins with a byte order mark"]),
    ('\ufefftitel = "T"'.encode(), ["1:1: the file begins with a byte order mark", "1:1: titel: unknown key"]),
    ('title = "T"'.encode("utf-16"), ["1:1: the file is saved as UTF-16"]),
    ('title = "T"\nfor = "Grüße"'.encode("cp1252"), ['2:10: the file is not saved as UTF-8 (a byte here would be "ü"']),
    (b'title = "T\0"', ["1:1: the file is saved as UTF-16"]),
]


@pytest.mark.parametrize(("content", "told"), ENCODINGS)
def test_a_file_in_another_encoding_is_told_how_to_save_it(tmp_path: Path, content: bytes, told: list[str]) -> None:
    found = problems_of(tmp_path, content)

    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_lines_that_end_in_carriage_returns_are_read_and_counted_as_lines(tmp_path: Path) -> None:
    assert problems_of(tmp_path, 'title = "T"\r\n\r\nfoor = "x"\r\n') == [
        '3:1: foor: unknown key "foor"; did you mean "for"?'
    ]


def test_a_missing_file_a_folder_and_a_locked_file_are_told(tmp_path: Path) -> None:
    assert [problem.message for problem in read_toml(tmp_path / "none.toml", Book).problems] == [
        "there is no such file; check the path"
    ]
    assert [problem.message for problem in read_toml(tmp_path, Book).problems] == [
        "this is a folder; name the file in it"
    ]


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    assert problems_of(
        tmp_path, 'title = "T"\nquiet = [{from = 2027-01-01, until = 2027-01-02, "grüße" = 1, x = 2}]'
    ) == [
        '2:50: quiet.grüße: unknown key "grüße"; the { … } of quiet knows from, until',
        '2:63: quiet.x: unknown key "x"; the { … } of quiet knows from, until',
    ]


def test_a_caller_can_point_into_a_text_value(tmp_path: Path) -> None:
    file = tmp_path / "book.toml"
    file.write_text('title = "T"\n[[prompt]]\nid = "a"\nwhen = "every Fryday"   # a comment\n')

    _, places = load_toml(file, Book)

    assert places.within(6, "prompt", 0, "when") == (4, 15)
    assert places.problem("no such day", "prompt", 0, "when") == Problem(file, 4, 8, "prompt.when", "no such day")
    assert places.key_problem("odd", "prompt", 0, "when").column == 1
    assert places.at("prompt", 0, "max_late") == (2, 1)
    assert places.at("nowhere") == (1, 1)


def test_the_sound_parts_of_a_faulty_file_can_be_had(tmp_path: Path) -> None:
    file = tmp_path / "book.toml"
    file.write_text('[[prompt]]\nid = 1\nwhen = "a"\n[[prompt]]\nid = "b"\nwhen = "b"\n')

    document = read_toml(file, Book)

    assert document.value is None
    assert [(index, prompt.id) for index, prompt in document.each("prompt", Prompt)] == [(1, "b")]
    assert document.part("limits", Limits) == Limits(most=3)


def test_a_model_has_a_schema_for_editors() -> None:
    schema = schema_of(Book)

    assert schema["properties"]["title"]["type"] == "string"
    assert schema["additionalProperties"] is False


RUBBISH = [
    "[" * 5000,
    "title = " + "[" * 5000,
    "{" * 300,
    "=",
    '"""',
    "\r",
    "\x00",
    "[]",
    "[[]]",
    "a.b.c",
    "#",
    "\\",
    "ÿ=1",
    "'",
    "[a]\n[a.b]\n[a]",
    "a={b=1}\na.b=2",
    "a=[1]\n[[a]]",
    "title='T'\n[[limits.most]]",
]


@pytest.mark.parametrize("text", RUBBISH)
def test_rubbish_is_answered_with_problems_only(tmp_path: Path, text: str) -> None:
    found = problems_of(tmp_path, text)

    assert found
    assert all(len(line) < 500 for line in found)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=st.text(alphabet="ab=[]{}\"'#.,:\n\t 018-“é\\", max_size=60))
def test_any_text_is_answered_with_a_model_or_with_problems(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("any") / "book.toml"
    file.write_text(text)

    document = read_toml(file, Book)

    assert (document.value is None) == bool(document.problems)
    assert all(problem.line >= 0 and problem.column >= 0 for problem in document.problems)


KEYS = st.sampled_from(["a", "b", "k-1", "ü x", "q.r"])
LEAVES = st.one_of(st.integers(-9, 99), st.booleans(), st.sampled_from(["", "é", "two words", "[x]"]))
INLINE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.dictionaries(KEYS, INLINE, max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {"top": TABLES, "one": TABLES, "many": st.lists(st.tuples(TABLES, st.lists(TABLES, max_size=2)), max_size=3)}
)


def written(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[ {', '.join(map(written, value))} ]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {written(inner)}' for key, inner in value.items()) + " }"
    return str(value)


def lines_of(table: dict[str, Any]) -> str:
    return "".join(f'"{key}" = {written(value)}  # é "x" = 1\n' for key, value in table.items())


def leaves(value: Any, loc: Loc = ()) -> dict[Loc, Any]:
    """Every value that is neither list nor table, with its place."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return {loc: value}
    return {at: leaf for key, one in inner for at, leaf in leaves(one, (*loc, key)).items()}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(document=DOCUMENTS)
def test_every_value_the_standard_parser_finds_has_its_true_place(document: dict[str, Any]) -> None:
    # given
    text = lines_of({f"t {key}": value for key, value in document["top"].items()})
    text += "[one]\n" + lines_of(document["one"])
    for table, inner in document["many"]:
        text += "[[many]]\n" + lines_of({f"m {key}": value for key, value in table.items()})
        for one in inner:
            text += "  [[many.more]]\n" + lines_of(one)

    # when
    places = find_places(Path("x.toml"), text)

    # then
    lines = text.split("\n")
    for loc, value in leaves(tomllib.loads(text)).items():
        line, column = places.values[loc]
        assert lines[line - 1][column - 1 :].startswith(written(value))
