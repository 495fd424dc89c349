"""How does a person write down what is so of a client? The same words at the command line and in a roster.

Each reader gives the value a text stands for, or ValueError: the fact and the remedy, without the place. What is
written by `*_words` reads back as the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from mailer.model.people import Form, QuietHours
from mailer.schedule.when import DAY_NAMES, Weekly
from mailer.schedule.when_parse import WhenError, parse_when

LONGEST_NAME = 120
LONGEST_VALUE = 500  # of a variable: a few sentences
NONE = "none"  # how a person says that there is nothing

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166-1 alpha-2, or a region of it (ISO 3166-2)
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HOURS = re.compile(r"(?:from\s+)?(.+?)\s*(?:\bto\b|\buntil\b|-|–)\s*(.+)", re.IGNORECASE)
_SEPARATED = re.compile(r"[;,]")
_DAY_SEPARATOR = re.compile(r"[\s;,]+(?:and\s+)?")
# Letters that have no plain one inside them for Unicode to find.
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


def one_line(text: str) -> str:
    """A name as people write it, in one line."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        raise ValueError(f"write it on one line, in {LONGEST_NAME} characters at most, none of them invisible")
    return text.strip()


def short_name(text: str) -> str:
    """A client's short name, under the rules of ids in config.toml."""
    if not _SLUG.fullmatch(text):
        near = short_name_of(text) or "dana-r"
        raise ValueError(f'"{text[:60]}" is no short name; write up to 40 small letters, digits and hyphens: "{near}"')
    return text


def short_name_of(name: str) -> str:
    """The short name nearest to a name: "Zoë Müller-Weiß" is "zoe-muller-weiss"; "" where no letter of it is Latin."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].rstrip("-")


def country(text: str) -> str:
    """An ISO 3166 code in capitals, with a region or without, or ""."""
    code = text.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        raise ValueError(f'"{text[:40]}" is no country code; write its two letters, such as PT, or a region: DE-BY')
    return code


def language(text: str, spoken: Collection[str]) -> str:
    """A language that letters can be written in, or a regional form of one."""
    code = text.strip()
    if code not in spoken and code.partition("-")[0] not in spoken:
        raise ValueError(f'letters cannot be written in "{code[:40]}"; they can in {", ".join(sorted(spoken))}')
    return code


def form(text: str) -> Form:
    """How a client is addressed."""
    found = {one.value: one for one in Form}.get(text.strip().lower())
    if found is None:
        raise ValueError(f'"{text[:40]}" is no form of address; write formal or informal')
    return found


def tag(text: str) -> str:
    """One tag: words that a `for` can name."""
    word = one_line(text)
    if set(word) & set(';,"“”'):
        raise ValueError(f'"{word}" cannot be named in a schedule\'s `for`; leave out , ; and quotes')
    return word


def tags(text: str) -> frozenset[str]:
    """The tags of a cell; none for "none"."""
    return frozenset(tag(word) for word in several(text)) - {NONE}


def several(text: str) -> tuple[str, ...]:
    """The words of a cell: separated by ; or , where it has any, else by blanks."""
    words = _SEPARATED.split(text) if _SEPARATED.search(text) else text.split()
    return tuple(word.strip() for word in words if word.strip())


def several_words(words: Iterable[str]) -> str:
    """A cell that `several` reads; words with blanks inside need a separator, even alone."""
    listed = list(words)
    if not any(" " in word for word in listed):
        return " ".join(listed)
    return "; ".join(listed) if len(listed) > 1 else f"{listed[0]};"


def time_of_day(text: str) -> time | None:
    """A time of day as `when` takes it ("19:30", "7.30 pm"); None for "none"."""
    return None if text.strip().lower() == NONE else _time(text)


def days_off(text: str) -> frozenset[int]:
    """Days of the week, Monday being 0: "Sat and Sun", "Saturdays", "Friday to Sunday"; none for "none"."""
    if text.strip().lower() == NONE:
        return frozenset()
    listed = _weekdays(text)
    found = listed if listed is not None else frozenset().union(*map(_one_weekday, _DAY_SEPARATOR.split(text.strip())))
    if len(found) == len(DAY_NAMES):
        raise ValueError("with every day off no letter would ever go; pause the client instead")
    return found


def days_off_words(days: Iterable[int]) -> str:
    """The days by name, in their order."""
    return " ".join(DAY_NAMES[day] for day in sorted(days))


def quiet_hours(text: str) -> QuietHours | None:
    """The hours of "21:00 to 07:00"; None for "none"."""
    if text.strip().lower() == NONE:
        return None
    parts = _HOURS.fullmatch(text.strip())
    if parts is None:
        raise ValueError(f'"{text[:40]}" names no quiet hours; write them as "21:00 to 07:00", or "none"')
    hours = QuietHours(begin=_hour(parts[1]), end=_hour(parts[2]))
    if hours.begin == hours.end:
        raise ValueError(f'"{text[:40]}" begins and ends at the same time; for whole days name days off')
    return hours


def variable(text: str) -> tuple[str, str]:
    """The name and value of `goal=Sleep by eleven`."""
    name, found, value = text.partition("=")
    if not found:
        raise ValueError(f'"{text[:40]}" sets nothing; write NAME=VALUE, such as goal="Sleep by eleven"')
    return variable_name(name.strip()), variable_value(value)


def variable_name(text: str) -> str:
    """A name that a template can say."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError(f'"{text[:40]}" is no name of a variable; write small letters, digits and _, such as goal')
    return text


def variable_value(text: str) -> str:
    """What a template is to say, in one line."""
    if not text.strip() or not text.strip().isprintable() or len(text) > LONGEST_VALUE:
        raise ValueError(f"write the value on one line, in {LONGEST_VALUE} characters at most, none of them invisible")
    return text.strip()


def yes_or_no(text: str) -> bool:
    """Whether a cell says yes."""
    word = text.strip().lower()
    if word in ("yes", "y", "true", "1", "x"):
        return True
    if word in ("no", "n", "false", "0", ""):
        return False
    raise ValueError(f'"{text[:40]}" is neither yes nor no; write one of them')


def day(text: str) -> date:
    """A day as people type it."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(f'"{text[:40]}" is no day; write YYYY-MM-DD, such as 2027-03-15') from None


def _time(text: str) -> time:
    try:
        when = parse_when(f"every day at {text.strip()}")
    except WhenError:
        when = None
    if not isinstance(when, Weekly) or len(when.times) != 1:
        raise ValueError(f'"{text.strip()[:40]}" is no time of day; write HH:MM, such as 19:30')
    return when.times[0]


def _hour(text: str) -> time:
    """A time of day; in a span of hours the hour alone will do."""
    return _time(f"{text}:00" if text.isdecimal() else text)


def _one_weekday(word: str) -> frozenset[int]:
    found = _weekdays(word)
    if found is None or len(found) != 1:
        raise ValueError(f'"{word[:40]}" is no day of the week; write its name, such as Saturday, or "none"')
    return found


def _weekdays(text: str) -> frozenset[int] | None:
    """The days as `when` lists them; None where it would not."""
    try:
        when = parse_when(f"every {text} at noon")
    except WhenError:
        return None
    return frozenset(when.days) if isinstance(when, Weekly) else None
