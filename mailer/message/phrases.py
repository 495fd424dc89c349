"""How are sentences recognised that many programs write in many wordings?

A phrase is written as people read it: "user ... unknown" stands for "user", up to four words, "unknown"; between two
words any blanks and punctuation may stand; "fail*" begins a word. Texts are looked at in lower case. A pattern runs
in time linear in the text: the gaps are counted in words, and words and what lies between them cannot be confused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GAP = r"(?:\W{1,12}\w+){0,4}?"
_BETWEEN = r"\W{1,12}"
_REST = r"\w*"
_WORD_ENDS = r"\b"
_FIRST_WITHOUT_BLANKS = 0x0E00  # Thai, and further on the scripts of East Asia


def phrases(*listed: str) -> re.Pattern[str]:
    """A pattern that finds any of the phrases in a text in lower case; each string lists some, one per line or ";"."""
    wanted = [phrase for text in listed for line in re.split(r"[;\n]", text) if (phrase := line.strip())]
    return re.compile("|".join(_pattern(phrase) for phrase in sorted(set(wanted), key=len, reverse=True)))


def titles(listed: Iterable[str]) -> str:
    """The source of a pattern that matches any of the titles as they stand, the longest first."""
    return "|".join(re.escape(title).replace(r"\ ", r"\s+") for title in sorted(set(listed), key=len, reverse=True))


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
