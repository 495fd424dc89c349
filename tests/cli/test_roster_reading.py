"""From the bytes of a roster to its cells, and from words to values: no person and no database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.flow import client_words as words
from mailer.flow.roster_file import Sheet, read_sheet, write_sheet
from mailer.model.people import Form, QuietHours

FILE = Path("roster.csv")
DANA = {"name": "Dana Reis", "email": "dana@example.org", "zone": "Europe/Lisbon"}

SAME_TABLE = [
    ("commas", b"name,email,zone\nDana Reis,dana@example.org,Europe/Lisbon\n"),
    ("semicolons", b"name;email;zone\nDana Reis;dana@example.org;Europe/Lisbon\n"),
    ("tabs", b"name\temail\tzone\nDana Reis\tdana@example.org\tEurope/Lisbon\n"),
    ("another order", b"zone,name,email\nEurope/Lisbon,Dana Reis,dana@example.org\n"),
    ("CRLF", b"name,email,zone\r\nDana Reis,dana@example.org,Europe/Lisbon\r\n"),
    ("old Mac line ends", b"name,email,zone\rDana Reis,dana@example.org,Europe/Lisbon\r"),
    ("no end of the last line", b"name,email,zone\nDana Reis,dana@example.org,Europe/Lisbon"),
    ("a byte order mark", b"\xef\xbb\xbfname,email,zone\nDana Reis,dana@example.org,Europe/Lisbon\n"),
    ("UTF-16", "\ufeffname\temail\tzone\nDana Reis\tdana@example.org\tEurope/Lisbon\n".encode("utf-16-le")),
    ("Excel's own first line", b"sep=;\r\nname;email;zone\r\nDana Reis;dana@example.org;Europe/Lisbon\r\n"),
    ("blank lines", b"\n\nname,email,zone\n\n,,\nDana Reis,dana@example.org,Europe/Lisbon\n\n"),
    ("capitals and blanks", b" Name , E-Mail ,ZONE\n Dana Reis , dana@example.org , Europe/Lisbon\n"),
    ("cells in quotes", b'"name","email","zone"\n"Dana Reis","dana@example.org","Europe/Lisbon"\n'),
    ("empty cells at the end", b"name,email,zone,tags\nDana Reis,dana@example.org,Europe/Lisbon,,,\n"),
    ("cells that are left out", b"name,email,zone,tags,at\nDana Reis,dana@example.org,Europe/Lisbon\n"),
]

BROKEN = [
    (b"", ["roster.csv:1: it is empty; its first line names the columns: name,email,zone,\u2026"]),
    (
        b"nmae,email\nDana,dana@example.org\n",
        ['roster.csv:1: nmae: there is no such column; did you mean "name"?'],
    ),
    (
        b"name,shoe size\nDana,38\n",
        [
            "roster.csv:1: shoe size: there is no such column; there are client, name, email, coach, zone, country, "
            "language, form, tags, schedule, start, end, at, days_off, quiet, shared_address, state, and var:NAME for "
            "a variable"
        ],
    ),
    (
        b"name,email,Name\nDana,a@example.org,x\n",
        ["roster.csv:1: name: this column stands twice; take one of the two out"],
    ),
    (
        b"name,tags\nDana,acme,pilot\n",
        ['roster.csv:2: this row has 3 cells, the header 2; put "\u2026" around a cell that holds a comma'],
    ),
    (
        b'name,tags\n\n"Dana,acme\nOmar,x\n',
        ['roster.csv:3: a cell that begins with " never ends; close it with another "'],
    ),
    (b'name,tags\n"Dana" Reis,acme\n', ['roster.csv:2: inside a cell in quotes, a " is written twice: ""']),
]


def read(content: bytes) -> Sheet:
    return read_sheet(content, FILE)


@pytest.mark.parametrize("content", [content for _, content in SAME_TABLE], ids=[name for name, _ in SAME_TABLE])
def test_what_spreadsheets_do_to_a_table_leaves_it_the_same(content: bytes) -> None:
    sheet = read(content)

    assert [dict(row.cells) for row in sheet.rows] == [DANA]
    assert (sheet.problems, sheet.notes) == ([], [])


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_what_is_wrong_with_a_table_is_said_with_its_line(content: bytes, said: list[str]) -> None:
    assert [str(one) for one in read(content).problems] == said


def test_a_row_is_known_by_the_line_it_begins_on() -> None:
    sheet = read(b'name,tags\n\n"Dana\nReis",a\n\nOmar,b\n')

    assert [(row.line, row.cells["name"]) for row in sheet.rows] == [(3, "Dana\nReis"), (6, "Omar")]


def test_names_in_the_code_page_of_windows_are_read_and_told_of() -> None:
    sheet = read("name\nZoë Müller\n".encode("cp1252"))

    assert [row.cells["name"] for row in sheet.rows] == ["Zoë Müller"]
    assert sheet.notes == ["roster.csv is not in UTF-8; read as Windows-1252, so look at names with accents"]


def test_a_file_that_is_no_table_is_no_crash() -> None:
    for rubbish in (
        bytes(range(256)),
        b"\x00" * 50,
        b"\xff\xfe",
        b'"',
        b",,,,",
        "\ud83c".encode("utf-8", "surrogatepass"),
    ):
        assert read(rubbish).problems or not read(rubbish).rows


FORMULAS = ["=1+1", "+351 555", "-", "@home", "'=1", "''+", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_is_a_formula_to_a_spreadsheet(name: str) -> None:
    written = write_sheet(["name"], [{"name": name}])

    assert written.splitlines()[1].lstrip('"').startswith("'")
    assert [row.cells["name"] for row in read(written.encode()).rows] == [name]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(lambda text: " ".join(text.split()))


@given(st.lists(texts.filter(bool), min_size=1, max_size=3))
def test_every_name_comes_back_as_it_was_written(names: list[str]) -> None:
    written = write_sheet(["name", "tags"], [{"name": name, "tags": "x"} for name in names])

    assert [row.cells["name"] for row in read(written.encode()).rows] == names


READ: list[tuple[Callable[[str], object], str, object]] = [
    (words.time_of_day, "19:30", time(19, 30)),
    (words.time_of_day, "7.30 pm", time(19, 30)),
    (words.time_of_day, "None", None),
    (words.days_off, "Saturday", frozenset({5})),
    (words.days_off, "Sat and Sun", frozenset({5, 6})),
    (words.days_off, "Saturday Sunday", frozenset({5, 6})),
    (words.days_off, "Fri; Sat, Sun", frozenset({4, 5, 6})),
    (words.days_off, "Monday to Wednesday", frozenset({0, 1, 2})),
    (words.days_off, "none", frozenset()),
    (words.quiet_hours, "21:00 to 07:00", QuietHours(begin=time(21), end=time(7))),
    (words.quiet_hours, "9 pm - 7 am", QuietHours(begin=time(21), end=time(7))),
    (words.quiet_hours, "21-7", QuietHours(begin=time(21), end=time(7))),
    (words.quiet_hours, "none", None),
    (words.country, "pt", "PT"),
    (words.country, "de-by", "DE-BY"),
    (words.form, "Formal", Form.FORMAL),
    (words.tags, "acme pilot", frozenset({"acme", "pilot"})),
    (words.tags, "acme; spring 2027", frozenset({"acme", "spring 2027"})),
    (words.tags, "spring 2027;", frozenset({"spring 2027"})),
    (words.tags, "none", frozenset()),
    (words.variable, "goal=Sleep = rest", ("goal", "Sleep = rest")),
    (words.yes_or_no, "Yes", True),
    (words.yes_or_no, "", False),
    (words.short_name_of, "Zoë Müller-Weiß", "zoe-muller-weiss"),
    (words.short_name_of, "  Łukasz  Øst ", "lukasz-ost"),
    (words.short_name_of, "陈伟", ""),
]

REFUSED: list[tuple[Callable[[str], object], str, str]] = [
    (words.time_of_day, "25:00", '"25:00" is no time of day; write HH:MM, such as 19:30'),
    (words.time_of_day, "08:00 and 20:00", '"08:00 and 20:00" is no time of day; write HH:MM, such as 19:30'),
    (words.days_off, "Caturday", '"Caturday" is no day of the week; write its name, such as Saturday, or "none"'),
    (words.days_off, "Monday to Sunday", "with every day off no letter would ever go; pause the client instead"),
    (words.quiet_hours, "21:00", '"21:00" names no quiet hours; write them as "21:00 to 07:00", or "none"'),
    (
        words.quiet_hours, "7:00 to 7:00",
        '"7:00 to 7:00" begins and ends at the same time; for whole days name days off',
    ),
    (
        words.country, "Germany",
        '"Germany" is no country code; write its two letters, such as PT, or a region: DE-BY',
    ),
    (words.form, "sir", '"sir" is no form of address; write formal or informal'),
    (words.tag, "a,b", '"a,b" cannot be named in a schedule\'s `for`; leave out , ; and quotes'),
    (words.variable, "goal", '"goal" sets nothing; write NAME=VALUE, such as goal="Sleep by eleven"'),
    (
        words.variable, "My Goal=x",
        '"My Goal" is no name of a variable; write small letters, digits and _, such as goal',
    ),
    (
        words.variable, "goal=a\nb",
        "write the value on one line, in 500 characters at most, none of them invisible",
    ),
    (words.yes_or_no, "perhaps", '"perhaps" is neither yes nor no; write one of them'),
    (words.day, "1.3.2027", '"1.3.2027" is no day; write YYYY-MM-DD, such as 2027-03-15'),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "text", "value"), READ)
def test_what_people_write_of_a_client_is_understood(reader: Callable[[str], object], text: str, value: object) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(("reader", "text", "said"), REFUSED)
def test_what_says_nothing_sensible_is_answered_with_the_remedy(
    reader: Callable[[str], object], text: str, said: str
) -> None:
    with pytest.raises(ValueError) as error:
        reader(text)

    assert str(error.value) == said


@given(st.frozensets(st.integers(0, 6), min_size=1, max_size=6))
def test_days_off_come_back_as_they_were_written(days: frozenset[int]) -> None:
    assert words.days_off(words.days_off_words(days)) == days


@given(st.frozensets(st.sampled_from(["acme", "pilot", "spring 2027", "x"]), min_size=1))
def test_tags_come_back_as_they_were_written(tags: frozenset[str]) -> None:
    assert words.tags(words.several_words(sorted(tags))) == tags
