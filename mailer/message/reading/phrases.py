"""How are sentences recognised that many programs write in many wordings?

A phrase is written as people read it: "user ... unknown" stands for "user", up to four words, "unknown"; between two
words any blanks and punctuation may stand; "fail*" begins a word. Texts are looked at in lower case. A pattern runs
in time linear in the text: the gaps are counted in words, and words and what lies between them cannot be confused.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

_GAP = r"(?:\W{1,12}\w+){0,4}?"
_BETWEEN = r"\W{1,12}"
_REST = r"\w*"
_WORD_ENDS = r"\b"
_FIRST_WITHOUT_BLANKS = 0x0E00  # Thai, and further on the scripts of East Asia


class Phrases:
    """Finds any of some phrases; compiled at first use, as most letters need none of them and compiling takes time."""

    def __init__(self, listed: tuple[str, ...]) -> None:
        self._listed = listed

    def search(self, text: str) -> re.Match[str] | None:
        """The first phrase in a text in lower case."""
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every phrase in a text in lower case."""
        return self._compiled.finditer(text)

    @functools.cached_property
    def _compiled(self) -> re.Pattern[str]:
        wanted = {phrase for text in self._listed for line in re.split(r"[;\n]", text) if (phrase := line.strip())}
        return re.compile("|".join(_pattern(phrase) for phrase in sorted(wanted, key=lambda one: (-len(one), one))))


def phrases(*listed: str) -> Phrases:
    """A finder of phrases; each string lists some, one per line or between semicolons."""
    return Phrases(listed)


def _pattern(phrase: str) -> str:
    pieces: list[str] = []
    words = phrase.lower().split()
    for position, word in enumerate(words):
        if word == "...":
            pieces.append(_GAP)
            continue
        if position:
            pieces.append(_BETWEEN)
        stem = word.rstrip("*")
        pieces.append(re.escape(stem) + (_REST if word.endswith("*") else _WORD_ENDS if _is_plain(stem[-1]) else ""))
    return (r"\b" if _is_plain(words[0][0]) else "") + "".join(pieces)


def _is_plain(character: str) -> bool:
    """Whether words are told apart by blanks where this character is used; Chinese and Japanese have none."""
    return character.isalnum() and ord(character) < _FIRST_WITHOUT_BLANKS
