"""Tables lose nothing, however narrow the terminal."""

from __future__ import annotations

import pytest

from mailer.cli.say import table_lines

COLUMNS = ["client", "local time", "zone", "", "why"]
ROWS = [
    ["dana", "Fri 2027-03-05 08:30", "Europe/Lisbon", "send", "every Friday at 08:30"],
    ["mei-lin", "Fri 2027-03-05 08:30", "America/Argentina/Buenos_Aires", "no: paused", "paused until Monday"],
]


def test_without_a_width_a_table_is_as_wide_as_it_is() -> None:
    lines = table_lines(COLUMNS, ROWS, width=0)

    assert lines == [
        "client   local time            zone                                        why",
        "dana     Fri 2027-03-05 08:30  Europe/Lisbon                   send        every Friday at 08:30",
        "mei-lin  Fri 2027-03-05 08:30  America/Argentina/Buenos_Aires  no: paused  paused until Monday",
    ]


def test_on_a_narrow_terminal_columns_go_to_a_second_line() -> None:
    lines = table_lines(COLUMNS, ROWS, width=62)

    assert lines == [
        "client   local time            zone",
        "                     why",
        "dana     Fri 2027-03-05 08:30  Europe/Lisbon",
        "         send        every Friday at 08:30",
        "mei-lin  Fri 2027-03-05 08:30  America/Argentina/Buenos_Aires",
        "         no: paused  paused until Monday",
    ]


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 100, 200])
def test_no_width_loses_a_word(width: int) -> None:
    words = " ".join(table_lines(COLUMNS, ROWS, width=width)).split()

    assert words == [word for row in (COLUMNS, *ROWS) for cell in row for word in cell.split()]


@pytest.mark.parametrize("width", [62, 80, 100])
def test_no_line_is_wider_than_a_terminal_that_has_room_for_each_cell(width: int) -> None:
    assert max(len(line) for line in table_lines(COLUMNS, ROWS, width=width)) <= width


def test_wide_letters_keep_the_columns_in_line() -> None:
    lines = table_lines(["name", "zone"], [["李美琳", "Asia/Taipei"], ["Dana", "Europe/Lisbon"]], width=0)

    assert lines == ["name    zone", "李美琳  Asia/Taipei", "Dana    Europe/Lisbon"]


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    [_, line] = table_lines(["note"], [["550 \x1b[2Jgo away\r\nnow"]], width=0)

    assert line == "550  [2Jgo away  now"
