"""What a new operator is told of a file that is not as it should be: each message to its last letter.

A table gives what stood in the file, what was typed instead, the words the message points at, and the message.
"""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.operator import Operator

WEEKLY = "schedules/weekly-checkin.toml"
CONFIG = "config.toml"
RIGHT = """#:schema ../schemas/schedule.schema.json
title = "Weekly check-in"
for = "everyone"
skip_if = "session within 24 hours"

[[prompt]]
id = "week"
when = "every Friday at 08:30"
max_late = "6 hours"
subject = { en = "Your week", de = "Deine Woche", "de.formal" = "Ihre Woche" }

[[prompt.questions]]
answer = "rating"
[prompt.questions.ask]
en = "How was this week, 1 to 10?"
de = "Wie war die Woche?"
"de.formal" = "Wie war Ihre Woche?"
"""


@pytest.fixture
def beginner(newcomer: Operator) -> Operator:
    """Has typed `mailer init`, has a password, and one schedule."""
    newcomer.type("init")
    newcomer.env["MAILER_PASSWORD"] = "a quiet word"
    shutil.rmtree(newcomer.folder / "schedules")
    (newcomer.folder / "schedules").mkdir()
    newcomer.write(WEEKLY, RIGHT)
    return newcomer


def told_of(beginner: Operator, file: str) -> list[str]:
    """What `check` says of a file, without its path; nothing else may be said."""
    said = beginner.type("check")

    assert (said.code, said.out) == (2, "")
    path = CONFIG if file == CONFIG else str(beginner.folder / file)
    problems = f"\n{said.err}".split(f"\n{path}:")
    assert problems[0] == ""
    return [one.rstrip("\n") for one in problems[1:]]


def place(beginner: Operator, file: str, words: str) -> str:
    """Line and column of words in a file."""
    lines = (beginner.folder / file).read_text("utf-8").splitlines()
    found = [number for number, line in enumerate(lines) if words in line]
    line = next((number for number in found if lines[number].startswith(words)), found[0])
    return f"{line + 1}:{lines[line].index(words) + 1}"


SCHEDULE_MISTAKES = [
    (
        "every Friday",
        "evry Friday",
        "evry",
        'prompt.when: "evry" is not understood; the nearest is: every Friday at 08:30\n    evry Friday at 08:30\n    ^',
    ),
    (
        "every Friday",
        "every Fryday",
        "Fryday",
        'prompt.when: "Fryday" is not understood after "every"; the nearest is: every Friday at 08:30\n'
        "    every Fryday at 08:30\n          ^",
    ),
    ('"everyone"', '"everyon"', "everyon", 'for: "everyon" is not understood; did you mean "everyone"?'),
    ('"everyone"', "everyone", "everyone", 'for: text stands in quotes; write for = "everyone"'),
    (
        '"everyone"',
        '"petra"',
        "petra",
        'for: "petra" is not understood; '
        'write "everyone", "tag acme", "coach petra", "country DE", "language de" or "clients ana, bela"',
    ),
    (
        "session within",
        "sesion within",
        "sesion",
        'skip_if: "sesion" is not understood; did you mean "session"?',
    ),
    (
        '"6 hours"',
        '"six hours"',
        '"six hours"',
        'prompt.max_late: "six hours" is not a length of time; '
        'write a whole number and a unit, such as "20 minutes", "6 hours", "2 days" or "1 week"',
    ),
    (
        '"rating"',
        '"number"',
        '"number"',
        'prompt.questions.answer: must be "text", "rating", "yes-no", "choice" or "commitment", not "number"',
    ),
    (
        '"week"',
        '"Week one"',
        '"Week one"',
        'prompt.id: "Week one" is no id; use up to 40 of a to z, 0 to 9 and "-", such as "week-2"',
    ),
    (
        '"Weekly check-in"',
        "“Weekly check-in”",
        "“",
        'title: “ is a curly quote; write text in straight quotes: "…"',
    ),
    ("title =", "titel =", "titel", 'titel: unknown key "titel"; did you mean "title"?'),
    (
        "[[prompt]]",
        "[prompt]",
        "[prompt]",
        "prompt: must be a list in [ ], not a table: write [[prompt]] in double brackets, one for each",
    ),
    (
        'title = "Weekly check-in"',
        'title = "Weekly check-in"\nenabled = "no"',
        '"no"',
        "enabled: must be true or false, without quotes, not text in quotes: write false",
    ),
    (
        'title = "Weekly check-in"',
        'title = "Weekly check-in"\npractice = "vogll"',
        '"vogll"',
        'practice: config.toml has no practice "vogll"; did you mean "vogl"?',
    ),
    (
        'de = "Wie war die Woche?"\n',
        "",
        "[prompt.questions.ask]",
        'prompt.questions.ask: this text lacks "de", which other texts of the prompt have',
    ),
    (
        "1 to 10?",
        "{{ client.nickname }}?",
        '"How was this week, {{',
        "prompt.questions.ask.en: {{ client.nickname }} would be printed as it stands; "
        "questions are plain, subjects and templates are filled in",
    ),
    (
        '"Wie war Ihre Woche?"\n',
        '"Wie war Ihre Woche?"\nmax_late = "1 day"\n',
        'max_late = "1',
        "prompt.questions.ask.max_late: max_late is a key of [[prompt]] and of the file itself; here it belongs to "
        "[prompt.questions.ask] of line 14, which it stands below: move it above line 12, or above line 6 for the "
        "whole file",
    ),
    (
        'answer = "rating"\n',
        'answer = "rating"\nmax_late = "1 day"\n',
        'max_late = "1',
        "prompt.questions.max_late: max_late is a key of [[prompt]] and of the file itself; here it belongs to "
        "[[prompt.questions]] of line 12, which it stands below: move it above that line, or above line 6 for the "
        "whole file",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "words", "told"), SCHEDULE_MISTAKES)
def test_a_mistake_in_a_schedule(beginner: Operator, right: str, wrong: str, words: str, told: str) -> None:
    beginner.write(WEEKLY, RIGHT.replace(right, wrong, 1))

    assert told_of(beginner, WEEKLY) == [f"{place(beginner, WEEKLY, words)}: {told}"]


CONFIG_MISTAKES = [
    ("rehearse = true", "rehersal = true", "rehersal", 'rehersal: unknown key "rehersal"; did you mean "rehearse"?'),
    ("rehearse = true", "rehearse = yes", "yes", "rehearse: write rehearse = true, in small letters without quotes"),
    (
        '"Europe/Berlin"',
        '"Europe/Berin"',
        '"Europe/Berin"',
        'coach.zone: "Europe/Berin" is not a time zone; did you mean "Europe/Berlin"?',
    ),
    (
        '"Europe/Berlin"',
        '"berlin"',
        '"berlin"',
        'coach.zone: "berlin" is not a time zone; did you mean "Europe/Berlin"?',
    ),
    (
        '"Europe/Berlin"',
        '"CET"',
        '"CET"',
        'coach.zone: "CET" is an abbreviation, which has no summer time of its own; '
        'write a city, such as "Europe/Berlin"',
    ),
    (
        '"Europe/Berlin"',
        '"GMT+2"',
        '"GMT+2"',
        'coach.zone: "GMT+2" is an offset, without summer time; write a city, such as "Europe/Berlin", or "UTC"',
    ),
    (
        'zone = "Europe/Berlin"',
        "",
        "[[coach]]",
        "coach.zone: zone is missing; write it under this [[coach]]",
    ),
    (
        '"petra@example.org"',
        '"petra"',
        'email = "petra"',
        'coach.email: "petra" is no e-mail address: it needs a name, an @ and a domain, such as petra@example.org',
    ),
    (
        '"petra@example.org"',
        '"petra@example"',
        '"petra@example"',
        'coach.email: "petra@example" is no e-mail address: "example" is no whole domain; '
        "that has a dot in it, such as example.org",
    ),
    (
        '"petra@example.org"',
        "petra@example.org",
        "petra@example.org",
        'email: text stands in quotes; write email = "petra@example.org"',
    ),
    (
        'id = "petra"',
        'id = "Petra"',
        '"Petra"',
        'coach.id: an id is up to 40 small letters, digits and hyphens, such as "petra"',
    ),
    (
        'password_env = "MAILER_PASSWORD"',
        'password = "a quiet word"',
        "password = ",
        "account.password: a password never stands in this file; name where it is kept: "
        'password_env = "VARIABLE", password_file = "path" or password_keyring = "service/user"',
    ),
    (
        'address = "your.name@gmail.com"',
        'address = "your.name@gmail.com"\ndigest_at = "07:00"',
        "digest_at = ",
        "account.digest_at: digest_at is a key of [[coach]], not of [[account]]: move it below line {coach}",
    ),
    (
        'address = "your.name@gmail.com"',
        'address = "your.name@gmail.com"\nrehearse = false',
        "rehearse = false",
        "account.rehearse: rehearse is a key of the file itself; here it belongs to [[account]] of line {account}, "
        "which it stands below: move it above line {practice}, the first [table]",
    ),
    (
        'address = "your.name@gmail.com"',
        'address = "your.name@gmail.com"\nport = 465',
        "port = 465",
        "account.port: port is a key of [account.imap] or [account.smtp], not of [[account]]: "
        "write it below one of these lines",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "words", "told"), CONFIG_MISTAKES)
def test_a_mistake_in_the_configuration(beginner: Operator, right: str, wrong: str, words: str, told: str) -> None:
    text = (beginner.folder / CONFIG).read_text("utf-8")
    at = text.index(f"\n{right}") + 1 if f"\n{right}" in text else text.index(right)
    beginner.write(CONFIG, text[:at] + wrong + text[at + len(right) :])
    lines = {
        name: place(beginner, CONFIG, f"[[{name}]]").partition(":")[0] for name in ("coach", "account", "practice")
    }

    assert told_of(beginner, CONFIG)[0] == told_at(beginner, words, told, lines)


def told_at(beginner: Operator, words: str, told: str, lines: dict[str, str]) -> str:
    """A message with the place it points at; an e-mail address without quotes stands at its first letter."""
    line, column = place(beginner, CONFIG, words).split(":")
    if words.startswith("email = "):
        column = str(int(column) + len("email = "))
    return f"{line}:{column}: " + (told.format(**lines) if "{coach}" in told or "{account}" in told else told)


def test_a_host_that_is_not_known_by_itself(beginner: Operator) -> None:
    beginner.change(CONFIG, "your.name@gmail.com", "petra@vogl-coaching.com")
    at = place(beginner, CONFIG, "[[account]]")

    known = "the servers of vogl-coaching.com are not known by themselves"
    assert told_of(beginner, CONFIG) == [
        f"{at}: account.imap.host: host is missing, without it replies could not be read; {known}: "
        "write [account.imap] with host",
        f"{at}: account.smtp.host: host is missing, without it letters could not be sent; {known}: "
        "write [account.smtp] with host",
    ]


def test_addresses_are_not_looked_up_anywhere(beginner: Operator) -> None:
    """A practice may set up on a train: whether a domain answers is no business of the configuration."""
    beginner.change(CONFIG, "petra@example.org", "petra@no-such-domain-at-all.org")

    assert beginner.type("check").code == 0


# What a file of Windows may be like, and what is said of it; nothing at all where it can be read as it is.
ENCODINGS: list[tuple[str, Callable[[str], bytes], list[str]]] = [
    ("lines that end in CR LF", lambda text: text.replace("\n", "\r\n").encode(), []),
    (
        "UTF-8 with a byte order mark",
        lambda text: codecs.BOM_UTF8 + text.encode(),
        ['1:1: the file begins with a byte order mark; save it as "UTF-8", not as "UTF-8 with BOM"'],
    ),
    ("UTF-16", lambda text: text.encode("utf-16"), ["1:1: the file is saved as UTF-16; save it as UTF-8"]),
    (
        "Windows-1252",
        lambda text: text.replace("Ihre Woche?", "Ihre Woche, Jürgen?").encode("cp1252"),
        ['17:37: the file is not saved as UTF-8 (a byte here would be "ü" in Windows-1252); save it as UTF-8'],
    ),
    (
        "cut in the middle",
        lambda text: text.partition('answer = "rating"')[0].encode(),
        ["12:1: prompt.questions.ask: ask is missing; write it under this [[prompt.questions]]"],
    ),
    (
        "empty",
        lambda text: b"",
        [
            "1:1: for: for is missing; write it at the top of the file, above the first table",
            "1:1: prompt: there is no [[prompt]]; write one",
            "1:1: title: title is missing; write it at the top of the file, above the first table",
        ],
    ),
]


@pytest.mark.parametrize(("kind", "content", "told"), ENCODINGS, ids=[kind for kind, _, _ in ENCODINGS])
def test_a_schedule_from_another_machine(
    beginner: Operator, kind: str, content: Callable[[str], bytes], told: list[str]
) -> None:
    (beginner.folder / WEEKLY).write_bytes(content(RIGHT))

    if told:
        assert told_of(beginner, WEEKLY) == told
    else:
        assert beginner.type("check").code == 0


def test_a_folder_where_a_schedule_should_be(beginner: Operator) -> None:
    (beginner.folder / "schedules/pulse.toml").mkdir()

    assert told_of(beginner, "schedules/pulse.toml") == [" this is a folder; name the file in it"]


def test_a_link_that_leads_nowhere(beginner: Operator) -> None:
    (beginner.folder / "schedules/pulse.toml").symlink_to(beginner.folder / "gone.toml")

    assert told_of(beginner, "schedules/pulse.toml") == [" this is a link that leads nowhere; mend it or delete it"]


def test_a_schedule_whose_name_is_no_id(beginner: Operator) -> None:
    beginner.write("schedules/weekly (copy).toml", RIGHT)

    assert told_of(beginner, "schedules/weekly (copy).toml") == [
        '1:1: "weekly (copy)" is no id; use up to 40 of a to z, 0 to 9 and "-", such as "week-2"'
    ]


def test_two_schedules_of_one_id(beginner: Operator) -> None:
    beginner.write("schedules/Weekly-Checkin.toml", RIGHT)
    there = beginner.folder / "schedules"

    said = beginner.type("check")

    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        f'{there}/Weekly-Checkin.toml:1:1: "Weekly-Checkin" is no id; '
        'use up to 40 of a to z, 0 to 9 and "-", such as "week-2"',
        f'{there}/weekly-checkin.toml: "weekly-checkin" and "Weekly-Checkin" in {there}/Weekly-Checkin.toml '
        "are the same id; rename one of the two files",
    ]


def test_two_prompts_of_one_id(beginner: Operator) -> None:
    beginner.write(WEEKLY, RIGHT + RIGHT.partition("\n\n")[2])

    [told] = told_of(beginner, WEEKLY)

    assert told == f'19:6: prompt.id: "week" is already the id at {beginner.folder / WEEKLY}:7; choose another'


def test_a_folder_of_schedules_that_is_not_there(beginner: Operator) -> None:
    shutil.rmtree(beginner.folder / "schedules")

    assert told_of(beginner, "schedules") == [" there is no such folder; create it or change the path"]


def test_a_name_that_no_template_knows_is_told_once(beginner: Operator) -> None:
    beginner.change("templates/prompt.md", "client.first_name", "client.nickname")
    beginner.write("schedules/second.toml", RIGHT)

    assert told_of(beginner, "templates/prompt.md") == [
        '1: client has no "nickname"; known: first_name, name (met in second/week in en, informal, and 1 other letter)'
    ]


def test_a_template_that_leaves_a_question_out(beginner: Operator) -> None:
    beginner.change("templates/prompt.md", "{{ questions }}", "")

    assert told_of(beginner, "templates/prompt.md") == [
        " leaves out question 1; write {{ questions }} on a line of its own "
        "(met in weekly-checkin/week in en, informal)"
    ]


def test_a_template_that_is_not_there(beginner: Operator) -> None:
    beginner.write(WEEKLY, RIGHT.replace('id = "week"', 'id = "week"\ntemplate = "weekly"'))

    assert told_of(beginner, WEEKLY) == [
        " weekly.de.formal.md: is missing, and weekly is to be sent in de (formal); write it "
        "(met in weekly-checkin/week in de, formal)",
        " weekly.de.md: is missing, and weekly is to be sent in de (informal); write it "
        "(met in weekly-checkin/week in de, informal)",
        " weekly.md: is missing, and weekly is to be sent in en (informal); write it "
        "(met in weekly-checkin/week in en, informal)",
    ]


def test_a_template_in_another_encoding(beginner: Operator) -> None:
    path: Path = beginner.folder / "templates/prompt.md"
    path.write_bytes("Grüße {{ questions }}".encode("cp1252"))

    assert told_of(beginner, "templates/prompt.md") == [" the file is not saved as UTF-8; save it as UTF-8"]


def test_every_mistake_of_every_file_is_told_at_once(beginner: Operator) -> None:
    beginner.write(WEEKLY, RIGHT.replace("every Friday", "evry Friday").replace('"everyone"', '"everyon"'))
    beginner.write("schedules/pulse.toml", RIGHT.replace('"rating"', '"number"'))

    said = beginner.type("check").err

    assert [said.count(word) for word in ("evry", "everyon", "number")] == [2, 2, 1]
