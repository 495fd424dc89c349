"""Which lines of a client's text are greeting, thanks or closing, not the answer itself?

They are recognised line by line and only at the two ends: "Hi Petra," above, "Thanks, Dana" below. A name at the end
counts only below a closing word: "Sleep" looks like a name and may be an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.message.reading.tables.courtesies import CLOSINGS, GREETINGS, THANKS

_LONGEST = 60  # characters of a courtesy line
_MOST_NAME_LINES = 3


def _opening(table: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    phrases = sorted({phrase for language in table.values() for phrase in language}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, phrases))})(?![^\W_])", re.IGNORECASE)


_GREETING, _THANKS, _CLOSING = map(_opening, (GREETINGS, THANKS, CLOSINGS))
_NAME = re.compile(r"[^\W\d_][\w.'’-]*")
_MARKS = " \t.,!;:…*_~-–—()❤♥👍🙏😊🙂☺️"


@dataclass(frozen=True, slots=True)
class Parted:
    """A text in three: what greets, what says something, what closes. Joined they hold every character."""

    greeting: list[str]
    body: list[str]
    closing: list[str]


def part(lines: list[str]) -> Parted:
    """Takes greeting lines off the top and thanks, closings and names off the end; never all of the text."""
    said = [at for at, line in enumerate(lines) if line.strip()]
    first, last = 0, len(said)
    while first < last and is_greeting(lines[said[first]]):
        first += 1
    while last > first:
        shorter = _shorter(lines, said, last)
        if shorter == last:
            break
        last = max(shorter, first)
    if first == last:
        return Parted([], lines, [])
    top, end = said[first], said[last - 1] + 1
    return Parted(lines[:top], lines[top:end], lines[end:])


def _shorter(lines: list[str], said: list[int], last: int) -> int:
    """How many lines with words are left when one courtesy is taken off the end."""
    line = lines[said[last - 1]]
    if is_thanks(line) or is_closing(line):
        return last - 1
    for names in range(1, min(_MOST_NAME_LINES, last - 1) + 1):
        if not is_name(lines[said[last - names]]):
            break
        above = lines[said[last - names - 1]]
        if is_closing(above) or (is_thanks(above) and len(above.split()) <= 4):
            return last - names - 1
    return last


def is_greeting(line: str) -> bool:
    """ "Hi Petra," and its like: a greeting, at most four further words, no sentence."""
    text = line.strip(_MARKS)
    found = _GREETING.match(text) if len(text) <= _LONGEST else None
    return found is not None and _are_names(text[found.end() :], most=4)


def is_thanks(line: str) -> bool:
    """ "Thank you, Petra!": thanks and at most a name or two."""
    text = line.strip(_MARKS)
    found = _THANKS.match(text) if len(text) <= _LONGEST else None
    return found is not None and _are_names(text[found.end() :], most=3)


def is_closing(line: str) -> bool:
    """ "Warm regards" with or without a name behind it, also after thanks: "Thanks and best wishes, Dana"."""
    text = line.strip(_MARKS)
    if len(text) > _LONGEST:
        return False
    thanks = _THANKS.match(text)
    if thanks is not None:
        text = re.sub(r"^(?:and|und|et|y|en|e|&|\+)\s", "", text[thanks.end() :].strip(_MARKS), flags=re.IGNORECASE)
    found = _CLOSING.match(text)
    return found is not None and _are_names(text[found.end() :], most=3)


def is_name(line: str) -> bool:
    """One to three capitalised words without digits, as people sign."""
    text = line.strip(_MARKS)
    words = text.split()
    return 0 < len(words) <= 3 and len(text) <= 40 and _are_names(text, most=3)


def _are_names(rest: str, *, most: int) -> bool:
    words = rest.strip(_MARKS).split()
    return len(words) <= most and all(
        _NAME.fullmatch(w.strip(_MARKS)) and w[0].isupper() for w in words if w.strip(_MARKS)
    )
