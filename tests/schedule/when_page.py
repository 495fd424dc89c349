"""docs/when.md: every way to write a `when`, from the grammar that reads it. `make reference` writes the page."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from mailer.schedule.when_parse import WhenError, parse_when
from tests.schedule.when_entries import GROUPS, PLACES, REFUSED, WORDS, Form
from tests.schedule.when_syntax import Grammar, words_of

OPENING = """# Every way to write `when`

A `when` is one line that can be said aloud. This page is written from the grammar that reads it (`make reference`), and
a test keeps it true. [Schedules](schedules.md#when-it-goes) has the short version.

Capitals and spaces do not matter, and "the" may stand anywhere. In the lines of syntax, `[…]` may be left out, `|`
stands between choices, `…` means that more of the same may follow, and words in capitals are [places](#places). What
stands on the right of the examples is how `mailer check` and `mailer plan` call the line.

All times are wall-clock times where the client lives. A time that does not exist on the day the clocks go forward is
taken at the first moment after the gap; one that comes twice is used the first time.
"""

_ARTICLE = re.compile(r"\b(an?|any) ")
NAMES = {name.lower() for names in (calendar.day_name, calendar.day_abbr, calendar.month_name, calendar.month_abbr)
         for name in names if name}  # fmt: skip


class MissingEntry(Exception):
    """The grammar has a form or a place of which the page says nothing."""


def page(grammar: Grammar | None = None) -> str:
    """The whole page; MissingEntry where when_entries.py does not know a part of the grammar."""
    grammar = grammar or Grammar({name: place.name for name, place in PLACES.items()} | WORDS)
    _ask_for_all(grammar)
    parts = [OPENING]
    for group in GROUPS:
        parts += [f"## {group.title}\n", f"{_folded(group.hang)}\n", *(_form(form, grammar) for form in group.forms)]
    parts += ["## Places\n", *_places(grammar), "## Words\n", *_words(grammar)]
    return "\n".join([*parts, "## Not understood on purpose\n", *_refused()]).rstrip() + "\n"


def _ask_for_all(grammar: Grammar) -> None:
    told = {rule for group in GROUPS for form in group.forms for rule in form.rules}
    endless = {name for name, pattern in grammar.words.items() if not words_of(pattern)}
    if missing := sorted({*grammar.forms(), *endless} - told - PLACES.keys()):
        raise MissingEntry(f"say in tests/schedule/when_entries.py what is meant by {', '.join(missing)}")


def _form(form: Form, grammar: Grammar) -> str:
    syntax = [f"    {line}" for rule in form.rules for line in grammar.lines(rule)]
    rows = [f"| `{line}` | |" for line in form.lines]
    rows += [f"| `{line}` | {_read(line)} |" for line in form.spellings]
    table = ["| write | which is read as |", "|---|---|", *rows, ""]
    return "\n".join([f"### {form.title}", "", *syntax, "", _folded(form.means), "", *table])


def _read(line: str) -> str:
    read = str(parse_when(line))
    return "" if read == line else f"`{read}`"


def _places(grammar: Grammar) -> Iterator[str]:
    yield "| place | what stands there | such as |\n|---|---|---|"
    for name, place in PLACES.items():
        if name in grammar.rules:
            such = f"`{' | '.join(grammar.lines(name))}`".replace("|", "\\|")
        else:
            such = ", ".join(f"`{word}`" for word in (*place.examples, *_plain(grammar.words[name])))
        yield f"| {place.name} | {place.means} | {such} |"
    yield ""


def _words(grammar: Grammar) -> Iterator[str]:
    yield "Words that may be written in more than one way:\n"
    yield "| word | also |\n|---|---|"
    for name, pattern in grammar.words.items():
        words = _plain(pattern)
        first = WORDS.get(name, *words[:1])
        others = [f"`{word}`" for word in words[1:] if word != first]
        if name not in PLACES and others:
            yield f"| `{first}` | {', '.join(others)} |"
    yield ""


def _plain(pattern: str) -> list[str]:
    """The words of a pattern, without what only adds an article, a full stop or an s, or abbreviates in the middle."""
    words = [word.strip() for word in words_of(pattern) if not word.startswith(", ")]
    kept = [word for word in words if not {_ARTICLE.sub("", word), re.sub(r"[s.]$", "", word)} & (set(words) - {word})]
    named = [word for word in kept if word[:3] not in NAMES or word.removesuffix("s") in NAMES]
    return [word.capitalize() if word[:3] in NAMES else word for word in named]


def _refused() -> Iterator[str]:
    yield "Each is answered with its place and with the nearest line that can be read.\n"
    yield "| written | why it is refused | the nearest |\n|---|---|---|"
    for line, why in REFUSED.items():
        yield f"| `{line}` | {why} | `{nearest(line)}` |"


def nearest(line: str) -> str:
    """What is offered instead of a line that is refused."""
    try:
        read = parse_when(line)
    except WhenError as error:
        return error.suggestion
    raise AssertionError(f"{line} is read as {read}")


def _folded(text: str, width: int = 120) -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
